# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialplan of a translated call, with a Python peer in the translator's place."""

import time

import pytest
from harness import Baresip, audio
from harness.peer import AUDIO, HANGUP, Leg, Message


def cross(legs):
    """Does what the translator does without translating: each leg hears the other of its session; one's hangup ends both."""

    def behaviour(leg: Leg, message: Message) -> None:
        for other in legs():
            if other is not leg and other.hello.get("session") == leg.hello["session"] and not other.closed:
                if message.type == AUDIO:
                    other.send(AUDIO, message.payload)
                elif message.type == HANGUP:
                    other.hangup()

    return behaviour


@pytest.fixture
def crossover(serve):
    server = serve(cross(lambda: server.legs))
    return server


def hears(listener: Baresip, speech, begin: float = 1, end: float = 3) -> bool:
    """Whether a phone heard the seconds from `begin` to `end` of somebody's speech, but for a hiccup."""
    return audio.share_heard(speech[int(begin * 16000) : int(end * 16000)], listener.heard()) >= 0.75


def test_both_sides_reach_the_translator_and_each_hears_the_other(crossover, pbx):
    english, portuguese = audio.babble(4, 16000, seed=1), audio.babble(4, 16000, seed=2)
    with Baresip("alice", pbx, wav=english) as alice, Baresip("bob", pbx, wav=portuguese) as bob:
        alice.dial("200")
        bob.wait_established()
        legs = {leg.hello["leg"]: leg for leg in (crossover.wait_leg(0), crossover.wait_leg(1))}
        assert legs["a"].hello["session"] == legs["b"].hello["session"] != ""
        assert (legs["a"].hello["speaks"], legs["a"].hello["hears"]) == ("en", "en")
        assert (legs["b"].hello["speaks"], legs["b"].hello["hears"]) == ("pt", "pt")
        assert legs["a"].hello["caller"] == {"number": "100", "name": "Alice"}
        assert legs["b"].hello["caller"]["number"] == "200"
        time.sleep(4.5)
        alice.hangup()
        bob.wait_closed(5)
        pbx.wait_idle()
        assert hears(bob, english)
        assert hears(alice, portuguese)


def test_the_dialled_prefix_sets_the_callees_language(crossover, pbx):
    with Baresip("alice", pbx, register=False) as alice, Baresip("bob", pbx) as bob:
        alice.dial("*34*200")
        bob.wait_established()
        legs = {leg.hello["leg"]: leg.hello for leg in (crossover.wait_leg(0), crossover.wait_leg(1))}
        assert legs["b"]["speaks"] == legs["b"]["hears"] == "es"
        assert legs["a"]["speaks"] == "en"


def test_an_unknown_prefix_is_refused(pbx):
    with Baresip("alice", pbx, register=False) as alice:
        alice.dial("*999*200", wait=None)
        alice.wait_closed()
        assert not alice.seen("CALL_ESTABLISHED")


def test_the_caller_hears_ringing_until_it_is_answered_and_busy_when_refused(crossover, pbx):
    with Baresip("alice", pbx, register=False) as alice, Baresip("bob", pbx, answer="manual") as bob:
        alice.dial("200", wait=None)
        alice.wait_event("CALL_RINGING")
        assert not crossover.legs, "nobody is translated before the call is answered"
        bob.hangup()
        alice.wait_closed()
        assert not alice.seen("CALL_ESTABLISHED")
        assert "486" in alice.seen("CALL_CLOSED")[0]["param"]
        pbx.wait_idle()


def test_without_a_translator_the_people_are_connected_directly(pbx):
    english, portuguese = audio.babble(4, 16000, seed=1), audio.babble(4, 16000, seed=2)
    with Baresip("alice", pbx, wav=english) as alice, Baresip("bob", pbx, wav=portuguese) as bob:
        alice.dial("200")
        bob.wait_established()
        time.sleep(4)
        bob.hangup()
        alice.wait_closed(5)
        pbx.wait_idle()
        assert hears(bob, english)
        assert hears(alice, portuguese)


def test_when_the_translator_dies_in_a_call_the_people_are_connected_directly(crossover, pbx):
    english = audio.babble(12, 16000, seed=1)
    with Baresip("alice", pbx, wav=english) as alice, Baresip("bob", pbx) as bob:
        alice.dial("200")
        bob.wait_established()
        crossover.wait_leg(1)
        time.sleep(2)
        crossover.stop()
        time.sleep(6)
        assert alice.in_call and bob.in_call
        bob.hangup()
        alice.wait_closed(5)
        pbx.wait_idle()
        assert hears(bob, english, 0.5, 1.5), "through the translator at first"
        assert hears(bob, english, 5.5, 6.5), "directly in the end"


def test_when_one_leg_alone_is_lost_the_people_are_connected_directly(crossover, pbx):
    english = audio.babble(10, 16000, seed=1)
    with Baresip("alice", pbx, wav=english) as alice, Baresip("bob", pbx) as bob:
        alice.dial("200")
        bob.wait_established()
        leg = next(leg for leg in (crossover.wait_leg(0), crossover.wait_leg(1)) if leg.hello["leg"] == "b")
        time.sleep(1)
        leg.raw(b"\x12\x00\x01\x00")  # audio of one byte: a protocol error ends this leg only
        time.sleep(3)
        assert alice.in_call and bob.in_call
        alice.hangup()
        bob.wait_closed(5)
        pbx.wait_idle()
        assert hears(bob, english, 2.5, 3.5)


def test_the_mirror_is_one_leg_that_hears_another_language(crossover, pbx):
    with Baresip("alice", pbx, register=False) as alice:
        alice.dial("600")
        hello = crossover.wait_leg().hello
        assert (hello["leg"], hello["speaks"], hello["hears"]) == ("mirror", "en", "pt")
        alice.hangup()
        pbx.wait_idle()
        alice.dial("*39*600")
        hello = crossover.wait_leg(1).hello
        assert (hello["leg"], hello["speaks"], hello["hears"]) == ("mirror", "en", "it")


def test_the_echo_needs_no_translator(pbx, babble):
    with Baresip("alice", pbx, wav=babble, register=False) as alice:
        alice.dial("601")
        time.sleep(3)
        alice.hangup()
        pbx.wait_idle()
        assert hears(alice, babble, 1, 2)
