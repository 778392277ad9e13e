# SPDX-License-Identifier: GPL-3.0-or-later
"""The module from the REST interface: a program makes the channel and puts it into a bridge with a phone."""

import time

import numpy as np
import pytest
from harness import AriApplication, Baresip, audio, echo
from harness.process import wait_for


@pytest.fixture
def application(pbx):
    with AriApplication(pbx, "parley-test") as application:
        yield application


def make_channel(pbx, endpoint="ExternalMedia/ari-session/b", **variables):
    body = {"variables": variables} if variables else None
    return pbx.ari("POST", "/channels", body, endpoint=endpoint, app="parley-test", formats="slin16", callerId="Carol <300>")


def test_a_channel_made_by_a_program_says_what_the_program_wants(pbx, serve, application):
    server = serve()
    channel = make_channel(pbx, PARLEY_SPEAKS="es", PARLEY_HEARS="en")
    hello = server.wait_leg().hello
    assert hello["channel"] == channel["id"]
    assert (hello["session"], hello["leg"]) == ("ari-session", "b")
    assert (hello["speaks"], hello["hears"]) == ("es", "en")
    assert hello["caller"] == {"number": "300", "name": "Carol"}
    application.wait("StasisStart")


def test_everything_can_come_from_variables(pbx, serve, application):
    server = serve()
    make_channel(pbx, "ExternalMedia/-", PARLEY_SESSION="s-1", PARLEY_LEG="c", PARLEY_LANGUAGE="pt-BR")
    hello = server.wait_leg().hello
    assert (hello["session"], hello["leg"]) == ("s-1", "c")
    assert (hello["speaks"], hello["hears"]) == ("pt-BR", "pt-BR")


def test_a_name_that_is_not_text_does_not_break_the_hello(pbx, serve, application):
    server = serve()
    make_channel(pbx, PARLEY_SPEAKS='e"n\\', PARLEY_HEARS="ção")
    hello = server.wait_leg().hello
    assert (hello["speaks"], hello["hears"]) == ('e"n\\', "ção")


def test_a_phone_and_the_channel_in_one_bridge(pbx, serve, application, babble):
    server = serve(echo)
    bridge = pbx.ari("POST", "/bridges", type="mixing")
    channel = make_channel(pbx)
    with Baresip("alice", pbx, wav=babble, register=False) as alice:
        alice.dial("799")
        started = wait_for(lambda: len(application.of("StasisStart")) == 2 and application.of("StasisStart"), 5, "both")
        both = ",".join(event["channel"]["id"] for event in started)
        pbx.ari("POST", f"/bridges/{bridge['id']}/addChannel", channel=both)
        assert pbx.ari("GET", f"/bridges/{bridge['id']}")["technology"] == "simple_bridge"
        leg = server.wait_leg()
        time.sleep(3)
        pbx.ari("DELETE", f"/channels/{channel['id']}")
        leg.wait_closed()
        alice.hangup()
        pbx.wait_idle()
        assert audio.share_heard(babble[16000:32000], np.frombuffer(leg.audio(), dtype="<i2")) >= 0.75
        assert audio.share_heard(babble[16000:32000], alice.heard()) >= 0.75
    pbx.ari("DELETE", f"/bridges/{bridge['id']}")


def test_a_server_that_is_not_there_is_an_event_not_a_stall(pbx, application):
    started = time.monotonic()
    make_channel(pbx)
    application.wait("ChannelDestroyed", 2)
    assert time.monotonic() - started < 2
    assert pbx.ari("GET", "/channels") == []
