# SPDX-License-Identifier: GPL-3.0-or-later
"""When lines are said."""
import numpy as np
import pytest
from conftest import SOURCE, TIMING, line, voice

from demo import DemoError, conversation, timeline
from demo.timeline import RATE


def test_the_next_speaker_waits_for_the_translation():
    turns = timeline.place([(line("alice"), voice(2, 1)), (line("bob"), voice(1, 2))], TIMING)
    assert turns[0].start == pytest.approx(1.0)
    assert turns[0].end == pytest.approx(3.0)
    assert turns[1].start == pytest.approx(3.0 + 1.5 + 2.0 + 0.5)  # answer, the translation itself, pause


def test_a_speaker_who_goes_on_only_pauses():
    turns = timeline.place([(line("bob"), voice(2, 1)), (line("bob"), voice(1, 2))], TIMING)
    assert turns[1].start == pytest.approx(turns[0].end + TIMING.pause)


def test_a_microphone_carries_its_speaker_alone_and_ends_with_the_call():
    turns = timeline.place([(line("alice"), voice(2, 1)), (line("bob"), voice(1, 2))], TIMING)
    alice, bob = (timeline.microphone(turns, name) for name in ("alice", "bob"))
    assert len(alice) == len(bob) == round(turns[-1].end * RATE)
    first = round(turns[0].start * RATE)
    assert np.array_equal(alice[first : first + 2 * RATE], turns[0].samples)
    assert not alice[first + 2 * RATE :].any()
    assert not bob[: round(turns[1].start * RATE)].any()


def test_silence_around_a_line_is_cut_off_and_pauses_in_it_stay():
    spoken = np.concatenate([voice(1, 1), np.zeros(RATE // 2, np.int16), voice(1, 2)])
    padded = np.pad(spoken, (RATE, 2 * RATE))
    assert len(timeline.trim(padded)) == pytest.approx(len(spoken), abs=3 * timeline.WINDOW)


def test_a_line_of_silence_is_refused():
    with pytest.raises(ValueError, match="silence"):
        timeline.trim(np.zeros(RATE, np.int16))


@pytest.mark.parametrize("loudness", [0.05, 1.0, 2.7])
def test_everybody_speaks_equally_loud(loudness):
    heard = timeline.level((voice(2, 1) * loudness).astype(np.int16))
    assert np.sqrt(np.mean(heard.astype(float) ** 2)) == pytest.approx(timeline.SPEECH_LEVEL, rel=0.02)


def test_a_peak_limits_how_loud():
    spike = np.full(RATE, 100, np.int16)
    spike[100] = 20000
    assert np.abs(timeline.level(spike)).max() <= 32000


def test_our_own_script_fits_two_minutes_and_has_six_lines_each():
    talk = conversation.load(SOURCE / "data/demo/conversation.toml")
    for name in talk.speakers:
        assert sum(line.speaker == name for line in talk.lines) >= 6
    assert talk.lines[-1].speaker == talk.caller, "whoever speaks last hangs up"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('caller = "bob"', 'caller = "eve"'), "eve is not among"),
        (('speaker = "alice"', 'speaker = "eve"'), "who is eve"),
        (('text = "Bom dia, aqui', 'text = "" # "'), "text is empty"),
        (('voice = "pm_alex"', ""), "neither a recording"),
        (("lead_in = 1.5", ""), "lead_in"),
        (("[timing]", "[timing"), "cannot be used"),
    ],
)
def test_a_mistake_in_a_script_is_named(tmp_path, change, complaint):
    text = (SOURCE / "data/demo/conversation.toml").read_text()
    assert change[0] in text
    script = tmp_path / "conversation.toml"
    script.write_text(text.replace(*change, 1))
    with pytest.raises(DemoError, match=complaint):
        conversation.load(script)
