# SPDX-License-Identifier: GPL-3.0-or-later
"""What people read on the terminal."""

import os
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from .scenario import Scenario

WIDTH = 110
BUSY = 2.0  # load of a core above which times say little
COLUMNS = "{:28} {:>9} {:>9} {:>7} {:>8} {:>8}  {}"


def listed(each: Scenario) -> str:
    mark = " (quick)" if each.quick else ""
    return f"{each.name}{mark}\n{textwrap.fill(each.about, WIDTH, initial_indent='    ', subsequent_indent='    ')}"


def outcome(row: Mapping) -> Iterator[str]:
    if "skipped" in row:
        yield f"    skipped: {row['skipped']}"
        return
    if row["what_the_caller_hears"]:
        yield textwrap.fill(row["what_the_caller_hears"], WIDTH, initial_indent="    ", subsequent_indent="    ")
    for note in row.get("notes", []):
        yield f"    ({note})"
    late = "" if row.get("delayed_ms") is None else f", the utterance {row['delayed_ms']} ms later, others {row['others_delayed_ms']} ms"
    yield f"    dead air {row['dead_air_ms']} ms{late}, {row['lost_silently']} lost silently, {row['seconds']:.0f} s"
    for problem in row["problems"]:
        yield f"    FAILS: {problem}"


def summary(rows: Sequence[Mapping]) -> Iterator[str]:
    yield COLUMNS.format("scenario", "recovered", "dead air", "lost", "delayed", "others", "")
    for row in rows:
        if "skipped" in row:
            yield COLUMNS.format(row["name"], "skipped", "", "", "", "", row["skipped"])
            continue
        yield COLUMNS.format(
            row["name"],
            "yes" if row["recovered"] else "NO",
            _ms(row["dead_air_ms"]) + ("" if row.get("call_survives", True) else "*"),
            "" if row["lost_silently"] is None else row["lost_silently"],
            _ms(row.get("delayed_ms")),
            _ms(row.get("others_delayed_ms")),
            "" if not row["problems"] else "FAILS: " + "; ".join(row["problems"]),
        )
    held = sum(not row["problems"] for row in rows if "skipped" not in row)
    skipped = sum("skipped" in row for row in rows)
    yield ""
    yield f"{held} of {len(rows) - skipped} scenarios hold" + (f", {skipped} skipped" if skipped else "")
    busy = max((row["load"] for row in rows), default=0.0)
    if busy > BUSY * len(os.sched_getaffinity(0)):
        yield f"This machine was busy with other things (load up to {busy}): the pauses before answers, and so dead air, are shorter on one that is not"
    yield "ms; * the call does not survive; delayed: the utterance that was hit, others: the latest other one, against the baseline"


def _ms(value: int | None) -> str:
    return "" if value is None else str(value)
