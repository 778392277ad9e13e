# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own media servers behind a real Asterisk: what is said to them comes back, over each of the ways there are."""

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from harness import Asterisk, Baresip, Sipp, audio, program, sipp
from harness.ports import free_port
from harness.process import end

CALLS = 50

# 700 is the AudioSocket() application, which knows 8 kHz only.
APPLICATION = """
[from-phones](+)
exten => 700,1,Answer()
 same => n,AudioSocket(67430f4b-0000-0000-0000-00040a656e00,{address})
 same => n,Hangup()
"""
MODULES = "load = app_audiosocket.so\nload = res_audiosocket.so"


class EchoServer:
    """tests/media/echo_server.cpp, which sends every leg its own voice back. `seen` is what it counted to its end."""

    def __init__(self, socket: Path, port: int):
        self.seen: dict = {}
        self.log = tempfile.TemporaryFile("w+")
        command = [str(program("tests/media/media_echo_server")), str(socket), str(port)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        self.port = json.loads(self.process.stdout.readline())["port"]

    def __enter__(self) -> "EchoServer":
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def stop(self) -> dict:
        if not self.seen:
            end(self.process)
            self.seen = json.loads(self.process.stdout.read())
            self.process.stdout.close()
        return self.seen


@pytest.fixture(scope="module")
def pbx():
    address = f"127.0.0.1:{free_port()}"
    extra = {"modules.conf": MODULES, "extensions.conf": APPLICATION.format(address=address)} | sipp.ENDPOINT
    with Asterisk(extra=extra, audiosocket=address) as pbx:
        yield pbx


@pytest.fixture
def server(pbx):
    port = int(pbx.audiosocket.rpartition(":")[2])
    with EchoServer(pbx.media_socket, port) as server:
        yield server
    pbx.wait_idle()


def assert_none_dropped(seen: dict) -> None:
    """No frame at all; one in a hundred where more runs than there are processors, for there everybody stalls."""
    dropped = seen["frames_in_dropped"] + seen["frames_out_dropped"]
    busy = os.getloadavg()[0] > os.cpu_count()
    assert dropped <= (seen["frames_in"] // 100 if busy else 0), seen


# number, whether it keeps what is above 4 kHz
WAYS = {"module": ("600", True), "audiosocket": ("*0*600", True), "audiosocket application": ("700", False)}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_said_comes_back(pbx, server, babble, way):
    number, is_wide = WAYS[way]
    hiss = audio.tone(1, 16000, hertz=6000)
    with Baresip("alice", pbx, wav=np.concatenate([babble, hiss]), codec="slin16", register=False) as alice:
        alice.dial(number)
        time.sleep(5.8)
        alice.hangup()
        pbx.wait_idle()
        heard = alice.heard()
    middle = babble[8000:60000]
    print(f"correlation {audio.alignment(middle, heard)[0]:.4f}")
    # In pieces: a phone on a busy machine has gaps, and after one the rest comes later.
    assert audio.share_heard(middle, heard, least=0.98) >= 0.75
    begin = audio.alignment(middle[:8000], heard)[1]
    assert 0.9 < audio.level(heard[begin : begin + 8000]) / audio.level(middle[:8000]) < 1.1
    assert (audio.alignment(hiss[:8000], heard)[0] > 0.9) == is_wide
    seen = server.stop()
    assert seen["legs"] == 1 and seen["open"] == 0
    assert seen["frames_in"] > 250
    assert_none_dropped(seen)
    came_with_hangup = seen["frames_in"] - seen["frames_in_dropped"] - seen["frames_out"]
    assert 0 <= came_with_hangup <= 3


@pytest.mark.parametrize("way", WAYS)
def test_keys_arrive_once_each(pbx, server, way):
    with Baresip("alice", pbx, register=False) as alice:
        alice.dial(WAYS[way][0])
        time.sleep(0.3)
        alice.press("19#")
        time.sleep(0.3)
        alice.hangup()
        pbx.wait_idle()
    assert server.stop()["digits"] == "19#"


@pytest.mark.parametrize("way", ["module", "audiosocket"])
def test_fifty_calls_at_once_drop_nothing(pbx, server, way):
    number = WAYS[way][0]
    before = pbx.media_totals()
    with Sipp(pbx, number, calls=CALLS, seconds=12) as load:
        load.wait()
        assert (load.successful, load.failed) == (CALLS, 0)
    pbx.wait_idle()
    grown = {name: count - before[name] for name, count in pbx.media_totals().items()}
    seen = server.stop()
    print(seen, grown)
    assert seen["legs"] == seen["at_once"] == CALLS
    assert seen["frames_in"] > CALLS * 10 * 50
    assert_none_dropped(seen)
    assert seen["external_media"]["protocol_errors"] == seen["audiosocket"]["protocol_errors"] == 0
    if way == "module":
        assert grown["sent"] == seen["frames_in"]
        assert grown["send dropped"] == grown["overflowed"] == grown["protocol errors"] == grown["reconnects"] == 0


def test_calls_survive_the_servers_death_and_find_it_again(pbx, babble):
    """A server that dies leaves its socket file behind; the next one takes its place and the call its leg."""
    port = int(pbx.audiosocket.rpartition(":")[2])
    with Baresip("alice", pbx, wav=np.tile(babble, 2), codec="slin16", register=False) as alice:
        with EchoServer(pbx.media_socket, port) as first:
            alice.dial("600")
            time.sleep(2)
            first.process.kill()
            first.process.wait(5)
            assert pbx.media_socket.exists()
            first.seen = {"legs": 1}
        with EchoServer(pbx.media_socket, port) as second:
            time.sleep(4)
            assert alice.in_call
            alice.hangup()
            pbx.wait_idle()
            assert second.stop()["legs"] == 1
        heard = alice.heard()
    assert audio.alignment(babble[8000:24000], heard)[0] > 0.95, "before"
    assert audio.alignment(np.tile(babble, 2)[56000:72000], heard)[0] > 0.95, "after"
