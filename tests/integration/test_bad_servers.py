# SPDX-License-Identifier: GPL-3.0-or-later
"""Media servers that are busy, absent, deaf, or do not keep to the protocol: this leg bears it, the others do not notice."""

import socket
import time

import pytest
from channels import call, heard_numbers, numbered, settle
from harness.peer import AUDIO
from harness.process import wait_for


def test_a_server_that_says_nothing_harms_nobody(pbx, serve):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    time.sleep(1)
    assert len(leg.of(AUDIO)) > 40
    assert pbx.media_channels()[0]["State"] == "open"


BAD = {
    "short audio": b"\x12\x00\x02\x00\x00",
    "long audio": b"\x12\x02\x82" + bytes(642),
    "too long": b"\x12\xff\xff" + bytes(2000),
    "unknown and too long": b"\x7f\x10\x01",
    "hello": b"\x01\x00\x02{}",
    "dtmf that is no key": b"\x03\x00\x01x",
    "dtmf without a key": b"\x03\x00\x00",
    "flush with a payload": b"\x20\x00\x01\x00",
    "short mark": b"\x21\x00\x03\x00\x00\x00",
    "mark flushed": b"\x22\x00\x04\x00\x00\x00\x01",
    "hangup of two bytes": b"\x00\x00\x02\x10\x10",
    "65 marks at once": b"\x12\x02\x80" + bytes(640) + b"\x21\x00\x04\x00\x00\x00\x01" * 65,
    "text": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("name", BAD)
def test_a_protocol_error_ends_this_leg_and_no_other(pbx, serve, name):
    server = serve()
    call(pbx, "good/a")
    good = server.wait_leg(0)
    call(pbx, "bad/a")
    bad = server.wait_leg(1)
    settle(pbx)
    bad.raw(BAD[name])
    bad.wait_closed(2)
    wait_for(lambda: len(pbx.media_channels()) == 1, 2, "the bad leg to end")
    good.play(numbered(10))
    good.wait(lambda leg: heard_numbers(leg) == list(range(1, 11)))
    assert len(server.legs) == 2, "no reconnection to a server that does not keep to the protocol"
    assert "protocol error" in pbx.log()


def test_unknown_messages_are_skipped(pbx, serve):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    settle(pbx)
    for length in (0, 1, 640, 4096):
        leg.send(0x70, bytes(length))
    leg.play(numbered(10))
    leg.wait(lambda leg: heard_numbers(leg) == list(range(1, 11)))


def test_messages_cut_into_bytes_are_put_together(pbx, serve):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    frame = b"\x12\x02\x80" + numbered(1, first=3)
    for byte in frame[:20]:
        leg.raw(bytes([byte]))
        time.sleep(0.002)
    leg.raw(frame[20:])
    leg.wait(lambda leg: heard_numbers(leg) == [3])


def test_a_server_that_does_not_read_costs_the_oldest_audio_only(pbx, serve):
    server = serve(read=False)
    call(pbx, application="Milliwatt")
    server.wait_leg()
    # The socket's own buffer takes some seconds of audio first.
    wait_for(lambda: int(pbx.media_channels()[0]["Drop"]) > 10, 20, "the queue to overflow", every=0.2)
    assert pbx.media_channels()[0]["State"] == "open"
    pbx.cli("channel request hangup all")
    pbx.wait_idle(2)


# ---- connecting --------------------------------------------------------------------------------------------------------


def test_no_server_fails_the_call_at_once(pbx):
    started = time.monotonic()
    call(pbx)
    pbx.wait_idle(1)
    assert time.monotonic() - started < 1
    assert "cannot reach the media server" in pbx.log()


def fill_backlog(server):
    """Connections that nobody accepts, until there is no room for one more."""
    held = []
    while True:
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        client.setblocking(False)
        held.append(client)
        try:
            client.connect(str(server.path))
        except BlockingIOError:
            return held


def test_a_server_that_is_busy_is_waited_for_without_holding_anything_up(pbx, serve):
    server = serve(accept=False, backlog=1)
    held = fill_backlog(server)
    call(pbx, "late/a")
    time.sleep(0.3)
    row = pbx.media_channels()[0]  # locks every channel: a connect that blocked would be felt here
    assert row["State"] == "connecting"
    server.begin_accepting()
    leg = wait_for(
        lambda: next((leg for leg in server.legs if leg.hello.get("session") == "late"), None), 2, "the late leg"
    )
    leg.play(numbered(5))
    leg.wait(lambda leg: heard_numbers(leg) == [1, 2, 3, 4, 5])
    for client in held:
        client.close()


def test_a_server_that_stays_busy_fails_the_call_after_the_timeout(pbx, serve):
    server = serve(accept=False, backlog=1)
    held = fill_backlog(server)
    started = time.monotonic()
    call(pbx)
    pbx.wait_idle(3)
    assert 0.9 < time.monotonic() - started < 1.8
    for client in held:
        client.close()
