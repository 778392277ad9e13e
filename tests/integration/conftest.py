# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests against a real Asterisk. Run: pytest tests/integration (after scripts/setup/asterisk.sh)."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from harness import Asterisk, PeerServer, audio, echo, sipp  # noqa: E402


@pytest.fixture
def babble():
    """Four seconds of 16 kHz that every codec carries and correlation recognises."""
    return audio.babble(4, 16000)


@pytest.fixture(scope="module")
def echo_peer():
    with PeerServer(echo) as peer:
        yield peer


@pytest.fixture(scope="module")
def echo_pbx(echo_peer):
    """An Asterisk whose media server sends everything back. Shared by a file's tests."""
    with Asterisk(echo_peer.path, extra=sipp.ENDPOINT) as pbx:
        yield pbx
