# SPDX-License-Identifier: GPL-3.0-or-later
"""Lags of a translated call, from recordings alone: python -m bench.call.lags DIRECTORY

Reads what both sides said and heard (NAME.wav, stereo: said, heard; one clock) and the script (call.json). It knows nothing of what
parleyd did. The listener's channel must hold the translation only (call.original = false). Definitions: docs/bench-call.md.
"""

import json
import re
import sys
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import attribution, voicing
from .attribution import Source
from .voicing import Stretch

AROUND = 0.4  # seconds around a line's place in the script in which its voice is looked for
LONG = 6.0  # seconds: a long utterance
REPEATED = 1.9  # times as long as its text needs, and …
REPEATED_SECONDS = 1.0  # … so much longer: something was said twice
INCOMPLETE = 0.5  # of the time its text needs: something is missing
FEWEST_FOR_DRIFT = 6  # utterances: less would be chance
SPELLED = 4  # letters of a word take as long as one that is spelled
SPELLED_LETTER = re.compile(r"\b[A-Z](?=[,.])")
SUMMARISED = ("response_lag_ms", "onset_lag_ms", "finish_lag_ms", "pause_ms")


@dataclass(frozen=True)
class Clause:
    say: str
    ref: str


@dataclass(frozen=True)
class Line:
    """A line of the script and when it was to be said, on the recordings' clock, seconds."""

    speaker: str
    begin: float
    end: float
    clauses: tuple[Clause, ...]

    @property
    def reference(self) -> str:
        return " ".join(clause.ref for clause in self.clauses)


@dataclass(frozen=True)
class Side:
    said: np.ndarray
    heard: np.ndarray
    rate: int


@dataclass
class Utterance:
    """What became of a line. Times in seconds on the recordings' clock; None where nothing was heard."""

    line: Line
    source: Source
    heard: list[Stretch]
    pace: float  # seconds of voice for a letter, in this direction

    @property
    def lost(self) -> bool:
        return not self.heard

    @property
    def voiced(self) -> float:
        return sum(stretch.length for stretch in self.heard)

    @property
    def expected(self) -> float:
        return self.source.letters * self.pace

    @property
    def repeated(self) -> bool:
        return self.voiced > REPEATED * self.expected and self.voiced > self.expected + REPEATED_SECONDS

    @property
    def incomplete(self) -> bool:
        return not self.lost and self.voiced < INCOMPLETE * self.expected - voicing.GAP

    @property
    def long(self) -> bool:
        return self.source.end - self.source.begin > LONG

    def onset_lag(self) -> float | None:
        return self.heard[0].begin - self.source.begin if self.heard else None

    def finish_lag(self) -> float | None:
        return self.heard[-1].end - self.source.end if self.heard else None

    def answer(self) -> Stretch | None:
        """The stretch that answers the last clause: the one whose onset is nearest to where that clause's share of the translated
        voice begins, its share being that of its letters in the reference translation."""
        if not self.heard:
            return None
        if len(self.line.clauses) == 1:
            return self.heard[0]
        before = sum(letters(clause.ref) for clause in self.line.clauses[:-1])
        place = self.voiced * before / max(1, before + letters(self.line.clauses[-1].ref))
        onsets = np.concatenate(([0.0], np.cumsum([stretch.length for stretch in self.heard])[:-1]))
        return self.heard[int(np.argmin(np.abs(onsets - place)))]

    def response_lag(self) -> float | None:
        answer = self.answer()
        return max(0.0, answer.begin - self.source.end) if answer else None

    def pause(self) -> float | None:
        """The silence that the listener hears between the speaker's last word and the next translated sound; 0 when the translation
        is sounding then."""
        after = [stretch for stretch in self.heard if stretch.end > self.source.end]
        return max(0.0, after[0].begin - self.source.end) if after else None

    def word_onsets(self) -> np.ndarray:
        """When each word of the translation begins: its letters' share of the voiced time, words as in the reference."""
        words = self.line.reference.split()
        sizes = np.array([letters(word) or 1 for word in words], float)
        shares = np.concatenate(([0.0], np.cumsum(sizes)[:-1])) / sizes.sum() * self.voiced
        ends = np.cumsum([stretch.length for stretch in self.heard])
        which = np.minimum(np.searchsorted(ends, shares, side="right"), len(self.heard) - 1)
        return np.array([self.heard[w].end - (ends[w] - share) for w, share in zip(which, shares, strict=True)])

    def laal(self) -> float | None:
        """Length-adaptive average lagging, seconds of speech, computation included: Papi et al., "Over-generation cannot be rewarded"
        (2022), as SimulEval computes it, with words where they are heard. LAAL = 1/τ · Σ (dᵢ − (i − 1) · T / n) over i = 1 … τ; dᵢ is
        from the source's first voiced sample to the onset of word i, T the source's length, n the words of the reference, and τ
        the first word that begins after the source has ended. A recording has no words: they are the reference's."""
        if not self.heard:
            return None
        length = self.source.end - self.source.begin
        delays = self.word_onsets() - self.source.begin
        if delays[0] > length:
            return float(delays[0])
        after = np.flatnonzero(delays >= length)
        tau = int(after[0]) + 1 if len(after) else len(delays)
        ideal = np.arange(tau) * length / len(delays)
        return float(np.mean(delays[:tau] - ideal))


