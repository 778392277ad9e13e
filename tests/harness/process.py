# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting, waiting for and ending the processes of a test."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

REPOSITORY = Path(__file__).resolve().parents[2]
T = TypeVar("T")


def wait_for(condition: Callable[[], T], timeout: float, what: str, every: float = 0.02) -> T:
    """The first truthy value of `condition`; TimeoutError naming `what` when there is none in `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise TimeoutError(f"waited {timeout:g} s for {what}")
        time.sleep(every)


def end(process: subprocess.Popen, grace: float = 5.0) -> None:
    """Ends a process that we started: asks first."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(grace)
