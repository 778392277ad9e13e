# SPDX-License-Identifier: GPL-3.0-or-later
"""The manifest names everything set-up takes, and a wrong one is refused with a sentence."""
import re

import notices
import pytest
from manifest import ManifestError, load


def test_every_package_has_version_hash_size_licence_and_home():
    for package in load().packages.values():
        assert package.version and package.licence and package.home.startswith("https://"), package.id
        assert re.fullmatch("[0-9a-f]{64}", package.sha256), package.id
        assert package.size > 1000, package.id


def test_every_product_has_a_licence_and_says_where_it_was_first_published():
    for product in load().products.values():
        assert product.licence and product.copyright and product.home.startswith("https://"), product.id


def test_every_package_is_used():
    manifest = load()
    used = {i for product in manifest.products.values() for i in product.packages}
    assert {p.id for p in manifest.packages.values() if not p.python} <= used


def test_no_two_products_write_to_one_path():
    paths = [f"{p.directory}/{path}" for p in load().products.values() for path in p.paths]
    assert len(paths) == len(set(paths))


def test_what_the_synthesiser_runs_is_made_of_the_model_that_is_fetched():
    export = load().products["kokoro"].export
    assert export.own == ("kokoro.onnx", "tokens.json", "voices")
    assert export.outputs == ("front.onnx", "generator.bin")


def test_the_notices_are_current():
    assert notices.is_current(load()), "run `make notices`"


def test_the_notices_name_every_package_and_licence():
    manifest, text = load(), notices.PATH.read_text(encoding="utf-8")
    for package in manifest.packages.values():
        assert f"| {package.name} | {package.version} |" in text
    for product in manifest.products.values():
        assert product.home in text


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("sha256 = \"", "sha256 = \"z"), "sha256"),
        (("registry = \"npm\"", "registry = \"ftp\""), "unknown registry 'ftp'"),
        (("second:package/part.bin", "third:package/part.bin"), "no package 'third'"),
        (("path = \"voices\"", "path = \"../voices\""), "leaves its directory"),
        (("licence = \"MIT\"\nhome", "licence = \"\"\nhome"), "licence"),
        (("format = 1", "format = 2"), "format 1"),
        (("format = 1", "format = 1]"), "line 1"),
        (("id = \"second\"", "id = \"first\""), "same id"),
        (("first:first/part.bin", "first"), "package:member"),
        (("links =", 'export = {script = "no_such_script.py", outputs = ["made.bin"], size = 1}\nlinks ='), "no script 'no_such_script.py'"),
        (("links =", 'export = {script = "run", own = ["other.bin"], outputs = ["made.bin"], size = 1}\nlinks ='), "'other.bin', which it does not make"),
        (("links =", 'export = {script = "run", outputs = ["../made.bin"], size = 1}\nlinks ='), "leaves its directory"),
        (("links =", 'export = {script = "run", outputs = [], size = 1}\nlinks ='), "no outputs"),
    ],
)
def test_a_wrong_manifest_is_refused(manifest_text, tmp_path, change, complaint):
    path = tmp_path / "wrong.toml"
    path.write_text(manifest_text.replace(*change, 1))
    with pytest.raises(ManifestError, match=complaint) as caught:
        load(path)
    assert str(path) in str(caught.value)
