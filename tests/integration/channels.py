# SPDX-License-Identifier: GPL-3.0-or-later
"""ExternalMedia channels without phones: each runs Echo(), so what the server says comes back as if a party had said it."""

import numpy as np
from harness.peer import AUDIO, FRAME_BYTES
from harness.process import wait_for


def call(pbx, destination="session-1/a", application="Echo"):
    pbx.cli(f"channel originate ExternalMedia/{destination} application {application}")


def numbered(count: int, first: int = 1) -> bytes:
    """Frames that can be told apart: every sample of frame n is n."""
    return b"".join(np.full(FRAME_BYTES // 2, n, dtype="<i2").tobytes() for n in range(first, first + count))


def heard_numbers(leg) -> list[int]:
    """The numbers of the frames that came back, silence left out."""
    numbers = [np.frombuffer(message.payload, dtype="<i2")[0] for message in leg.of(AUDIO)]
    return [int(n) for n in numbers if n != 0]


def settle(pbx):
    wait_for(lambda: pbx.media_channels(), 5, "the channel to be there")
