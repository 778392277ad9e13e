# SPDX-License-Identifier: GPL-3.0-or-later
"""build/demo/report.json: every line of the script, what became of it, and whether it was answered."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import evidence
from .conversation import Conversation
from .ledger import STAGES, Entry
from .matching import Matching
from .timeline import RATE, Turn

ENOUGH_SPAN = 0.7  # of the time the translation plays, from its first sound to its last
ENOUGH_VOICE = 0.4  # of that time voice must be heard: speech has pauses …
FAST_SPEECH = 25  # … but no more than so many characters take a second: between phrases a slow machine has long ones
TOLERANCE = 0.25  # seconds by which the media clock and the script's may differ: a detector's idea of when speech begins
USUAL_PATH = 0.15  # seconds from mouth to ear where it cannot be measured


@dataclass(frozen=True)
class Side:
    """What one party said and heard: 16 kHz, both on one clock, and where on it the script began for that party."""

    said: np.ndarray
    heard: np.ndarray
    script_begins: float


class Assessor:
    """Judges the lines of one call."""

    def __init__(self, conversation: Conversation, turns: list[Turn], matching: Matching, sides: dict[str, Side]):
        self._conversation = conversation
        self._turns = turns
        self._matching = matching
        self._sides = sides
        self._paths = {name: self._path(name) for name in sides}

    @property
    def voice_path_ms(self) -> dict[str, int | None]:
        """Delay of each speaker's own voice on its way to the other, to the extent that it can be heard."""
        return {
            f"{name}_to_{self._conversation.other(name)}": None if path is None else round(path * 1000)
            for name, path in self._paths.items()
        }

    def utterances(self) -> list[dict]:
        return [self._utterance(index) for index in range(len(self._turns))]

    def _utterance(self, index: int) -> dict:
        turn = self._turns[index]
        pieces = with_words(self._matching.pieces[index])
        heard = self._heard(index, pieces)
        problem = self._problem(index, pieces, heard)
        last = pieces[-1] if pieces else None
        end = self._source_end(turn)
        return {
            "direction": self._conversation.direction(turn.line.speaker),
            "speaker": turn.line.speaker,
            "said": turn.line.text,
            "source": " ".join(p.source for p in pieces),
            "translation": " ".join(p.translation for p in pieces),
            "stages_ms": last.stages_ms if last else dict.fromkeys(STAGES),
            "response_lag_ms": last.response_lag_ms if last else None,
            "heard_lag_ms": round((heard.first - end) * 1000) if heard and self._listener_was_free(index) else None,
            "heard_s": round(heard.voiced, 2) if heard else 0.0,
            "longest_pause_ms": round(heard.pause * 1000) if heard else None,
            "pieces": len(pieces),
            "answered": not problem,
            **({"problem": problem} if problem else {}),
        }

    def _problem(self, index: int, pieces: list[Entry], heard: evidence.Heard | None) -> str:
        """Why a line counts as lost; empty when it was answered."""
        if not pieces:
            return "parleyd recognised no words in it"
        for piece in pieces:
            if not piece.answered:
                return f"the ledger says {piece.outcome}" + (f": {piece.error}" if piece.error else "")
        expected = self._expected(index, pieces)
        if heard is None:
            return "nothing is in the listener's recording after it"
        characters = sum(len(piece.translation) for piece in pieces)
        enough = min(ENOUGH_VOICE * expected, characters / FAST_SPEECH)
        if heard.span < ENOUGH_SPAN * expected or heard.voiced < enough:
            return f"only {heard.voiced:.1f} s of {expected:.1f} s is in the listener's recording"
        turn = self._turns[index]
        side, other = self._side(turn), self._other_side(turn)
        start = side.script_begins + turn.start
        if evidence.is_original(side.said, start, self._source_end(turn), other.heard, heard):
            return "the listener heard the original voice in place of a translation"
        return ""

    def _heard(self, index: int, pieces: list[Entry]) -> evidence.Heard | None:
        """The translation in the listener's ear: what is louder there than the speaker's own voice could be, from when the line
        was over, or from when the ledger says that it played if something else played until then."""
        played = self._played(pieces)
        if not played:
            return None
        turn = self._turns[index]
        speaks, hears = self._side(turn), self._other_side(turn)
        path = self._path_from(turn)
        begin = self._source_end(turn) + path + evidence.SETTLE
        if not self._listener_was_free(index):
            begin = max(begin, speaks.script_begins + played[0] + path - TOLERANCE)
        end = speaks.script_begins + played[1] + path + 2 * TOLERANCE
        above = evidence.above_original(hears.heard, speaks.said, path)
        return evidence.voice(hears.heard, above, begin, end)

    def _listener_was_free(self, index: int) -> bool:
        """Whether nothing that the speaker said before was still being played when this line was over, and it came in one piece."""
        speaker, end = self._turns[index].line.speaker, self._turns[index].end
        before = [p for t, p in zip(self._turns[:index], self._matching.pieces, strict=False) if t.line.speaker == speaker]
        ends = [played[1] for pieces in before if (played := self._played(pieces))]
        return len(with_words(self._matching.pieces[index])) == 1 and max(ends, default=0.0) + TOLERANCE < end

    def _played(self, pieces: list[Entry]) -> tuple[float, float] | None:
        """From when to when the ledger says the pieces' translations played, on the script's clock."""
        times = [(p.audio_start_ms, p.audio_end_ms) for p in pieces if p.audio_start_ms is not None and p.audio_end_ms is not None]
        if not times:
            return None
        return times[0][0] / 1000 + self._matching.shift, times[-1][1] / 1000 + self._matching.shift

    def _expected(self, index: int, pieces: list[Entry]) -> float:
        """Seconds of translation that the ledger says were played after the line was over."""
        end = self._turns[index].end
        total = 0.0
        for piece in pieces:
            begin = piece.audio_start_ms / 1000 + self._matching.shift
            total += max(0.0, piece.audio_end_ms / 1000 + self._matching.shift - max(begin, end))
        return total

    def _path_from(self, turn: Turn) -> float:
        path = self._paths[turn.line.speaker]
        return USUAL_PATH if path is None else path

    def _path(self, name: str) -> float | None:
        side, other = self._sides[name], self._sides[self._conversation.other(name)]
        delays = [
            evidence.path_delay(side.said, other.heard, side.script_begins + t.start, side.script_begins + t.end)
            for t in self._turns
            if t.line.speaker == name
        ]
        known = [delay for delay in delays if delay is not None]
        return float(np.median(known)) if known else None

    def _source_end(self, turn: Turn) -> float:
        return self._side(turn).script_begins + turn.end

    def _side(self, turn: Turn) -> Side:
        return self._sides[turn.line.speaker]

    def _other_side(self, turn: Turn) -> Side:
        return self._sides[self._conversation.other(turn.line.speaker)]


def with_words(pieces: list[Entry]) -> list[Entry]:
    """Without breaths and clicks that were taken for speech."""
    return [piece for piece in pieces if piece.outcome != "no words"]


def summary(utterances: list[dict]) -> dict:
    """Response lags by direction: median and worst, milliseconds."""
    lags: dict[str, list[int]] = {}
    for utterance in utterances:
        if utterance["response_lag_ms"] is not None:
            lags.setdefault(utterance["direction"], []).append(utterance["response_lag_ms"])
    return {name: {"median": round(float(np.median(values))), "max": max(values)} for name, values in lags.items()}


def load() -> float:
    """How many processes wanted a core, over the last minute."""
    return round(os.getloadavg()[0], 1)


def machine() -> str:
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB"
