# SPDX-License-Identifier: GPL-3.0-or-later
"""THIRD_PARTY_NOTICES.md out of the manifest."""
from __future__ import annotations

from collections.abc import Iterable

from manifest import SOURCE, Manifest, Package, Product

PATH = SOURCE / "THIRD_PARTY_NOTICES.md"
REGISTRIES = {"pypi": "PyPI", "npm": "npm", "crate": "crates.io", "debian": "Debian"}
INTRODUCTION = """\
<!-- Generated from setup/manifest.toml by `make notices`. Do not edit. -->
# Third-party notices

parley's own sources are under GPL-3.0-or-later (LICENSE); the Asterisk module in asterisk/chan_externalmedia is under
GPL-2.0-only (LICENSES/GPL-2.0-only.txt). Why, and what follows for whoever hands out binaries:
docs/decisions/0001-licences.md.

This repository contains nobody else's code, models or recordings. Set-up fetches the following, by name, from the package
registries where their authors or others published them; their licence texts are then in the cache, below `licences/`.
"""
KINDS = {
    "model": "Models",
    "runtime": "Runtimes",
    "data": "Recordings",
    "bench": "Engines that the benchmark measures beside ours (`make bench`)",
    "client": "Clients that fetch packages",
}
USES = {
    "linked": "Linked into parleyd and parley",
    "tool": "Build and test tools",
    "client": "Clients that fetch packages, where the machine has none",
    "server": "Run beside parley, in processes of their own",
}


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _product(product: Product, manifest: Manifest) -> str:
    packages = [manifest.packages[i] for i in product.packages]
    facts = [
        f"- Licence: {product.licence}; copyright {product.copyright}",
        f"- First published: <{product.home}>",
        "- Fetched as: " + ", ".join(f"{p.name} {p.version} ({REGISTRIES[p.registry]}, {p.licence})" for p in packages),
        f"- In the cache: `{product.directory}`",
    ]
    if product.notice:
        facts.append(f"- {product.notice}")
    if product.larger:
        facts.append(f"- Other sizes: {product.larger}")
    return f"### {product.title}\n\n" + "\n".join(facts) + "\n"


def _package(package: Package) -> tuple[str, ...]:
    return package.name, package.version, REGISTRIES[package.registry], package.licence, f"`{package.sha256[:16]}…`"


def render(manifest: Manifest) -> str:
    parts = [INTRODUCTION]
    for kind, title in KINDS.items():
        parts.append(f"## {title}\n")
        parts += [_product(p, manifest) for p in manifest.products.values() if p.kind == kind]
    parts.append("## Packages that are fetched\n")
    parts.append(_table(("package", "version", "registry", "licence", "SHA-256"), map(_package, manifest.packages.values())))
    parts.append("## Debian packages\n")
    for use, title in USES.items():
        rows = [(s.name, s.licence, s.purpose) for s in manifest.system if s.use == use]
        parts.append(f"### {title}\n")
        parts.append(_table(("package", "licence", "for"), rows))
    return "\n".join(parts)


def is_current(manifest: Manifest) -> bool:
    return PATH.exists() and PATH.read_text(encoding="utf-8") == render(manifest)


def write(manifest: Manifest) -> None:
    PATH.write_text(render(manifest), encoding="utf-8")
