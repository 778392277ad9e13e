# SPDX-License-Identifier: GPL-3.0-or-later
"""Set-up from end to end: an interrupted one goes on, a repeated one asks nobody, a damaged cache is mended."""
import dataclasses
import io

import environment
import models
import pytest
import registries
from conftest import FIRST, SECOND, sha256
from manifest import File, Member, Product
from progress import Progress


@pytest.fixture
def set_up(manifest, cache, registry, monkeypatch):
    monkeypatch.setattr(environment, "has_pip", lambda cache: True)
    monkeypatch.setattr(environment, "is_filled", lambda packages, cache: True)

    def run(**options):
        stream = io.StringIO()
        registry.served.clear()
        models.set_up(manifest, cache, Progress(0, stream=stream), **options)
        return stream.getvalue()

    return run


def test_steps_are_numbered_and_sized(set_up):
    lines = [line for line in set_up().splitlines() if line.startswith("[")]
    assert lines[0].startswith("[ 1/4] fetch first 1 (")
    assert lines[-1].startswith("[ 4/4] unpack A model that speaks (")


def test_a_repeated_set_up_asks_nobody(set_up, registry):
    set_up()
    assert set_up() == ""
    assert registry.served == []


def test_an_interrupted_set_up_goes_on_where_it_was(set_up, registry, cache):
    registry.interrupt_at = "second"
    with pytest.raises(KeyboardInterrupt):
        set_up()
    registry.interrupt_at = ""
    set_up()
    assert registry.served == ["second", "voices"]
    assert (cache.models / "speaker" / "model.bin").read_bytes() == FIRST + SECOND


def test_a_damaged_model_is_mended_from_what_was_fetched(set_up, registry, cache):
    set_up()
    model = cache.models / "speaker" / "model.bin"
    model.write_bytes(model.read_bytes()[:-1] + b"?")
    set_up()
    assert model.read_bytes() == FIRST + SECOND
    assert registry.served == []


def test_a_damaged_model_and_archive_are_fetched_again(set_up, registry, cache):
    set_up()
    (cache.models / "speaker" / "model.bin").unlink()
    (cache.downloads / "second-1.tgz").write_bytes(b"")
    set_up()
    assert registry.served == ["second"]


def test_with_a_model_of_the_users_own_nothing_is_fetched(set_up, registry, tmp_path, monkeypatch):
    (tmp_path / "own" / "speaker").mkdir(parents=True)
    monkeypatch.setenv("PARLEY_MODELS", str(tmp_path / "own"))
    set_up()
    assert registry.served == []


def test_a_client_the_machine_lacks_is_made_before_it_is_used(set_up, manifest, cache, monkeypatch):
    speaker = manifest.products["speaker"]
    client = Product(
        id="npm-client", kind="client", title="npm", directory="clients/npm", licence="MIT", copyright="", home="",
        files=(File("node", (Member("first", "first/part.bin"),), len(FIRST), sha256(FIRST)),),
    )  # fmt: skip
    manifest.products["npm-client"] = client
    monkeypatch.setattr(registries, "lacks_npm", lambda: False)
    assert "npm" not in set_up()
    (cache.root / speaker.directory / "model.bin").unlink()
    for archive in cache.downloads.iterdir():
        archive.unlink()
    monkeypatch.setattr(registries, "lacks_npm", lambda: True)
    steps = [line.split("] ")[1].split(" (")[0] for line in set_up().splitlines() if line.startswith("[")]
    assert steps == ["fetch first 1", "unpack npm", "fetch second 1", "fetch voices 1", "unpack A model that speaks"]


def test_engines_that_are_only_measured_are_fetched_for_the_benchmark_alone(set_up, manifest, registry):
    manifest.products["speaker"] = dataclasses.replace(manifest.products["speaker"], kind="bench")
    assert set_up() == "" and registry.served == []
    set_up(bench=True)
    assert registry.served == ["first", "second", "voices"]
