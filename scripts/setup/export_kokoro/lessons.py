# SPDX-License-Identifier: GPL-3.0-or-later
"""Every voice says a few phrases, and what is to be foretold of them is noted: for statistics_map.py and activity.py."""
from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import activity
import numpy as np
import statistics_map
from kokoro_graph import AUDIO, DURATIONS, FEATURES, HARMONICS, Graph, NormedConv
from speech import Speaker, floats

PHRASES = Path(__file__).with_name("phrases.tsv")
PHRASES_PER_LANGUAGE = 3  # that a voice says
# What voices speak, by the first letter of their names: two languages, for each its own average is taken.
LANGUAGES = {
    "a": ("en", "pt"), "b": ("en-gb", "pt"), "p": ("pt", "en"), "e": ("es", "pt"), "f": ("fr", "en"), "h": ("hi", "en"),
    "i": ("it", "pt"), "j": ("en", "pt"), "z": ("en", "pt"),
}  # fmt: skip


@dataclass
class Lesson:
    """A phrase that was spoken whole."""

    voice: str
    language: str
    summary: np.ndarray
    statistics: np.ndarray  # statistics_map.statistics_row
    features: np.ndarray  # [frames, 512]
    levels: np.ndarray  # [frames], dB


def read_phrases() -> dict[str, list[str]]:
    """Phonemes by language, short phrases first."""
    phrases: dict[str, list[str]] = {}
    for line in PHRASES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            language, phonemes, _ = line.split("\t")
            phrases.setdefault(language, []).append(phonemes)
    return phrases


def assign(voices: list[str], phrases: dict[str, list[str]]) -> Iterator[tuple[str, str, str]]:
    """Voice, language, phonemes. Each voice gets a short, a middling and a long phrase of each language, each time others."""
    for place, voice in enumerate(voices):
        for language in LANGUAGES.get(voice[0], ("en", "pt")):
            share = len(phrases[language]) // PHRASES_PER_LANGUAGE
            for part in range(PHRASES_PER_LANGUAGE):
                # Another step in each part, so that not always the same phrases come together.
                yield voice, language, phrases[language][part * share + place * (2 * part + 1) % share]


def take(graph: Graph, convs: list[NormedConv], tokens: Path, voices: Path, tell: Callable[[int, int], None]) -> list[Lesson]:
    """`tell` hears how many phrases of how many are done."""
    opened = [FEATURES, HARMONICS, DURATIONS, AUDIO, *(c.mean for c in convs), *(c.variance for c in convs)]
    speaker = Speaker(graph, floats(opened), tokens, voices, threads=1)

    def lesson(task: tuple[str, str, str]) -> Lesson:
        voice, language, phonemes = task
        speech = speaker.say(phonemes, voice)
        row = statistics_map.statistics_row(speech.row([c.mean for c in convs]), speech.row([c.variance for c in convs]))
        summary = statistics_map.summary(speech.features, speech.harmonics, speech.lead_frames)
        return Lesson(voice, language, summary, row, speech.features.copy(), activity.levels(speech.inside[AUDIO].ravel()))

    tasks = list(assign(list(speaker.styles), read_phrases()))
    lessons = []
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for done in pool.map(lesson, tasks):
            lessons.append(done)
            tell(len(lessons), len(tasks))
    return lessons
