# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets up what parley needs: Debian packages, runtimes, models, a Python environment. See docs/SETUP.md.

    python3 scripts/setup all        everything that follows; what `make setup` runs
    python3 scripts/setup apt        Debian packages the system lacks (as root)
    python3 scripts/setup models     runtimes, models, recordings, Python environment
    python3 scripts/setup bench      those, and the engines that `make bench` measures beside ours
    python3 scripts/setup status     what is there and what is missing; changes nothing
    python3 scripts/setup notices    writes THIRD_PARTY_NOTICES.md (--check: only says whether it is current)
"""
from __future__ import annotations

import argparse
import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import debian
import environment
import machine
import manifest as manifests
import models
import notices
import override
from files import Cache
from manifest import Manifest
from products import Workshop
from progress import Progress, SetupError


@contextmanager
def alone(cache: Cache, progress: Progress) -> Iterator[None]:
    """One set-up at a time works on a cache. The lock goes when the process goes, however it ends."""
    cache.downloads.mkdir(parents=True, exist_ok=True)
    with open(cache.root / "setup.lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say(f"another set-up works in {cache.root}: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_up_system(manifest: Manifest, cache: Cache, progress: Progress) -> None:
    machine.warn_about_system(progress)
    missing = debian.missing_packages(manifest)
    if missing:
        progress.total = progress.done + 2
        debian.install(missing, cache, progress)


def show_status(manifest: Manifest, cache: Cache) -> int:
    """Prints a line for each part. Returns how many need work."""
    workshop = Workshop(manifest, cache)
    lines = [("Debian packages", debian.missing_packages(manifest))]
    filled = environment.is_filled(manifest.python_packages, cache)
    lines.append(("Python environment", [] if filled else ["not complete"]))
    for product in (p for p in manifest.products.values() if p.kind not in ("client", "bench")):
        lines.append((product.title, [] if override.is_users_own(product, cache) else workshop.faults(product)))
    for title, faults in lines:
        print(f"{title:64} {'ok' if not faults else 'missing or damaged: ' + ', '.join(faults)}")
    return sum(bool(faults) for _, faults in lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="setup", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["all", "apt", "models", "bench", "status", "notices"])
    parser.add_argument("--check", action="store_true", help="with notices: change nothing, fail if it is not current")
    arguments = parser.parse_args()
    began = time.monotonic()
    progress = Progress(0)
    try:
        manifest = manifests.load()
        if arguments.what == "notices":
            if not arguments.check:
                notices.write(manifest)
            elif not notices.is_current(manifest):
                raise SetupError("THIRD_PARTY_NOTICES.md is not current: run `make notices` and commit it")
            return 0
        cache = Cache.from_environment()
        if arguments.what == "status":
            return 1 if show_status(manifest, cache) else 0
        machine.check_architecture()
        with alone(cache, progress):
            if arguments.what in ("all", "apt"):
                set_up_system(manifest, cache, progress)
            if arguments.what in ("all", "models", "bench"):
                models.set_up(manifest, cache, progress, bench=arguments.what == "bench")
    except (SetupError, manifests.ManifestError) as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nsetup: interrupted; what is done stays done, run it again to go on", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    progress.say(f"set-up of {arguments.what} is complete ({time.monotonic() - began:.1f} s, {os.fspath(cache.root)})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
