# SPDX-License-Identifier: GPL-3.0-or-later
"""The module in Asterisk: loading, settings, the command line."""

import pytest
from harness import Asterisk
from harness.process import wait_for

RELOAD = "module reload chan_externalmedia.so"


def settings(pbx) -> dict[str, str]:
    rows = pbx.cli("externalmedia show settings").splitlines()
    return {name.strip(): value.strip() for name, _, value in (row.partition("=") for row in rows)}


def originate(pbx):
    pbx.cli("channel originate ExternalMedia/s/a application Echo")


def is_loaded(pbx) -> bool:
    return "Running" in pbx.cli("module show like chan_externalmedia")


def test_it_loads_and_shows_its_settings(pbx):
    assert is_loaded(pbx)
    assert settings(pbx) == {
        "socket": str(pbx.media_socket),
        "connect_timeout": "1000 ms",
        "prime": "40 ms",
        "depth": "160 ms",
        "cap": "1000 ms",
        "send_queue": "500 ms",
        "after_loss": "hangup",
        "protocol": "1",
    }
    assert pbx.cli("externalmedia show channels").splitlines()[-1].startswith("0 active of ")
    assert pbx.cli("core show channeltype ExternalMedia")


def test_it_unloads_and_loads_again_and_again(pbx, serve):
    server = serve()
    before = pbx.descriptors()
    for round in range(3):
        pbx.cli("module unload chan_externalmedia.so")
        assert not is_loaded(pbx)
        assert "No such command" in pbx.cli("externalmedia show channels", check=False)
        pbx.cli("module load chan_externalmedia.so")
        assert is_loaded(pbx)
        originate(pbx)
        server.wait_leg(round).hangup()
        pbx.wait_idle()
    assert pbx.descriptors() <= before


def test_it_does_not_unload_while_a_channel_lives(pbx, serve):
    server = serve()
    originate(pbx)
    leg = server.wait_leg()
    pbx.cli("module unload chan_externalmedia.so", check=False)
    assert is_loaded(pbx)
    leg.wait(lambda leg: len(leg.messages) > 20, 2, "audio to go on")
    leg.hangup()
    pbx.wait_idle()


def test_a_reload_changes_new_channels_only(pbx, serve):
    server = serve()
    originate(pbx)
    server.wait_leg()
    pbx.configure_media(cap="200", after_loss="continue")
    pbx.cli(RELOAD)
    assert settings(pbx)["cap"] == "200 ms"
    assert settings(pbx)["after_loss"] == "continue"
    server.stop()
    pbx.wait_idle(3)  # the channel that was there keeps "hangup"
    pbx.configure_media(cap="400", after_loss="hangup")
    pbx.cli(RELOAD)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("cap", "many", "a number from 20 to 10000"),
        ("prime", "5", "a number from 20 to 1000"),
        ("prime", "600", "prime, depth and cap: none may be greater than the next"),
        ("cap", "100", "prime, depth and cap: none may be greater than the next"),
        ("socket", "media.sock", "an absolute path"),
        ("socket", "/" + "x" * 200, "an absolute path"),
        ("after_loss", "maybe", "hangup or continue"),
        ("nonsense", "1", "there is no setting nonsense"),
    ],
)
def test_a_bad_setting_is_named_and_nothing_changes(pbx, name, value, says):
    before = settings(pbx)
    file = pbx.etc / "externalmedia.conf"
    good = file.read_text()
    pbx.configure_media(**{name: value})
    pbx.cli(RELOAD, check=False)
    file.write_text(good)
    assert settings(pbx) == before
    assert says in pbx.log()
    pbx.cli(RELOAD)


def test_a_channel_goes_on_after_the_loss_when_it_is_told_to(serve, pbx):
    pbx.configure_media(after_loss="continue")
    pbx.cli(RELOAD)
    server = serve()
    originate(pbx)
    server.wait_leg()
    server.stop()
    wait_for(lambda: pbx.media_channels()[0]["State"] == "lost", 1, "the loss")
    server.start()
    server.wait_leg(1, timeout=2)
    bad = server.legs[1]
    bad.raw(b"\x12\x00\x01\x00")
    wait_for(lambda: pbx.media_channels()[0]["State"] == "silent", 1, "silence after a protocol error")
    assert len(pbx.channels()) == 1
    pbx.configure_media(after_loss="hangup")
    pbx.cli(RELOAD)


def test_without_a_file_the_defaults_are_used():
    pbx = Asterisk()
    pbx.start()
    try:
        (pbx.etc / "externalmedia.conf").unlink()
        pbx.cli("module unload chan_externalmedia.so")
        pbx.cli("module load chan_externalmedia.so")
        assert settings(pbx)["socket"] == "/var/run/asterisk/external_media.sock"
    finally:
        pbx.stop()
