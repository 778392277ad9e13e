# SPDX-License-Identifier: GPL-3.0-or-later
"""Learns from the lessons what generator.bin foretells, and tells how good it is in voices that were left out."""
from __future__ import annotations

from dataclasses import dataclass

import activity
import numpy as np
import statistics_map
from lessons import Lesson
from statistics_map import Observations, centred

LOG_FRAMES = -3  # place of log F in a summary
LEAST_EXPLAINED = 0.4  # of the variance within voices: less is no map


class Useless(Exception):
    """What was learnt does not carry over to other voices."""


@dataclass
class Learnt:
    tensors: dict[str, np.ndarray]
    report: str


def learn(lessons: list[Lesson]) -> Learnt:
    voices = np.array([lesson.voice for lesson in lessons])
    groups = np.array([f"{lesson.voice} {lesson.language}" for lesson in lessons])
    seen = Observations(np.stack([l.summary for l in lessons]), np.stack([l.statistics for l in lessons]), voices, groups)
    units = statistics_map.output_units(seen.y)
    of_length = statistics_map.explained(seen, units, _slope_on_length)
    of_map = statistics_map.explained(seen, units, lambda some: statistics_map.fit(some, units))
    if min(of_map) < LEAST_EXPLAINED:
        raise Useless(f"the statistics map explains only {min(of_map):.0%}: the conversion tools misbehave on this machine")
    lines = [
        f"{len(lessons)} phrases, {sum(len(l.levels) for l in lessons) / 80:.0f} s of speech, {len(set(voices))} voices",
        "of the statistics' variance within a voice and language, explained in voices left out (means, log variances):",
        "  the voice's average 0.00, 0.00",
        f"  slope on the logarithm of the length {of_length[0]:.2f}, {of_length[1]:.2f}",
        f"  map of rank {statistics_map.RANK} {of_map[0]:.2f}, {of_map[1]:.2f}",
        *_report_activity(lessons, voices),
    ]
    tensors = statistics_map.fit(seen, units).tensors()
    tensors |= activity.fit([l.features for l in lessons], [l.levels for l in lessons]).tensors()
    return Learnt(tensors, "\n".join(lines))


def _slope_on_length(seen: Observations):
    x, y = centred(seen.x[:, [LOG_FRAMES]], seen.group), centred(seen.y, seen.group)
    slope = np.linalg.lstsq(x, y, rcond=None)[0]
    return lambda summaries: summaries[:, [LOG_FRAMES]] @ slope


def _report_activity(lessons: list[Lesson], voices: np.ndarray) -> list[str]:
    """How well the levels of frames are foretold, and how many frames early or late the voice is found to begin and end."""
    names, correlations, begins, ends = np.unique(voices), [], [], []
    for fold in range(activity.FOLDS):
        held = np.isin(voices, names[fold :: activity.FOLDS])
        taught = [lesson for lesson, out in zip(lessons, held) if not out]
        readout = activity.fit([l.features for l in taught], [l.levels for l in taught])
        for lesson in (lesson for lesson, out in zip(lessons, held) if out):
            foretold = readout(lesson.features)
            correlations.append(np.corrcoef(foretold, lesson.levels)[0, 1])
            ours, theirs = activity.edges(foretold, activity.THRESHOLD), activity.edges(lesson.levels, activity.VOICED)
            begins.append(ours[0] - theirs[0])
            ends.append(ours[1] - theirs[1])
    shares = (0, 5, 50, 95, 100)
    return [
        f"levels of frames, in voices left out: correlation {np.mean(correlations):.2f}; frames from the true to the foretold "
        f"(percentiles {shares})",
        f"  begin of the voice {np.percentile(begins, shares)}",
        f"  end of the voice {np.percentile(ends, shares)}",
    ]
