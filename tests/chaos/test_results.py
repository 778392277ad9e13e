# SPDX-License-Identifier: GPL-3.0-or-later
"""When a scenario holds."""
import pytest
from calls import Direction
from test_judge import LETTERS, outcome

from chaos import judge, results, table
from chaos.judge import Spoken
from chaos.results import Judged
from chaos.scenario import Scenario

PLACES = [(1, 4), (10, 13), (20, 23)]


def scenario(survives=True, within=0.0, delays=None):
    def act(live):
        """Harm is done."""

    return Scenario("harm", act, 0, 1.0, survives, within, delays, False, None)


def call(answers=(0.5, 0.5, 0.5), fault=2.0, ends=None, outcomes=("answered",) * 3):
    direction = Direction(30)
    for (begin, end), lag in zip(PLACES, answers, strict=True):
        direction.say(begin, end - begin)
        direction.pass_on(begin, end)
        if lag is not None:
            direction.speak(end + lag, 2.5)
    spoken = [Spoken("alice", "bob", f"line {i}", LETTERS, begin, end) for i, (begin, end) in enumerate(PLACES)]
    found = [outcome(begin + 0.5, said, number=i) for i, ((begin, _), said) in enumerate(zip(PLACES, outcomes, strict=True)) if said]
    ears = {"bob": direction.ear()}
    return Judged(judge.judge(spoken, ears, found, 0.0, {"alice": "a"}, ends or {}), ears, fault, ends or {})


def row(scenario, judged, afterwards=None, baseline=None):
    return results.row(scenario, judged, afterwards, baseline, [])


def test_a_call_in_which_all_is_heard_holds():
    result = row(scenario(), call())
    assert result["recovered"] and result["lost_silently"] == 0 and result["dead_air_ms"] == pytest.approx(400, abs=60)
    assert result["problems"] == []
    assert "harm" in "\n".join(table.summary([result | {"seconds": 1.0, "load": 0.5}]))


def test_the_next_utterance_must_be_translated():
    result = row(scenario(), call(answers=(0.5, None, 0.5), outcomes=("answered", "untranslated", "answered")))
    assert not result["recovered"] and result["lost_silently"] == 0


def test_within_the_time_a_scenario_allows_it_need_not():
    result = row(scenario(within=15), call(answers=(0.5, None, 0.5), outcomes=("answered", "untranslated", "answered")))
    assert result["recovered"]


def test_a_call_that_ends_has_not_recovered():
    result = row(scenario(), call(ends={"alice": 15.0, "bob": 15.0}))
    assert not result["recovered"] and result["problems"][0] == "the call ended"


def test_a_call_that_may_end_is_followed_by_one_that_works():
    dead = call(answers=(None, None, None), outcomes=("undelivered", None, None), ends={"alice": 3.0, "bob": 3.0})
    assert row(scenario(survives=False), dead, afterwards=call(fault=None))["problems"] == []
    assert row(scenario(survives=False), dead)["problems"] == ["no new call was possible"]


def test_long_dead_air_is_a_problem():
    result = row(scenario(), call(answers=(0.5, 1.8, 0.5)))
    assert result["recovered"]
    assert [p for p in result["problems"] if "dead air" in p]


def test_delays_are_against_the_same_utterance_of_the_baseline():
    result = row(scenario(delays=1.5), call(answers=(1.4, 0.5, 0.6)), baseline=call(fault=None))
    assert result["delayed_ms"] == pytest.approx(900, abs=60)
    assert result["others_delayed_ms"] == pytest.approx(100, abs=60)
    late = row(scenario(delays=1.5), call(answers=(2.4, 0.5, 0.6)), baseline=call(fault=None))
    assert [p for p in late["problems"] if "delayed" in p]


def test_a_parleyd_that_crashed_is_a_problem_even_when_all_is_heard():
    assert results.row(scenario(), call(), None, None, [], [-11])["problems"] == ["parleyd ended with SIGSEGV"]
    assert results.row(scenario(), call(), None, None, [], [-9, 0])["problems"] == []
