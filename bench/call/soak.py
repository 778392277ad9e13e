# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialogue again and again: does anything grow?"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from demo.conversation import Timing
from demo.timeline import Turn

from . import script
from .lags import percentiles

MINUTE = 60.0


def place(spoken: Sequence[tuple[script.Line, np.ndarray]], timing: Timing, minutes: float) -> list[Turn]:
    """As many lines as fit into so many minutes, the script from its beginning again when it is over."""
    once = script.place(spoken, timing)
    rounds = int(minutes * MINUTE / once[-1].end) + 1
    turns = script.place(list(spoken) * rounds, timing)
    return [turn for turn in turns if turn.end <= minutes * MINUTE] or turns[:1]


def by_minute(result: dict, directory: Path) -> list[dict]:
    """Lags of the lines that began in each minute, memory at its end and processor time during it."""
    usage = json.loads((directory / "call.json").read_text())["usage"]
    at = np.array([sample["at_s"] for sample in usage])
    cpu = np.array([sample["cpu_s"] for sample in usage])
    rows = []
    last = int(max(line["begin_s"] for line in result["lines"]) // MINUTE)
    for minute in range(last + 1):
        within = [line for line in result["lines"] if int(line["begin_s"] // MINUTE) == minute]
        begin, end = (float(np.interp(MINUTE * m, at, cpu)) for m in (minute, minute + 1))
        seconds = min(at[-1], MINUTE * (minute + 1)) - MINUTE * minute
        sample = usage[min(len(usage) - 1, int(np.searchsorted(at, MINUTE * (minute + 1))))]
        rows.append(
            {
                "minute": minute + 1,
                "lines": len(within),
                "response_lag_ms": percentiles([line["response_lag_ms"] for line in within]),
                "finish_lag_ms": percentiles([line["finish_lag_ms"] for line in within]),
                "rss_mib": sample["rss_mib"],
                "parleyd_rss_mib": sample["parleyd_rss_mib"],
                "descriptors": sample["descriptors"],
                "cpu_percent": round(100 * (end - begin) / seconds, 1) if seconds > 0 else None,
            }
        )
    return rows
