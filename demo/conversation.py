# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said, by whom, in which order: data/demo/conversation.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from . import DemoError


@dataclass(frozen=True)
class Speaker:
    name: str
    language: str
    codec: str  # a name of harness.baresip.CODECS
    number: str  # what others dial
    voice: str = ""  # of `parley say`, for lines without a recording


@dataclass(frozen=True)
class Line:
    speaker: str
    text: str
    recording: str = ""  # name of a prompt of asterisk-core-sounds-en; empty: the text is synthesised


@dataclass(frozen=True)
class Timing:
    """Seconds, but for `stretch`, which is a factor."""

    lead_in: float
    answer: float
    stretch: float
    pause: float
    hang_up: float


@dataclass(frozen=True)
class Conversation:
    caller: str
    timing: Timing
    speakers: dict[str, Speaker]
    lines: list[Line]

    @property
    def callee(self) -> str:
        return next(name for name in self.speakers if name != self.caller)

    @property
    def leg_of(self) -> dict[str, str]:
        """The dialplan names the caller's leg a and the other b."""
        return {self.caller: "a", self.callee: "b"}

    def direction(self, speaker: str) -> str:
        other = self.callee if speaker == self.caller else self.caller
        return f"{self.speakers[speaker].language}_{self.speakers[other].language}"

    def other(self, speaker: str) -> str:
        return self.callee if speaker == self.caller else self.caller


def load(path: Path) -> Conversation:
    try:
        data = tomllib.loads(path.read_text())
        conversation = Conversation(
            caller=data["caller"],
            timing=Timing(**data["timing"]),
            speakers={name: Speaker(name, **values) for name, values in data["speakers"].items()},
            lines=[Line(**values) for values in data["lines"]],
        )
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise DemoError(f"{path} cannot be used: {type(error).__name__} {error}") from error
    if mistakes := _mistakes(conversation):
        raise DemoError(f"{path}: " + "; ".join(mistakes))
    return conversation


def _mistakes(conversation: Conversation) -> list[str]:
    found = []
    speakers = conversation.speakers
    if len(speakers) != 2:
        found.append(f"a call has two speakers, not {len(speakers)}")
    if conversation.caller not in speakers:
        found.append(f"the caller {conversation.caller} is not among the speakers")
    if not conversation.lines:
        found.append("nobody says anything")
    for number, line in enumerate(conversation.lines, 1):
        if line.speaker not in speakers:
            found.append(f"line {number}: who is {line.speaker}?")
        elif not line.recording and not speakers[line.speaker].voice:
            found.append(f"line {number}: {line.speaker} has neither a recording for it nor a voice")
        if not line.text.strip():
            found.append(f"line {number}: the text is empty")
    return found
