# SPDX-License-Identifier: GPL-3.0-or-later
"""Every lag against synthetic signals of known delay."""
import json
import wave

import numpy as np
import pytest
from synthetic import RATE, Call, noise

from bench.call import lags

EXACT = 0.015  # seconds


def near(seconds):
    return pytest.approx(seconds, abs=EXACT)


def test_one_utterance_and_its_translation():
    call = Call(12)
    call.say(1.0, 2.0)
    call.translate(3.7, 2.4)
    ((utterance,), strange) = call.measured()
    assert utterance.response_lag() == near(0.7)
    assert utterance.pause() == near(0.7)
    assert utterance.onset_lag() == near(2.7)
    assert utterance.finish_lag() == near(3.1)
    assert not (utterance.lost or utterance.repeated or utterance.incomplete or utterance.long or strange)


def test_pauses_in_the_source_do_not_end_it():
    call = Call(14)
    call.say(1.0, 2.0, "abcdefghij" * 6)
    call._put(call.said, 3.4, 1.6)
    call.lines[0] = lags.Line("alice", 1.0, 5.0, call.lines[0].clauses)
    call.translate(5.5, 4.0)
    ((utterance,), _) = call.measured()
    assert utterance.source.end == near(5.0)
    assert utterance.response_lag() == near(0.5)


def test_the_place_in_the_script_need_not_be_exact():
    call = Call(12)
    call.say(1.0, 2.0, off=0.25)
    call.translate(3.5, 2.0)
    ((utterance,), _) = call.measured()
    assert utterance.onset_lag() == near(2.5)
    assert utterance.response_lag() == near(0.5)


def test_the_last_clause_is_answered_by_the_stretch_where_its_share_begins():
    call = Call(20)
    call.say(1.0, 6.0, "abcdefghij" * 2, "abcdefghij" * 3, "abcdefghij" * 5)  # the last clause is a half
    for begin, seconds in ((4.0, 1.0), (5.2, 1.5), (7.35, 2.4)):  # 2.5 s before it, 2.4 s of it
        call.translate(begin, seconds)
    ((utterance,), _) = call.measured()
    assert utterance.response_lag() == near(0.35)
    assert utterance.onset_lag() == near(3.0)
    assert utterance.finish_lag() == near(2.75)


def test_a_last_clause_that_was_spoken_early_has_no_lag():
    call = Call(20)
    call.say(1.0, 6.0, "abcdefghij" * 2, "abcdefghij" * 2)
    call.translate(4.0, 1.4)
    call.translate(6.5, 1.4)
    ((utterance,), _) = call.measured()
    assert utterance.response_lag() == 0.0
    assert utterance.pause() == 0.0
    assert utterance.finish_lag() == near(0.9)


def test_average_lagging_of_evenly_spoken_words():
    """Ten words of equal length over 4 s, begun 1 s after the source, which takes 4 s: each word is 1 s behind its ideal place."""
    call = Call(14)
    call.say(1.0, 4.0, " ".join(["abcd"] * 10))
    call.translate(2.0, 4.0)
    ((utterance,), _) = call.measured()
    assert utterance.laal() == near(1.0)


def test_average_lagging_counts_no_word_after_the_first_behind_the_source():
    """Words at 2.5, 2.9, 3.3, 3.7 and 4.1 s after the source's begin, the last one behind its end at 4 s; the ideal is 0, 0.4, … 1.6 s.
    The five words behind it do not count."""
    call = Call(14)
    call.say(1.0, 4.0, " ".join(["abcd"] * 10))
    call.translate(3.5, 4.0)
    ((utterance,), _) = call.measured()
    assert utterance.laal() == near(2.5)


def test_average_lagging_of_a_translation_behind_its_source_is_the_onset_lag():
    call = Call(14)
    call.say(1.0, 3.0, " ".join(["abcd"] * 10))
    call.translate(5.0, 3.0)
    ((utterance,), _) = call.measured()
    assert utterance.laal() == near(4.0)


def a_call_of_four(skip=(), twice=()):
    """Lines of 2 s every 8 s."""
    call = Call(36)
    for index in range(4):
        begin = 1.0 + 8 * index
        call.say(begin, 2.0)
        if index not in skip:
            call.translate(begin + 2.6, 2.0)
        if index in twice:
            call.translate(begin + 4.9, 2.0)
    return call.measured()


def test_a_call_in_which_all_was_heard():
    found, strange = a_call_of_four()
    assert [u.response_lag() for u in found] == [near(0.6)] * 4
    assert not strange


@pytest.mark.parametrize("lost", [0, 1, 3])
def test_an_utterance_without_translated_sound_is_lost(lost):
    found, _ = a_call_of_four(skip=[lost])
    assert [u.lost for u in found] == [index == lost for index in range(4)]
    assert [u.response_lag() for u in found if not u.lost] == [near(0.6)] * 3


@pytest.mark.parametrize("twice", [0, 2, 3])
def test_a_translation_that_was_spoken_twice_is_repeated(twice):
    found, strange = a_call_of_four(twice=[twice])
    extra = sum(u.repeated for u in found) + len(strange)
    assert extra == 1
    assert [u.lost for u in found] == [False] * 4