def letters(text: str) -> int:
    """How long a text takes to say. What is spelled takes longer than what is read."""
    return sum(character.isalnum() for character in text) + (SPELLED - 1) * len(SPELLED_LETTER.findall(text))


def utterances(lines: Sequence[Line], said: np.ndarray, heard: np.ndarray, rate: int) -> tuple[list[Utterance], list[Stretch]]:
    """Of one speaker's lines, what the other heard; and what he heard that belongs to none of them."""
    spoken = voicing.stretches(said, rate)
    sources = [_source(line, lines[:index], lines[index + 1 :], spoken) for index, line in enumerate(lines)]
    found = attribution.attribute(sources, voicing.stretches(heard, rate))
    whole = zip(lines, sources, found.groups, strict=True)
    return [Utterance(line, source, group, found.seconds_per_letter) for line, source, group in whole], found.strange


def _source(line: Line, before: Sequence[Line], after: Sequence[Line], spoken: Sequence[Stretch]) -> Source:
    """From the first to the last voice near the place where the script has the line, nearer to it than to its neighbours."""
    begin, end = line.begin - AROUND, line.end + AROUND
    if before:
        begin = max(begin, (before[-1].end + line.begin) / 2)
    if after:
        end = min(end, (line.end + after[0].begin) / 2)
    voice = [s for s in spoken if s.end > begin and s.begin < end]
    if not voice:
        raise ValueError(f'nothing was said by {line.speaker} at {line.begin:.1f} s, where the script has "{line.clauses[0].say}"')
    return Source(voice[0].begin, voice[-1].end, letters(line.reference))


def ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def row(utterance: Utterance) -> dict:
    """Everything about an utterance, for people and for JSON."""
    first = utterance.heard[0].begin if utterance.heard else None
    return {
        "speaker": utterance.line.speaker,
        "text": " ".join(clause.say for clause in utterance.line.clauses),
        "begin_s": round(utterance.source.begin, 3),
        "source_s": round(utterance.source.end - utterance.source.begin, 3),
        "heard_s": round(utterance.voiced, 3),
        "expected_s": round(utterance.expected, 3),
        "stretches": len(utterance.heard),
        "response_lag_ms": ms(utterance.response_lag()),
        "onset_lag_ms": ms(utterance.onset_lag()),
        "finish_lag_ms": ms(utterance.finish_lag()),
        "pause_ms": ms(utterance.pause()),
        "laal_ms": ms(utterance.laal()),
        "spoke_before_the_end": first is not None and first < utterance.source.end,
        "long": utterance.long,
        "lost": utterance.lost,
        "repeated": utterance.repeated,
        "incomplete": utterance.incomplete,
    }


def percentiles(values: Sequence[float | None]) -> dict | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    return {"p50": round(float(np.percentile(known, 50))), "p95": round(float(np.percentile(known, 95))), "max": round(max(known))}


