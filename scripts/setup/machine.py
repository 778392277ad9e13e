# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether set-up can work on this machine, said before anything is fetched."""
from __future__ import annotations

import platform
import shutil
import sys
from pathlib import Path

from files import megabytes
from progress import Progress, SetupError

SUPPORTED = ("x86_64", "amd64")
TARGET = ("debian", "12")
MARGIN = 300_000_000  # bytes left over for logs and temporary files


def check_architecture(machine: str | None = None) -> None:
    machine = machine or platform.machine()
    if machine.lower() not in SUPPORTED:
        raise SetupError(
            f"parley's set-up supports 64-bit x86 (x86_64) only; this machine is {machine}. The ONNX Runtime and "
            "CTranslate2 libraries it fetches are built for x86_64. The sources build elsewhere against your own: see "
            "docs/SETUP.md, 'Other machines'"
        )


def check_python() -> None:
    if sys.version_info[:2] != (3, 11):
        raise SetupError(
            f"the pinned Python packages are for Python 3.11 and this is {platform.python_version()}. On Debian 12, "
            "/usr/bin/python3 is right; elsewhere put a python3.11 on the path"
        )


def warn_about_system(progress: Progress) -> None:
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    if (release.get("ID"), release.get("VERSION_ID")) != TARGET:
        name = release.get("PRETTY_NAME", "an unknown system")
        progress.say(f"note: set-up is tested on Debian 12; this is {name}. Package names and versions may differ")


def check_disk(root: Path, needed: int) -> None:
    """`needed`: bytes that set-up is still going to write below `root`."""
    while not root.exists():
        root = root.parent
    free = shutil.disk_usage(root).free
    if needed and free < needed + MARGIN:
        raise SetupError(
            f"not enough room at {root}: set-up still needs {megabytes(needed + MARGIN)} and {megabytes(free)} are free. "
            "Free some, or choose another place with PARLEY_CACHE=DIRECTORY"
        )
