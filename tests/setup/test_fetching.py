# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetching: verified, resumed after an interruption, and plain about what went wrong."""
import dataclasses

import pytest
import registries
from progress import SetupError, run


def test_a_damaged_transfer_is_tried_again(manifest, cache, registry, progress):
    registry.damage = 1
    path = registries.fetch(manifest.packages["first"], cache, progress)
    assert path.read_bytes() == registry.archives["first"][1]
    assert registry.served == ["first", "first"]


def test_another_file_than_the_manifests_is_never_kept(manifest, cache, registry, progress):
    registry.archives["first"] = ("first-1.whl", b"something else")
    with pytest.raises(SetupError, match="is not the file setup/manifest.toml names"):
        registries.fetch(manifest.packages["first"], cache, progress)
    assert not (cache.downloads / "first-1.whl").exists()


def test_another_name_than_the_manifests_is_told(manifest, cache, registry, progress):
    registry.archives["first"] = ("first-2.whl", b"next version")
    with pytest.raises(SetupError, match="expected first-1.whl, got first-2.whl"):
        registries.fetch(manifest.packages["first"], cache, progress)


def test_an_interrupted_fetch_leaves_the_finished_ones_and_no_rest(manifest, cache, registry, progress):
    registry.interrupt_at = "second"
    registries.fetch(manifest.packages["first"], cache, progress)
    with pytest.raises(KeyboardInterrupt):
        registries.fetch(manifest.packages["second"], cache, progress)
    assert [p.name for p in cache.downloads.iterdir()] == ["first-1.whl"]
    assert registries.find(manifest.packages["first"], cache) is not None
    assert registries.find(manifest.packages["second"], cache) is None


def test_what_a_killed_run_left_behind_does_no_harm(manifest, cache, registry, progress):
    leftover = cache.downloads / ".first.partial"
    leftover.mkdir()
    (leftover / "first-1.whl").write_bytes(b"half")
    assert registries.fetch(manifest.packages["first"], cache, progress).read_bytes() == registry.archives["first"][1]


def test_a_truncated_archive_in_the_cache_is_not_used(manifest, cache, registry, progress):
    path = registries.fetch(manifest.packages["first"], cache, progress)
    path.write_bytes(path.read_bytes()[:-1])
    assert registries.find(manifest.packages["first"], cache) is None


def test_the_successor_of_a_rolling_package_is_taken_and_found_again(manifest, cache, registry, progress):
    package = dataclasses.replace(manifest.packages["first"], rolling=True, file="first_1_amd64.deb")
    registry.archives["first"] = ("first_2_amd64.deb", b"newer")
    path = registries.fetch(package, cache, progress)
    assert path.name == "first_2_amd64.deb"
    assert registries.find(package, cache) == path
    path.write_bytes(b"damaged")
    assert registries.find(package, cache) is None


def test_a_missing_client_is_named(tmp_path):
    with pytest.raises(SetupError, match="'no-such-client' is missing: run `make apt`"):
        run(["no-such-client", "--version"])


def test_a_failing_client_shows_its_last_words():
    with pytest.raises(SetupError, match="no such version"):
        run(["sh", "-c", "echo no such version; exit 3"])


def test_a_client_that_hangs_is_ended():
    with pytest.raises(SetupError, match="did not finish"):
        run(["sleep", "60"], timeout=0.3)


def test_while_a_client_works_its_last_words_are_heard():
    heard = []
    output = run(["sh", "-c", "sleep 0.5; echo one; echo two; sleep 1; echo three"], hear=heard.append)
    assert heard[0] == "" and "two" in heard and "one" not in heard
    assert output == "one\ntwo\nthree\n"
