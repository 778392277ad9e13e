# SPDX-License-Identifier: GPL-3.0-or-later
"""Products are put together exactly, damage to them is noticed, and only what is damaged is made again."""
import json

import pytest
import registries
from conftest import FIRST, SECOND, TOKENS, VOICES
from files import write_atomically
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
