# SPDX-License-Identifier: GPL-3.0-or-later
"""The protocol, as a media server sees it. The channel runs Echo(): what the server says comes back as if a party had said it."""

import time

import numpy as np
import pytest
from harness import audio, echo
from harness.peer import AUDIO, DTMF, FRAME_BYTES, HANGUP
from harness.process import wait_for


def call(pbx, destination="session-1/a", application="Echo"):
    pbx.cli(f"channel originate ExternalMedia/{destination} application {application}")


def numbered(count: int, first: int = 1) -> bytes:
    """Frames that can be told apart: every sample of frame n is n."""
    return b"".join(np.full(FRAME_BYTES // 2, n, dtype="<i2").tobytes() for n in range(first, first + count))


def heard_numbers(leg) -> list[int]:
    """The numbers of the frames that came back, silence left out."""
    numbers = [np.frombuffer(message.payload, dtype="<i2")[0] for message in leg.of(AUDIO)]
    return [int(n) for n in numbers if n != 0]


def settle(pbx):
    wait_for(lambda: pbx.media_channels(), 5, "the channel to be there")


# ---- hello -------------------------------------------------------------------------------------------------------------


def test_hello_says_who_it_is(pbx, serve):
    server = serve()
    call(pbx, "call-42/b")
    hello = server.wait_leg().hello
    assert hello["protocol"] == 1
    assert hello["session"] == "call-42"
    assert hello["leg"] == "b"
    assert hello["codec"] == "slin16"
    assert hello["reconnect"] == 0
    assert hello["name"].startswith("ExternalMedia/call-42/b-")
    assert set(hello) == {
        "protocol", "channel", "name", "session", "leg", "caller", "speaks", "hears", "codec", "reconnect",
    }  # fmt: skip


def test_a_session_nobody_named_is_the_linked_id(pbx, serve):
    server = serve()
    call(pbx, "-")
    hello = server.wait_leg().hello
    assert hello["session"] == hello["channel"]
    assert hello["leg"] == ""


def test_a_session_that_is_too_long_is_refused(pbx, serve):
    server = serve()
    call(pbx, "x" * 100)
    time.sleep(0.3)
    assert not server.legs and not pbx.channels()


# ---- audio -------------------------------------------------------------------------------------------------------------


def test_paced_audio_comes_back_whole_and_in_order(pbx, serve):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    leg.play(numbered(100))
    leg.wait(lambda leg: heard_numbers(leg)[-1:] == [100])
    assert heard_numbers(leg) == list(range(1, 101))


def test_frames_come_every_20_ms_even_when_the_server_says_nothing(pbx, serve):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    time.sleep(2)
    times = np.array([message.at for message in leg.of(AUDIO)])
    gaps = np.diff(times) * 1000
    assert abs(gaps.mean() - 20) < 1
    assert np.percentile(np.abs(gaps - 20), 80) < 10, "but for a busy machine"
    assert not any(heard_numbers(leg))


def test_a_server_too_far_ahead_loses_the_oldest(pbx, serve):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    settle(pbx)
    leg.play(numbered(60), paced=False)
    leg.wait(lambda leg: heard_numbers(leg)[-1:] == [60])
    numbers = heard_numbers(leg)
    assert len(numbers) <= 30, "400 ms, and what was played meanwhile"
    assert numbers == sorted(numbers)
    assert numbers[-20:] == list(range(41, 61))
    assert int(pbx.media_channels()[0]["Over"]) == 60 - len(numbers)


def test_a_single_frame_is_played_too(pbx, serve):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    leg.play(numbered(1, first=7))
    leg.wait(lambda leg: heard_numbers(leg) == [7], 1)


# ---- flush and mark ----------------------------------------------------------------------------------------------------


def test_a_mark_comes_back_when_what_was_before_it_has_been_played(pbx, serve):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    settle(pbx)
    sent = time.monotonic()
    leg.play(numbered(15), paced=False)
    leg.mark(4000000001)
    leg.wait(lambda leg: leg.marks())
    took = time.monotonic() - sent
    assert leg.marks() == [(4000000001, True)]
    assert 0.25 < took < 1.0, "15 frames are 300 ms"
    leg.mark(2)
    leg.wait(lambda leg: len(leg.marks()) == 2, 0.5, "a mark with nothing before it")
    assert leg.marks()[1] == (2, True)


def test_flush_drops_what_waits_and_says_so_for_its_marks(pbx, serve):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    settle(pbx)
    leg.play(numbered(10), paced=False)
    leg.mark(1)
    leg.play(numbered(10, first=11), paced=False)
    leg.mark(2)
    time.sleep(0.1)
    leg.flush()
    leg.play(numbered(3, first=91))
    leg.mark(3)
    leg.wait(lambda leg: len(leg.marks()) == 3)
    assert leg.marks() == [(1, False), (2, False), (3, True)]
    numbers = heard_numbers(leg)
    assert numbers[-3:] == [91, 92, 93]
    assert len(numbers) < 15 and max(numbers[:-3]) < 12


def test_a_mark_among_dropped_audio_is_answered_as_flushed(pbx, serve):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    settle(pbx)
    leg.play(numbered(2), paced=False)
    leg.mark(1)
    leg.play(numbered(60, first=3), paced=False)
    leg.mark(2)
    leg.wait(lambda leg: len(leg.marks()) == 2)
    assert leg.marks()[1] == (2, True)


# ---- keys and hangup ---------------------------------------------------------------------------------------------------


def test_each_key_is_sent_once(pbx, serve):
    server = serve()
    call(pbx, application="SendDTMF 159*0D#")
    leg = server.wait_leg()
    leg.wait(lambda leg: leg.of(HANGUP), 10, "the channel to end")
    assert leg.digits() == "159*0D#"


def test_a_key_from_the_server_reaches_the_party(pbx, serve):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    settle(pbx)
    leg.press("5")
    leg.wait(lambda leg: leg.digits() == "5", 3, "Echo() to press the key back")


def test_hangup_from_asterisk_is_said_and_the_connection_closed(pbx, serve):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    pbx.cli("channel request hangup all")
    leg.wait_closed()
    assert [m.type for m in leg.messages][-1] == HANGUP
    assert not leg.error


@pytest.mark.parametrize("cause", [None, 21])
def test_hangup_from_the_server_ends_the_channel(pbx, serve, cause):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    settle(pbx)
    leg.hangup(cause)
    pbx.wait_idle(2)
    time.sleep(1)
    assert len(server.legs) == 1, "no reconnection after a hangup"


# ---- Asterisk moves the channel ----------------------------------------------------------------------------------------


def test_a_channel_that_is_fetched_into_a_bridge_goes_on(pbx, serve):
    """Asterisk then makes a new channel and moves ours into it (a masquerade); the socket and the queues have to follow."""
    server = serve()
    call(pbx, "first/a")
    first = server.wait_leg(0)
    settle(pbx)
    name = pbx.media_channels()[0]["Channel"]
    call(pbx, "second/a", application=f"Bridge {name}")
    second = server.wait_leg(1)
    wait_for(lambda: "simple_bridge" in pbx.cli("bridge show all"), 3, "the bridge")
    time.sleep(0.2)
    first.play(numbered(50))
    second.play(numbered(50, first=101))
    second.wait(lambda leg: heard_numbers(leg)[-1:] == [50])
    first.wait(lambda leg: heard_numbers(leg)[-1:] == [150])
    assert heard_numbers(second) == list(range(1, 51))
    assert heard_numbers(first) == list(range(101, 151))
    first.hangup()
    second.wait_closed()
    pbx.wait_idle()


# ---- the server goes away ----------------------------------------------------------------------------------------------


def test_the_call_survives_the_servers_death_and_says_hello_again(pbx, serve):
    server = serve()
    call(pbx, "s/a")
    leg = server.wait_leg()
    leg.play(numbered(20))
    server.stop()
    time.sleep(0.3)
    assert pbx.media_channels()[0]["State"] == "lost"
    server.start()
    again = server.wait_leg(1, timeout=2)
    assert again.hello == leg.hello | {"reconnect": 1}
    again.play(numbered(20, first=50))
    again.wait(lambda leg: heard_numbers(leg) == list(range(50, 70)))
    assert pbx.media_channels()[0]["Again"] == "1"
    assert not again.error


def test_what_was_said_while_the_server_restarted_is_sent_to_it(pbx, serve):
    server = serve(echo)
    call(pbx, "s/a", application="Milliwatt")
    server.wait_leg()
    server.legs[0].drop()
    again = server.wait_leg(1)
    again.wait(lambda leg: len(leg.of(AUDIO)) > 5)
    arrived = [message.at for message in again.of(AUDIO)[:6]]
    assert arrived[5] - arrived[0] < 0.08, "the frames of the 200 ms come at once"


def test_a_server_that_stays_away_ends_the_channel(pbx, serve):
    server = serve()
    call(pbx)
    server.wait_leg()
    settle(pbx)
    lost = time.monotonic()
    server.stop()
    pbx.wait_idle(3)
    assert 1.2 < time.monotonic() - lost < 2.0, "200 + 400 + 800 ms"


def test_a_server_that_closes_every_connection_does_not_keep_the_channel_for_ever(pbx, serve):
    server = serve(lambda leg, message: leg.drop())
    call(pbx)
    pbx.wait_idle(5)
    assert len(server.legs) == 4, "the first connection and three more"


# ---- bad servers -------------------------------------------------------------------------------------------------------


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
    import socket

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


def test_silence_is_really_silent(pbx, serve):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    time.sleep(0.5)
    assert audio.level(np.frombuffer(leg.audio(), dtype="<i2")) == 0
    assert leg.of(DTMF) == []
