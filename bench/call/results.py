# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything about one recorded call in one place: lags from the recordings, quality of the words, parleyd's ledger."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from demo import DemoError

from . import lags, ledgers, texts
from .chrf import chrf

NOT_IN_SUMMARY = ("lines",)


def judge(directory: Path) -> dict:
    """Of a directory that session.hold() filled. Raises DemoError."""
    try:
        script = json.loads((directory / "call.json").read_text())
        measured = lags.measure(directory)
    except (OSError, ValueError, KeyError) as error:
        raise DemoError(f"{directory} holds no call that can be measured: {error}") from error
    lines = lags.lines_of(script)
    leg_of = {name: person["leg"] for name, person in script["speakers"].items()}
    ledger = ledgers.read(directory / "ledger.jsonl", lines, leg_of)
    directions = [name for name in measured if name != "drift_ms_per_min"]
    result: dict = {}
    rows: dict[int, dict] = {}
    for direction in directions:
        speaker = next(name for name, p in script["speakers"].items() if p["language"] == direction.split("_")[0])
        indices = [index for index, line in enumerate(lines) if line.speaker == speaker]
        result[direction] = measured[direction]["summary"]
        spoken = [ledger.translation(index) for index in indices]
        whole = texts.translate([said(lines[index]) for index in indices], direction)
        heard = texts.translate([ledger.source(index) for index in indices], direction)
        references = [lines[index].reference for index in indices]
        result[direction] |= texts.quality(spoken, whole, heard, references)
        result[direction]["ledger"] = ledgers.summary(ledger, indices)
        for index, row, words in zip(indices, measured[direction]["rows"], whole, strict=True):
            own = ledger.row(index)
            rows[index] = {"direction": direction} | row | {"whole": words, "reference": lines[index].reference, "ledger": own}
            rows[index]["words_missing"] = ledgers.words_are_missing(said(lines[index]), own.get("source", ""))
            rows[index]["chrf_full"] = round(chrf([own.get("translation", "")], [words]), 1)
        result[direction]["words_missing"] = sum(rows[index]["words_missing"] for index in indices)
    usage = script["usage"]
    result |= {
        "drift_ms_per_min": measured["drift_ms_per_min"],
        "cpu_percent": script["cpu_percent"],
        "rss_mib": {"begin": usage[0]["rss_mib"], "end": usage[-1]["rss_mib"]},
        "phones_ms": script.get("phones_ms"),
        "recordings_minus_ledger_ms": difference(list(rows.values())),
        "nobody_said": [stranger["source"] for stranger in ledger.strangers],
        "settings": script.get("settings", {}),
        "seconds": script["seconds"],
        "load": script["load"],
        "machine": script["machine"],
        "lines": [rows[index] for index in range(len(lines))],
    }
    (directory / "result.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    return result


def said(line: lags.Line) -> str:
    return " ".join(clause.say for clause in line.clauses)


def difference(rows: Sequence[dict]) -> int | None:
    """How much later the recordings have a translation than the ledger: the way through both phones, their codecs and Asterisk, and
    what both sides think of when voice begins. The median over the utterances."""
    both = [(r["onset_lag_ms"], r["ledger"].get("onset_lag_ms")) for r in rows]
    known = [heard - own for heard, own in both if heard is not None and own is not None]
    return round(float(np.median(known))) if known else None


def directions_of(result: dict) -> list[str]:
    return [name for name, value in result.items() if isinstance(value, dict) and "response_lag_ms" in value]


def short(result: dict) -> dict:
    """Without the single lines."""
    return {name: value for name, value in result.items() if name not in NOT_IN_SUMMARY}


def faultless(result: dict) -> bool:
    return all(result[d]["lost"] == result[d]["repeated"] == 0 for d in directions_of(result))
