# SPDX-License-Identifier: GPL-3.0-or-later
"""How the demo, bench-call and chaos end."""

import signal
import sys
from collections.abc import Callable

CANNOT = 2  # exit status: it could not be done


def run(name: str, work: Callable[[], int], *errors: type[Exception]) -> int:
    """What `work` returns. A signal to end is an interruption; these errors are told without a traceback, and CANNOT."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    try:
        return work()
    except errors as error:
        print(f"{name}: {error}", file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return 128 + signal.SIGINT
