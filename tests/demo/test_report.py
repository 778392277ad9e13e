# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as answered: the ledger says so and the listener's recording has it."""
import numpy as np
import pytest
from conftest import entry, voice

from demo import matching
from demo.report import Assessor, Side, summary
from demo.timeline import RATE, microphone

BEGIN = 0.7  # the script begins so long after the recordings
PATH = 0.12
SHIFT = 0.3
LAG = 1.2


def put(track, at, samples, gain=1.0):
    first = round(at * RATE)
    track[first : first + len(samples)] += (samples * gain).astype(np.int16)


class Call:
    """A call as it should be, made of noise: everybody hears the other's voice quietly, then the translation."""

    def __init__(self, talk, turns):
        self.talk, self.turns = talk, turns
        length = round((BEGIN + turns[-1].end + 6) * RATE)
        self.said, self.heard = {}, {}
        random = np.random.default_rng(5)
        for name in talk.speakers:
            track = np.zeros(length, np.int16)
            put(track, BEGIN, microphone(turns, name))
            self.said[name] = track
            self.heard[name] = random.integers(-4, 5, length).astype(np.int16)
        self.entries = []
        for index, turn in enumerate(turns):
            self.original(index)
            self.translation(index, voice(turn.end - turn.start, 100 + index))
            heard = (turn.end + LAG - SHIFT, turn.end + LAG + (turn.end - turn.start) - SHIFT)
            leg = talk.leg_of[turn.line.speaker]
            self.entries.append(entry(leg, turn.start - SHIFT, turn.end - SHIFT, number=index + 1, heard=heard))

    def listener(self, index):
        return self.heard[self.talk.other(self.turns[index].line.speaker)]

    def original(self, index):
        put(self.listener(index), BEGIN + PATH + self.turns[index].start, self.turns[index].samples, 0.25)

    def translation(self, index, samples):
        put(self.listener(index), BEGIN + PATH + self.turns[index].end + LAG, samples)

    def silence_after(self, index):
        first = round((BEGIN + PATH + self.turns[index].end + 0.01) * RATE)
        self.listener(index)[first : first + 4 * RATE] = 0

    def utterances(self):
        sides = {name: Side(self.said[name], self.heard[name], BEGIN) for name in self.talk.speakers}
        matched = matching.match(self.turns, self.entries, self.talk.leg_of)
        self.assessor = Assessor(self.talk, self.turns, matched, sides)
        return self.assessor.utterances()


@pytest.fixture
def call(talk, turns):
    return Call(talk, turns)


def answered(utterances):
    return [u["answered"] for u in utterances]


def test_a_call_in_which_all_was_answered(call):
    utterances = call.utterances()
    assert answered(utterances) == [True] * 4
    assert [u["direction"] for u in utterances] == ["en_pt", "pt_en", "en_pt", "pt_en"]
    assert utterances[1]["said"] == "Bom dia."
    for utterance in utterances:
        assert utterance["response_lag_ms"] == LAG * 1000
        assert utterance["heard_lag_ms"] == pytest.approx((LAG + PATH) * 1000, abs=30)
    assert call.assessor.voice_path_ms == {"alice_to_bob": 120, "bob_to_alice": 120}
    assert summary(utterances) == {"en_pt": {"median": 1200, "max": 1200}, "pt_en": {"median": 1200, "max": 1200}}


def test_the_ledger_alone_is_not_believed(call):
    call.silence_after(2)
    utterances = call.utterances()
    assert answered(utterances) == [True, True, False, True]
    assert "nothing is in the listener's recording" in utterances[2]["problem"]


def test_half_a_translation_is_not_an_answer(call):
    call.silence_after(0)
    call.translation(0, voice(0.6, 7))  # of 2 s
    utterances = call.utterances()
    assert answered(utterances) == [False, True, True, True]
    assert "only 0.6 s of 2.0 s" in utterances[0]["problem"]


def test_a_translation_with_a_hole_between_its_phrases_is_an_answer(call):
    """Synthesis slower than speech: all the words come, with a long pause among them."""
    call.silence_after(0)
    begin = call.turns[0].end + LAG
    for at in (begin, begin + 5.0):
        put(call.listener(0), BEGIN + PATH + at, voice(0.5, 44))
    call.entries[0] = entry("b", call.turns[0].start - SHIFT, call.turns[0].end - SHIFT, translation="doze letras.",
                            heard=(begin - SHIFT, begin + 5.5 - SHIFT))  # fmt: skip
    utterance = call.utterances()[0]
    assert utterance["answered"]
    assert utterance["longest_pause_ms"] == pytest.approx(4500, abs=40)


