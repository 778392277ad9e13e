# SPDX-License-Identifier: GPL-3.0-or-later
"""Captions of running calls on a terminal: who said what, what it became, how long each stage took."""

import shutil
import sys
import textwrap
from typing import TextIO

from .ledger import STAGES, Entry

DIM, BOLD, RED, PLAIN = "\033[2m", "\033[1m", "\033[31m", "\033[0m"
COLOURS = {"a": "\033[36m", "b": "\033[33m"}
LEG_NAMES = {"a": "caller", "b": "called", "mirror": "mirror"}
WIDTH_WITHOUT_TERMINAL = 110


class Captions:
    """Prints entries of a ledger. `names`: leg → person; without it, legs are called what they are."""

    def __init__(self, out: TextIO = sys.stdout, names: dict[str, str] | None = None):
        self._out = out
        self._terminal = out.isatty()
        self._names = LEG_NAMES | (names or {})
        self._last: tuple[str, str, int] | None = None
        self._passing = False  # the terminal's last line will be written over

    def show(self, entry: Entry) -> None:
        if entry.event == "partial":
            if self._terminal:
                self._words_so_far(entry)
            return
        self._end_passing()
        key = (entry.session, entry.speaker, entry.id)
        if entry.event == "caption":
            self._words(entry)
            self._last = key
        else:
            self._times(entry, follows=self._last == key)

    def _words_so_far(self, entry: Entry) -> None:
        """One line that the next one replaces: the newest words, for the oldest were there before."""
        words = f"{entry.source} → {entry.translation}" if entry.translation else entry.source
        room = max(20, shutil.get_terminal_size().columns - PREFIX - 1)
        shown = words if len(words) <= room else "…" + words[1 - room :]
        head = f"{clock(entry.speech_start_ms):>8}  {self._name(entry.speaker):>7} {entry.direction[:2]}  "
        self._out.write(f"\r\033[K{self._styled(head + shown, DIM)}")
        self._out.flush()
        self._passing = True

    def _end_passing(self) -> None:
        if self._passing:
            self._out.write("\r\033[K")
            self._passing = False

    def _words(self, entry: Entry) -> None:
        spoken, heard = entry.direction.split("_")
        self._say(clock(entry.speech_start_ms), entry.speaker, spoken, entry.source)
        self._say("", entry.listener, heard, entry.translation, BOLD)

    def _times(self, entry: Entry, follows: bool) -> None:
        about = "" if follows else f'({self._name(entry.speaker)}, "{shorten(entry.source)}") '
        text = about + outcome(entry)
        style = DIM if entry.answered or entry.outcome == "no words" else RED
        self._out.write(self._styled(f"{'':{PREFIX}}{text}", style) + "\n")
        self._out.flush()

    def _say(self, when: str, leg: str, language: str, words: str, style: str = "") -> None:
        head = f"{when:>8}  {self._name(leg):>7} {language}  "
        width = shutil.get_terminal_size().columns if self._terminal else WIDTH_WITHOUT_TERMINAL
        lines = textwrap.wrap(words, max(40, width - PREFIX)) or [""]
        for index, line in enumerate(lines):
            shown = self._styled(head, COLOURS.get(leg, "")) if index == 0 else " " * PREFIX
            self._out.write(shown + self._styled(line, style) + "\n")
        self._out.flush()

    def _name(self, leg: str) -> str:
        return self._names.get(leg, leg)

    def _styled(self, text: str, style: str) -> str:
        return f"{style}{text}{PLAIN}" if self._terminal and style else text


PREFIX = len(f"{'':>8}  {'':>7} xx  ")


def clock(ms: float) -> str:
    """Minutes, seconds and tenths."""
    tenths = round(ms / 100)
    return f"{tenths // 600:d}:{tenths // 10 % 60:02d}.{tenths % 10:d}"


def shorten(text: str, length: int = 24) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def outcome(entry: Entry) -> str:
    """One line: the pause that the listener felt, of what it is made, and what was done beforehand."""
    stages = " · ".join(f"{name} {entry.stages_ms.get(name, 0):.0f}" for name in STAGES)
    if entry.answered and entry.response_lag_ms is not None:
        lag = entry.response_lag_ms / 1000
        what = "last clause heard" if begun_before_the_end(entry) else "heard"
        when = f"{what} {lag:.2f} s after" if lag >= 0 else f"{what} {-lag:.2f} s before"
        return f"{when} the last word: {stages} ms{beforehand(entry)}"
    reason = f": {entry.error}" if entry.error else ""
    return f"{entry.outcome}{reason} ({stages} ms)"


def begun_before_the_end(entry: Entry) -> bool:
    """Whether its translation was being heard when the last word was said."""
    return entry.audio_start_ms is not None and entry.audio_start_ms < entry.speech_end_ms


def beforehand(entry: Entry) -> str:
    """What the pause was shortened by."""
    said = []
    if begun_before_the_end(entry):
        said.append(f"first words heard {(entry.audio_start_ms - entry.speech_start_ms) / 1000:.1f} s after the first spoken")
    if entry.speculated:
        said.append("ready before the pause was over")
    if entry.speculations_wasted:
        said.append(f"{entry.speculations_wasted} of {entry.speculations} guesses at the end wasted")
    if entry.stretched_ms >= 50:
        said.append(f"{entry.stretched_ms / 1000:.1f} s caught up")
    return "".join(f"; {what}" for what in said)
