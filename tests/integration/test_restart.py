# SPDX-License-Identifier: GPL-3.0-or-later
"""parleyd or Asterisk is killed, or stopped for a second, in the middle of a call, on a real Asterisk with real phones."""

import os
import signal
import subprocess
import time

import numpy as np
import pytest
from harness import Asterisk, Baresip, Parleyd, audio, program
from harness.process import wait_for

RATE = 16000
FRAME = 320


@pytest.fixture(scope="module")
def parleyd():
    with Parleyd() as parleyd:
        yield parleyd


@pytest.fixture(scope="module")
def pbx(parleyd):
    with Asterisk(parleyd.socket, audiosocket=f"127.0.0.1:{parleyd.audiosocket_port}") as pbx:
        yield pbx


@pytest.fixture(autouse=True)
def idle(pbx):
    yield
    pbx.cli("channel request hangup all")
    pbx.wait_idle()


def humming(seconds: float) -> np.ndarray:
    """Somebody who never pauses."""
    time_axis = np.arange(int(seconds * RATE)) / RATE
    return (6000 * np.sin(2 * np.pi * 440 * time_axis) + np.random.default_rng(1).normal(0, 300, len(time_axis))).astype(np.int16)


def gaps(heard: np.ndarray) -> list[float]:
    """Seconds of each silence of more than 40 ms between the first sound and the last one."""
    loud = np.sqrt((heard[: len(heard) // FRAME * FRAME].reshape(-1, FRAME).astype(float) ** 2).mean(axis=1)) > 300
    found, silent = [], 0
    for is_loud in loud[int(np.argmax(loud)) :]:
        if not is_loud:
            silent += 1
            continue
        if silent > 2:
            found.append(silent * 0.02)
        silent = 0
    return found


def stop_for(process: subprocess.Popen, seconds: float) -> None:
    os.kill(process.pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGCONT)


def test_killed_and_started_again_it_takes_the_calls_back_within_a_second(parleyd, pbx):
    with Baresip("alice", pbx, wav=humming(30)) as alice, Baresip("bob", pbx) as bob:
        alice.dial("*44*200")
        time.sleep(7)
        parleyd.kill()
        time.sleep(0.1)  # What systemd waits.
        parleyd.start(wait=False)
        time.sleep(4)
        rows = pbx.media_channels()
        assert [row["State"] for row in rows] == ["open", "open"]
        assert [row["Again"] for row in rows] == ["1", "1"]
        assert alice.in_call and bob.in_call
        alice.hangup()
        bob.wait_closed()
        print("dead air", gaps(bob.heard()))
        assert max(gaps(bob.heard()), default=0) <= 1.0
    parleyd.wait_ready()


def test_an_utterance_that_died_with_it_is_in_the_ledger(parleyd, pbx, tmp_path):
    said = tmp_path / "said.wav"
    text = "Good morning, this is the reception, please hold the line for a moment, we will be with you as soon as we can."
    command = [program("parley"), "say", text, "--language", "en", "--voice", "am_adam", "--out", said]
    subprocess.run(command, check=True, timeout=120, stdout=subprocess.DEVNULL)
    speech = np.concatenate([np.zeros(RATE, np.int16), audio.read_wav(said)[0], np.zeros(20 * RATE, np.int16)])
    with Baresip("alice", pbx, wav=speech) as alice, Baresip("bob", pbx):
        alice.dial("200")
        wait_for(lambda: '"begun"' in parleyd.ledger_file.read_text(), 20, "somebody to speak")
        time.sleep(1)
        parleyd.kill()
        parleyd.start()
        lost = [line for line in parleyd.utterances() if line["outcome"] == "lost"]
        assert len(lost) == 1
        assert lost[0]["error"] == "parleyd ended without finishing it"
        assert alice.in_call


def test_a_second_in_which_asterisk_stood_still_is_heard_and_leaves_no_delay(parleyd, pbx):
    with Baresip("alice", pbx, wav=humming(40)) as alice, Baresip("bob", pbx):
        alice.dial("*44*200")
        time.sleep(4)
        stop_for(pbx.process, 1)
        time.sleep(12)
        for row in pbx.media_channels():
            assert int(row["Queue"]) <= int(row["Depth"]) + 60, row


def test_a_second_in_which_parleyd_stood_still_leaves_no_delay(parleyd, pbx):
    with Baresip("alice", pbx, wav=humming(30)) as alice, Baresip("bob", pbx) as bob:
        alice.dial("*44*200")
        time.sleep(4)
        stop_for(parleyd.process, 1)
        time.sleep(3)
        for row in pbx.media_channels():
            assert int(row["Queue"]) <= int(row["Depth"]) + 60, row
            assert row["Over"] == "0"
            assert row["Again"] == "0"
        alice.hangup()
        bob.wait_closed()
        assert max(gaps(bob.heard()), default=0) <= 1.2
