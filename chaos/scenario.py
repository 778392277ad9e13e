# SPDX-License-Identifier: GPL-3.0-or-later
"""What a scenario is: a function that does harm to a live call at a moment of its script, and what is expected of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .live import Live
    from .stage import Stage

# Lines of data/chaos/call.toml, from 0.
BOB_LONG, ALICE_LONG = 1, 2
MIDDLE = 2.5  # seconds into a line: in the middle of a long one


@dataclass(frozen=True)
class Scenario:
    name: str
    act: Callable[["Live"], None]
    line: int  # the fault happens while this line is said …
    offset: float  # … so many seconds after it began
    survives: bool  # whether the call goes on; otherwise another one must be possible at once
    within: float  # seconds after the fault from which on everything is translated again; 0: everything is, all the time
    delays: float | None  # seconds by which at most one utterance may be later than in the baseline; None: it is not asked
    quick: bool
    stage: Callable[[Path], AbstractContextManager["Stage"]] | None  # None: the one that scenarios share

    @property
    def about(self) -> str:
        """What is done, and what is expected: the function's own words."""
        return " ".join((self.act.__doc__ or "").split())


every: dict[str, Scenario] = {}


def scenario(
    name: str,
    *,
    line: int = ALICE_LONG,
    offset: float = MIDDLE,
    survives: bool = True,
    within: float = 0.0,
    delays: float | None = None,
    quick: bool = False,
    stage: Callable[[Path], AbstractContextManager["Stage"]] | None = None,
) -> Callable[[Callable[["Live"], None]], Callable[["Live"], None]]:
    """Registers a function as a scenario."""

    def register(act: Callable[["Live"], None]) -> Callable[["Live"], None]:
        every[name] = Scenario(name, act, line, offset, survives, within, delays, quick, stage)
        return act

    return register
