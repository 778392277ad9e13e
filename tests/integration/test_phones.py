# SPDX-License-Identifier: GPL-3.0-or-later
"""Real phones through the module: every codec arrives as 16 kHz and comes back; keys and hangup both ways."""

import re
import time

import numpy as np
import pytest
from harness import Baresip, audio, echo
from harness.peer import AUDIO, HANGUP


@pytest.mark.parametrize(
    ("codec", "name", "least"),
    [("g722", "G722", 0.97), ("slin16", "L16", 0.97), ("opus", "opus", 0.93), ("ulaw", "PCMU", 0.93)],
)
def test_what_a_phone_says_arrives_and_comes_back(pbx, serve, babble, codec, name, least):
    server = serve(echo)
    with Baresip("alice", pbx, wav=babble, codec=codec, register=False) as alice:
        alice.dial("600")
        leg = server.wait_leg()
        time.sleep(4.6)
        dropped = {name: pbx.media_channels()[0][name] for name in ("Over", "Drop")}
        alice.hangup()
        leg.wait_closed()
        pbx.wait_idle()
        assert name in (alice.directory / "baresip.log").read_text()
        middle = babble[16000:48000]
        arrived = np.frombuffer(leg.audio(), dtype="<i2")
        assert audio.share_heard(middle, arrived, least=least) >= 0.75, "what the server got"
        assert audio.share_heard(middle, alice.heard(), least=least**2) >= 0.75, "what the phone heard, coded twice"
        begin = audio.alignment(middle, alice.heard())[1]
        assert 0.3 < audio.level(alice.heard()[begin : begin + 32000]) / audio.level(middle) < 3
        assert dropped == {"Over": "0", "Drop": "0"}
        assert not leg.error


def test_keys_pressed_on_a_phone_arrive_once_each(pbx, serve):
    server = serve()
    with Baresip("alice", pbx, register=False) as alice:
        alice.dial("600")
        leg = server.wait_leg()
        alice.press("19#")
        leg.wait(lambda leg: len(leg.digits()) >= 3, 5, "three keys")
        time.sleep(0.5)
        assert leg.digits() == "19#"


def test_a_key_from_the_server_reaches_the_phone(pbx, serve):
    server = serve()
    with Baresip("alice", pbx, register=False) as alice:
        alice.dial("600")
        leg = server.wait_leg()
        time.sleep(0.5)
        leg.press("7")
        alice.wait_event("CALL_DTMF_START", 3)
        assert alice.seen("CALL_DTMF_START")[0]["param"] == "7"


def test_the_servers_hangup_ends_the_call(pbx, serve):
    server = serve()
    with Baresip("alice", pbx, register=False) as alice:
        alice.dial("600")
        leg = server.wait_leg()
        time.sleep(0.3)
        leg.hangup()
        alice.wait_closed(3)
        pbx.wait_idle()


def test_the_phones_hangup_is_said_to_the_server(pbx, serve):
    server = serve()
    with Baresip("alice", pbx, register=False) as alice:
        alice.dial("600")
        leg = server.wait_leg()
        alice.hangup()
        leg.wait_closed(3)
        assert leg.messages[-1].type == HANGUP


def test_the_phone_hears_silence_and_stays_while_the_server_restarts(pbx, serve, babble):
    server = serve(echo)
    with Baresip("alice", pbx, wav=np.tile(babble, 2), register=False) as alice:
        alice.dial("600")
        server.wait_leg()
        time.sleep(1.5)
        server.stop()
        time.sleep(0.4)
        server.start()
        again = server.wait_leg(1)
        again.wait(lambda leg: len(leg.of(AUDIO)) > 180)
        assert alice.in_call
        assert again.hello["reconnect"] == 1
        alice.hangup()
        pbx.wait_idle()
        heard = alice.heard()
        assert audio.share_heard(babble[8000:16000], heard) >= 0.5, "before"
        assert audio.share_heard(babble[48000:60000], heard) >= 0.5, "after"


def test_a_stock_asterisk_can_do_the_same_over_audiosocket(pbx):
    """What our dialplan says in AudioSocket's UUID: session, leg and language (docs/protocol.md)."""
    with Baresip("alice", pbx, register=False) as alice:
        alice.dial("*0*600", wait=None)
        alice.wait_event("CALL_CLOSED", 10)  # nobody listens at the AudioSocket address of this test
    dialled = re.findall(r"AudioSocket/127.0.0.1:9/([0-9a-f-]+)/c\(slin16\)", pbx.log())
    assert re.fullmatch(r"[0-9]{8}-[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{4}0e656e00", dialled[-1])
