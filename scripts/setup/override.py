# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's own models go before the packages'.

With PARLEY_MODELS=DIRECTORY, a model that DIRECTORY has is used as it is: not fetched, not checked, never written to. Those
it lacks are set up in the cache and linked there, so that DIRECTORY is complete. A model directory in the cache that is a
symbolic link counts as the user's own too.
"""
from __future__ import annotations

import os
from pathlib import Path

from files import Cache
from manifest import Product
from progress import Progress, SetupError


def users_directory(cache: Cache) -> Path | None:
    own = os.environ.get("PARLEY_MODELS")
    if not own or Path(own).absolute() == cache.models:
        return None
    return Path(own).absolute()


def _entries(product: Product) -> list[str]:
    """What the product puts into the model directory: its directory, or its lone files."""
    _, _, name = product.directory.partition("/")
    return [name] if name else [file.path for file in product.files]


def _is_ours(path: Path, cache: Cache) -> bool:
    return path.is_symlink() and path.resolve().is_relative_to(cache.models.resolve())


def is_users_own(product: Product, cache: Cache) -> bool:
    own = users_directory(cache)
    if product.kind != "model" or own is None:
        return False
    return all((own / entry).exists() and not _is_ours(own / entry, cache) for entry in _entries(product))


def complete_users_directory(products: list[Product], cache: Cache, progress: Progress) -> None:
    """Links the models of the cache into the user's directory where it has none of its own."""
    own = users_directory(cache)
    if own is None:
        return
    for entry in (e for p in products if p.kind == "model" for e in _entries(p)):
        link = own / entry
        if link.exists() or link.is_symlink():
            continue
        try:
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(cache.models / entry)
        except OSError as error:
            raise SetupError(
                f"PARLEY_MODELS lacks {entry} and cannot be written to ({error.strerror}): "
                f"ln -s {cache.models / entry} {link}"
            ) from error
        progress.say(f"  linked {entry} into {own}")
