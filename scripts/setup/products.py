# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the products of the manifest out of fetched packages, and tells whether those in the cache are whole."""
from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from archives import read_members
from files import Cache, is_intact, make_link, read_chunks, scratch_directory, sha256_of, tree_sha256, write_atomically
from manifest import SCRIPTS, File, Manifest, Member, Product, Tree
from progress import Progress, SetupError, run

# An ONNX Runtime library serves headers up to its own version: 1.32 has API 32.
ONNXRUNTIME_API = 32


class Workshop:
    """Everything needed to make a product: the manifest, the cache, the archives by package id."""

    def __init__(self, manifest: Manifest, cache: Cache, archives: dict[str, Path] | None = None) -> None:
        self.manifest = manifest
        self.cache = cache
        self.archives = archives or {}

    def root(self, product: Product) -> Path:
        return self.cache.root / product.directory

    # -- what is wrong with a product ---------------------------------------------------------------------------------

    def faults(self, product: Product) -> list[str]:
        """Paths of the product that are missing or damaged; empty: it is whole. Reads every byte."""
        root = self.root(product)
        if root.is_symlink():
            return []  # The user put a directory of their own here: it wins.
        receipt = self._receipt(product)
        faults = [f.path for f in product.files if not self._file_is_good(root, f)]
        faults += [t.path for t in product.trees if not self._tree_is_good(root, t, receipt)]
        faults += [x.path for x in product.links if not self._link_is_good(root / x.path, x.to)]
        if product.export:
            made = receipt.get("export", {})
            if made.get("recipe") != self._recipe(product):
                return faults + list(product.export.outputs)
            faults += [o for o in product.export.outputs if not self._output_is_good(root / o, made["outputs"].get(o))]
        return faults

    @staticmethod
    def _file_is_good(root: Path, file: File) -> bool:
        path = root / file.path
        return path.is_symlink() and path.exists() or is_intact(path, file.size, file.sha256)

    @staticmethod
    def _tree_is_good(root: Path, tree: Tree, receipt: dict) -> bool:
        record = receipt.get("trees", {}).get(tree.path)
        if record is None or record["pinned"] and record["sha256"] != tree.sha256:
            return False
        try:
            return tree_sha256(root / tree.path, record["names"]) == record["sha256"]
        except OSError:
            return False

    @staticmethod
    def _link_is_good(path: Path, target: str) -> bool:
        return path.is_symlink() and os.readlink(path) == target

    @staticmethod
    def _output_is_good(path: Path, sha256: str | None) -> bool:
        return path.is_file() and sha256_of(path) == sha256

    # -- receipts: hashes that only making the product could tell ------------------------------------------------------

    def _receipt_path(self, product: Product) -> Path:
        return self.cache.receipts / f"{product.id}.json"

    def _receipt(self, product: Product) -> dict:
        try:
            return json.loads(self._receipt_path(product).read_text())
        except (OSError, json.JSONDecodeError):
            return {}

    def _recipe(self, product: Product) -> str:
        """Changes when the inputs, the conversion or its tools change: then it is done again."""
        script = SCRIPTS / product.export.script
        sources = sorted(path for path in script.iterdir() if path.is_file()) if script.is_dir() else [script]
        parts = [path.read_text(encoding="utf-8") for path in sources]
        parts += [self._hash_of_own(product, name) for name in product.export.own]
        parts += [self.manifest.packages[m.package].sha256 + m.name for m in product.export.inputs]
        parts += [p.sha256 for p in self.manifest.python_packages if p.name in ("numpy", "onnx", "onnxruntime")]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def _hash_of_own(self, product: Product, name: str) -> str:
        """Of one of the product's files or trees: what the manifest says, unless the user linked a file of their own there."""
        path = self.root(product) / name
        if path.is_symlink() and path.is_file():
            return sha256_of(path)
        return next(item.sha256 for item in (*product.files, *product.trees) if item.path == name)

    # -- making --------------------------------------------------------------------------------------------------------

    def make(self, product: Product, faults: list[str], progress: Progress) -> None:
        """Makes the faulty parts of a product. SetupError when what comes out is not what the manifest says."""
        root = self.root(product)
        receipt = self._receipt(product)
        for file in product.files:
            if file.path in faults:
                self._make_file(root, file)
        for tree in product.trees:
            if tree.path in faults:
                receipt.setdefault("trees", {})[tree.path] = self._make_tree(root, tree)
        for link in product.links:
            make_link(root / link.path, link.to)
        if product.export and set(faults) & set(product.export.outputs):
            receipt["export"] = self._run_export(product, root, progress)
        self._keep_licences(product)
        write_atomically(self._receipt_path(product), [json.dumps(receipt, indent=1).encode()])
        if product.id == "onnxruntime":
            check_onnxruntime_headers(root)

    def _member(self, member: Member) -> Iterator[bytes]:
        archive = self.archives[member.package]
        for _, stream in read_members(archive, lambda name: name == member.name):
            yield from read_chunks(stream)
            return
        raise SetupError(f"{archive.name} has no member {member.name}")

    def _make_file(self, root: Path, file: File) -> None:
        chunks = (chunk for part in file.parts for chunk in self._member(part))
        if file.json_member:
            value = json.loads(b"".join(chunks))[file.json_member]
            chunks = iter([json.dumps(value, ensure_ascii=False, indent=0).encode()])
        path = root / file.path
        if write_atomically(path, chunks) != file.sha256:
            path.unlink()
            raise SetupError(f"{path} came out other than setup/manifest.toml says: remove the cache's downloads, try again")

    def _make_tree(self, root: Path, tree: Tree) -> dict:
        archive = self.archives[tree.package]
        names = []
        for name, stream in read_members(archive, lambda n: n.startswith(tree.prefix) and n.endswith(tree.suffix)):
            names.append(name.removeprefix(tree.prefix))
            if ".." in names[-1].split("/"):
                raise SetupError(f"{archive.name}: the member {name} leaves its directory")
            write_atomically(root / tree.path / names[-1], read_chunks(stream))
        sha256 = tree_sha256(root / tree.path, names)
        pinned = archive.name == self.manifest.packages[tree.package].file
        if pinned and (sha256 != tree.sha256 or len(names) != tree.count):
            raise SetupError(f"{root / tree.path} came out other than setup/manifest.toml says ({len(names)} files)")
        return {"pinned": pinned, "names": sorted(names), "sha256": sha256}

    def _run_export(self, product: Product, root: Path, progress: Progress) -> dict:
        with scratch_directory(self.cache.root, f"export-{product.id}") as scratch:
            inputs = [root / name for name in product.export.own]
            for member in product.export.inputs:
                inputs.append(scratch / member.name.rsplit("/", 1)[-1])
                write_atomically(inputs[-1], self._member(member))
            made = scratch / "made"
            made.mkdir()
            script = SCRIPTS / product.export.script
            log = run([str(self.cache.python), str(script), *map(str, inputs), str(made)], hear=progress.note)
            write_atomically(self.cache.receipts / f"{product.id}.log", [log.encode()])
            root.mkdir(parents=True, exist_ok=True)
            outputs = {name: sha256_of(made / name) for name in product.export.outputs}
            for name in outputs:
                os.replace(made / name, root / name)
        return {"recipe": self._recipe(product), "outputs": outputs}

    def _keep_licences(self, product: Product) -> None:
        for member in product.licence_files:
            name = member.name.rsplit("/", 1)[-1]
            write_atomically(self.cache.licences / product.id / name, self._member(member))


def check_onnxruntime_headers(root: Path) -> None:
    """The headers' suite moves on by itself: refuse headers that are newer than the pinned library."""
    header = (root / "include" / "onnxruntime_c_api.h").read_text(encoding="utf-8", errors="replace")
    found = re.search(r"#define\s+ORT_API_VERSION\s+(\d+)", header)
    if not found or int(found[1]) > ONNXRUNTIME_API:
        raise SetupError(
            f"the ONNX Runtime headers are of API {found[1] if found else 'unknown'}, the library serves up to "
            f"{ONNXRUNTIME_API}: raise the onnxruntime version in setup/manifest.toml"
        )
