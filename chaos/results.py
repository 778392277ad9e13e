# SPDX-License-Identifier: GPL-3.0-or-later
"""A scenario's row in build/chaos/report.json, and whether it holds."""

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import ears, judge, ledger, notices, telling
from .judge import Line, Spoken
from .live import Held, Script
from .scenario import Scenario

RATE = 16000
LONGEST_DEAD_AIR = 1000  # ms, where the call survives
MEANT = (0, -signal.SIGKILL)  # how a parleyd ends that a scenario has ended
GRACE = 0.2  # seconds by which a line may begin before the time from which on all is translated


@dataclass
class Judged:
    """A call, measured."""

    lines: list[Line]
    ears: dict[str, ears.Heard]  # of each listener
    fault: float | None
    ends: dict[str, float]

    @property
    def dead_air_ms(self) -> int:
        return round(1000 * max((line.dead_air.seconds for line in self.lines if line.said_into_call), default=0.0))

    @property
    def dead_air_at(self) -> float:
        return max(self.lines, key=lambda line: line.dead_air.seconds).dead_air.begin

    @property
    def lost_silently(self) -> list[Line]:
        return [line for line in self.lines if line.lost_silently]


def measure(held: Held, script: Script) -> Judged:
    """What both sides heard of each other, and what became of each line."""
    talk = script.talk
    heard, templates = {}, notices.spoken()
    for listener, side in held.sides.items():
        ear = ears.listen(side.heard, held.sides[talk.other(listener)].said, RATE)
        notices.mark(ear, side.heard, RATE, templates)
        heard[listener] = ear
    lines = [
        Spoken(
            turn.line.speaker,
            talk.other(turn.line.speaker),
            turn.line.text,
            sum(character.isalnum() for character in turn.line.reference),
            held.sides[turn.line.speaker].script_begins + turn.start,
            held.sides[turn.line.speaker].script_begins + turn.end,
        )
        for turn in held.turns
    ]
    found = ledger.utterances(held.entries)
    return Judged(judge.judge(lines, heard, found, held.zero, talk.leg_of, held.ends), heard, held.fault, held.ends)


def recovered(scenario: Scenario, call: Judged, afterwards: Judged | None) -> tuple[bool, str]:
    """Whether all is translated again in time by itself, and if not, why."""
    if scenario.survives and call.ends:
        return False, "the call ended"
    if not scenario.survives:
        if afterwards is None:
            return False, "no new call was possible"
        missing = [line for line in afterwards.lines if not line.heard_translated]
        return not missing, f'the new call did not translate "{missing[0].spoken.text}"' if missing else ""
    if call.fault is None:
        after = call.lines
    else:
        since = call.fault + scenario.within - GRACE
        after = [line for line in call.lines if line.spoken.begin > since]
    if not after:
        return False, "nothing was said after the fault"
    missing = [line for line in after if not line.heard_translated]
    return not missing, f'"{missing[0].spoken.text}" was not heard translated' if missing else ""


@dataclass(frozen=True)
class Delays:
    """How much later than in the baseline, ms. None where it cannot be known."""

    hit: int | None  # the utterance into which the fault fell
    others: int | None  # the latest other one after it


def delays(call: Judged, baseline: Judged | None) -> Delays:
    if baseline is None or call.fault is None:
        return Delays(None, None)
    hit = max((i for i, line in enumerate(call.lines) if line.spoken.begin <= call.fault), default=0)
    later = [_later(line, usual) for line, usual in zip(call.lines, baseline.lines, strict=True)]
    others = [ms for ms in later[hit + 1 :] if ms is not None]
    return Delays(later[hit], max(others) if others else None)


def _later(line: Line, usual: Line) -> int | None:
    if None in (line.onset_lag, line.finish_lag, usual.onset_lag, usual.finish_lag):
        return None
    return round(1000 * max(line.onset_lag - usual.onset_lag, line.finish_lag - usual.finish_lag))


def row(
    scenario: Scenario,
    call: Judged,
    afterwards: Judged | None,
    baseline: Judged | None,
    notes: Sequence[str],
    parleyd_ends: Sequence[int] = (),
) -> dict:
    """`parleyd_ends`: the exit statuses of parleyds that ended, negative for signals."""
    back, why = recovered(scenario, call, afterwards)
    later = delays(call, baseline)
    silently = call.lost_silently + (afterwards.lost_silently if afterwards else [])
    result = {
        "name": scenario.name,
        "recovered": back,
        "dead_air_ms": call.dead_air_ms,
        "lost_silently": len(silently),
        "what_the_caller_hears": telling.sentence(call.lines, call.ears, call.fault, call.ends),
        "expected": scenario.about,
        "call_survives": scenario.survives,
        "dead_air_at_s": round(call.dead_air_at, 2),
        "fault_at_s": None if call.fault is None else round(call.fault, 2),
        "delayed_ms": later.hit,
        "others_delayed_ms": later.others,
        "lost": [line.spoken.text for line in silently],
        "notes": list(notes),
        "parleyd_ends": list(parleyd_ends),
        "lines": [_about(line) for line in call.lines],
    }
    if afterwards:
        result["new_call"] = [_about(line) for line in afterwards.lines]
    result["problems"] = problems(scenario, result, why)
    return result


def problems(scenario: Scenario, result: Mapping, why: str) -> list[str]:
    """Why a scenario does not hold; empty when it does."""
    found = [why] if not result["recovered"] else []
    if scenario.survives and result["dead_air_ms"] > LONGEST_DEAD_AIR:
        found.append(f"{result['dead_air_ms']} ms of dead air at {result['dead_air_at_s']} s")
    found += [f'lost silently: "{text}"' for text in result["lost"]]
    found += [f"parleyd ended with {_name(status)}" for status in result["parleyd_ends"] if status not in MEANT]
    if scenario.delays is not None and result["delayed_ms"] is not None and result["delayed_ms"] > 1000 * scenario.delays:
        found.append(f"the utterance was delayed by {result['delayed_ms']} ms")
    return found


def _name(status: int) -> str:
    return f"status {status}" if status >= 0 else signal.Signals(-status).name


def _about(line: Line) -> dict:
    ms = lambda seconds: None if seconds is None else round(1000 * seconds)  # noqa: E731
    return {
        "speaker": line.spoken.speaker,
        "text": line.spoken.text,
        "begin_s": round(line.spoken.begin, 2),
        "translated": line.heard_translated,
        "translated_s": round(line.translated, 2),
        "needs_s": round(line.spoken.needs, 2),
        "original_s": round(line.original, 2),
        "passed_on": line.passed,
        "notice_s": round(line.notice, 2),
        "onset_lag_ms": ms(line.onset_lag),
        "finish_lag_ms": ms(line.finish_lag),
        "dead_air_ms": ms(line.dead_air.seconds),
        "dead_air_at_s": round(line.dead_air.begin, 2),
        "said_into_call": line.said_into_call,
        "outcomes": line.outcomes,
        "errors": line.errors,
    }
