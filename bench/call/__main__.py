# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the dialogue of data/bench/call.toml over real SIP and measures its lags in what both sides heard."""

import argparse
import fcntl
import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path

from demo import DemoError, ending, places
from demo.conversation import Conversation
from demo.timeline import Turn

from . import results, script, session, settings, soak, tables

RESULTS = places.REPOSITORY / "build" / "bench"
CALLS = RESULTS / "call"
FAULTLESS, FAULTS = 0, 1
QUICK = "7-20"  # lines without a monologue: two minutes
OURS, BASELINE = "parley", "baseline"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench-call", description=__doc__, epilog="Exit status: 1 when an utterance was lost.")
    parser.add_argument("--baseline", action="store_true", help="then the same against the first pipeline, and how they compare")
    parser.add_argument(
        "--ablate", metavar="NAME", action="append", default=[], choices=[*settings.TECHNIQUES, "all"],
        help=f"then the same with one technique off: {', '.join(settings.TECHNIQUES)}, or all, one after the other",
    )  # fmt: skip
    parser.add_argument("--soak", metavar="MINUTES", type=float, help="the dialogue again and again: does a lag or the memory grow?")
    parser.add_argument("--set", metavar="SECTION.KEY=VALUE", action="append", default=[], help="a setting of parley.toml, in every call")
    parser.add_argument("--lines", metavar="FIRST-LAST", help="only these lines of the script, counted from 1")
    parser.add_argument("--quick", action="store_true", help=f"two minutes of it: --lines {QUICK}")
    parser.add_argument("--script", type=Path, default=script.DEFAULT, help="another dialogue (TOML)")
    parser.add_argument("--build", type=Path, help="directory of the programs; default: $PARLEY_BUILD, else build/release")
    parser.add_argument(
        "--analyse", metavar="DIRECTORY", type=Path, help="no call: measure what an earlier one left, such as build/bench/call/parley"
    )  # fmt: skip
    return parser.parse_args()


def say(text: str = "") -> None:
    print(text, flush=True)


@contextmanager
def alone():
    """While this is held no other bench-call begins: they would write into each other's files and spoil each other's times."""
    CALLS.mkdir(parents=True, exist_ok=True)
    with open(CALLS / "lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise DemoError(f"another bench-call is running (process {lock.read().strip() or 'unknown'}): wait for its end") from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


class Bench:
    """Calls of one script, all with some settings in common."""

    def __init__(self, options: argparse.Namespace):
        self.talk = chosen(script.load(options.script), options)
        session.check_parts(self.talk)
        self.spoken = script.voiced_lines(self.talk, say)
        self._common = settings.parse(options.set)

    def hold(self, name: str, own: settings.Settings, turns: list[Turn] | None = None) -> dict:
        """One call and its tables. Its files are in build/bench/call/NAME."""
        turns = turns or script.place(self.spoken, self.talk.timing)
        say(f"\n=== {name}: {len(turns)} lines, {turns[-1].end / 60:.1f} minutes ===")
        directory = session.hold(self.talk, turns, self._common | own, CALLS / name)
        result = results.judge(directory)
        show(result)
        say(f"\nIts files: {places.shown(directory)}")
        return result


def chosen(talk: Conversation, options: argparse.Namespace) -> Conversation:
    """The script, or the part of it that was asked for."""
    wanted = QUICK if options.quick else options.lines
    if not wanted:
        return talk
    try:
        first, _, last = wanted.partition("-")
        lines = talk.lines[int(first) - 1 : int(last or len(talk.lines))] if int(first) >= 1 else []
    except ValueError as error:
        raise DemoError(f"--lines {wanted}: it must be FIRST-LAST, such as 7-20") from error
    if {line.speaker for line in lines} != set(talk.speakers):
        raise DemoError(f"--lines {wanted}: both must say something; the script has {len(talk.lines)} lines")
    return Conversation(talk.caller, talk.timing, talk.speakers, lines)


def show(result: dict) -> None:
    for line in (*tables.lines(result), "", *tables.summary(result)):
        say(line)


def save(result: dict, name: str) -> None:
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    say(f"Everything in numbers: {places.shown(path)}")


def measure_calls(bench: Bench, options: argparse.Namespace) -> dict:
    ours = bench.hold(OURS, {})
    summary = results.short(ours)
    if options.baseline:
        baseline = bench.hold(BASELINE, settings.BASELINE)
        summary["baseline"] = results.short(baseline)
        say()
        for line in tables.comparison(ours, baseline, (OURS, BASELINE)):
            say(line)
    names = list(settings.TECHNIQUES) if "all" in options.ablate else options.ablate
    if names:
        table = {"everything": ours} | {f"without {name}": bench.hold(f"without-{name}", settings.TECHNIQUES[name]) for name in names}
        if options.baseline:
            table["first pipeline"] = baseline
        summary["ablation"] = {name: results.short(result) for name, result in table.items()}
        say()
        for line in tables.ablation(table):
            say(line)
    save(summary, "call")
    return ours


def measure_soak(bench: Bench, minutes: float) -> dict:
    result = bench.hold("soak", {}, soak.place(bench.spoken, bench.talk.timing, minutes))
    rows = soak.by_minute(result, CALLS / "soak")
    say()
    for line in tables.minutes(rows):
        say(line)
    memory = result["rss_mib"]
    say(f"drift {result['drift_ms_per_min']} ms/min; memory {memory['begin']} → {memory['end']} MiB")
    save(results.short(result) | {"minutes": rows}, "soak")
    return result


def run(options: argparse.Namespace) -> int:
    if options.build:
        os.environ["PARLEY_BUILD"] = str(options.build.resolve())
    if options.analyse:
        result = results.judge(options.analyse)
        show(result)
    else:
        with alone():
            bench = Bench(options)
            result = measure_soak(bench, options.soak) if options.soak else measure_calls(bench, options)
    return FAULTLESS if results.faultless(result) else FAULTS


def main() -> int:
    return ending.run("bench-call", lambda: run(arguments()), DemoError)


if __name__ == "__main__":
    sys.exit(main())
