# SPDX-License-Identifier: GPL-3.0-or-later
"""Fifty calls at once: no frame is dropped, nothing leaks."""

import time

from harness import Sipp, echo
from harness.process import wait_for

CALLS = 50


def run(pbx, seconds: float) -> dict[str, int]:
    """All calls at once; the totals while they all stand."""
    with Sipp(pbx, "600", calls=CALLS, seconds=seconds) as load:
        wait_for(lambda: pbx.media_totals()["active"] == CALLS, 20, f"{CALLS} calls", every=0.25)
        at_once = pbx.media_totals()
        load.wait()
        assert (load.successful, load.failed) == (CALLS, 0)
    pbx.wait_idle()
    return at_once


def test_fifty_calls_at_once_drop_nothing(pbx, serve):
    server = serve(echo)
    run(pbx, seconds=4)  # what is allocated once is allocated
    before = pbx.media_totals()
    descriptors, cpu = pbx.descriptors(), pbx.cpu_seconds()
    started = time.monotonic()
    run(pbx, seconds=12)
    elapsed = time.monotonic() - started
    after = pbx.media_totals()
    grown = {name: after[name] - before[name] for name in after}
    print(f"frames {grown}, CPU {(pbx.cpu_seconds() - cpu) / elapsed / CALLS:.2%} of a core for each call")
    assert grown["sent"] > CALLS * 10 * 50
    assert grown["received"] > CALLS * 10 * 50
    assert grown["send dropped"] == grown["overflowed"] == grown["skipped"] == 0
    assert grown["protocol errors"] == grown["reconnects"] == 0
    assert not any(leg.error for leg in server.legs)
    assert len(server.legs) == 2 * CALLS
    assert pbx.descriptors() <= descriptors
    assert after["active"] == 0


def test_many_short_calls_leave_nothing_behind(pbx, serve):
    """Without SIP: Asterisk's SIP stack keeps what it knows of a call for half a minute, which would hide a leak of ours."""
    rounds = 200
    server = serve(echo)
    originate = "channel originate ExternalMedia/short/a application Wait 0.05"
    for _ in range(10):
        pbx.cli(originate)
    pbx.wait_idle()
    descriptors, memory = pbx.descriptors(), pbx.memory_kib()
    for _ in range(rounds):
        pbx.cli(originate)
    pbx.wait_idle()
    wait_for(lambda: all(leg.closed for leg in server.legs), 5, "all connections to be closed")
    assert len(server.legs) == rounds + 10
    assert pbx.descriptors() <= descriptors
    assert pbx.memory_kib() < memory + 2048
