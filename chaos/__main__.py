# SPDX-License-Identifier: GPL-3.0-or-later
"""Does harm to live calls, and reports what both callers hear of it."""

import argparse
import fcntl
import json
import os
import shutil
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import soundfile

from bench.call import script as scripts
from demo import DemoError, ending, places, report
from demo.conversation import Conversation
from harness import program

from . import ChaosError, Skip, faults, live, results, scenario, table
from .live import Held, Script
from .scenario import Scenario
from .stage import Stage

OUTPUT = places.REPOSITORY / "build" / "chaos"
SCRIPT = places.REPOSITORY / "data" / "chaos" / "call.toml"
BASELINE = "baseline"
AFTERWARDS = 2  # lines of the script that are said in the call after one that died
HOLDS, FAILS = 0, 1

assert faults.__doc__  # importing it registers the scenarios


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/chaos", description=__doc__, epilog="Exit status: 0 only when every scenario holds.")
    parser.add_argument("names", metavar="NAME", nargs="*", help="scenarios; all of them without a name")
    parser.add_argument("--list", action="store_true", help="say what there is, and do nothing")
    parser.add_argument("--quick", action="store_true", help="a few of them: five minutes")
    parser.add_argument("--keep", action="store_true", help="keep every recording, not only those of scenarios that fail")
    parser.add_argument("--build", type=Path, help="directory of the programs; default: $PARLEY_BUILD, else build/release")
    return parser.parse_args()


def say(text: str = "") -> None:
    print(text, flush=True)


def chosen(options: argparse.Namespace) -> list[Scenario]:
    """In the order of their files; the baseline first, for the others are compared with it."""
    if unknown := [name for name in options.names if name not in scenario.every]:
        raise ChaosError(f"there is no scenario {', '.join(unknown)}: see scripts/chaos --list")
    wanted = options.names or [name for name, s in scenario.every.items() if s.quick or not options.quick]
    if BASELINE not in wanted:
        wanted = [BASELINE, *wanted]
    return [s for name, s in scenario.every.items() if name in wanted]


