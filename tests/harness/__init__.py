# SPDX-License-Identifier: GPL-3.0-or-later
"""Real servers for tests and the demo: a private Asterisk, SIP phones, SIPp, and a peer for the ExternalMedia protocol.

    with PeerServer(behaviour=echo) as peer, Asterisk(media_socket=peer.path) as pbx:
        with Baresip("alice", pbx, wav="hello.wav", codec="g722") as alice:
            alice.dial("600")
            leg = peer.wait_leg()
            ...

Everything is a context manager, runs on loopback on free ports, keeps its files in a directory of its own, and ends only the
processes it started. Every wait has a limit.
"""

from . import audio, rubbish, sipp
from .ari import AriApplication
from .asterisk import Asterisk
from .baresip import Baresip
from .parleyd import Parleyd, program
from .peer import Leg, PeerServer, echo, silent
from .sipp import Sipp

__all__ = ["AriApplication", "Asterisk", "Baresip", "Leg", "Parleyd", "PeerServer", "Sipp", "audio", "echo", "program", "rubbish", "silent", "sipp"]
