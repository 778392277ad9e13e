# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things are."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
OUTPUT = REPOSITORY / "build" / "demo"
SCRIPT = REPOSITORY / "data" / "demo" / "conversation.toml"


def cache() -> Path:
    """What set-up fetched and made."""
    if own := os.environ.get("PARLEY_CACHE"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "parley"


def models() -> Path:
    return Path(os.environ.get("PARLEY_MODELS") or cache() / "models")


def shown(path: Path) -> str:
    """As short as a person wants to read it."""
    return os.path.relpath(path) if path.is_relative_to(REPOSITORY) else str(path)
