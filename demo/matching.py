# SPDX-License-Identifier: GPL-3.0-or-later
"""Which utterances of the ledger belong to which lines of the script.

The script's clock begins when the call is answered, the room's media clock when its first leg arrives: the difference is a
fraction of a second, and is found as the shift under which the most speech of both coincides. The recogniser may cut a line
in two, or hear none of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .ledger import Entry
from .timeline import Turn

FARTHEST_SHIFT = 3.0  # seconds
NEAR = 0.5  # seconds: an utterance that misses every line by more than this belongs to none


@dataclass
class Matching:
    shift: float  # seconds: time on the script's clock = time on the media clock + shift
    pieces: list[list[Entry]]  # one list for each turn, in order
    strangers: list[Entry] = field(default_factory=list)  # words that nobody said


def overlap(a: tuple[float, float], b: tuple[float, float]) -> float:
    """How much two intervals share; negative: how far they are apart."""
    return min(a[1], b[1]) - max(a[0], b[0])


def interval(entry: Entry, shift: float = 0.0) -> tuple[float, float]:
    return entry.speech_start_ms / 1000 + shift, entry.speech_end_ms / 1000 + shift


def find_shift(turns: Sequence[Turn], entries: Sequence[Entry], leg_of: dict[str, str]) -> float:
    """The shift that makes most speech coincide, made finer by the middle of the beginnings' differences."""
    pairs = [(t, e) for t in turns for e in entries if leg_of[t.line.speaker] == e.speaker]

    def coinciding(shift: float) -> float:
        return sum(max(0.0, overlap((t.start, t.end), interval(e, shift))) for t, e in pairs)

    candidates = [t.start - interval(e)[0] for t, e in pairs]
    candidates = [shift for shift in candidates if abs(shift) <= FARTHEST_SHIFT]
    if not candidates:
        return 0.0
    best = max(candidates, key=coinciding)
    near = [shift for shift in candidates if abs(shift - best) < 0.3]
    return float(np.median(near))


def match(turns: Sequence[Turn], entries: Sequence[Entry], leg_of: dict[str, str]) -> Matching:
    """Entries of one call, each utterance once."""
    shift = find_shift(turns, entries, leg_of)
    result = Matching(shift, [[] for _ in turns])
    for entry in sorted(entries, key=lambda e: (e.speech_start_ms, e.id)):
        shared = [
            overlap((t.start, t.end), interval(entry, shift)) if leg_of[t.line.speaker] == entry.speaker else -np.inf
            for t in turns
        ]
        best = int(np.argmax(shared))
        if shared[best] > -NEAR:
            result.pieces[best].append(entry)
        else:
            result.strangers.append(entry)
    return result
