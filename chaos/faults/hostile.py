# SPDX-License-Identifier: GPL-3.0-or-later
"""Others than the callers: peers that break every rule, and callers by the hundred."""

import os
import socket
import time
import tomllib

from chaos import ChaosError
from chaos.live import Live
from chaos.scenario import BOB_LONG, scenario
from demo import places
from harness import Sipp, rubbish
from harness.ports import free_port
from harness.process import wait_for

MESSAGES = places.REPOSITORY / "data" / "chaos" / "sip.toml"
CALLS = 500
CALLS_A_SECOND = 40
MIRROR = "600"
LEFT_BEHIND = 8.0  # seconds
ROUNDS = 5
READING = 0.05  # seconds that a peer waits for an answer
HTTP = {
    "no request": b"",
    "half a request": b"GET /metr",
    "noise": bytes(range(256)) * 64,
    "no end of headers": b"GET /health HTTP/1.1\r\n" + b"X: y\r\n" * 5000,
    "a path that climbs": b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    "a path without end": b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a body without end": b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 70000,
    "chunks that lie": b"GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    "a hundred requests at once": b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 100,
    "another version": b"GET / HTTP/9.9\r\n\r\n",
}


def torture(server: str, client: str, tag: str) -> dict[str, bytes]:
    """Every SIP message of data/chaos/sip.toml as a datagram."""
    messages = tomllib.loads(MESSAGES.read_text())["messages"]
    filled = {m["name"]: m["text"].replace("{server}", server).replace("{client}", client).replace("{tag}", tag) for m in messages}
    return {name: text.replace("\n", "\r\n").encode("latin-1") for name, text in filled.items()}


@scenario("malformed-sip", line=BOB_LONG, offset=0.0)
def malformed_sip(live: Live) -> None:
    """While bob speaks, Asterisk gets malformed SIP messages of the kinds of RFC 4475 five times over, and noise. The call hears nothing
    of it."""
    server, client = f"127.0.0.1:{live.stage.pbx.sip_port}", free_port()
    sent = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", client))
        for round_number in range(ROUNDS):
            datagrams = [*torture(server, f"127.0.0.1:{client}", f"r{round_number}").values(), os.urandom(1200), b"\0" * 64, b"\r\n\r\n"]
            for datagram in datagrams:
                phone.sendto(datagram, ("127.0.0.1", live.stage.pbx.sip_port))
                sent += 1
                time.sleep(0.05)
    live.note(f"{sent} datagrams")
    if not live.stage.pbx.running:
        raise ChaosError("Asterisk died of it")


@scenario("malformed-frames", line=BOB_LONG, offset=0.0, quick=True)
def malformed_frames(live: Live) -> None:
    """While bob speaks, peers connect to parleyd's media socket and its AudioSocket port and send garbage, wrong lengths, a second hello.
    Each is closed; the call hears nothing of it."""
    daemon = live.stage.daemon
    for sent in list(rubbish.MEDIA.values()) * ROUNDS:
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(str(daemon.socket))
            _offer(peer, sent)
        with socket.create_connection(("127.0.0.1", daemon.audiosocket_port), timeout=2) as peer:
            _offer(peer, sent)
    live.note(f"{2 * ROUNDS * len(rubbish.MEDIA)} connections")


@scenario("hostile-http", line=BOB_LONG, offset=0.0)
def hostile_http(live: Live) -> None:
    """While bob speaks, clients of the HTTP port send noise and endless requests, and two hundred connect and say nothing. The call hears
    nothing of it, and /health answers afterwards."""
    port = live.stage.daemon.http_port
    for sent in list(HTTP.values()) * ROUNDS:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as peer:
            _offer(peer, sent)
    idle = []
    for _ in range(200):
        try:
            idle.append(socket.create_connection(("127.0.0.1", port), timeout=0.5))
        except OSError:
            break
    time.sleep(1.0)
    for peer in idle:
        peer.close()
    live.note(f"{ROUNDS * len(HTTP)} requests, {len(idle)} silent connections")
    for _ in range(50):
        if _healthy(port):
            return
        time.sleep(0.1)
    raise ChaosError("/health does not answer any more")


def _healthy(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as peer:
            peer.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return b"HTTP/1.1 200" in b"".join(iter(lambda: peer.recv(4096), b""))
    except OSError:
        return False


def _offer(peer: socket.socket, sent: bytes) -> None:
    """Sends what it takes, and does not wait for long."""
    peer.settimeout(READING)
    try:
        peer.sendall(sent)
        peer.recv(4096)
    except OSError:
        pass


@scenario("quick-hang-ups", line=BOB_LONG, offset=0.0)
def quick_hang_ups(live: Live) -> None:
    """While the call goes on, 500 others dial the mirror and hang up at once, forty a second. No channel, no leg and no descriptor is left
    behind."""
    before = live.stage.descriptors()
    with Sipp(live.stage.pbx, MIRROR, calls=CALLS, seconds=0.02, rate=CALLS_A_SECOND) as load:
        load.wait()
        live.note(f"{load.successful} of {CALLS} calls were held")
        if load.failed > CALLS // 20:
            raise ChaosError(f"{load.failed} of {CALLS} quick calls failed")
    own = len(live.phones) * 2  # a phone's channel and its leg
    wait_for(lambda: len(live.stage.pbx.channels()) <= own, LEFT_BEHIND, "all channels of quick calls to end", every=0.1)
    wait_for(lambda: live.stage.descriptors() <= before, LEFT_BEHIND, f"parleyd to have {before} descriptors again", every=0.1)
