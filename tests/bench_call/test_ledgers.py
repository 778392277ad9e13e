# SPDX-License-Identifier: GPL-3.0-or-later
"""parleyd's own numbers: of whatever version the ledger is."""
import json

import pytest

from bench.call import ledgers, tables
from bench.call.lags import Clause, Line

LINES = [
    Line("alice", 2.0, 4.0, (Clause("Good morning.", "Bom dia."),)),
    Line("bob", 8.0, 9.0, (Clause("Bom dia.", "Good morning."),)),
    Line("alice", 12.0, 16.0, (Clause("Goodbye.", "Tchau."),)),
]
LEGS = {"alice": "b", "bob": "a"}
SHIFT = 0.6  # the recordings began so long before the room's clock


def utterance(leg, begin, end, number=1, **more):
    values = {
        "event": "utterance", "session": "1", "id": number, "speaker": leg, "listener": "a" if leg == "b" else "b",
        "direction": "en_pt" if leg == "b" else "pt_en", "source": f"source {number}", "translation": f"words {number}",
        "outcome": "answered", "answered": True, "speech_start_ms": round((begin - SHIFT) * 1000),
        "speech_end_ms": round((end - SHIFT) * 1000), "audio_start_ms": round((end - SHIFT + 0.5) * 1000),
        "audio_end_ms": round((end - SHIFT + 2.5) * 1000), "response_lag_ms": 500,
        "stages_ms": {"endpoint": 600.0, "recognition": 100.0 * number},
    }  # fmt: skip
    return values | more


def written(tmp_path, *utterances):
    path = tmp_path / "ledger.jsonl"
    path.write_text("".join(json.dumps(u) + "\n" for u in utterances))
    return ledgers.read(path, LINES, LEGS)


def test_every_line_finds_its_words(tmp_path):
    ledger = written(tmp_path, utterance("b", 2, 4, 1), utterance("a", 8, 9, 1), utterance("b", 12, 16, 2))
    assert [ledger.translation(index) for index in range(3)] == ["words 1", "words 1", "words 2"]
    assert ledger.row(0)["response_lag_ms"] == 500
    assert ledger.row(0)["onset_lag_ms"] == 2500
    assert ledger.row(0)["finish_lag_ms"] == 2500
    assert not ledger.strangers


def test_a_line_in_pieces_is_joined_and_ends_with_the_last(tmp_path):
    ledger = written(tmp_path, utterance("b", 2, 4, 1), utterance("b", 12, 13.5, 2), utterance("b", 14, 16, 3, response_lag_ms=700))
    assert ledger.translation(2) == "words 2 words 3"
    assert ledger.row(2)["response_lag_ms"] == 700
    assert ledger.row(2)["onset_lag_ms"] == 2000
    assert ledger.translation(1) == "" and ledger.row(1) == {"pieces": 0}


def test_noise_without_words_is_no_piece(tmp_path):
    ledger = written(tmp_path, utterance("b", 2, 4, 1), utterance("b", 12, 16, 2, outcome="no words", translation=""))
    assert ledger.row(2) == {"pieces": 0}


def test_other_events_are_left_out(tmp_path):
    partial, caption = (utterance("b", 2, 4, 1, event=event) for event in ("partial", "caption"))
    ledger = written(tmp_path, {"event": "call"}, partial, caption, utterance("b", 2, 4, 1))
    assert ledger.row(0)["pieces"] == 1


def test_no_ledger_is_an_empty_one(tmp_path):
    assert ledgers.read(tmp_path / "missing.jsonl", LINES, LEGS).row(0) == {"pieces": 0}


def test_summary_of_a_ledger_that_speculates(tmp_path):
    spans = [
        {"stage": "synthesis", "begin_ms": 100, "end_ms": 220, "speculative": True},
        {"stage": "synthesis", "begin_ms": 300, "end_ms": 440, "speculative": True, "wasted": True},
        {"stage": "playout", "begin_ms": 500, "end_ms": 900},
    ]
    more = {"speculations": 2, "speculations_wasted": 1, "speculated": True, "stretched_ms": 30.4, "cut": False, "spans": spans}
    ledger = written(tmp_path, utterance("b", 2, 4, 1, **more), utterance("b", 12, 16, 2, **more))
    result = ledgers.summary(ledger, [0, 2])
    assert result["stages_ms"]["recognition"] == {"p50": 150, "p95": 195, "max": 200}
    assert (result["speculations"], result["speculations_wasted"], result["speculated"]) == (4, 2, 2)
    assert result["spans"]["synthesis"] == {"count": 4, "ms": {"p50": 130, "p95": 140, "max": 140}, "speculative": 4, "wasted": 2}


def test_summary_of_a_ledger_that_does_not(tmp_path):
    result = ledgers.summary(written(tmp_path, utterance("b", 2, 4, 1)), [0, 2])
    assert "speculations" not in result and "spans" not in result
    assert result["response_lag_ms"]["p50"] == 500


@pytest.mark.parametrize(
    ("said", "understood", "missing"),
    [
        ("Your number is four, seven, nine, three, one, eight.", "Your number is 479318.", False),
        ("Your number is four, seven, nine, three, one, eight.", "Your number is 4,", True),
        ("And I can't do it.", "I can do it", False),
        ("Yes.", "", False),
        ("I will send it right now.", "", True),
    ],
)
def test_a_part_that_was_not_understood_is_told(said, understood, missing):
    assert ledgers.words_are_missing(said, understood) == missing


def direction(response):
    lags = {"p50": response, "p95": response + 300, "max": response + 400}
    return {
        "response_lag_ms": lags, "pause_ms": lags, "onset_lag_ms": lags, "finish_lag_ms": lags, "laal_ms": response, "utterances": 20,
        "lost": 0, "repeated": 0, "incomplete": 0, "words_missing": 0, "long": {"onset_lag_ms": None}, "chrf_full": 90.0, "chrf_ref": 60.0,
        "chrf_ref_of_whole": 61.0, "chrf_full_of_heard": 91.0, "chrf_ref_of_heard": 60.5,
    }  # fmt: skip


def test_two_results_are_compared_by_their_ratio():
    ours = {"en_pt": direction(400), "drift_ms_per_min": 0.1, "cpu_percent": 30.0}
    theirs = {"en_pt": direction(1200), "drift_ms_per_min": 0.2, "cpu_percent": 20.0}
    shown = list(tables.comparison(ours, theirs, ("parley", "baseline")))
    assert shown[1].split() == ["en_pt", "response", "lag", "p50", "400", "1200", "3.00"]
    assert any(line.split() == ["en_pt", "lost", "0", "0"] for line in shown)


@pytest.mark.parametrize("missing", ["response_lag_ms", "finish_lag_ms"])
def test_a_table_of_techniques_has_a_row_for_each(missing):
    without = {"en_pt": direction(900) | {missing: None}, "cpu_percent": 25.0}
    rows = list(tables.ablation({"everything": {"en_pt": direction(400), "cpu_percent": 30.0}, "without clauses": without}))
    assert len(rows) == 4
    assert len({row.count("|") for row in rows}) == 1
    assert "400 / 700" in rows[2] and "without clauses" in rows[3]
