# SPDX-License-Identifier: GPL-3.0-or-later
"""Dead air, and what became of an utterance."""
import pytest
from calls import PATH, Direction

from chaos import judge, telling
from chaos.judge import Spoken
from chaos.ledger import Entry, Utterance

EXACT = 0.06
LETTERS = 40  # a translation of about two seconds


def lines(*places, listener="bob"):
    speaker = "alice" if listener == "bob" else "bob"
    return [Spoken(speaker, listener, f"line {i}", LETTERS, begin, end) for i, (begin, end) in enumerate(places)]


def outcome(arrived, outcome="answered", leg="a", event="utterance", number=1, session="1"):
    data = {"session": session, "speaker": leg, "id": number, "event": event, "outcome": outcome}
    return Utterance(arrived, Entry(arrived, data))


def judged(call, spoken, found=(), ends=None):
    return judge.judge(spoken, {"bob": call.ear()}, list(found), 0.0, {"alice": "a"}, ends or {})


def ordinary(call, begin=1.0, end=4.0, lag=0.6, translation=2.5):
    call.say(begin, end - begin)
    call.pass_on(begin, end)
    call.speak(end + PATH + lag, translation)


def test_the_pause_before_an_answer_is_dead_air():
    call = Direction(10)
    ordinary(call, lag=0.6)
    (line,) = judged(call, lines((1, 4)), [outcome(5)])
    assert line.dead_air.seconds == pytest.approx(0.6, abs=EXACT)
    assert line.dead_air.begin == pytest.approx(4.1, abs=EXACT)
    assert line.heard_translated and not line.lost_silently and not line.passed
    assert line.finish_lag == pytest.approx(3.2, abs=EXACT)
    assert line.onset_lag == pytest.approx(3.7, abs=EXACT)


def test_the_silence_after_an_answer_is_not():
    call = Direction(30)
    ordinary(call, lag=0.3)
    (line,) = judged(call, lines((1, 4)), [outcome(5)])
    assert line.dead_air.seconds == pytest.approx(0.3, abs=EXACT)


def test_silence_while_somebody_speaks_is():
    call = Direction(12)
    call.say(1, 5)
    call.pass_on(1, 3)
    call.pass_on(4.5, 6)
    call.speak(6.2, 2)
    (line,) = judged(call, lines((1, 6)), [outcome(7)])
    assert line.dead_air.seconds == pytest.approx(1.5, abs=EXACT)


def test_silence_within_an_answer_is():
    call = Direction(14)
    call.say(1, 3)
    call.pass_on(1, 4)
    call.speak(4.3, 1)
    call.speak(7.3, 1)
    (line,) = judged(call, lines((1, 4)), [outcome(9)])
    assert line.dead_air.seconds == pytest.approx(2.0, abs=EXACT)


def test_what_was_passed_on_in_full_is_due_nothing_more():
    call = Direction(20)
    call.say(1, 3)
    call.pass_on(1, 4, db=0)
    (line,) = judged(call, lines((1, 4)), [outcome(4, "untranslated")])
    assert line.passed and not line.heard_translated and not line.lost_silently
    assert line.dead_air.seconds < EXACT


def test_an_answer_that_never_comes_is_dead_air_until_somebody_speaks():
    call = Direction(20)
    call.say(1, 3)
    call.pass_on(1, 4)
    call.say(9, 2)
    call.pass_on(9, 11)
    call.speak(11.3, 2)
    first, second = judged(call, lines((1, 4), (9, 11)), [outcome(12, number=2)])
    assert first.dead_air.seconds == pytest.approx(5.0 - PATH, abs=0.15)
    assert first.lost_silently and not second.lost_silently


def test_an_utterance_given_again_in_the_original_is_an_answer():
    call = Direction(20)
    call.say(1, 3)
    call.pass_on(1, 4)
    call.pass_on(1, 4, db=0, late=4)
    (line,) = judged(call, lines((1, 4)), [outcome(8, "untranslated")])
    assert line.dead_air.seconds == pytest.approx(0.9, abs=0.15)
    assert not line.lost_silently


@pytest.mark.parametrize(
    ("found", "silently"),
    [
        ([], True),
        ([outcome(2, "untranslated")], False),
        ([outcome(2, "lost")], False),
        ([outcome(2, "undelivered")], False),
        ([outcome(2, "answered")], True),
        ([outcome(2, "no words")], True),
        ([outcome(2, "undelivered", event="caption")], True),
        ([outcome(2, "lost", leg="b")], True),
    ],
)
def test_only_a_ledger_that_says_why_explains_a_missing_translation(found, silently):
    call = Direction(12)
    call.say(1, 3)
    call.pass_on(1, 4)
    (line,) = judged(call, lines((1, 4)), found)
    assert line.lost_silently == silently


def test_half_a_translation_is_none():
    call = Direction(12)
    ordinary(call, translation=0.9)
    (line,) = judged(call, lines((1, 4)), [outcome(5)])
    assert not line.heard_translated and line.lost_silently


def test_what_is_said_when_the_call_is_over_is_not_lost():
    call = Direction(20)
    call.say(1, 3)
    call.say(10, 3)
    first, second = judged(call, lines((1, 4), (10, 13)), [], ends={"alice": 2.0, "bob": 6.0})
    assert first.said_into_call and first.lost_silently
    assert not second.said_into_call and not second.lost_silently


def test_of_what_was_cut_off_only_what_was_said_must_be_heard():
    call = Direction(12)
    call.say(1, 2)
    call.pass_on(1, 3)
    call.speak(3.4, 0.5)
    (line,) = judged(call, lines((1, 9)), [outcome(5)], ends={"alice": 3.0, "bob": 5.0})
    assert line.heard_translated and not line.lost_silently


def test_what_is_heard_after_the_speaker_has_hung_up_counts():
    call = Direction(12)
    ordinary(call)
    (line,) = judged(call, lines((1, 4)), [outcome(5)], ends={"alice": 4.1, "bob": 8.0})
    assert line.heard_translated


def test_utterances_belong_to_the_line_during_which_the_ledger_first_spoke_of_them():
    found = [outcome(1.4, number=1), outcome(9.7, number=2), outcome(10.5, number=3)]
    call = Direction(14)
    first, second = judged(call, lines((1, 4), (10, 13)), found)
    assert (len(first.outcomes), len(second.outcomes)) == (1, 2)


def test_a_caller_is_told_about_in_what_was_measured():
    call = Direction(20)
    call.say(1, 5)
    call.pass_on(1, 4)
    call.speak(7, 3)
    spoken = lines((1, 6))
    told = telling.sentence(judged(call, spoken, [outcome(8)]), {"bob": call.ear()}, 2.0, {})
    assert told.startswith("bob hears the original voice for 2.1 s, then silence for 2.9 s, then the translation for 3.0 s")
