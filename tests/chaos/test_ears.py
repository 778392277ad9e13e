# SPDX-License-Identifier: GPL-3.0-or-later
"""What a listener hears, told from the recordings."""
import numpy as np
import pytest
from calls import PATH, Direction

from chaos.ears import Kind

EXACT = 0.1


def seconds(ear, kind, begin=0.0, end=99.0):
    return ear.seconds(kind, begin, end)


def test_silence_is_silence():
    ear = Direction(5).ear()
    assert seconds(ear, Kind.SILENCE) == pytest.approx(5)


@pytest.mark.parametrize("db", [0.0, -12.0, -20.0])
def test_the_original_is_known_by_what_was_said_however_quiet(db):
    call = Direction(8)
    call.say(1, 3)
    call.pass_on(1, 4, db)
    ear = call.ear()
    assert seconds(ear, Kind.ORIGINAL) == pytest.approx(3, abs=EXACT)
    assert seconds(ear, Kind.TRANSLATION) == 0
    assert ear.path == pytest.approx(PATH, abs=0.002)
    assert np.nanmedian(ear.gain) == pytest.approx(db, abs=0.5)


def test_another_voice_is_no_original_even_over_it():
    call = Direction(10)
    call.say(1, 5)
    call.pass_on(1, 3, -12)
    call.pass_on(3, 6, -24)
    call.speak(3.1, 4)
    ear = call.ear()
    assert seconds(ear, Kind.ORIGINAL, 0, 3.1) == pytest.approx(2, abs=EXACT)
    assert seconds(ear, Kind.TRANSLATION) == pytest.approx(4, abs=EXACT)


def test_an_utterance_that_is_given_again_in_the_original_is_no_translation():
    call = Direction(16)
    call.say(1, 3)
    call.pass_on(1, 4, -12)
    call.pass_on(1, 4, 0, late=5)
    ear = call.ear()
    assert seconds(ear, Kind.ORIGINAL, 5, 16) == pytest.approx(3, abs=2 * EXACT)
    assert seconds(ear, Kind.TRANSLATION) < EXACT


def test_a_way_that_gets_longer_is_still_the_original():
    call = Direction(12)
    call.say(1, 8)
    call.pass_on(1, 5, 0, late=0.1)
    call.pass_on(5, 9, 0, late=0.5)
    ear = call.ear()
    assert seconds(ear, Kind.ORIGINAL) == pytest.approx(8, abs=3 * EXACT)


def test_a_click_does_not_end_a_silence():
    call = Direction(6)
    call.speak(3, 0.04)
    assert seconds(call.ear(), Kind.SILENCE) == pytest.approx(6)


def test_a_short_sound_is_heard_but_no_translation():
    call = Direction(6)
    call.speak(3, 0.12)
    ear = call.ear()
    assert seconds(ear, Kind.SOUND) == pytest.approx(0.12, abs=0.03)
    assert seconds(ear, Kind.TRANSLATION) == 0
