# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers themselves: parleyd and Asterisk are killed, ended, and stopped for a while. The phone that hangs up."""

import signal
import time

from chaos import ChaosError, processes
from chaos.live import Live
from chaos.scenario import ALICE_LONG, BOB_LONG, scenario
from harness.process import wait_for

LOADING = 20.0  # seconds that a new parleyd may take until it translates
LAST_WORDS = 20.0  # seconds that the rest of a translation may take
CLOSED = 10.0
STOPPED = 0.75  # seconds
WITHIN_WORDS = 1.2  # seconds into the line: bob makes no pause of his own then, which would add to the silence


@scenario("kill-parleyd", line=BOB_LONG, within=LOADING, quick=True)
def kill_parleyd(live: Live) -> None:
    """parleyd is killed while bob speaks, and started again at once. Both legs are connected again within a second, the original voice
    passes while engines are loaded, then the same call is translated again. What was in flight is in the ledger as lost."""
    _restart(live, signal.SIGKILL)


@scenario("restart-parleyd", line=BOB_LONG, within=LOADING)
def restart_parleyd(live: Live) -> None:
    """parleyd is ended as a service manager does (SIGTERM) while bob speaks, and started again. The same call is translated again."""
    _restart(live, signal.SIGTERM)


def _restart(live: Live, number: signal.Signals) -> None:
    stage = live.stage
    before, children, deaths = stage.pid, [engine.pid for engine in stage.engines()], len(stage.keeper.deaths)
    began = time.monotonic()
    processes.send(before, number)
    wait_for(lambda: len(stage.keeper.deaths) > deaths and stage.pid != before, 15, "parleyd to be started again")
    live.note(f"parleyd ran again {time.monotonic() - began:.1f} s later")
    stage.wait_ready()
    live.note(f"its engines were ready {time.monotonic() - began:.1f} s later")
    if left := processes.bury(children):
        raise ChaosError(f"{len(left)} engine processes outlived their parleyd")


@scenario("kill-asterisk", line=ALICE_LONG, survives=False)
def kill_asterisk(live: Live) -> None:
    """Asterisk is killed while alice speaks: the call dies. parleyd closes its room, writes down what became of the utterance, and takes
    new calls from the Asterisk that is started then, without being restarted itself."""
    pid = live.stage.pid
    live.stage.pbx.process.kill()
    live.stage.pbx.process.wait(5)
    live.stage.pbx.start()
    if live.stage.pid != pid:
        raise ChaosError("parleyd did not outlive Asterisk")


@scenario("stop-parleyd", line=BOB_LONG, offset=WITHIN_WORDS)
def stop_parleyd(live: Live) -> None:
    """parleyd is stopped (SIGSTOP) for three quarters of a second while bob speaks, in which nothing can be heard. It is back within the
    second; what was said meanwhile is caught up."""
    _stop(live.stage.pid, STOPPED)


@scenario("stop-asterisk", line=BOB_LONG, offset=WITHIN_WORDS)
def stop_asterisk(live: Live) -> None:
    """Asterisk is stopped for three quarters of a second while bob speaks: nobody reads parleyd's socket. Then all goes on."""
    _stop(live.stage.pbx.process.pid, STOPPED)


def _stop(pid: int, seconds: float) -> None:
    processes.send(pid, signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        processes.send(pid, signal.SIGCONT)


@scenario("hang-up-mid-word", line=ALICE_LONG, survives=False)
def hang_up_mid_word(live: Live) -> None:
    """alice hangs up in the middle of a word. bob still hears all of it translated, then his call ends; the next call is like the first."""
    live.phones["alice"].hangup()
    began = time.monotonic()
    wait_for(lambda: not live.phones["bob"].in_call, LAST_WORDS, "bob's call to end")
    live.note(f"bob's call ended {time.monotonic() - began:.1f} s later")
    live.stage.pbx.wait_idle(CLOSED)
