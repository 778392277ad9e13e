# SPDX-License-Identifier: GPL-3.0-or-later
"""What a caller hears of a fault, in a sentence made of what was measured."""

from collections.abc import Mapping, Sequence

from .ears import Heard, Kind
from .judge import Line

PAUSE = 0.4  # seconds: a shorter silence belongs to what sounds around it
BRIEF = 0.3  # seconds: a shorter sound is not told
NAMES = {Kind.ORIGINAL: "the original voice", Kind.TRANSLATION: "the translation", Kind.NOTICE: "a notice", Kind.SOUND: "a sound"}


def phases(ear: Heard, begin: float, end: float) -> list[tuple[Kind, float]]:
    """What is heard one after the other, and for how many seconds; pauses of speech belong to the speech."""
    told: list[list] = []
    for kind, first, last in ear.runs(begin, end):
        seconds = last - first
        brief = seconds < PAUSE if kind == Kind.SILENCE else seconds < BRIEF and bool(told) and told[-1][0] != Kind.SILENCE
        if told and (brief or told[-1][0] == kind):
            told[-1][1] += seconds
        else:
            told.append([kind, seconds])
    merged: list[list] = []
    for kind, seconds in told:
        if merged and merged[-1][0] == kind:
            merged[-1][1] += seconds
        else:
            merged.append([kind, seconds])
    return [(kind, seconds) for kind, seconds in merged]


def sentence(lines: Sequence[Line], ears: Mapping[str, Heard], fault: float | None, ends: Mapping[str, float]) -> str:
    """From the fault to the end of what the line it fell into was answered with; then how it went on."""
    if fault is None:
        lags = [line.finish_lag for line in lines if line.finish_lag is not None]
        return f"every line is heard translated, the last word {max(lags, default=0.0):.1f} s after it was said at most"
    hit = max((line for line in lines if line.spoken.begin <= fault), key=lambda line: line.spoken.begin, default=lines[0])
    until = max([hit.spoken.end + hit.path, hit.last or 0.0])
    if ends:
        until = max(min(until, ends.get(hit.spoken.listener, until)), hit.last or 0.0)
    parts = []
    for kind, seconds in phases(ears[hit.spoken.listener], fault, until):
        if kind == Kind.SILENCE:
            parts.append(f"silence for {round(seconds * 1000)} ms" if seconds < 2 else f"silence for {seconds:.1f} s")
        else:
            parts.append(f"{NAMES[kind]} for {seconds:.1f} s")
    text = f"{hit.spoken.listener} hears " + (", then ".join(parts) if parts else "nothing more")
    return "; ".join([text, *_afterwards(lines, fault, hit, bool(ends))])


def _afterwards(lines: Sequence[Line], fault: float, hit: Line, ended: bool) -> list[str]:
    told = []
    after = [line for line in lines if line.spoken.begin > fault and line.said_into_call]
    untranslated = [line for line in after if not line.heard_translated]
    if ended:
        told.append("the call ends")
    notices = sum(line.notice for line in lines)
    if notices:
        told.append(f"notices for {notices:.1f} s in all")
    for line in untranslated:
        how = "in the original voice" if line.passed else "under the original's murmur only" if line.original else "as silence"
        told.append(f'"{_short(line.spoken.text)}" is heard {how}')
    back = next((line for line in after if line.heard_translated), None)
    if (untranslated or not hit.heard_translated) and back and back.first is not None:
        told.append(f"translation is heard again {back.first - fault:.1f} s after the fault")
    elif not back and not ended:
        told.append("no translation is heard any more")
    return told


def _short(text: str, most: int = 32) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
