# SPDX-License-Identifier: GPL-3.0-or-later
"""setup/manifest.toml as typed values, refused with a sentence when it is not well formed."""
from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
SCRIPTS = SOURCE / "scripts" / "setup"
DEFAULT = SOURCE / "setup" / "manifest.toml"
REGISTRIES = ("pypi", "npm", "crate", "debian")
KINDS = ("runtime", "model", "data", "client", "bench")
USES = ("linked", "tool", "client", "server")


class ManifestError(Exception):
    """The manifest contradicts itself; the message says where."""


@dataclass(frozen=True)
class Package:
    """One archive of a package registry."""

    id: str
    registry: str
    name: str
    version: str
    file: str
    size: int  # bytes
    sha256: str
    licence: str
    home: str
    python: bool = False
    suite: str = ""
    rolling: bool = False


@dataclass(frozen=True)
class Member:
    """A file inside a package's archive."""

    package: str
    name: str

    @staticmethod
    def parse(text: str) -> "Member":
        package, separator, name = text.partition(":")
        if not separator or not name:
            raise ManifestError(f"'{text}' is not of the form package:member")
        return Member(package, name)


@dataclass(frozen=True)
class File:
    """A file of a product: members joined in order, or one JSON member of a single one."""

    path: str
    parts: tuple[Member, ...]
    size: int
    sha256: str
    json_member: str = ""


@dataclass(frozen=True)
class Tree:
    """All members of a package below a prefix. `sha256` is of the sorted lines "hash  name"."""

    path: str
    package: str
    prefix: str
    suffix: str
    count: int
    size: int
    sha256: str


@dataclass(frozen=True)
class Link:
    path: str
    to: str


@dataclass(frozen=True)
class Export:
    """A conversion that runs in the Python environment: script OWN… INPUT… OUTPUT_DIRECTORY."""

    script: str  # a file, or a directory with __main__.py
    own: tuple[str, ...]  # files and trees of the product itself, made before
    inputs: tuple[Member, ...]
    outputs: tuple[str, ...]
    size: int  # bytes, about


@dataclass(frozen=True)
class Product:
    """What set-up makes in one directory of the cache."""

    id: str
    kind: str
    title: str
    directory: str
    licence: str
    copyright: str
    home: str
    larger: str = ""
    notice: str = ""
    confirm: bool = False
    licence_files: tuple[Member, ...] = ()
    files: tuple[File, ...] = ()
    trees: tuple[Tree, ...] = ()
    links: tuple[Link, ...] = ()
    export: Export | None = None

    @property
    def packages(self) -> list[str]:
        """Ids of the packages it is made of, each once."""
        members = [part for file in self.files for part in file.parts] + list(self.licence_files)
        members += self.export.inputs if self.export else ()
        return list(dict.fromkeys([m.package for m in members] + [t.package for t in self.trees]))

    @property
    def paths(self) -> list[str]:
        """Everything it has, relative to its directory."""
        return [i.path for i in (*self.files, *self.trees, *self.links)] + list(self.export.outputs if self.export else ())

    @property
    def size(self) -> int:
        total = sum(f.size for f in self.files) + sum(t.size for t in self.trees)
        return total + (self.export.size if self.export else 0)


@dataclass(frozen=True)
class SystemPackage:
    """A package of the Debian release the machine runs."""

    name: str
    use: str
    licence: str
    purpose: str
    command: str = ""


@dataclass(frozen=True)
class Manifest:
    packages: dict[str, Package]
    products: dict[str, Product]
    system: tuple[SystemPackage, ...] = field(default=())

    @property
    def python_packages(self) -> list[Package]:
        return [p for p in self.packages.values() if p.python]


def _members(texts: list[str]) -> tuple[Member, ...]:
    return tuple(Member.parse(text) for text in texts)


def _product(entry: dict) -> Product:
    entry = dict(entry)
    files = tuple(
        File(f["path"], _members(f["from"]), f["size"], f["sha256"], f.get("json_member", ""))
        for f in entry.pop("files", [])
    )
    trees = tuple(Tree(**t) for t in entry.pop("trees", []))
    links = tuple(Link(**x) for x in entry.pop("links", []))
    export = entry.pop("export", None)
    if export:
        export = Export(
            export["script"], tuple(export.get("own", [])), _members(export.get("inputs", [])),
            tuple(export["outputs"]), export["size"],
        )  # fmt: skip
    licence_files = _members(entry.pop("licence_files", []))
    return Product(files=files, trees=trees, links=links, export=export, licence_files=licence_files, **entry)


def _check(manifest: Manifest) -> None:
    def need(condition: bool, where: str, what: str) -> None:
        if not condition:
            raise ManifestError(f"{where}: {what}")

    hexadecimal = re.compile(r"[0-9a-f]{64}")
    for p in manifest.packages.values():
        need(p.registry in REGISTRIES, p.id, f"unknown registry '{p.registry}'")
        need(bool(hexadecimal.fullmatch(p.sha256)), p.id, "sha256 is not 64 hexadecimal digits")
        need(p.size > 0 and bool(p.licence) and bool(p.home), p.id, "size, licence and home must be given")
        need(p.registry != "debian" or bool(p.suite), p.id, "the Debian suite must be given")
        need("/" not in p.file, p.id, "file is a bare name")
    for product in manifest.products.values():
        need(product.kind in KINDS, product.id, f"unknown kind '{product.kind}'")
        need(bool(product.licence) and bool(product.home), product.id, "licence and home must be given")
        need(bool(product.files or product.trees or product.export), product.id, "it has no files")
        for package in product.packages:
            need(package in manifest.packages, product.id, f"there is no package '{package}'")
        for item in (*product.files, *product.trees):
            need(bool(hexadecimal.fullmatch(item.sha256)), f"{product.id}/{item.path}", "sha256 is missing")
        if product.export:
            made = {item.path for item in (*product.files, *product.trees)}
            need(bool(product.export.outputs), product.id, "its export has no outputs")
            need((SCRIPTS / product.export.script).exists(), product.id, f"there is no script '{product.export.script}'")
            for name in product.export.own:
                need(name in made, product.id, f"its export takes '{name}', which it does not make")
        for path in product.paths:
            need(not path.startswith("/") and ".." not in path.split("/"), product.id, f"'{path}' leaves its directory")
    for s in manifest.system:
        need(s.use in USES and bool(s.licence) and bool(s.purpose), s.name, "use, licence and purpose must be given")


def load(path: Path = DEFAULT) -> Manifest:
    """Reads and checks a manifest. Raises ManifestError with a sentence."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        if document.get("format") != 1:
            raise ManifestError("this set-up reads format 1")
        manifest = Manifest(
            packages={e["id"]: Package(**e) for e in document["package"]},
            products={e["id"]: _product(e) for e in document["product"]},
            system=tuple(SystemPackage(**e) for e in document["system"]),
        )
        if len(manifest.packages) != len(document["package"]) or len(manifest.products) != len(document["product"]):
            raise ManifestError("two entries have the same id")
        _check(manifest)
    except ManifestError as error:
        raise ManifestError(f"{path}: {error}") from None
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ManifestError(f"{path}: {error}") from error
    return manifest
