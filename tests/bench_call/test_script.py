# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialogue, its settings, and long calls."""
import tomllib
from pathlib import Path

import numpy as np
import pytest
from synthetic import RATE

from bench.call import lags, script, settings, soak
from demo import DemoError
from demo.conversation import Timing

SOURCE = Path(__file__).resolve().parents[2]
TIMING = Timing(lead_in=1.0, answer=1.5, stretch=1.0, pause=0.5, hang_up=0.2)


def line(speaker="alice", marked="Well.", after=None):
    return script.Line(speaker, (script.Clause(marked, "Bem."),), after=after)


def sound(seconds):
    return np.ones(round(seconds * RATE), np.int16)


def test_our_own_script_is_what_the_measurement_asks_for():
    talk = script.load(SOURCE / "data/bench/call.toml")
    for name in talk.speakers:
        own = [each for each in talk.lines if each.speaker == name]
        assert len(own) >= 20
        assert any(len(each.text) > 400 for each in own), "a monologue"
        assert any(len(each.text) < 20 for each in own), "a short answer"
    translators = {"pf_dora", "af_heart"}
    voices = {each.voice for each in talk.lines} | {person.voice for person in talk.speakers.values()}
    assert not voices & translators
    assert len({(each.speaker, each.text) for each in talk.lines}) == len(talk.lines)


def test_pauses_are_in_the_sound_and_not_in_the_text():
    clauses = (script.Clause("Of course, [0.4] it's five, [0.25]", "Claro, é o cinco,"), script.Clause("and two.", "e dois."))
    spoken = script.Line("alice", clauses)
    assert spoken.text == "Of course, it's five, and two."
    assert spoken.reference == "Claro, é o cinco, e dois."
    assert script._parts(spoken) == [("Of course,", 0.4), ("it's five,", 0.25), ("and two.", 0.0)]


def test_a_line_begins_when_the_translation_before_it_should_be_over_or_where_the_script_says():
    lines = [(line(), sound(2)), (line("bob"), sound(1)), (line(after=0.8), sound(1))]
    first, second, third = script.place(lines, TIMING)
    assert first.start == pytest.approx(1.0)
    assert second.start == pytest.approx(3.0 + 1.5 + 2.0 + 0.5)
    assert third.start == pytest.approx(second.end + 0.8)


def test_nobody_waits_for_ever():
    _, second = script.place([(line(), sound(60)), (line("bob"), sound(1))], TIMING)
    assert second.start == pytest.approx(61.0 + script.LONGEST_WAIT + 0.5)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('caller = "bob"', 'caller = "eve"'), "one of whom is the caller"),
        (('voice = "pm_alex"', ""), "neither a recording"),
        (('say = "Sim, está."', 'say = ""'), "a text is empty"),
        (('say = "At the tone, please', 'say = "At the tone, [0.3] please'), "has its own pauses"),
        (('ref = "Yes, it is."', 'rev = "Yes, it is."'), "ref"),
    ],
)
def test_a_mistake_in_a_script_is_named(tmp_path, change, complaint):
    text = (SOURCE / "data/bench/call.toml").read_text()
    assert change[0] in text
    path = tmp_path / "call.toml"
    path.write_text(text.replace(*change, 1))
    with pytest.raises(DemoError, match=complaint):
        script.load(path)


def test_settings_are_written_as_the_daemon_reads_them():
    given = settings.parse(["endpoint.silence_ms=300", "call.talk_over=stop", "conversation.clauses=false", "call.mirror.en=\"pt\""])
    assert settings.to_toml(given) == (
        '[endpoint]\nsilence_ms = 300\n[call]\ntalk_over = "stop"\n[conversation]\nclauses = false\n[call.mirror]\nen = "pt"'
    )


@pytest.mark.parametrize("mistake", ["silence_ms=300", "endpoint.silence_ms"])
def test_a_setting_without_its_section_or_value_is_refused(mistake):
    with pytest.raises(DemoError, match="section.key=value"):
        settings.parse([mistake])


def test_the_first_pipeline_is_everything_off():
    for technique in settings.TECHNIQUES.values():
        assert technique.items() <= settings.BASELINE.items()


def test_a_long_call_repeats_the_script_until_the_time_is_up():
    lines = [(line(), sound(2)), (line("bob"), sound(1))]
    turns = soak.place(lines, TIMING, minutes=1.0)
    assert 50 < turns[-1].end <= 60
    assert [turn.line.speaker for turn in turns[:4]] == ["alice", "bob", "alice", "bob"]
    assert all(later.start > turn.end for turn, later in zip(turns, turns[1:], strict=False))


def test_what_is_not_known_is_left_out_of_percentiles():
    assert lags.percentiles([None, 100, 300]) == {"p50": 200, "p95": 290, "max": 300}
    assert lags.percentiles([None]) is None


def test_every_setting_that_is_turned_off_exists():
    """docs/parley.toml has them all; parleyd refuses what it does not know, minutes into a benchmark."""
    data = tomllib.loads((SOURCE / "docs/parley.toml").read_text())
    known = {f"{section}.{key}" for section, values in data.items() if isinstance(values, dict) for key in values}
    assert settings.BASELINE.keys() | settings.MEASURING.keys() <= known
