# SPDX-License-Identifier: GPL-3.0-or-later
"""The protocol, as a media server sees it. The channel runs Echo(): what the server says comes back as if a party had said it."""

import time

import numpy as np
import pytest
from channels import call, heard_numbers, numbered, settle
from harness import audio, echo
from harness.peer import AUDIO, DTMF, HANGUP
from harness.process import wait_for


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
    leg.play(numbered(100), paced=False)
    leg.wait(lambda leg: heard_numbers(leg)[-1:] == [100])
    numbers = heard_numbers(leg)
    row = pbx.media_channels()[0]
    assert len(numbers) <= 60, "one second, and what was played meanwhile"
    assert numbers == sorted(numbers)
    assert int(row["Over"]) >= 40
    assert len(numbers) + int(row["Over"]) + int(row["Trim"]) == 100, "what is not heard is counted"


def test_a_delay_that_came_at_once_is_gone_after_the_next_pause(pbx, serve):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    settle(pbx)
    leg.play(numbered(40, first=1000), paced=False)
    assert int(pbx.media_channels()[0]["Queue"]) > 500
    leg.play(numbered(1) * 150)
    row = pbx.media_channels()[0]
    assert int(row["Queue"]) <= 60
    assert int(row["Over"]) == 0
    loud = [n for n in heard_numbers(leg) if n >= 1000]
    assert loud == list(range(1000, 1040)), "none of the speech was taken out"


def test_a_single_frame_is_played_too(pbx, serve):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    leg.play(numbered(1, first=7))
    leg.wait(lambda leg: heard_numbers(leg) == [7], 1)


def test_silence_is_really_silent(pbx, serve):
    server = serve()
    call(pbx)
    leg = server.wait_leg()
    time.sleep(0.5)
    assert audio.level(np.frombuffer(leg.audio(), dtype="<i2")) == 0
    assert leg.of(DTMF) == []


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
    again.wait(lambda leg: [n for n in heard_numbers(leg) if n >= 50] == list(range(50, 70)))
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
