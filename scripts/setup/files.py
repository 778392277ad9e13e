# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things lie in the cache, and how a file gets there: written beside its place, verified, renamed."""
from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 20


@dataclass(frozen=True)
class Cache:
    """$PARLEY_CACHE, else $XDG_CACHE_HOME/parley, else ~/.cache/parley (as src/base/paths.h)."""

    root: Path

    @staticmethod
    def from_environment() -> "Cache":
        if own := os.environ.get("PARLEY_CACHE"):
            return Cache(Path(own).absolute())
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        return Cache(Path(base).absolute() / "parley")

    @property
    def downloads(self) -> Path:
        return self.root / "downloads"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def venv(self) -> Path:
        return self.root / "venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def npm_client(self) -> Path:
        return self.root / "clients" / "npm"

    @property
    def receipts(self) -> Path:
        return self.root / "receipts"

    @property
    def licences(self) -> Path:
        return self.root / "licences"


def sha256_of(path: Path) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_intact(path: Path, size: int, sha256: str) -> bool:
    """True when the file is there and is that very file."""
    try:
        return path.stat().st_size == size and sha256_of(path) == sha256
    except OSError:
        return False


def tree_sha256(root: Path, names: Iterable[str]) -> str:
    """The hash of a set of files: of the lines "hash  name", sorted by name. OSError if one is missing."""
    lines = (f"{sha256_of(root / name)}  {name}\n" for name in sorted(names))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def write_atomically(path: Path, chunks: Iterable[bytes], mode: int = 0o644) -> str:
    """Writes beside `path`, then renames, so that a file under its own name is always whole. Returns its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    digest = hashlib.sha256()
    with open(partial, "wb") as stream:
        for chunk in chunks:
            digest.update(chunk)
            stream.write(chunk)
    os.chmod(partial, mode)
    os.replace(partial, path)
    return digest.hexdigest()


def make_link(path: Path, target: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    partial.symlink_to(target)
    os.replace(partial, path)


def read_chunks(stream) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


@contextmanager
def scratch_directory(parent: Path, name: str) -> Iterator[Path]:
    """An empty directory that is gone afterwards; what an interrupted run left in it goes first."""
    path = parent / f".{name}.partial"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
