# SPDX-License-Identifier: GPL-3.0-or-later
"""`make chaos`: scripted faults against live translated calls on a real Asterisk, and what both callers hear of them. Run:
scripts/chaos. What each scenario does and how it is measured: docs/chaos.md."""


class ChaosError(Exception):
    """A scenario cannot be run: something is missing. The message says what."""


class Skip(Exception):
    """A scenario has no sense here. The message says why."""
