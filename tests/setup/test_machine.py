# SPDX-License-Identifier: GPL-3.0-or-later
"""Set-up says before it starts what a machine lacks, and uses what the user already has."""
import dataclasses
import io
import os
import subprocess

import debian
import licences
import machine
import override
import pytest
from conftest import SOURCE
from progress import Progress, SetupError


@pytest.mark.parametrize("name", ["aarch64", "armv7l", "i686", "riscv64"])
def test_other_processors_are_refused_by_name(name):
    with pytest.raises(SetupError, match=f"x86_64\\) only; this machine is {name}"):
        machine.check_architecture(name)
    machine.check_architecture("x86_64")


def test_too_little_room_is_told_before_anything_is_fetched(tmp_path):
    with pytest.raises(SetupError, match="not enough room.*PARLEY_CACHE"):
        machine.check_disk(tmp_path / "not" / "yet" / "there", 10**15)
    machine.check_disk(tmp_path, 0)


def test_a_missing_debian_package_is_noticed(manifest):
    assert debian.missing_packages(manifest) == ["no-such-package-of-debian"]


def test_without_root_the_command_to_run_is_shown(cache, progress, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SetupError, match="sudo apt-get install --no-install-recommends cmake ninja-build"):
        debian.install(["cmake", "ninja-build"], cache, progress)


def test_without_apt_the_packages_are_listed(cache, progress, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SetupError, match="no apt-get here.*cmake ninja-build"):
        debian.install(["cmake", "ninja-build"], cache, progress)


def test_a_model_in_the_users_directory_wins(manifest, cache, tmp_path, monkeypatch):
    product = manifest.products["speaker"]
    own = tmp_path / "own"
    monkeypatch.setenv("PARLEY_MODELS", str(own))
    assert not override.is_users_own(product, cache)
    (own / "speaker").mkdir(parents=True)
    assert override.is_users_own(product, cache)


def test_the_users_directory_is_completed_with_links(manifest, cache, tmp_path, monkeypatch, progress):
    product = manifest.products["speaker"]
    (cache.models / "speaker").mkdir(parents=True)
    monkeypatch.setenv("PARLEY_MODELS", str(tmp_path / "own"))
    override.complete_users_directory([product], cache, progress)
    link = tmp_path / "own" / "speaker"
    assert link.is_symlink() and link.resolve() == cache.models / "speaker"
    assert not override.is_users_own(product, cache), "a link of ours is not the user's own model"


def test_runtimes_are_never_taken_from_the_model_directory(manifest, cache, tmp_path, monkeypatch):
    product = dataclasses.replace(manifest.products["speaker"], kind="runtime")
    (tmp_path / "speaker").mkdir()
    monkeypatch.setenv("PARLEY_MODELS", str(tmp_path))
    assert not override.is_users_own(product, cache)


def test_the_terms_are_shown_and_unattended_runs_go_on(manifest, cache):
    stream = io.StringIO()
    licences.confirm(list(manifest.products.values()), cache, Progress(1, stream=stream))
    assert "A model that speaks: MIT, nobody" in stream.getvalue()
    assert "terms unclear" in stream.getvalue()


def test_a_no_to_the_terms_stops_set_up(manifest, cache, progress, monkeypatch):
    monkeypatch.setattr(licences, "_can_ask", lambda: True)
    monkeypatch.setattr("builtins.input", lambda prompt: "n")
    with pytest.raises(SetupError, match="PARLEY_MODELS"):
        licences.confirm(list(manifest.products.values()), cache, progress)


def test_the_terms_are_asked_for_once(manifest, cache, progress, monkeypatch):
    answers = ["y"]
    monkeypatch.setattr(licences, "_can_ask", lambda: True)
    monkeypatch.setattr("builtins.input", lambda prompt: answers.pop())
    for _ in range(2):
        licences.confirm(list(manifest.products.values()), cache, progress)


def command(*arguments, **environment):
    return subprocess.run(
        [SOURCE / "scripts" / "setup" / "run", *arguments],
        env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_status_of_an_empty_cache_names_what_is_missing_and_changes_nothing(tmp_path):
    answer = command("status", PARLEY_CACHE=str(tmp_path / "none"))
    assert answer.returncode == 1
    assert "Silero VAD 6.2, voice activity" in answer.stdout and "silero_vad.onnx" in answer.stdout
    assert not (tmp_path / "none").exists()


def test_help_says_what_there_is():
    answer = command("--help")
    assert answer.returncode == 0 and "PARLEY" not in answer.stderr and "models" in answer.stdout


def test_a_cache_that_cannot_be_written_is_an_error_and_no_traceback(tmp_path):
    (tmp_path / "file").touch()
    answer = command("models", PARLEY_CACHE=str(tmp_path / "file" / "cache"))
    assert answer.returncode == 1
    assert answer.stderr.startswith("setup: ") and "Traceback" not in answer.stderr
