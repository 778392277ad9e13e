# SPDX-License-Identifier: GPL-3.0-or-later
"""What people read while it runs, and how the ledger is read."""
import io
import json
from dataclasses import asdict

import pytest
from conftest import entry

from demo.captions import Captions, clock
from demo.ledger import Entry, Tail

PARTIAL = (
    '{"event":"partial","session":"1.0","id":1,"speaker":"a","listener":"b","direction":"pt_en",'
    '"source":"Bom dia, aqui","translation":"Good morning","speech_start_ms":1000}'
)
NAMES = {"a": "bob", "b": "alice"}


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(*entries):
    out = io.StringIO()
    captions = Captions(out, NAMES)
    for each in entries:
        captions.show(each)
    return out.getvalue()


def pair(leg, number, **other):
    said = entry(leg, 61.26, 63.0, number=number, heard=(64.2, 66.0), **other)
    return entry(leg, 61.26, 63.0, number=number, event="caption", **other), said


def test_words_appear_under_each_other_with_their_times():
    caption, said = pair("a", 1, source="Bom dia.", translation="Good morning.")
    lines = shown(caption, said).splitlines()
    assert lines[0] == "  1:01.3      bob pt  Bom dia."
    assert lines[1] == "            alice en  Good morning."
    assert lines[2].startswith(" " * 22 + "heard 1.20 s after the last word: endpoint 10 · queue 10 · recognition 10")
    assert len({line.index(text) for line, text in zip(lines, ("Bom", "Good", "heard"))}) == 1


def test_what_shortened_the_pause_is_told():
    said = entry("a", 1, 4, heard=(2.5, 6), response_lag_ms=410, speculated=True, speculations=2, speculations_wasted=1, stretched_ms=320.0)
    shown_ = shown(said)
    assert "heard 0.41 s after the last word: " in shown_
    assert " ms; first words heard 1.5 s after the first spoken; ready before the pause was over; 1 of 2 guesses" in shown_
    assert shown_.endswith("wasted; 0.3 s caught up\n")


def test_an_answer_may_come_before_the_last_word():
    assert "heard 0.20 s before the last word" in shown(entry("a", 1, 4, heard=(3.8, 6)))


def test_words_that_may_still_change_pass_on_a_terminal_only():
    partial = Entry.parse(PARTIAL)
    assert shown(partial) == ""
    terminal = Terminal()
    captions = Captions(terminal, NAMES)
    captions.show(partial)
    assert "\n" not in terminal.getvalue()
    assert "Bom dia, aqui → Good morning" in terminal.getvalue()
    caption, _ = pair("a", 1)
    captions.show(caption)
    assert "\r\033[K" in terminal.getvalue().split("Good morning")[1], "the line is written over"


def test_times_that_come_later_say_whose_they_are():
    first, first_over = pair("a", 1, source="Uma frase que é um pouco longa demais.")
    second, _ = pair("b", 1)
    assert '(bob, "Uma frase que é um pouc…") heard' in shown(first, second, first_over)


def test_without_a_terminal_there_is_no_colour():
    assert "\033" not in shown(*pair("a", 1))


def test_a_failure_is_told():
    failed = entry("a", 1, 2, outcome="untranslated", error="no model")
    assert "untranslated: no model" in shown(failed)


def test_long_captions_are_wrapped_and_stay_aligned():
    caption, _ = pair("a", 1, source="palavra " * 30)
    lines = shown(caption).splitlines()
    assert all(len(line) <= 110 for line in lines)
    assert lines[1].startswith(" " * 22 + "palavra")


@pytest.mark.parametrize(("ms", "text"), [(0, "0:00.0"), (59_960, "1:00.0"), (61_240, "1:01.2"), (754_000, "12:34.0")])
def test_clock(ms, text):
    assert clock(ms) == text


def test_a_ledger_is_read_line_by_line_as_it_grows(tmp_path):
    path = tmp_path / "ledger.jsonl"
    tail = Tail(path)
    assert tail.new() == []
    line = json.dumps(asdict(entry("a", 1, 2)) | {"confidence": 0.9}) + "\n"  # a member we do not know
    path.write_text(line + line[:20])
    assert [e.speaker for e in tail.new()] == ["a"]
    assert tail.new() == []
    path.write_text(line + line)
    assert len(tail.new()) == 1