def test_a_backlog_keeps_the_order():
    """Three short lines in a row, translated one after the other, late."""
    call = Call(24)
    for begin, seconds in ((1.0, 2.0), (3.5, 1.0), (5.0, 3.0)):
        call.say(begin, seconds)
    for begin, seconds in ((4.0, 2.0), (6.2, 1.0), (8.5, 3.0)):
        call.translate(begin, seconds)
    found, _ = call.measured()
    assert [u.onset_lag() for u in found] == [near(3.0), near(2.7), near(3.5)]
    assert [u.finish_lag() for u in found] == [near(3.0), near(2.7), near(3.5)]


def test_half_a_translation_is_incomplete():
    call = Call(40)
    for index in range(4):
        call.say(1.0 + 9 * index, 3.0)
        call.translate(4.5 + 9 * index, 3.0 if index != 1 else 0.8)
    found, _ = call.measured()
    assert [u.incomplete for u in found] == [False, True, False, False]


def test_a_translation_under_which_the_other_speaks_is_quieter_but_heard():
    call = Call(36)
    for index in range(4):
        call.say(1.0 + 8 * index, 2.0)
        call.translate(3.6 + 8 * index, 2.0, gain=0.25 if index == 2 else 1.0)
    found, _ = call.measured()
    assert [u.response_lag() for u in found] == [near(0.6)] * 4


def test_what_is_spelled_takes_longer_than_what_is_read():
    assert lags.letters("O meu nome é Ana.") == 12
    assert lags.letters("A, N, A.") == 12


def test_a_line_that_was_not_said_is_an_error():
    call = Call(12)
    call.say(1.0, 2.0)
    call.lines.append(lags.Line("alice", 8.0, 9.0, (lags.Clause("nothing", "nada"),)))
    with pytest.raises(ValueError, match="nothing was said by alice at 8.0 s"):
        call.measured()


def rows(lags_ms, every_s=15.0, texts=None, lengths=None):
    texts = texts or [str(index) for index in range(len(lags_ms))]
    lengths = lengths or [3.0] * len(lags_ms)
    return [
        {"begin_s": i * every_s, "finish_lag_ms": lag, "speaker": "alice", "text": text, "expected_s": length}
        for i, (lag, text, length) in enumerate(zip(lags_ms, texts, lengths, strict=True))
    ]


def test_drift_is_the_slope_of_the_finish_lag():
    assert lags.drift(rows([1000 + 25 * i for i in range(20)])) == pytest.approx(100.0)
    assert lags.drift(rows([1000] * 20)) == 0.0
    assert lags.drift(rows([1000])) is None


def test_drift_is_not_moved_by_outliers():
    values = [1000.0 + 25 * i for i in range(20)]
    values[3] = values[12] = 15000.0
    assert lags.drift(rows(values)) == pytest.approx(100.0, abs=5)


def test_drift_compares_a_line_with_itself():
    """A long line first, a short one last in each round would look like a drift."""
    values = [6000, 1000, 6000 + 50, 1000 + 50, 6000 + 100, 1000 + 100]
    assert lags.drift(rows(values, texts=["a", "b"] * 3)) == pytest.approx(100.0)


def test_drift_does_not_take_long_lines_for_late_ones():
    """The lines get longer and longer, and the finish lag with them."""
    lengths = [1.0 + 0.5 * i for i in range(20)]
    noisy = [0.3 * (-1) ** i for i in range(20)]
    lengths = [length + off for length, off in zip(lengths, noisy, strict=True)]
    values = [800 + 1000 * length for length in lengths]
    assert lags.drift(rows(values, lengths=lengths)) == pytest.approx(0.0, abs=1)


def test_a_recorded_call_is_measured_from_its_files(tmp_path):
    """Both directions, from files as the benchmark writes them."""
    length = 16 * RATE
    tracks = {name: np.random.default_rng(2).normal(0, 6, (length, 2)) for name in ("alice", "bob")}

    def put(name, channel, begin, seconds, seed):
        first = round(begin * RATE)
        tracks[name][first : first + round(seconds * RATE), channel] += noise(seconds, seed)

    put("alice", 0, 1.0, 2.0, 1)
    put("bob", 1, 3.4, 2.0, 2)
    put("bob", 0, 7.0, 2.0, 3)
    put("alice", 1, 9.9, 2.2, 4)
    for name, track in tracks.items():
        with wave.open(str(tmp_path / f"{name}.wav"), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(track.astype("<i2").tobytes())
    lines = [
        {"speaker": "alice", "begin": 1.0, "end": 3.0, "clauses": [{"say": "Good morning.", "ref": "Bom dia."}]},
        {"speaker": "bob", "begin": 7.0, "end": 9.0, "clauses": [{"say": "Bom dia.", "ref": "Good morning."}]},
    ]
    speakers = {"alice": {"language": "en"}, "bob": {"language": "pt"}}
    (tmp_path / "call.json").write_text(json.dumps({"lines": lines, "speakers": speakers}))
    result = lags.measure(tmp_path)
    assert result["en_pt"]["summary"]["response_lag_ms"] == {name: pytest.approx(400, abs=15) for name in ("p50", "p95", "max")}
    assert result["pt_en"]["summary"]["response_lag_ms"]["p50"] == pytest.approx(900, abs=15)
    assert result["pt_en"]["summary"]["finish_lag_ms"]["p50"] == pytest.approx(3100, abs=15)
    assert result["en_pt"]["summary"]["lost"] == result["en_pt"]["summary"]["repeated"] == 0
