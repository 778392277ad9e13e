# SPDX-License-Identifier: GPL-3.0-or-later
"""The orchestrator with real engines, on a real Asterisk, with real phones: what callers hear, also when something breaks."""

import signal
import socket
import struct
import subprocess
import time

import numpy as np
import pytest
from harness import Asterisk, Baresip, Parleyd, audio, program, rubbish

RATE = 16000


@pytest.fixture(scope="module")
def parleyd():
    # A short pause ends an utterance: these tests wait for many.
    with Parleyd('[endpoint]\nsilence_ms = 500\n[call]\noriginal_gain_db = -60.0\nducked_gain_db = -60.0') as parleyd:
        yield parleyd


@pytest.fixture(scope="module")
def pbx(parleyd):
    with Asterisk(parleyd.socket, audiosocket=f"127.0.0.1:{parleyd.audiosocket_port}") as pbx:
        yield pbx


@pytest.fixture(autouse=True)
def idle(parleyd, pbx):
    """Every test begins without calls and with a parleyd that runs."""
    if parleyd.process.poll() is not None:
        parleyd.start()
    parleyd.forget()
    yield
    pbx.cli("channel request hangup all")
    pbx.wait_idle()


@pytest.fixture(scope="module")
def say(tmp_path_factory):
    """say(text, language, voice): 16 kHz samples from the project's own synthesiser."""
    directory = tmp_path_factory.mktemp("said")

    def speak(text: str, language: str, voice: str) -> np.ndarray:
        wav = directory / f"{abs(hash((text, voice)))}.wav"
        if not wav.exists():
            subprocess.run(
                [program("parley"), "say", text, "--language", language, "--voice", voice, "--out", wav],
                check=True, timeout=120, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        return audio.read_wav(wav)[0]

    return speak


@pytest.fixture(scope="module")
def english(say):
    return say("Good morning, this is the reception. Please hold the line for a moment.", "en", "am_adam")


@pytest.fixture(scope="module")
def portuguese(say):
    return say("Bom dia, eu gostaria de confirmar a minha consulta de amanhã.", "pt", "pm_alex")


def after(seconds: float, speech: np.ndarray, tail: float = 0.0) -> np.ndarray:
    return np.concatenate([np.zeros(int(seconds * RATE)), speech, np.zeros(int(tail * RATE))]).astype(np.int16)


def loud_seconds(samples: np.ndarray) -> float:
    """Seconds of 20 ms frames with a voice in them."""
    frames = samples[: len(samples) // 320 * 320].reshape(-1, 320).astype(float)
    return float((np.sqrt((frames**2).mean(axis=1)) > 300).sum() * 0.02)


# ---- what a call is for --------------------------------------------------------------------------------------------------


def test_each_side_hears_the_other_in_its_own_language(parleyd, pbx, english, portuguese):
    with Baresip("alice", pbx, wav=after(0.5, english)) as alice, Baresip("bob", pbx, wav=after(11, portuguese), codec="ulaw") as bob:
        alice.dial("200")
        utterances = parleyd.wait_utterances(2, 45)
        alice.hangup()
        bob.wait_closed()
        directions = {u["direction"] for u in utterances}
        assert directions == {"en_pt", "pt_en"}
        assert all(u["answered"] for u in utterances), utterances
        said = " ".join(u["translation"].lower() for u in utterances)
        assert "recepção" in said and "good morning" in said, said
        assert loud_seconds(bob.heard()) > 1.0
        assert loud_seconds(alice.heard()) > 1.0


def test_the_last_words_are_spoken_after_their_speaker_has_hung_up(parleyd, pbx, english):
    with Baresip("alice", pbx, wav=after(0.5, english)) as alice, Baresip("bob", pbx) as bob:
        alice.dial("200")
        time.sleep(0.5 + len(english) / RATE + 0.1)
        alice.hangup()
        alice.wait_closed()
        bob.wait_closed(20)
        (utterance,) = parleyd.wait_utterances(1)
        assert utterance["answered"], utterance
        assert loud_seconds(bob.heard()) > 1.5


def test_the_same_call_works_over_a_stock_asterisks_audiosocket(parleyd, pbx, english):
    with Baresip("alice", pbx, wav=after(0.5, english)) as alice, Baresip("bob", pbx) as bob:
        alice.dial("*0*200")
        utterances = parleyd.wait_utterances(1)
        assert utterances[0]["answered"], utterances
        alice.hangup()
        bob.wait_closed()
        assert loud_seconds(bob.heard()) > 1.0


def test_the_mirror_speaks_back_in_the_other_language_and_never_in_the_own_voice(parleyd, pbx, english):
    with Baresip("alice", pbx, wav=after(0.5, english)) as alice:
        alice.dial("600")
        (utterance,) = parleyd.wait_utterances(1)
        assert utterance["direction"] == "en_pt" and utterance["answered"]
        alice.hangup()
        alice.wait_closed()
        heard = alice.heard()
        assert audio.alignment(english, heard)[0] < 0.3, "the own voice comes back"
        assert loud_seconds(heard) > 1.0


def test_without_engines_for_a_pair_the_original_passes_and_the_listener_is_told_once(parleyd, pbx, english):
    speech = after(6, english)  # after the notice
    with Baresip("alice", pbx, wav=speech) as alice, Baresip("bob", pbx) as bob:
        alice.dial("*34*200")
        time.sleep(len(speech) / RATE + 1)
        alice.hangup()
        bob.wait_closed()
        middle = english[RATE : 2 * RATE]
        assert audio.alignment(middle, bob.heard())[0] > 0.9
        assert loud_seconds(alice.heard()) > 0.8, "alice is told in English that bob is not translated"
        assert parleyd.utterances() == []


def test_two_of_one_language_just_talk(pbx, parleyd, english):
    with Baresip("alice", pbx, wav=after(1, english)) as alice, Baresip("bob", pbx) as bob:
        alice.dial("*44*200")
        time.sleep(len(english) / RATE + 2)
        alice.hangup()
        bob.wait_closed()
        assert audio.alignment(english[RATE : 2 * RATE], bob.heard())[0] > 0.9
        assert parleyd.utterances() == []


# ---- faults --------------------------------------------------------------------------------------------------------------


def test_sigterm_ends_it_within_two_seconds_and_a_restart_takes_the_call_back(parleyd, pbx, english, portuguese):
    with Baresip("alice", pbx, wav=after(0.5, english, 20)) as alice, Baresip("bob", pbx, wav=after(20, portuguese)) as bob:
        alice.dial("200")
        time.sleep(3)
        assert parleyd.stop() < 2.0
        assert parleyd.process.returncode == 0
        assert not parleyd.socket.exists()
        assert alice.in_call and bob.in_call
        parleyd.start()
        assert alice.in_call and bob.in_call, "the people stay connected while the translator is away"


def test_when_the_orchestrator_is_killed_the_people_are_connected_directly(parleyd, pbx, english):
    speech = after(6, english)
    with Baresip("alice", pbx, wav=speech) as alice, Baresip("bob", pbx) as bob:
        alice.dial("200")
        time.sleep(1.5)
        parleyd.kill()
        time.sleep(len(speech) / RATE)
        assert alice.in_call and bob.in_call
        alice.hangup()
        bob.wait_closed()
        assert audio.alignment(english[RATE : 2 * RATE], bob.heard())[0] > 0.9


def connect(parleyd: Parleyd) -> socket.socket:
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(5)
    peer.connect(str(parleyd.socket))
    return peer


@pytest.mark.parametrize("sent", rubbish.MEDIA.values(), ids=rubbish.MEDIA.keys())
def test_a_peer_that_misbehaves_is_closed(parleyd, sent):
    with connect(parleyd) as peer:
        try:
            peer.sendall(sent)
            peer.shutdown(socket.SHUT_WR) if b"lonely2" in sent else None
            while peer.recv(4096):
                pass
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert parleyd.process.poll() is None


def test_a_call_is_not_disturbed_by_peers_that_misbehave(parleyd, pbx, english):
    with Baresip("alice", pbx, wav=after(0.5, english)) as alice, Baresip("bob", pbx) as bob:
        alice.dial("200")
        for sent in list(rubbish.MEDIA.values()) * 5:
            with connect(parleyd) as peer:
                try:
                    peer.sendall(sent)
                except (BrokenPipeError, ConnectionResetError):
                    pass
        (utterance,) = parleyd.wait_utterances(1)
        assert utterance["answered"]
        alice.hangup()
        bob.wait_closed()


def test_a_second_daemon_does_not_take_the_socket_from_the_first(parleyd, tmp_path):
    second = Parleyd(socket=parleyd.socket, directory=tmp_path)
    with pytest.raises(RuntimeError, match="status 1"):
        second.start()
    assert str(parleyd.socket) in second.log()
    assert parleyd.socket.exists() and parleyd.process.poll() is None


def test_a_port_in_use_is_said(parleyd, tmp_path):
    second = Parleyd(directory=tmp_path)
    second.audiosocket_port = parleyd.audiosocket_port
    with pytest.raises(RuntimeError, match="status 1"):
        second.start()
    assert str(parleyd.audiosocket_port) in second.log()


# ---- the command line ----------------------------------------------------------------------------------------------------


def run(*arguments, timeout: float = 120, **environment) -> subprocess.CompletedProcess:
    import os

    return subprocess.run(
        [str(a) for a in arguments], capture_output=True, text=True, timeout=timeout, env={**os.environ, **environment}
    )  # fmt: skip


def test_translate_gives_text_sound_and_times(tmp_path, english):
    import json

    audio.write_wav(tmp_path / "in.wav", english, RATE)
    result = run(program("parley"), "translate", tmp_path / "in.wav", "--from", "en", "--to", "pt", "--out", tmp_path / "out.wav", "--json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert "recepção" in report["utterances"][0]["translation"].lower()
    assert report["utterances"][0]["stages_ms"]["recognition"] > 0
    heard, rate = audio.read_wav(tmp_path / "out.wav")
    assert rate == RATE and loud_seconds(heard) > 1.0


BAD_INPUT = {
    "missing": (None, "there is no recording"),
    "empty": (b"", "empty"),
    "no audio": (b"this is text, not sound\n" * 50, "not a recording"),
    "no samples": (struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36, b"WAVE", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16, b"data", 0), "no audio"),
}


@pytest.mark.parametrize(("content", "reason"), BAD_INPUT.values(), ids=BAD_INPUT.keys())
def test_translate_says_what_is_wrong_with_a_file(tmp_path, content, reason):
    file = tmp_path / "in.wav"
    if content is not None:
        file.write_bytes(content)
    result = run(program("parley"), "translate", file, "--from", "en", "--to", "pt", "--out", tmp_path / "out.wav")
    assert result.returncode == 1
    assert str(file) in result.stderr and reason in result.stderr, result.stderr
    assert result.stderr.count("\n") == 1


def test_translate_refuses_a_pair_it_has_no_model_for(tmp_path, english):
    audio.write_wav(tmp_path / "in.wav", english, RATE)
    result = run(program("parley"), "translate", tmp_path / "in.wav", "--from", "en", "--to", "de", "--out", tmp_path / "out.wav")
    assert result.returncode == 1 and "de" in result.stderr


def test_a_missing_model_is_named_with_what_to_do(tmp_path):
    result = run(program("parleyd"), "--check", PARLEY_MODELS=str(tmp_path))
    assert result.returncode == 1
    assert str(tmp_path) in result.stderr and "make models" in result.stderr


def test_say_without_models_says_what_to_do(tmp_path):
    result = run(program("parley"), "say", "hello", "--out", tmp_path / "out.wav", PARLEY_MODELS=str(tmp_path / "none"))
    assert result.returncode == 1
    assert str(tmp_path / "none") in result.stderr and "make models" in result.stderr


def test_a_corrupt_model_is_named_with_what_to_do(tmp_path):
    (tmp_path / "silero_vad.onnx").write_bytes(b"not a model" * 100)
    result = run(program("parleyd"), "--check", PARLEY_MODELS=str(tmp_path))
    assert result.returncode == 1
    assert "silero_vad.onnx" in result.stderr and "make models" in result.stderr


def test_a_wrong_setting_is_named_with_its_line(tmp_path):
    (tmp_path / "parley.toml").write_text("[endpoint]\nsilence = 3\n")
    result = run(program("parleyd"), "--config", tmp_path / "parley.toml", "--check")
    assert result.returncode == 1 and "line 2: endpoint.silence is no setting" in result.stderr


def test_doctor_finds_the_engines_and_says_what_to_do_about_the_rest(tmp_path):
    import json

    (tmp_path / "parley.toml").write_text(f'[external_media]\nsocket = "{tmp_path}/media.sock"\n[audiosocket]\nport = 0\n')
    result = run(program("parley"), "--config", tmp_path / "parley.toml", "doctor", "--json")
    findings = {finding["name"]: finding for finding in json.loads(result.stdout)}
    for engine in ("voice activity detection", "recognition", "translation", "synthesis"):
        assert findings[f"engine: {engine}"]["health"] == "good", findings
    assert findings["socket"]["health"] == "good"
    assert all(finding["advice"] for finding in findings.values() if finding["health"] != "good")


def test_both_programs_explain_themselves():
    for name in ("parleyd", "parley"):
        result = run(program(name), "--help")
        assert result.returncode == 0 and "Usage" in result.stdout
    assert run(program("parley"), "--version").returncode == 0
