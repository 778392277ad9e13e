# SPDX-License-Identifier: GPL-3.0-or-later
"""chrF on cases that were counted by hand."""
import pytest

from bench.call.chrf import chrf


def test_the_same_text():
    assert chrf(["Bom dia, Paulo."], ["Bom dia, Paulo."]) == pytest.approx(100.0)


def test_nothing_in_common():
    assert chrf(["abc"], ["xyz"]) == 0.0
    assert chrf([""], ["xyz"]) == 0.0
    assert chrf([""], [""]) == 0.0


def test_one_letter_differs():
    """Of abc against abd: 2/3 of the letters, 1/2 of the pairs, 0/1 of the triples; there are no longer ones."""
    assert chrf(["abc"], ["abd"]) == pytest.approx(100 * (2 / 3 + 1 / 2 + 0) / 3)


def test_recall_weighs_twice():
    """ab against abcd: precision 1, recall (2/4 + 1/3) / 2; the shorter has no triples. The other way round they change places."""
    recall = (2 / 4 + 1 / 3) / 2
    assert chrf(["ab"], ["abcd"]) == pytest.approx(100 * 5 * recall / (4 + recall))
    assert chrf(["abcd"], ["ab"]) == pytest.approx(100 * 5 * recall / (4 * recall + 1))


def test_white_space_does_not_count():
    assert chrf(["ab cd"], ["a b c d"]) == pytest.approx(100.0)


def test_a_letter_counts_as_often_as_both_have_it():
    """aaa against aa: letters 2 of 3 and 2 of 2; pairs 1 of 2 and 1 of 1; the reference has no triples."""
    precision = (2 / 3 + 1 / 2) / 2
    assert chrf(["aaa"], ["aa"]) == pytest.approx(100 * 5 * precision / (4 * precision + 1))


def test_counts_are_summed_over_sentences():
    """ab and cx against ab and cd: 3 of 4 letters, 1 of 2 pairs."""
    assert chrf(["ab", "cx"], ["ab", "cd"]) == pytest.approx(100 * (3 / 4 + 1 / 2) / 2)
