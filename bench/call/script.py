# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialogue: data/bench/call.toml, its sound, and when each line is said."""

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from demo import DemoError, places, sounds, timeline
from demo.conversation import Conversation, Speaker, Timing
from demo.timeline import RATE, Turn

DEFAULT = places.REPOSITORY / "data" / "bench" / "call.toml"
LONGEST_WAIT = 20.0  # seconds that anybody waits for a translation
PAUSE = re.compile(r"\s*\[(\d*\.?\d+)\]\s*")  # seconds of silence


@dataclass(frozen=True)
class Clause:
    marked: str  # what is said, with its pauses
    ref: str  # what a person would write for it in the other language

    @property
    def say(self) -> str:
        return PAUSE.sub(" ", self.marked).strip()


@dataclass(frozen=True)
class Line:
    speaker: str
    clauses: tuple[Clause, ...]
    voice: str = ""  # of `parley say`; empty: the speaker's own
    recording: str = ""  # a prompt of asterisk-core-sounds-en in place of a voice
    after: float | None = None  # seconds from the last word of the line before; None: when its translation should be over

    @property
    def text(self) -> str:
        return " ".join(clause.say for clause in self.clauses)

    @property
    def reference(self) -> str:
        return " ".join(clause.ref for clause in self.clauses)


def load(path: Path) -> Conversation:
    """A conversation whose lines are `Line`s. Raises DemoError."""
    try:
        data = tomllib.loads(path.read_text())
        conversation = Conversation(
            caller=data["caller"],
            timing=Timing(**data["timing"]),
            speakers={name: Speaker(name, **values) for name, values in data["speakers"].items()},
            lines=[_line(values) for values in data["lines"]],
        )
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise DemoError(f"{path} cannot be used: {type(error).__name__} {error}") from error
    if mistakes := _mistakes(conversation):
        raise DemoError(f"{path}: " + "; ".join(mistakes))
    return conversation


def _line(values: dict) -> Line:
    return Line(**(values | {"clauses": tuple(Clause(clause["say"], clause["ref"]) for clause in values["clauses"])}))


def _mistakes(conversation: Conversation) -> list[str]:
    found = []
    speakers = conversation.speakers
    if len(speakers) != 2 or conversation.caller not in speakers:
        found.append("a call has two speakers, one of whom is the caller")
    if not conversation.lines:
        found.append("nobody says anything")
    for number, line in enumerate(conversation.lines, 1):
        if line.speaker not in speakers:
            found.append(f"line {number}: who is {line.speaker}?")
        elif not (line.recording or line.voice or speakers[line.speaker].voice):
            found.append(f"line {number}: {line.speaker} has neither a recording for it nor a voice")
        if not line.clauses or not all(clause.say.strip() and clause.ref.strip() for clause in line.clauses):
            found.append(f"line {number}: a text is empty")
        if line.recording and any(PAUSE.search(clause.marked) for clause in line.clauses):
            found.append(f"line {number}: a recording has its own pauses")
    return found


def voiced_lines(conversation: Conversation, progress: Callable[[str], None]) -> list[tuple[Line, np.ndarray]]:
    """Every line with its samples, its pauses put in, all equally loud."""
    missing = [
        part
        for line in conversation.lines
        if not line.recording
        for part, _ in _parts(line)
        if not sounds.is_kept(part, conversation.speakers[line.speaker].language, _voice(conversation, line))
    ]
    if missing:
        progress(f"speaking {len(missing)} phrases of the script with `parley say`, once")
    return [(line, timeline.level(_sound(conversation, line))) for line in conversation.lines]


def _sound(conversation: Conversation, line: Line) -> np.ndarray:
    if line.recording:
        return sounds.recorded(line.recording)
    language = conversation.speakers[line.speaker].language
    pieces = []
    for text, pause in _parts(line):
        pieces.append(timeline.level(sounds.spoken(text, language, _voice(conversation, line))))
        pieces.append(np.zeros(round(pause * RATE), np.int16))
    return np.concatenate(pieces)


def _voice(conversation: Conversation, line: Line) -> str:
    return line.voice or conversation.speakers[line.speaker].voice


def _parts(line: Line) -> list[tuple[str, float]]:
    """What is spoken in one breath, and the silence after it: a silence put into a sentence that was spoken as a whole could
    fall into a word."""
    texts_and_pauses = PAUSE.split(" ".join(clause.marked for clause in line.clauses))
    texts, pauses = texts_and_pauses[::2], [float(pause) for pause in texts_and_pauses[1::2]]
    return [(text, pause) for text, pause in zip(texts, [*pauses, 0.0], strict=True) if text]


def place(spoken: Sequence[tuple[Line, np.ndarray]], timing: Timing) -> list[Turn]:
    """When each line is said. Microphones are files, so nobody can wait for what really happens: a line begins when the
    translation of the one before should be over, or where the script says."""
    turns: list[Turn] = []
    for line, samples in spoken:
        start = timing.lead_in
        if turns:
            before = turns[-1]
            translation = min(LONGEST_WAIT, timing.answer + timing.stretch * (before.end - before.start))
            start = before.end + (translation + timing.pause if line.after is None else line.after)
        turns.append(Turn(line, samples, start))
    return turns
