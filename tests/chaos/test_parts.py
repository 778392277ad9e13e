# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenarios, SIP messages, processes, the proxy, notices, the ledger's lines."""
import json
import signal
import socket
import struct
import subprocess
import sys
import time

import numpy as np
import pytest
from harness.process import wait_for
from synthetic import noise

from bench.call import script
from chaos import __main__ as program
from chaos import faults, ledger, notices, processes, scenario
from chaos.faults import hostile
from chaos.proxy import Fault, FrameProxy

AUDIO = 0x12


def test_every_scenario_says_what_is_done_and_falls_into_a_line_of_the_script():
    assert faults.__doc__
    talk = script.load(program.SCRIPT)
    for each in scenario.every.values():
        assert len(each.about) > 40
        assert 0 <= each.line < len(talk.lines) - 1
    assert next(iter(scenario.every)) == program.BASELINE


def test_every_scenario_is_in_the_documentation_as_it_is():
    text = (program.places.REPOSITORY / "docs" / "chaos.md").read_text()
    assert [each.name for each in scenario.every.values() if f"`{each.name}`" not in text or each.about not in text] == []


def test_the_script_goes_on_after_every_fault_in_both_directions():
    talk = script.load(program.SCRIPT)
    latest = max(each.line for each in scenario.every.values())
    assert {line.speaker for line in talk.lines[latest + 1 :]} == set(talk.speakers)


def test_sip_messages_are_datagrams_of_bytes():
    datagrams = hostile.torture("127.0.0.1:5060", "127.0.0.1:5070", "t1")
    assert len(datagrams) >= 12
    for datagram in datagrams.values():
        assert b"\r\n" in datagram and b"{server}" not in datagram and len(datagram) < 1400
    assert b"\0" in datagrams["a body that is no SDP"]


@pytest.mark.parametrize(
    ("arguments", "role"),
    [
        (["/x/parley-engine", "--role", "recognition:moonshine"], "recognition:moonshine"),
        (["/x/parley-engine", "--spare", "--role=synthesis:kokoro"], "synthesis:kokoro"),
        (["/x/parley-engine"], ""),
    ],
)
def test_an_engine_is_known_by_its_command_line(arguments, role):
    assert processes.role_of(arguments) == role


def test_the_oldest_process_of_a_role_works_and_the_others_are_spares():
    one, two, three = (processes.Engine(pid, 1, role, started) for pid, role, started in ((9, "a", 5), (3, "a", 7), (4, "b", 6)))
    assert processes.at_work([two, three, one]) == [one, three]


def test_a_signal_reaches_only_a_child_of_whom_it_should():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    try:
        assert not processes.send(child.pid, signal.SIGKILL, parent=1)
        assert processes.alive(child.pid)
        assert processes.send(child.pid, signal.SIGKILL)
        child.wait(5)
        assert not processes.alive(child.pid)
        assert not processes.send(child.pid, signal.SIGKILL)
    finally:
        child.kill()
        child.wait(5)


@pytest.fixture
def proxied(tmp_path):
    """(near end, far end, proxy) of one connection through the proxy."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "far"))
    listener.listen()
    proxy = FrameProxy(tmp_path / "near", tmp_path / "far")
    proxy.start()
    near = socket.socket(socket.AF_UNIX)
    near.connect(str(proxy.path))
    far, _ = listener.accept()
    near.settimeout(2)
    far.settimeout(2)
    yield near, far, proxy
    proxy.stop()
    for connection in (near, far, listener):
        connection.close()


def frames(count):
    return b"".join(struct.pack(">BH", AUDIO, 640) + bytes([i]) * 640 for i in range(count))


def received(connection, seconds):
    data, deadline = b"", time.monotonic() + seconds
    connection.settimeout(0.05)
    while time.monotonic() < deadline:
        try:
            data += connection.recv(65536)
        except TimeoutError:
            pass
    return [data[i + 3] for i in range(0, len(data), 643)]


def test_the_proxy_passes_everything_on_in_order(proxied):
    near, far, _ = proxied
    near.sendall(frames(50))
    assert received(far, 0.5) == list(range(50))
    far.sendall(frames(3))
    assert received(near, 0.3) == [0, 1, 2]


def test_the_proxy_drops_audio_and_nothing_else(proxied):
    near, far, proxy = proxied
    proxy.fault = Fault(drop=1.0)
    near.sendall(frames(10) + struct.pack(">BH", 0, 0))
    assert far.recv(100) == b"\0\0\0"
    assert proxy.dropped == 10


def test_the_proxy_delays_and_keeps_the_order(proxied):
    near, far, proxy = proxied
    proxy.fault = Fault(delay=0.3, jitter=0.1)
    began = time.monotonic()
    near.sendall(frames(5))
    far.recv(1)
    assert time.monotonic() - began >= 0.29


def test_the_proxy_ends_one_side_with_the_other(proxied):
    near, far, _ = proxied
    far.close()
    assert near.recv(1) == b""


def speech_like(seconds, seed):
    """Syllables of different pitch and loudness."""
    random = np.random.default_rng(seed)
    parts = []
    while sum(len(p) for p in parts) < seconds * 16000:
        length = random.uniform(0.08, 0.3)
        spectrum = np.fft.rfft(noise(length, int(random.integers(1000))))
        centre = random.uniform(400, 2500) * length
        spectrum *= np.exp(-(((np.arange(len(spectrum)) - centre) / (centre / 2)) ** 2))
        parts += [np.fft.irfft(spectrum) * random.uniform(0.5, 3), np.zeros(round(random.uniform(0, 0.08) * 16000))]
    return np.concatenate(parts)[: round(seconds * 16000)]


@pytest.mark.parametrize("tempo", [1.0, 1.12, 1.22])
def test_a_notice_is_found_by_its_sound_at_any_loudness_and_tempo(tempo):
    notice, other = speech_like(2.0, 11), speech_like(2.0, 12)
    wanted = notices.spectrum(notice.astype(np.int16), 16000)
    heard = np.concatenate([np.zeros(32000), notice * 0.4, np.zeros(32000), other, np.zeros(32000)])
    heard += np.random.default_rng(1).normal(0, 6, len(heard))
    picture = notices.at_tempo(notices.spectrum(heard.astype(np.int16), 16000), tempo)
    ((step, length),) = notices.places_of(picture, wanted, range(len(picture)))
    assert step == pytest.approx(100 / tempo, abs=3) and length == pytest.approx(100 / tempo, abs=5)


def test_a_ledger_that_grows_is_read_with_the_time_of_each_line(tmp_path):
    path = tmp_path / "ledger.jsonl"
    path.write_text('{"old": 1}\n')
    with ledger.LedgerWatch(path) as watch, open(path, "a") as file:
        line = {"event": "caption", "session": "1", "speaker": "a", "id": 1, "outcome": "undelivered"}
        file.write(json.dumps(line) + '\n{"cut o\n' + json.dumps(line | {"session": "chaos-deaf"}) + "\n")
        file.flush()
        wait_for(lambda: len(watch.entries) == 2, 2, "the lines")
        file.write(json.dumps(line | {"event": "utterance", "outcome": "answered"}) + "\n")
    assert watch.broken == 1
    (utterance,) = ledger.utterances(watch.entries)
    assert utterance.over and utterance.last.outcome == "answered" and utterance.first < utterance.last.arrived
