# SPDX-License-Identifier: GPL-3.0-or-later
"""Products are put together exactly, damage to them is noticed, and only what is damaged is made again."""
import dataclasses
import json
import sys

import products
import pytest
import registries
from conftest import FIRST, SECOND, TOKENS, VOICES
from files import write_atomically
from manifest import Export
from products import Workshop, check_onnxruntime_headers
from progress import SetupError


@pytest.fixture
def workshop(manifest, cache, registry, progress):
    archives = {p.id: registries.fetch(p, cache, progress) for p in manifest.packages.values()}
    return Workshop(manifest, cache, archives)


@pytest.fixture
def product(workshop, progress):
    product = workshop.manifest.products["speaker"]
    workshop.make(product, workshop.faults(product), progress)
    return product


def test_parts_are_joined_in_order(workshop, product):
    root = workshop.root(product)
    assert (root / "model.bin").read_bytes() == FIRST + SECOND
    assert json.loads((root / "tokens.json").read_text()) == TOKENS
    assert {p.name: p.read_bytes() for p in (root / "voices").iterdir()} == VOICES
    assert (root / "current.bin").resolve() == (root / "model.bin").resolve()
    assert workshop.faults(product) == []


def test_licence_texts_are_kept(workshop, product, cache):
    assert (cache.licences / "speaker" / "LICENSE").read_bytes() == b"do as you like"


def test_a_flipped_byte_is_noticed_and_mended(workshop, product, progress):
    path = workshop.root(product) / "model.bin"
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)
    assert workshop.faults(product) == ["model.bin"]
    workshop.make(product, ["model.bin"], progress)
    assert path.read_bytes() == FIRST + SECOND
    assert workshop.faults(product) == []


def test_a_missing_voice_and_a_missing_link_are_noticed(workshop, product):
    (workshop.root(product) / "voices" / "anna.bin").unlink()
    (workshop.root(product) / "current.bin").unlink()
    assert workshop.faults(product) == ["voices", "current.bin"]


def test_a_voice_of_the_users_own_may_lie_among_ours(workshop, product):
    (workshop.root(product) / "voices" / "mine.bin").write_bytes(b"mine")
    assert workshop.faults(product) == []


def test_a_lost_receipt_only_costs_unpacking_again(workshop, product, cache):
    (cache.receipts / "speaker.json").write_text("{ not json")
    assert workshop.faults(product) == ["voices"]


def test_what_comes_out_wrong_is_not_kept(workshop, cache, progress):
    product = workshop.manifest.products["speaker"]
    workshop.archives["second"] = workshop.archives["voices"]
    with pytest.raises(SetupError, match="no member package/part.bin"):
        workshop.make(product, ["model.bin"], progress)
    assert not (workshop.root(product) / "model.bin").exists()


def test_a_directory_the_user_linked_in_is_left_alone(workshop, cache, tmp_path):
    product = workshop.manifest.products["speaker"]
    cache.models.mkdir()
    (cache.models / "speaker").symlink_to(tmp_path)
    assert workshop.faults(product) == []


CONVERSION = """
import sys
from pathlib import Path
model, voices, target = map(Path, sys.argv[1:])
if model.read_bytes() == b"unfit":
    sys.exit("the model is unfit")
(target / "half.bin").write_bytes(model.read_bytes()[::2])
(target / "names.txt").write_text(" ".join(sorted(p.name for p in voices.iterdir())))
print("half as long")
"""


@pytest.fixture
def converted(workshop, cache, progress, tmp_path, monkeypatch):
    """A product with a conversion of its own files, its script a directory; made."""
    script = tmp_path / "scripts" / "convert"
    script.mkdir(parents=True)
    (script / "__main__.py").write_text(CONVERSION)
    monkeypatch.setattr(products, "SCRIPTS", script.parent)
    cache.python.parent.mkdir(parents=True)
    cache.python.symlink_to(sys.executable)
    export = Export("convert", own=("model.bin", "voices"), inputs=(), outputs=("half.bin", "names.txt"), size=10)
    product = dataclasses.replace(workshop.manifest.products["speaker"], export=export)
    workshop.make(product, workshop.faults(product), progress)
    return product


def test_a_conversion_takes_the_products_own_files(workshop, converted):
    root = workshop.root(converted)
    assert (root / "half.bin").read_bytes() == (FIRST + SECOND)[::2]
    assert (root / "names.txt").read_text() == "anna.bin bela.bin"
    assert workshop.faults(converted) == []


def test_what_a_conversion_says_is_kept(converted, cache):
    assert (cache.receipts / "speaker.log").read_text() == "half as long\n"


def test_a_damaged_conversion_is_noticed_and_repeated(workshop, converted, progress):
    (workshop.root(converted) / "half.bin").write_bytes(b"?")
    assert workshop.faults(converted) == ["half.bin"]
    workshop.make(converted, ["half.bin"], progress)
    assert workshop.faults(converted) == []


def test_a_change_in_any_part_of_the_script_repeats_the_conversion(workshop, converted):
    (products.SCRIPTS / "convert" / "phrases.tsv").write_text("a phrase")
    assert workshop.faults(converted) == ["half.bin", "names.txt"]


def test_another_model_of_the_users_own_repeats_the_conversion(workshop, converted, tmp_path):
    (tmp_path / "own.bin").write_bytes(b"my own model")
    (workshop.root(converted) / "model.bin").unlink()
    (workshop.root(converted) / "model.bin").symlink_to(tmp_path / "own.bin")
    assert workshop.faults(converted) == ["half.bin", "names.txt"]


def test_a_conversion_that_fails_leaves_the_old_outcome_and_its_words(workshop, converted, progress):
    root = workshop.root(converted)
    (root / "model.bin").write_bytes(b"unfit")
    with pytest.raises(SetupError, match="the model is unfit"):
        workshop.make(converted, ["half.bin"], progress)
    assert (root / "half.bin").read_bytes() == (FIRST + SECOND)[::2]
    assert not list(workshop.cache.root.glob(".export-*"))


def test_an_interrupted_write_leaves_nothing_under_the_name(tmp_path):
    def chunks():
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "model.bin", chunks())
    assert not (tmp_path / "model.bin").exists()


def test_headers_newer_than_the_library_are_refused(tmp_path):
    header = tmp_path / "include" / "onnxruntime_c_api.h"
    header.parent.mkdir()
    header.write_text("#define ORT_API_VERSION 32\n")
    check_onnxruntime_headers(tmp_path)
    header.write_text("#define ORT_API_VERSION 33\n")
    with pytest.raises(SetupError, match="API 33"):
        check_onnxruntime_headers(tmp_path)
