# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of the frames between Asterisk and parleyd: loss, delay, and a peer that does not read."""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chaos import ChaosError, ledger
from chaos.live import Live
from chaos.proxy import Fault
from chaos.scenario import ALICE_LONG, BOB_LONG, scenario
from chaos.stage import Stage
from harness import audio
from harness.peer import AUDIO, FRAME_BYTES, FRAME_SECONDS, HELLO

FOR = 8.0  # seconds


@contextmanager
def proxied(directory: Path) -> Iterator[Stage]:
    """Frames between Asterisk and parleyd pass through a process that can drop and delay them."""
    with Stage(directory, proxied=True) as stage:
        yield stage


def _afflict(live: Live, fault: Fault, seconds: float) -> None:
    live.stage.proxy.fault = fault
    time.sleep(seconds)
    live.stage.proxy.fault = Fault()


@scenario("drop-frames", line=BOB_LONG, offset=0.0, stage=proxied)
def drop_frames(live: Live) -> None:
    """One frame in twenty is lost for eight seconds, both ways. Speech has small holes; it is still recognised and translated."""
    _afflict(live, Fault(drop=0.05), FOR)
    live.note(f"{live.stage.proxy.dropped} frames were dropped")


@scenario("delay-frames", line=BOB_LONG, offset=0.0, stage=proxied)
def delay_frames(live: Live) -> None:
    """Frames come 100 ms late and up to 120 ms unevenly for eight seconds, both ways. Nothing is lost."""
    _afflict(live, Fault(delay=0.1, jitter=0.12), FOR)


@scenario("hold-frames", line=BOB_LONG, stage=proxied)
def hold_frames_back(live: Live) -> None:
    """Nothing passes between Asterisk and parleyd for 400 ms, then everything at once."""
    _afflict(live, Fault(delay=0.4), 0.4)


def message(kind: int, payload: bytes = b"") -> bytes:
    return struct.pack(">BH", kind, len(payload)) + payload


def hello(session: str, leg: str, language: str) -> bytes:
    about = {"protocol": 1, "channel": f"{session}-{leg}", "session": session, "leg": leg, "speaks": language, "hears": language}
    return message(HELLO, json.dumps(about).encode())


def connect(live: Live) -> socket.socket:
    """To parleyd, as Asterisk does."""
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(2)
    peer.connect(str(live.stage.daemon.socket))
    return peer


@scenario("fill-socket", line=BOB_LONG, offset=0.0, quick=True)
def fill_socket(live: Live) -> None:
    """Another call's legs say hello, speak for ten seconds and never read: what parleyd has for them piles up in the socket and then in
    its bounded queue. The live call hears nothing of it."""
    speech = audio.babble(10.0, 16000).tobytes()
    legs = [connect(live) for _ in range(2)]
    try:
        for name, language, leg in zip("ab", ("en", "pt"), legs, strict=True):
            leg.sendall(hello(ledger.OURS + "deaf", name, language))
        began = time.monotonic()
        for count, first in enumerate(range(0, len(speech), FRAME_BYTES)):
            time.sleep(max(0.0, began + count * FRAME_SECONDS - time.monotonic()))
            frame = message(AUDIO, speech[first : first + FRAME_BYTES].ljust(FRAME_BYTES, b"\0"))
            for leg in legs:
                leg.sendall(frame)
    except (BrokenPipeError, ConnectionResetError):
        live.note(f"parleyd closed the deaf legs after {time.monotonic() - began:.1f} s")
    finally:
        for leg in legs:
            leg.close()


@scenario("flood-frames", line=ALICE_LONG, offset=0.0)
def flood_frames(live: Live) -> None:
    """Another call's leg sends audio as fast as it can for five seconds. parleyd drops the oldest of it; the live call hears nothing of
    it."""
    sent = 0
    deadline = time.monotonic() + 5.0
    leg = connect(live)
    leg.settimeout(0.5)
    threading.Thread(target=_drain, args=(leg,), daemon=True).start()
    try:
        leg.sendall(hello(ledger.OURS + "flood", "a", "en"))
        frame = message(AUDIO, audio.babble(0.02, 16000).tobytes())
        while time.monotonic() < deadline:
            leg.sendall(frame * 10)
            sent += 10
    except (BrokenPipeError, ConnectionResetError, TimeoutError) as error:
        live.note(f"parleyd stopped it after {sent} frames ({type(error).__name__})")
    finally:
        leg.close()
    if not sent:
        raise ChaosError("parleyd took no frame")


def _drain(leg: socket.socket) -> None:
    try:
        while leg.recv(65536):
            pass
    except OSError:
        pass