def summary(rows: Sequence[dict], strange: Sequence[Stretch] = ()) -> dict:
    """Of one direction."""
    long = [r for r in rows if r["long"]]
    laal = [r["laal_ms"] for r in rows if r["laal_ms"] is not None]
    return {name: percentiles([r[name] for r in rows]) for name in SUMMARISED} | {
        "laal_ms": round(float(np.mean(laal))) if laal else None,
        "utterances": len(rows),
        "lost": sum(r["lost"] for r in rows),
        "repeated": sum(r["repeated"] for r in rows),
        "incomplete": sum(r["incomplete"] for r in rows),
        "strange_s": round(sum(stretch.length for stretch in strange), 2),
        "long": {
            "utterances": len(long),
            "onset_lag_ms": percentiles([r["onset_lag_ms"] for r in long]),
            "finish_lag_ms": percentiles([r["finish_lag_ms"] for r in long]),
            "spoke_before_the_end": sum(r["spoke_before_the_end"] for r in long),
        },
    }


def drift(rows: Sequence[dict]) -> float | None:
    """Slope of the finish lag over the call, ms per minute: the median of the slopes between any two utterances (Theil and Sen). A
    long line's lag differs from a short one's anyway. So where lines are said again and again, a line is compared with itself;
    otherwise what the length of the lines explains, by the same method, is taken off first."""
    heard = [r for r in rows if r["finish_lag_ms"] is not None]
    if len(heard) < FEWEST_FOR_DRIFT:
        return None
    times = [r["begin_s"] / 60 for r in heard]
    lags = [r["finish_lag_ms"] for r in heard]
    texts = [(r["speaker"], r["text"]) for r in heard]
    if len(set(texts)) < len(texts):
        slopes = _slopes(times, lags, lambda a, b: texts[a] == texts[b])
    else:
        lengths = [r["expected_s"] for r in heard]
        by_length = _slopes(lengths, lags, lambda a, b: texts[a][0] == texts[b][0])
        explained = float(np.median(by_length)) if by_length else 0.0
        lags = [lag - explained * length for lag, length in zip(lags, lengths, strict=True)]
        slopes = _slopes(times, lags, lambda a, b: texts[a][0] == texts[b][0])
    return round(float(np.median(slopes)), 2) if slopes else None


def _slopes(x: Sequence[float], y: Sequence[float], comparable: Callable[[int, int], bool]) -> list[float]:
    """Between every two points that may be compared."""
    pairs = [(a, b) for a in range(len(x)) for b in range(a + 1, len(x)) if x[a] != x[b] and comparable(a, b)]
    return [(y[b] - y[a]) / (x[b] - x[a]) for a, b in pairs]


def read_side(path: Path) -> Side:
    with wave.open(str(path), "rb") as file:
        if file.getnchannels() != 2 or file.getsampwidth() != 2:
            raise ValueError(f"{path} is not stereo with 16 bits")
        both = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
        return Side(both[:, 0], both[:, 1], file.getframerate())


def lines_of(script: dict) -> list[Line]:
    """Of call.json."""
    return [Line(d["speaker"], d["begin"], d["end"], tuple(Clause(**clause) for clause in d["clauses"])) for d in script["lines"]]


def measure(directory: Path) -> dict:
    """{direction: {"summary", "rows"}, "drift_ms_per_min"} of a recorded call."""
    script = json.loads((directory / "call.json").read_text())
    lines = lines_of(script)
    languages = {name: person["language"] for name, person in script["speakers"].items()}
    sides = {name: read_side(directory / f"{name}.wav") for name in languages}
    result: dict = {}
    every: list[dict] = []
    for speaker in languages:
        listener = next(name for name in languages if name != speaker)
        own = [line for line in lines if line.speaker == speaker]
        found, strange = utterances(own, sides[speaker].said, sides[listener].heard, sides[speaker].rate)
        rows = [row(utterance) for utterance in found]
        result[f"{languages[speaker]}_{languages[listener]}"] = {"summary": summary(rows, strange), "rows": rows}
        every += rows
    return result | {"drift_ms_per_min": drift(sorted(every, key=lambda r: r["begin_s"]))}


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print(json.dumps(measure(Path(sys.argv[1])), indent=2, ensure_ascii=False))
    except (OSError, ValueError, KeyError, wave.Error) as error:
        print(f"lags: {sys.argv[1]} cannot be measured: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
