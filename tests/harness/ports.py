# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports on loopback that nobody uses."""

import random
import socket

_given: set[int] = set()


def _is_free(port: int, kind: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port free for both TCP and UDP, given out once until it is given back."""
    return free_range(1)


def free_range(count: int) -> int:
    """The first, even, of `count` ports in a row. Below the range the kernel hands out, so that they stay free."""
    for _ in range(1000):
        first = random.randrange(10000, 32000 - count, 2)
        ports = range(first, first + count)
        if _given.isdisjoint(ports) and all(
            _is_free(p, socket.SOCK_DGRAM) and _is_free(p, socket.SOCK_STREAM) for p in ports
        ):
            _given.update(ports)
            return first
    raise RuntimeError(f"no {count} free ports in a row on loopback")


def give_back(first: int, count: int = 1) -> None:
    """Ports that free_range() or free_port() gave may be given to somebody else."""
    _given.difference_update(range(first, first + count))
