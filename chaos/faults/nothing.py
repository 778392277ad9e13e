# SPDX-License-Identifier: GPL-3.0-or-later
"""No fault: what the others are compared with."""

from chaos.live import Live
from chaos.scenario import scenario


@scenario("baseline", quick=True)
def baseline(live: Live) -> None:
    """Nothing is done. Every line is heard translated; the original is heard under it and while one waits."""