@contextmanager
def alone():
    """While this is held no other run begins: they would spoil each other's times."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with open(OUTPUT / "lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ChaosError("another run of scripts/chaos is going on: wait for its end") from error
        yield


class Run:
    """Scenarios one after the other, most of them on one parleyd and one Asterisk: whatever happened before, the next call works."""

    def __init__(self, talk: Conversation, script: Script, keep: bool):
        self._talk = talk
        self._script = script
        self._keep = keep
        self._shared: Stage | None = None
        self._baseline: results.Judged | None = None
        self._calls = 0
        self.rows: list[dict] = []

    def close(self) -> None:
        if self._shared:
            self._shared.__exit__()
            self._shared = None

    def run(self, chosen: Scenario) -> dict:
        directory = OUTPUT / chosen.name
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        began = time.monotonic()
        try:
            row = self._on_its_stage(chosen, directory)
        except Skip as reason:
            row = {"name": chosen.name, "skipped": str(reason), "problems": []}
        except Exception as error:  # noqa: BLE001 - the next scenario is worth running
            if not isinstance(error, ChaosError | DemoError | TimeoutError):
                traceback.print_exc()
            self.close()
            row = {
                "name": chosen.name, "recovered": False, "dead_air_ms": None, "lost_silently": None, "what_the_caller_hears": "",
                "expected": chosen.about, "problems": [str(error) or type(error).__name__],
            }  # fmt: skip
        row["seconds"] = round(time.monotonic() - began, 1)
        row["load"] = report.load()
        if row["problems"]:
            self.close()  # the next one begins on fresh servers
        self.rows.append(row)
        return row

    def _on_its_stage(self, chosen: Scenario, directory: Path) -> dict:
        if chosen.stage:
            with chosen.stage(directory / "servers") as stage:
                return self._scene(chosen, stage, directory)
        if self._shared and not self._shared.healthy:
            self.close()
        if not self._shared:
            self._shared = Stage(OUTPUT / "servers" / chosen.name).__enter__()
        self._shared.wait_ready()
        return self._scene(chosen, self._shared, directory)

    def _scene(self, chosen: Scenario, stage: Stage, directory: Path) -> dict:
        deaths = len(stage.keeper.deaths)
        held = self._hold(stage, self._script, chosen, directory)
        call = results.measure(held, self._script)
        afterwards = None
        if not chosen.survives:
            short = Script(self._talk, scripts.place([(t.line, t.samples) for t in self._script.turns[-AFTERWARDS:]], self._talk.timing))
            (directory / "afterwards").mkdir()
            again = self._hold(stage, short, None, directory / "afterwards")
            afterwards = results.measure(again, short)
        if chosen.name == BASELINE:
            self._baseline = call
        ends = [death.status for death in stage.keeper.deaths[deaths:]]
        row = results.row(chosen, call, afterwards, self._baseline, held.notes, ends)
        if not row["problems"] and not self._keep:
            for recording in directory.rglob("*.wav"):
                recording.unlink()
        (directory / "scenario.json").write_text(json.dumps(row, indent=1, ensure_ascii=False) + "\n")
        return row

    def _hold(self, stage: Stage, script: Script, chosen: Scenario | None, directory: Path) -> Held:
        self._calls += 1
        fault = None if chosen is None or chosen.name == BASELINE else chosen
        held = live.hold(stage, script, fault, directory, self._calls)
        for name, side in held.sides.items():
            soundfile.write(directory / f"{name}.wav", np.stack([side.said, side.heard], axis=1), results.RATE, subtype="PCM_16")
        entries = [{"arrived_s": round(e.arrived - held.zero, 3)} | e.data for e in held.entries]
        (directory / "ledger.jsonl").write_text("".join(json.dumps(e, ensure_ascii=False) + "\n" for e in entries))
        return held


def load_script(options: argparse.Namespace) -> tuple[Conversation, Script]:
    if not shutil.which("baresip") or not shutil.which("sipp"):
        raise ChaosError("baresip or sipp is missing: run `make apt`")
    for name in ("parley", "parleyd"):
        if not program(name).exists():
            raise ChaosError(f"{places.shown(program(name))} is missing: run `make build`")
    talk = scripts.load(SCRIPT)
    return talk, Script(talk, scripts.place(scripts.voiced_lines(talk, say), talk.timing))


def save(rows: Sequence[dict], seconds: float) -> None:
    usual = next((row for row in rows if row["name"] == BASELINE), None)
    whole = {
        "scenarios": [row for row in rows if "skipped" not in row],
        "skipped": [row for row in rows if "skipped" in row],
        "baseline_dead_air_ms": usual and usual.get("dead_air_ms"),
        "holds": all(not row["problems"] for row in rows),
        "seconds": round(seconds),
        "machine": report.machine(),
    }
    path = OUTPUT / "report.json"
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")
    say(f"Everything in numbers: {places.shown(path)}")


def run(options: argparse.Namespace) -> int:
    if options.build:
        os.environ["PARLEY_BUILD"] = str(options.build.resolve())
    if options.list:
        for each in scenario.every.values():
            say(table.listed(each))
        return HOLDS
    wanted = chosen(options)
    with alone(), ExitStack() as stack:
        talk, script = load_script(options)
        run = Run(talk, script, options.keep)
        stack.callback(run.close)
        say(f"{len(wanted)} scenarios, each a call of {script.seconds:.0f} s")
        began = time.monotonic()
        for number, each in enumerate(wanted, 1):
            say(f"\n[{number}/{len(wanted)}] {each.name}: {each.about}")
            for line in table.outcome(run.run(each)):
                say(line)
        say()
        for line in table.summary(run.rows):
            say(line)
        save(run.rows, time.monotonic() - began)
    return HOLDS if all(not row["problems"] for row in run.rows) else FAILS


def main() -> int:
    return ending.run("chaos", lambda: run(arguments()), ChaosError, DemoError)


if __name__ == "__main__":
    sys.exit(main())
