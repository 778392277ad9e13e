# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetches one package by name and version through its registry's ordinary client, as that client is configured here."""
from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import debian
from files import Cache, is_intact, megabytes, scratch_directory, sha256_of
from manifest import Package
from progress import Progress, SetupError, bytes_below, run

# The wheels that the manifest pins are for CPython 3.11 on x86-64 Linux, whatever Python runs this.
WHEEL_TAGS = ["--only-binary=:all:", "--python-version", "3.11", "--implementation", "cp"]
WHEEL_TAGS += [w for abi in ("cp311", "abi3", "none") for w in ("--abi", abi)]
WHEEL_TAGS += [
    w
    for tag in ("2_34", "2_28", "2_27", "2014", "2_17", "2_12", "2010", "1")
    for w in ("--platform", f"manylinux{'_' if '_' in tag else ''}{tag}_x86_64")
]


def _pypi(package: Package, target: Path, cache: Cache, watch: Callable[[], None]) -> None:
    command = [str(cache.python), "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", *WHEEL_TAGS]
    run(
        [*command, "--disable-pip-version-check", "--dest", str(target), f"{package.name}=={package.version}"],
        watch,
        env={**os.environ, "TMPDIR": str(target)},
    )


def lacks_npm() -> bool:
    return shutil.which("npm") is None


def npm_command(cache: Cache) -> list[str]:
    """The machine's npm, or the one set-up unpacked: Debian's would bring 340 packages."""
    if not lacks_npm():
        return ["npm"]
    node = cache.npm_client / "node"
    node.chmod(0o755)
    return [str(node), str(cache.npm_client / "npm" / "bin" / "npm-cli.js")]


def _npm(package: Package, target: Path, cache: Cache, watch: Callable[[], None]) -> None:
    spec = f"{package.name}@{package.version}"
    run([*npm_command(cache), "pack", "--silent", "--ignore-scripts", "--pack-destination", str(target), spec], watch, cwd=target)


def _crate(package: Package, target: Path, cache: Cache, watch: Callable[[], None]) -> None:
    """cargo has no command that fetches one crate: a project that needs nothing else makes it fetch that one."""
    project = target / "project"
    (project / "src").mkdir(parents=True)
    (project / "src" / "lib.rs").touch()
    (project / "Cargo.toml").write_text(
        '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n'
        f'{package.name} = {{ version = "={package.version}", default-features = false }}\n'
    )
    run(["cargo", "fetch", "--quiet"], watch, cwd=project)
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    for found in home.glob(f"registry/cache/*/{package.file}"):
        shutil.copyfile(found, target / package.file)


def _debian(package: Package, target: Path, cache: Cache, watch: Callable[[], None]) -> None:
    debian.download(package, target, cache, watch)


CLIENTS = {"pypi": _pypi, "npm": _npm, "crate": _crate, "debian": _debian}


def find(package: Package, cache: Cache) -> Path | None:
    """The package's archive in the cache, if it is there and whole. A successor of a rolling package counts."""
    path = cache.downloads / package.file
    if is_intact(path, package.size, package.sha256):
        return path
    if package.rolling:
        for successor in sorted(cache.downloads.glob(f"{package.name}_*.deb"), reverse=True):
            note = successor.with_name(successor.name + ".sha256")
            if note.exists() and sha256_of(successor) == note.read_text().strip():
                return successor
    return None


def fetch(package: Package, cache: Cache, progress: Progress) -> Path:
    """Fetches the archive into the cache and checks it. A damaged transfer is tried once more. Returns its path."""
    for last_try in (False, True):
        with scratch_directory(cache.downloads, package.id) as target:
            CLIENTS[package.registry](package, target, cache, lambda: progress.tick(bytes_below(target)))
            arrived = target / package.file
            if is_intact(arrived, package.size, package.sha256):
                os.replace(arrived, cache.downloads / package.file)
                return cache.downloads / package.file
            if package.rolling and not arrived.exists():
                return _keep_successor(package, target, cache, progress)
            if last_try:
                raise SetupError(_complaint(package, arrived, target))
    raise AssertionError("unreachable")


def _keep_successor(package: Package, target: Path, cache: Cache, progress: Progress) -> Path:
    """apt has authenticated it, so its hash is noted here rather than in the manifest."""
    arrived = next(target.glob(f"{package.name}_*.deb"), None)
    if arrived is None:
        raise SetupError(f"apt fetched nothing for {package.name}; try again")
    path = cache.downloads / arrived.name
    path.with_name(path.name + ".sha256").write_text(sha256_of(arrived) + "\n")
    os.replace(arrived, path)
    progress.say(f"  Debian {package.suite} has moved on from {package.file}: took {arrived.name}, which apt authenticated")
    return path


def _complaint(package: Package, arrived: Path, target: Path) -> str:
    if not arrived.exists():
        names = ", ".join(sorted(p.name for p in target.glob("*") if p.is_file())) or "nothing"
        return f"{package.name} {package.version} ({package.registry}): expected {package.file}, got {names}"
    return (
        f"{package.file} is not the file setup/manifest.toml names (expected {megabytes(package.size)}, sha256 "
        f"{package.sha256}; got {megabytes(arrived.stat().st_size)}, {sha256_of(arrived)}). Twice: the registry serves "
        "another file. Do not use it; report this to the project"
    )
