# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of each line of a call, from both recordings, and what the ledger says of it. Definitions: docs/chaos.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from . import ledger
from .ears import FULL, LONGEST_PATH, STEP, Heard, Kind, equal_runs, index

USUAL_PATH = 0.15  # seconds from mouth to ear where it cannot be measured
ENOUGH = 0.5  # of the voice that a translation needs: less is no translation …
SECONDS_PER_LETTER = 0.055  # … and so long takes a letter of a person's translation
PASSED = 0.8  # of what is audible of a line must be the original at full level: then it was passed on, and nothing is due after it
LEAST_SAID = 0.5  # seconds of a line said into a living call: less is no utterance
BEFORE_NEXT = 0.1  # seconds


@dataclass(frozen=True)
class Spoken:
    """A line of the script: when it was said, and by whom. Seconds on the recordings' clock."""

    speaker: str
    listener: str
    text: str
    letters: int  # of its translation, by a person
    begin: float
    end: float

    @property
    def needs(self) -> float:
        """Seconds of voice that the translation of all of it takes."""
        return self.letters * SECONDS_PER_LETTER


@dataclass(frozen=True)
class Silence:
    begin: float
    seconds: float


NONE = Silence(0.0, 0.0)


@dataclass
class Line:
    """What became of a line."""

    spoken: Spoken
    path: float
    translated: float  # seconds of another voice heard for it
    first: float | None  # when that began in the listener's ear …
    last: float | None  # … and ended
    original: float  # seconds of the speaker's own voice
    passed: bool  # whether the original was heard in its own right
    notice: float  # seconds
    dead_air: Silence
    said: float  # seconds of it that were said into a living call
    outcomes: list[str] = field(default_factory=list)  # of the ledger's utterances for it
    errors: list[str] = field(default_factory=list)

    @property
    def said_into_call(self) -> bool:
        return self.said >= LEAST_SAID

    @property
    def heard_translated(self) -> bool:
        share = min(1.0, max(0.0, self.said / (self.spoken.end - self.spoken.begin)))
        return self.translated > 0 and self.translated >= ENOUGH * self.spoken.needs * share

    @property
    def explained(self) -> bool:
        """Whether the ledger says why it was not translated."""
        return any(outcome not in ("", "answered", "no words") for outcome in self.outcomes)

    @property
    def lost_silently(self) -> bool:
        return self.said_into_call and not self.heard_translated and not self.explained

    @property
    def onset_lag(self) -> float | None:
        """First word → first sound of its translation."""
        return None if self.first is None else self.first - self.spoken.begin

    @property
    def finish_lag(self) -> float | None:
        """Last word → last sound of its translation."""
        return None if self.last is None else self.last - self.spoken.end


def judge(
    lines: Sequence[Spoken],
    ears: Mapping[str, Heard],
    found: Sequence[ledger.Utterance],
    zero: float,
    legs: Mapping[str, str],
    ends: Mapping[str, float],
) -> list[Line]:
    """`ears`: what each listener heard. `zero`: the clock's beginning, time.monotonic(). `legs`: speaker → leg. `ends`: speaker → when
    its call ended, where that was before the script's end."""
    result = [_line(lines, position, ears[line.listener], ends) for position, line in enumerate(lines)]
    for speaker, leg in legs.items():
        own = [line for line in result if line.spoken.speaker == speaker]
        for line, utterances in zip(own, ledger.belonging(found, [zero + l.spoken.begin for l in own], leg), strict=True):
            line.outcomes = [u.last.outcome if u.over else "" for u in utterances]
            line.errors = [u.last.data["error"] for u in utterances if u.last.data.get("error")]
    return result


def _line(lines: Sequence[Spoken], position: int, ear: Heard, ends: Mapping[str, float]) -> Line:
    spoken = lines[position]
    path = ear.path if ear.path is not None else USUAL_PATH
    said_until = min(spoken.end, *ends.values()) if ends else spoken.end  # nothing is said into a call that the other has left
    over = ends.get(spoken.listener, len(ear.kind) * STEP)
    own = [line.begin for line in lines[position + 1 :] if line.speaker == spoken.speaker]
    until = min(over, own[0] + path - BEFORE_NEXT) if own else over
    begin, end = spoken.begin + path, min(said_until + path, over)
    other = _times(ear, Kind.TRANSLATION, begin, until)
    passed = _passed(ear, begin, end)
    anybody = [line.begin for line in lines[position + 1 :]]
    quiet = min(until, anybody[0]) if anybody else until
    due = _due(ear, other, begin, end, quiet, passed)
    return Line(
        spoken,
        path,
        ear.seconds(Kind.TRANSLATION, begin, until),
        other[0] if other else None,
        other[1] if other else None,
        ear.seconds(Kind.ORIGINAL, begin, until),
        passed,
        ear.seconds(Kind.NOTICE, begin, until),
        longest_silence(ear, begin, due),
        said=said_until - spoken.begin,
    )


def _times(ear: Heard, kind: Kind, begin: float, end: float) -> tuple[float, float] | None:
    """From the first to the last sound of a kind."""
    where = np.flatnonzero(ear.kind[index(begin) : index(end)] == kind) + index(begin)
    return (float(where[0] * STEP), float((where[-1] + 1) * STEP)) if len(where) else None


def _passed(ear: Heard, begin: float, end: float) -> bool:
    """Whether the original was heard in its own right, not under a translation."""
    where = slice(index(begin), index(end))
    audible = ear.kind[where] != Kind.SILENCE
    full = (ear.kind[where] == Kind.ORIGINAL) & (np.nan_to_num(ear.gain[where], nan=-99.0) >= FULL)
    return bool(np.sum(full) >= PASSED * np.sum(audible)) and bool(np.any(audible))


def _due(ear: Heard, translation: tuple[float, float] | None, begin: float, end: float, quiet: float, passed: bool) -> float:
    """Until when the listener waits for something: to the last sound that answers the line; where nothing does, to its end if it was
    passed on in the original, else until somebody speaks again."""
    again = (ear.kind == Kind.ORIGINAL) & (np.nan_to_num(ear.lag, nan=0.0) > LONGEST_PATH)
    answers = np.flatnonzero((again | (ear.kind == Kind.NOTICE))[: index(quiet)])
    late = [(int(answers[-1]) + 1) * STEP] if len(answers) else []
    if translation:
        late.append(translation[1])
    late = [at for at in late if at > begin]
    if late:
        return max(end, *late)
    return end if passed else max(end, quiet)


def longest_silence(ear: Heard, begin: float, end: float) -> Silence:
    """The longest stretch between two times in which nothing is audible."""
    first = index(begin)
    silent = ear.kind[first : index(end)] == Kind.SILENCE
    stretches = [(b - a, a) for a, b in equal_runs(silent) if silent[a]]
    if not stretches:
        return NONE
    length, at = max(stretches, key=lambda s: (s[0], -s[1]))
    return Silence((first + at) * STEP, length * STEP)
