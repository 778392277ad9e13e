# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python environment of conversion and tests: made by this Python, filled with pinned wheels from the cache."""
from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from files import Cache
from manifest import Package
from progress import Progress, SetupError, run

PIP = ["-m", "pip", "--disable-pip-version-check", "--quiet"]


def has_pip(cache: Cache) -> bool:
    return _runs([str(cache.python), "-c", "import pip"])


def create(cache: Cache, progress: Progress) -> None:
    """An empty environment with pip, which also fetches wheels. Needs no network."""
    with progress.step("Python environment"):
        shutil.rmtree(cache.venv, ignore_errors=True)
        if not _runs([sys.executable, "-c", "import ensurepip"]):
            raise SetupError("Python's venv module is not complete: `apt-get install python3-venv` as root, then this again")
        run([sys.executable, "-m", "venv", str(cache.venv)])


def is_filled(packages: list[Package], cache: Cache) -> bool:
    try:
        return _stamp(cache).read_text() == _wanted(packages) and _runs([str(cache.python), "-c", "import numpy, pytest"])
    except OSError:
        return False


def fill(packages: list[Package], archives: dict[str, Path], cache: Cache, progress: Progress) -> None:
    with progress.step(f"Python environment, {len(packages)} packages", sum(p.size for p in packages)):
        wheels = [str(archives[p.id]) for p in packages]
        run([str(cache.python), *PIP, "install", "--no-index", "--no-deps", "--no-cache-dir", "--force-reinstall", *wheels])
        _stamp(cache).write_text(_wanted(packages))


def _stamp(cache: Cache) -> Path:
    return cache.venv / "parley-packages.sha256"


def _wanted(packages: list[Package]) -> str:
    return hashlib.sha256("\n".join(sorted(p.sha256 for p in packages)).encode()).hexdigest()


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
