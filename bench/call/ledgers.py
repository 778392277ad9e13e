# SPDX-License-Identifier: GPL-3.0-or-later
"""What parleyd itself wrote about a call, beside what was measured. Members that a ledger lacks are left out."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from demo import matching
from demo.ledger import Entry

from .lags import Line, percentiles

NO_WORDS = "no words"
LAGS = ("response_lag_ms", "onset_lag_ms", "finish_lag_ms")
MISSING_WORDS = 3  # a line of which so many words more were said than understood, …
UNDERSTOOD = 0.75  # … and less than this share of them
COUNTS = ("partials", "speculations", "speculations_wasted")


@dataclass(frozen=True)
class Placed:
    """A line of the script as demo.matching wants it."""

    line: Line

    @property
    def start(self) -> float:
        return self.line.begin

    @property
    def end(self) -> float:
        return self.line.end


@dataclass
class Ledger:
    """Of one call."""

    pieces: list[list[dict]]  # the utterances of each line of the script, in order
    strangers: list[dict] = field(default_factory=list)  # words that nobody said

    def translation(self, index: int) -> str:
        """What was spoken for a line."""
        return " ".join(piece["translation"] for piece in self.pieces[index] if piece.get("translation"))

    def source(self, index: int) -> str:
        """What was understood."""
        return " ".join(piece["source"] for piece in self.pieces[index] if piece.get("source"))

    def row(self, index: int) -> dict:
        """A line in the ledger's own numbers: the pause after its last piece, the work of all of them."""
        pieces = self.pieces[index]
        if not pieces:
            return {"pieces": 0}
        last = pieces[-1]
        return {
            "pieces": len(pieces),
            "source": self.source(index),
            "translation": self.translation(index),
            "stages_ms": last.get("stages_ms", {}),
            "response_lag_ms": last.get("response_lag_ms"),
            "finish_lag_ms": _difference(last, "audio_end_ms", "speech_end_ms"),
            "onset_lag_ms": _difference(pieces[0], "audio_start_ms", "speech_start_ms"),
            "cut": any(piece.get("cut") for piece in pieces),
        }


def read(path: Path, lines: Sequence[Line], leg_of: dict[str, str]) -> Ledger:
    """`lines` with their places on any clock that began at most 3 s before or after the room's."""
    entries: list[tuple[Entry, dict]] = []
    for text in path.read_text(errors="replace").splitlines() if path.exists() else []:
        entry = Entry.parse(text)
        if entry and entry.event == "utterance":
            entries.append((entry, json.loads(text)))
    raw = {id(entry): data for entry, data in entries}
    matched = matching.match([Placed(line) for line in lines], [entry for entry, _ in entries], leg_of)
    pieces = [[raw[id(entry)] for entry in found if entry.outcome != NO_WORDS] for found in matched.pieces]
    return Ledger(pieces, [raw[id(entry)] for entry in matched.strangers if entry.outcome != NO_WORDS])


def words(text: str) -> int:
    """Each digit is one: "seven nine" is "79"."""
    return len(re.findall(r"\d|[^\W\d]+(?:['’-][^\W\d]+)*", text))


def words_are_missing(said: str, understood: str) -> bool:
    """Whether a part of it was not understood at all, which chrF hardly shows when it is a few digits."""
    said_words, understood_words = words(said), words(understood)
    return understood_words <= said_words - MISSING_WORDS and understood_words < UNDERSTOOD * said_words


def _difference(piece: dict, late: str, early: str) -> int | None:
    return None if piece.get(late) is None else piece[late] - piece[early]


def summary(ledger: Ledger, indices: Sequence[int]) -> dict:
    """Of the lines of one direction."""
    utterances = [piece for index in indices for piece in ledger.pieces[index]]
    rows = [ledger.row(index) for index in indices if ledger.pieces[index]]
    result: dict = {"utterances": len(utterances), "cut": sum(bool(u.get("cut")) for u in utterances)}
    result |= {name: percentiles([row.get(name) for row in rows]) for name in LAGS}
    stages = list(dict.fromkeys(stage for u in utterances for stage in u.get("stages_ms", {})))
    result["stages_ms"] = {stage: percentiles([u["stages_ms"].get(stage) for u in utterances]) for stage in stages}
    for name in COUNTS:
        if any(name in u for u in utterances):
            result[name] = sum(u.get(name, 0) for u in utterances)
    if any("speculated" in u for u in utterances):
        result["speculated"] = sum(bool(u.get("speculated")) for u in utterances)
    if any("stretched_ms" in u for u in utterances):
        result["stretched_ms"] = round(sum(u.get("stretched_ms", 0.0) for u in utterances))
    if spans := _spans(utterances):
        result["spans"] = spans
    return result


def _spans(utterances: Sequence[dict]) -> dict:
    """By stage: how often it ran, how long, how often before the end was known, how often in vain."""
    by_stage: dict[str, list[dict]] = {}
    for utterance in utterances:
        for span in utterance.get("spans", []):
            by_stage.setdefault(span["stage"], []).append(span)
    return {
        stage: {
            "count": len(spans),
            "ms": percentiles([span["end_ms"] - span["begin_ms"] for span in spans]),
            "speculative": sum(bool(span.get("speculative")) for span in spans),
            "wasted": sum(bool(span.get("wasted")) for span in spans),
        }
        for stage, spans in by_stage.items()
    }
