# SPDX-License-Identifier: GPL-3.0-or-later
"""Which stretches of translated voice belong to which utterance.

Translations come in the order of the utterances, none begins before its utterance, and each takes about as long as its text needs.
Among all ways to divide the stretches by these rules the cheapest is taken (dynamic programming). An utterance may be left without
voice: it was lost. A stretch may be left without an utterance: somebody spoke who had nothing to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .voicing import Stretch

EARLIEST = 0.2  # seconds from an utterance's first word: nobody translates faster
LATEST = 20.0  # seconds after its last word by which a translation has begun
PATIENCE = 3.0  # seconds after it that cost nothing
LATE = 0.4  # for each second more
SPREAD = 0.35  # of the logarithm of (time taken / time expected): a factor of 1.4 costs 1
TOO_LONG = 16.0  # at most, for a length; …
TOO_SHORT = 5.0  # … a translation can be stopped because its listener begins to speak
GRAIN = 0.15  # seconds added to both: short answers vary more
HOLE = 1.0  # for each second of silence within a translation, once its utterance is over …
WORST_HOLE = 3.0  # … up to so many seconds
LOST = 8.0
STRANGE = 1.5  # for a stretch without an utterance …
STRANGE_SECOND = 5.0  # … and for each of its seconds
MOST = 200  # stretches in one translation


@dataclass(frozen=True)
class Source:
    """An utterance as its speaker said it. Seconds; the first and last voiced sample."""

    begin: float
    end: float
    letters: int  # of its reference translation


@dataclass(frozen=True)
class Attribution:
    groups: list[list[Stretch]]  # for each source, in order
    strange: list[Stretch]
    seconds_per_letter: float


def attribute(sources: Sequence[Source], found: Sequence[Stretch]) -> Attribution:
    """Both in the order of time."""
    letters = sum(source.letters for source in sources)
    pace = sum(stretch.length for stretch in found) / letters if letters else 0.0
    best = _divide(sources, found, pace)
    pace = _usual_pace(sources, best) or pace  # what was lost or said twice must not count
    best = _divide(sources, found, pace)
    used = {id(stretch) for group in best for stretch in group}
    return Attribution(best, [stretch for stretch in found if id(stretch) not in used], pace)


def _usual_pace(sources: Sequence[Source], groups: Sequence[Sequence[Stretch]]) -> float | None:
    """Half of all letters were spoken slower, half faster."""
    paces = sorted(
        (sum(stretch.length for stretch in group) / source.letters, source.letters)
        for source, group in zip(sources, groups, strict=True)
        if group and source.letters
    )
    if not paces:
        return None
    passed = np.cumsum([letters for _, letters in paces])
    return paces[int(np.searchsorted(passed, passed[-1] / 2))][0]


def _divide(sources: Sequence[Source], found: Sequence[Stretch], pace: float) -> list[list[Stretch]]:
    count = len(found)
    begins = np.array([s.begin for s in found])
    lengths = np.array([s.length for s in found])
    total = np.concatenate(([0.0], np.cumsum(lengths)))
    gaps = np.concatenate(([0.0], begins[1:] - np.array([s.end for s in found])[:-1])) if count else np.zeros(0)
    strange = STRANGE + STRANGE_SECOND * lengths
    # cost[k]: the cheapest way to give the first k stretches to the sources so far
    cost = np.concatenate(([0.0], np.cumsum(strange)))
    choices: list[np.ndarray] = []  # for each source and k: where its group begins; k itself: lost; −1: stretch k − 1 is strange
    for source in sources:
        new = cost + LOST
        choice = np.arange(count + 1)
        first = int(np.searchsorted(begins, source.begin + EARLIEST)) if count else 0
        last = int(np.searchsorted(begins, source.end + LATEST)) if count else 0
        holes = np.concatenate(([0.0], np.cumsum(np.where(begins > source.end, HOLE * np.minimum(gaps, WORST_HOLE), 0.0))))
        for j in range(first, last):
            k = np.arange(j + 1, min(count, j + MOST) + 1)
            taken = total[k] - total[j]
            expected = source.letters * pace
            length = (np.log((taken + GRAIN) / (expected + GRAIN)) / SPREAD) ** 2
            length = np.minimum(np.where(taken < expected, TOO_SHORT, TOO_LONG), length)
            late = LATE * max(0.0, begins[j] - source.end - PATIENCE)
            candidate = cost[j] + length + late + holes[k] - holes[j + 1]
            better = candidate < new[k]
            new[k[better]] = candidate[better]
            choice[k[better]] = j
        for k in range(1, count + 1):
            if new[k - 1] + strange[k - 1] < new[k]:
                new[k] = new[k - 1] + strange[k - 1]
                choice[k] = -1
        choices.append(choice)
        cost = new
    return _trace(choices, found)


def _trace(choices: list[np.ndarray], found: Sequence[Stretch]) -> list[list[Stretch]]:
    groups: list[list[Stretch]] = []
    k = len(found)
    for choice in reversed(choices):
        while choice[k] == -1:
            k -= 1
        groups.append(list(found[choice[k] : k]))
        k = int(choice[k])
    return groups[::-1]
