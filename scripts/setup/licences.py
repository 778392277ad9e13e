# SPDX-License-Identifier: GPL-3.0-or-later
"""Says under which terms the models come before they are fetched, and asks where terms are not plain."""
from __future__ import annotations

import os
import sys

from files import Cache
from manifest import Product
from progress import Progress, SetupError


def confirm(products: list[Product], cache: Cache, progress: Progress) -> None:
    """Shows the terms of models about to be made. On a terminal, asks once where `confirm` says so; PARLEY_YES=1 answers."""
    models = [p for p in products if p.kind in ("model", "data", "bench")]
    if not models:
        return
    progress.say("Models and recordings, and their terms (more in THIRD_PARTY_NOTICES.md):")
    for product in models:
        progress.say(f"  {product.title}: {product.licence}, {product.copyright}")
    unsettled = [p for p in models if p.confirm and not (cache.licences / f"{p.id}.accepted").exists()]
    for text in dict.fromkeys(p.notice for p in unsettled):
        progress.say(f"  Note on {', '.join(p.id for p in unsettled if p.notice == text)}: {text}")
    if unsettled and _can_ask():
        if input("Fetch and use them under these terms? [Y/n] ").strip().lower() not in ("", "y", "yes"):
            raise SetupError("not fetched. Put models of your own into a directory and name it in PARLEY_MODELS instead")
    cache.licences.mkdir(parents=True, exist_ok=True)
    for product in unsettled:
        (cache.licences / f"{product.id}.accepted").touch()


def _can_ask() -> bool:
    unattended = os.environ.get("CI") or os.environ.get("PARLEY_YES")
    return not unattended and sys.stdin.isatty() and sys.stderr.isatty()
