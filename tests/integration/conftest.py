# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests against a real Asterisk. Run: pytest tests/integration (after scripts/setup/asterisk.sh)."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from harness import Asterisk, PeerServer, audio, silent, sipp  # noqa: E402


# What tests need and a translated call does not.
TESTING = {
    "modules.conf": "load = res_clioriginate.so\nload = app_milliwatt.so",
    "extensions.conf": "[from-phones](+)\nexten => 799,1,Answer()\n same => n,Stasis(parley-test)\n same => n,Hangup()",
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """A failed test shows the end of its Asterisk's log."""
    report = yield
    pbx = getattr(item, "funcargs", {}).get("pbx")
    if report.failed and isinstance(pbx, Asterisk):
        report.sections.append(("Asterisk", "\n".join(pbx.log().splitlines()[-40:])))
    return report


@pytest.fixture
def babble():
    """Four seconds of 16 kHz that every codec carries and correlation recognises."""
    return audio.babble(4, 16000)


@pytest.fixture(scope="module")
def pbx():
    """An Asterisk shared by a file's tests. Each test puts its own media server at pbx.media_socket."""
    with Asterisk(extra=sipp.ENDPOINT | TESTING) as pbx:
        yield pbx


@pytest.fixture
def serve(pbx):
    """serve(behaviour, …) starts a media server for this Asterisk; it ends with the test, and all calls with it."""
    servers = []

    def start(behaviour=silent, **options) -> PeerServer:
        server = PeerServer(behaviour, path=pbx.media_socket, **options)
        server.start()
        servers.append(server)
        return server

    yield start
    pbx.cli("channel request hangup all")
    for server in servers:
        server.stop()
    pbx.wait_idle()