def test_the_original_voice_is_not_a_translation(call):
    call.silence_after(2)
    call.translation(2, call.turns[2].samples)
    utterances = call.utterances()
    assert answered(utterances) == [True, True, False, True]
    assert "original voice" in utterances[2]["problem"]


def test_a_late_translation_under_the_next_line_is_an_answer(call):
    """On a slow machine the same speaker goes on before the translation is over: it is louder than the voice under it."""
    call.silence_after(0)
    late, length = 8.5, 2.0
    begin = call.turns[0].end + late
    assert begin < call.turns[2].end and call.turns[2].start < begin + length
    put(call.listener(0), BEGIN + PATH + begin, voice(length, 42))
    call.entries[0] = entry("b", call.turns[0].start - SHIFT, call.turns[0].end - SHIFT, heard=(begin - SHIFT, begin + length - SHIFT))
    assert call.utterances()[0]["answered"]


def test_the_next_line_is_not_taken_for_a_late_translation(call):
    call.silence_after(0)
    begin = call.turns[2].start
    heard = (begin - SHIFT, begin + 2.0 - SHIFT)
    call.entries[0] = entry("b", call.turns[0].start - SHIFT, call.turns[0].end - SHIFT, heard=heard)
    utterance = call.utterances()[0]
    assert not utterance["answered"]


def test_behind_a_backlog_no_lag_is_claimed(call):
    """While the line before is still being played, the first sound after this line is not its translation."""
    first, third = call.turns[0], call.turns[2]
    call.silence_after(0)
    end = third.end + 0.6
    put(call.listener(0), BEGIN + PATH + end - 2.0, voice(2.0, 43))
    call.entries[0] = entry("b", first.start - SHIFT, first.end - SHIFT, heard=(end - 2.0 - SHIFT, end - SHIFT))
    utterances = call.utterances()
    assert answered(utterances) == [True] * 4
    assert utterances[2]["heard_lag_ms"] is None
    assert utterances[1]["heard_lag_ms"] is not None


def test_a_failure_in_the_ledger_is_told_with_its_reason(call):
    call.entries[1] = entry("a", call.turns[1].start - SHIFT, call.turns[1].end - SHIFT, number=2, outcome="untranslated",
                            error="the model is broken")  # fmt: skip
    utterances = call.utterances()
    assert answered(utterances) == [True, False, True, True]
    assert utterances[1]["problem"] == "the ledger says untranslated: the model is broken"


def test_a_line_without_an_utterance_is_lost(call):
    del call.entries[3]
    utterances = call.utterances()
    assert answered(utterances) == [True, True, True, False]
    assert utterances[3]["source"] == "" and utterances[3]["response_lag_ms"] is None


def test_a_line_in_two_pieces_is_one_utterance_of_the_report(call):
    turn, whole = call.turns[2], call.entries[2]
    middle = (turn.start + turn.end) / 2 - SHIFT
    heard = (whole.audio_start_ms / 1000, whole.audio_end_ms / 1000)
    first = entry("b", turn.start - SHIFT, middle, number=3, heard=(heard[0], heard[0] + 1.2), source="one", translation="um")
    second = entry("b", middle + 0.3, turn.end - SHIFT, number=4, heard=(heard[0] + 1.2, heard[1]), source="two", translation="dois")
    call.entries[2:3] = [first, second]
    utterance = call.utterances()[2]
    assert utterance["answered"] and utterance["pieces"] == 2
    assert (utterance["source"], utterance["translation"]) == ("one two", "um dois")
    assert utterance["response_lag_ms"] == second.response_lag_ms


def test_a_breath_that_was_taken_for_speech_spoils_nothing(call):
    end = call.turns[0].end - SHIFT
    call.entries.append(entry("b", end - 0.2, end, number=9, outcome="no words", source="", translation=""))
    assert answered(call.utterances()) == [True] * 4


def test_without_the_original_underneath_the_translation_is_found_all_the_same(call):
    for index in range(4):
        first = round((BEGIN + PATH + call.turns[index].start) * RATE)
        call.listener(index)[first : first + len(call.turns[index].samples)] = 0
    assert answered(call.utterances()) == [True] * 4
    assert call.assessor.voice_path_ms == {"alice_to_bob": None, "bob_to_alice": None}
