# SPDX-License-Identifier: GPL-3.0-or-later
"""Where there is voice."""
import numpy as np
import pytest
from synthetic import LOUD, RATE, noise

from bench.call import voicing

EXACT = 0.010


def track(*places, seconds=6.0, floor=6.0, gain=1.0):
    samples = np.random.default_rng(3).normal(0, floor, round(seconds * RATE))
    for seed, (begin, length) in enumerate(places):
        voice = noise(length, seed) * gain
        samples[round(begin * RATE) : round(begin * RATE) + len(voice)] += voice
    return samples.astype(np.int16)


def found(samples):
    return [(s.begin, s.end) for s in voicing.stretches(samples, RATE)]


@pytest.mark.parametrize("gain", [1.0, 0.25, 3.0])
def test_begin_and_end_of_voice_are_found_at_any_loudness(gain):
    (stretch,) = found(track((1.2345, 2.0), gain=gain))
    assert stretch == pytest.approx((1.2345, 3.2345), abs=EXACT)


def test_silence_of_sixty_milliseconds_separates():
    first, second = found(track((1.0, 1.0), (2.08, 1.0)))
    assert first[1] == pytest.approx(2.0, abs=EXACT)
    assert second[0] == pytest.approx(2.08, abs=EXACT)


def test_a_shorter_silence_does_not():
    assert len(found(track((1.0, 1.0), (2.04, 1.0)))) == 1


def test_what_is_quieter_than_a_consonant_is_not_voice():
    samples = track((1.0, 1.0)).astype(float)
    samples[3 * RATE : 4 * RATE] += noise(1.0, 9) * 10 ** (-36 / 20)
    assert len(found(samples.astype(np.int16))) == 1


def test_a_quiet_end_belongs_to_the_voice_before_it():
    samples = track((1.0, 1.0)).astype(float)
    samples[2 * RATE : 2 * RATE + RATE // 10] += noise(0.1, 9) * 10 ** (-22 / 20)
    (stretch,) = found(samples.astype(np.int16))
    assert stretch[1] == pytest.approx(2.1, abs=0.015)


def test_a_click_is_not_voice():
    samples = track((1.0, 1.0))
    samples[3 * RATE : 3 * RATE + 80] = 8000
    assert len(found(samples)) == 1


@pytest.mark.parametrize("samples", [np.zeros(RATE, np.int16), np.zeros(0, np.int16), track(floor=6.0)])
def test_silence_has_no_voice(samples):
    assert found(samples) == []


def test_the_level_of_active_speech_is_that_of_speech_without_its_pauses():
    steady = np.random.default_rng(1).normal(0, LOUD, RATE)
    samples = np.concatenate([np.zeros(3 * RATE), steady, np.zeros(2 * RATE)])
    level = voicing.active_level(voicing.levels(samples.astype(np.int16), RATE))
    assert level == pytest.approx(20 * np.log10(LOUD / 32768), abs=0.5)
