# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings on one clock."""
import time

import numpy as np
import pytest
from conftest import voice

from demo.tape import Piece, Tape, Watcher, pieces
from demo.timeline import RATE
from harness import audio

FRAME = RATE // 50


def marks(begin: float, frames: int, *, late: dict[int, float] | None = None, jitter: float = 0.0) -> list[tuple[float, int]]:
    """What a watcher notes of a file whose frame k is written at begin + k × 20 ms. `late`: from a frame on, seconds later."""
    random = np.random.default_rng(1)
    shift = 0.0
    noted = []
    for k in range(frames):
        shift += (late or {}).get(k, 0.0)
        noted.append((begin + shift + k * 0.02 + jitter * random.random(), (k + 1) * FRAME))
    return noted


def test_a_frame_that_was_heard_begins_when_it_was_written():
    (piece,) = pieces(marks(7.0, 200), RATE, heard=True)
    assert (piece.first, piece.begin) == (0, pytest.approx(7.0, abs=1e-6))


def test_a_frame_that_was_sent_ends_when_it_was_written():
    (piece,) = pieces(marks(7.0, 200), RATE, heard=False)
    assert piece.begin == pytest.approx(7.0 - 0.02, abs=1e-6)


def test_jitter_does_not_move_the_sound():
    (piece,) = pieces(marks(7.0, 500, jitter=0.008), RATE, heard=True)
    assert piece.begin == pytest.approx(7.0, abs=0.004)


def test_a_watcher_that_looked_late_does_not_move_the_sound():
    noted = marks(7.0, 500)
    seldom = [mark for index, mark in enumerate(noted) if index % 10 != 3]  # every tenth look missed a frame
    (piece,) = pieces(seldom, RATE, heard=True)
    assert piece.begin == pytest.approx(7.0, abs=0.001)


def test_a_stall_in_the_middle_is_kept():
    first, second = pieces(marks(7.0, 500, late={250: 0.06}), RATE, heard=True)
    assert first.begin == pytest.approx(7.0, abs=0.001)
    assert second.begin - second.first / RATE == pytest.approx(7.06, abs=0.001)
    assert second.first / RATE == pytest.approx(5.0, abs=0.5)


def test_sound_is_laid_out_where_it_belongs():
    samples = voice(2, 1)
    tape = Tape(samples, [Piece(0, 10.0), Piece(RATE, 11.1)])
    track = tape.laid_out(zero=9.5, seconds=3.0)
    assert np.array_equal(track[RATE // 2 : RATE * 3 // 2], samples[:RATE])
    assert not track[: RATE // 2].any()
    gap_end = round(1.6 * RATE)
    assert not track[RATE * 3 // 2 : gap_end].any()
    assert np.array_equal(track[gap_end : gap_end + RATE], samples[RATE:])
    assert tape.time_of(RATE + 160) == pytest.approx(11.11)


def test_what_lies_outside_is_left_out():
    tape = Tape(voice(2, 1), [Piece(0, 10.0)])
    assert np.array_equal(tape.laid_out(zero=10.5, seconds=1.0), tape.samples[RATE // 2 : RATE * 3 // 2])


def test_a_growing_file_is_watched(tmp_path):
    """A real file, written in real time as baresip does: 20 ms at a time."""
    samples = voice(1.2, 1)
    whole = audio.write_wav(tmp_path / "whole.wav", samples, RATE).read_bytes()
    with Watcher([tmp_path]) as watcher:
        with open(tmp_path / "dump-x-dec.wav", "wb", buffering=0) as file:
            file.write(whole[:44])
            began = time.monotonic()
            for k in range(60):
                file.write(whole[44 + k * 640 : 44 + (k + 1) * 640])
                time.sleep(max(0.0, began + (k + 1) * 0.02 - time.monotonic()))
        time.sleep(0.1)
        assert watcher.seconds(tmp_path, "dec") == pytest.approx(1.2)
    tape = watcher.tape(tmp_path, "dec")
    assert np.array_equal(tape.samples, samples)
    assert tape.begin == pytest.approx(began, abs=0.05)
    assert watcher.tape(tmp_path, "enc") is None
