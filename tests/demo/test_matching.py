# SPDX-License-Identifier: GPL-3.0-or-later
"""Which utterance of the ledger is which line of the script."""
import pytest
from conftest import entry

from demo import matching

SHIFT = 0.4  # the media clock began so long after the script's


def spoken(turns, talk, **changes):
    """The ledger of a call where every line was recognised as it was said. `changes`: index → list of intervals instead."""
    ledger = []
    for index, turn in enumerate(turns):
        leg = talk.leg_of[turn.line.speaker]
        for start, end in changes.get(f"line{index}", [(turn.start, turn.end)]):
            ledger.append(entry(leg, start - SHIFT, end - SHIFT, number=len(ledger) + 1))
    return ledger


def numbers(result):
    return [[piece.id for piece in pieces] for pieces in result.pieces]


def test_every_line_finds_its_utterance(turns, talk):
    result = matching.match(turns, spoken(turns, talk), talk.leg_of)
    assert result.shift == pytest.approx(SHIFT, abs=0.01)
    assert numbers(result) == [[1], [2], [3], [4]]
    assert result.strangers == []


def test_the_detector_may_be_off_a_little(turns, talk):
    off = {f"line{i}": [(t.start + d, t.end - 0.1)] for i, (t, d) in enumerate(zip(turns, (0.06, 0.1, 0.02, 0.08)))}
    result = matching.match(turns, spoken(turns, talk, **off), talk.leg_of)
    assert result.shift == pytest.approx(SHIFT - 0.065, abs=0.05)
    assert numbers(result) == [[1], [2], [3], [4]]


def test_a_line_that_was_cut_in_two(turns, talk):
    start, end = turns[2].start, turns[2].end
    result = matching.match(turns, spoken(turns, talk, line2=[(start, start + 1.0), (start + 1.6, end)]), talk.leg_of)
    assert numbers(result) == [[1], [2], [3, 4], [5]]


def test_a_line_that_nobody_recognised(turns, talk):
    result = matching.match(turns, spoken(turns, talk, line1=[]), talk.leg_of)
    assert numbers(result) == [[1], [], [2], [3]]


def test_words_that_nobody_said(turns, talk):
    ledger = [*spoken(turns, talk), entry("a", turns[0].start, turns[0].start + 0.4, number=9)]  # bob was silent then
    result = matching.match(turns, ledger, talk.leg_of)
    assert numbers(result) == [[1], [2], [3], [4]]
    assert [stranger.id for stranger in result.strangers] == [9]


def test_one_utterance_is_enough_to_find_the_shift(turns, talk):
    ledger = [entry("b", turns[2].start - SHIFT, turns[2].end - SHIFT)]
    result = matching.match(turns, ledger, talk.leg_of)
    assert result.shift == pytest.approx(SHIFT, abs=0.01)
    assert numbers(result) == [[], [], [1], []]


def test_an_empty_ledger(turns, talk):
    assert numbers(matching.match(turns, [], talk.leg_of)) == [[], [], [], []]
