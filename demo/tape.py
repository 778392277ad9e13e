# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings of a phone on one clock.

baresip writes what goes to the network and what comes from it into two files, frame by frame, at the moment it encodes or
decodes the frame. Each file begins at a time of its own, and a frame that came late leaves no gap in it. So a watcher notes
when each file grew (it looks every 4 ms), and the samples are laid out by those notes: a frame that was sent ends when it was
written, a frame that was heard begins when it was written. Jitter of single frames is smoothed over a second; a lasting shift
is kept. Measured on loopback: within 3 ms of each other; docs/demo.md says how that is checked.
"""

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness import audio

from .timeline import RATE

LOOK_EVERY = 0.004
LOOK_FOR_FILES_EVERY = 0.2
WAV_HEADER = 44
SMOOTH = 51  # frames: one second
EARLY = 0.25  # looking is never early and often late: this quantile of a second's notes is nearer the truth than their middle
SHIFT = 0.008  # seconds: a smaller change of the smoothed offset is noise


@dataclass(frozen=True)
class Piece:
    """From sample `first` on, sample s belongs at the time begin + (s − first) / rate."""

    first: int
    begin: float


def pieces(marks: list[tuple[float, int]], rate: int, heard: bool) -> list[Piece]:
    """Where samples belong in time. `marks`: (time, samples in the file then), growing."""
    if not marks:
        return []
    times = np.array([at for at, _ in marks])
    counts = np.array([count for _, count in marks])
    before = np.concatenate(([0], counts[:-1]))
    offsets = times - (before if heard else counts) / rate
    width = min(SMOOTH, len(offsets))
    padded = np.pad(offsets, (width // 2, width - 1 - width // 2), mode="edge")
    smooth = np.quantile(np.lib.stride_tricks.sliding_window_view(padded, width), EARLY, axis=1, method="lower")
    found = [Piece(0, float(smooth[0]))]
    offset = smooth[0]
    for index, value in enumerate(smooth):
        if abs(value - offset) > SHIFT:
            offset = value
            found.append(Piece(int(before[index]), float(offset + before[index] / rate)))
    return found


@dataclass
class Tape:
    """One recording: samples at 16 kHz and where they belong."""

    samples: np.ndarray
    pieces: list[Piece]  # at 16 kHz

    def time_of(self, sample: int) -> float:
        """When this sample was said or heard, on the watcher's clock."""
        piece = next(p for p in reversed(self.pieces) if p.first <= sample)
        return piece.begin + (sample - piece.first) / RATE

    @property
    def begin(self) -> float:
        return self.pieces[0].begin

    @property
    def end(self) -> float:
        return self.time_of(len(self.samples))

    def laid_out(self, zero: float, seconds: float) -> np.ndarray:
        """The sound between two times, silence where there is none."""
        track = np.zeros(round(seconds * RATE), dtype=np.int16)
        ends = [piece.first for piece in self.pieces[1:]] + [len(self.samples)]
        for piece, end in zip(self.pieces, ends, strict=True):
            at = round((piece.begin - zero) * RATE)
            portion = self.samples[piece.first : end]
            portion = portion[max(0, -at) :][: max(0, len(track) - max(0, at))]
            track[max(0, at) : max(0, at) + len(portion)] = portion
        return track


class Watcher:
    """Notes when the recordings below some directories grow, from __enter__ to __exit__. Times are time.monotonic()."""

    def __init__(self, directories: list[Path]):
        self._directories = directories
        self._marks: dict[Path, list[tuple[float, int]]] = {}  # recording → (time, samples then)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join(2)

    def seconds(self, directory: Path, kind: str) -> float:
        """How much of a recording there is: kind "enc" is what was said, "dec" what was heard."""
        found = self._recording(directory, kind)
        rate = _rate(found[0]) if found else 0
        return found[1][-1][1] / rate if rate else 0.0

    def tape(self, directory: Path, kind: str) -> Tape | None:
        """A recording that is complete; None when nothing was recorded."""
        found = self._recording(directory, kind)
        if not found:
            return None
        path, marks = found
        samples, rate = audio.read_wav(path)
        scale = RATE / rate
        laid = [Piece(round(p.first * scale), p.begin) for p in pieces(marks, rate, kind == "dec")]
        return Tape(audio.resample(samples, rate, RATE), laid)

    def _recording(self, directory: Path, kind: str) -> tuple[Path, list[tuple[float, int]]] | None:
        """The file of this kind that holds sound."""
        return next(((p, m) for p, m in list(self._marks.items()) if p.parent == directory and p.stem.endswith(kind) and m), None)

    def _watch(self) -> None:
        look_for_files_at = 0.0
        while not self._over.wait(LOOK_EVERY):
            if time.monotonic() >= look_for_files_at:
                for directory in self._directories:
                    for path in directory.glob("dump-*.wav"):
                        self._marks.setdefault(path, [])
                look_for_files_at = time.monotonic() + LOOK_FOR_FILES_EVERY
            for path, marks in self._marks.items():
                samples = max(0, os.stat(path).st_size - WAV_HEADER) // 2
                if samples > (marks[-1][1] if marks else 0):
                    marks.append((time.monotonic(), samples))


def _rate(path: Path) -> int:
    """Of a file that is being written: its header has the rate and lacks the lengths, which wave would ask for. 0 before that."""
    with open(path, "rb") as file:
        header = file.read(WAV_HEADER)
    return int.from_bytes(header[24:28], "little")
