# SPDX-License-Identifier: GPL-3.0-or-later
"""What the phones themselves add to a lag: their frames, codecs and jitter buffers, and the network.

Each phone calls Asterisk's echo, which answers a frame at once; the delay from its mouth to its ear is what both ways cost.
"""

from contextlib import ExitStack

import numpy as np

from demo import DemoError
from demo.conversation import Conversation
from demo.services import Exchange
from demo.tape import Watcher
from demo.timeline import RATE
from harness import Baresip, audio
from harness.process import wait_for

ECHO = "601"
SECONDS = 5.0  # of the call
SPEECH = (1.5, 3.5)  # seconds from its begin between which sound is compared
LONGEST = 0.5  # seconds
CERTAIN = 0.5  # correlation


def round_trips(talk: Conversation, exchange: Exchange) -> dict[str, float]:
    """Seconds from each phone's mouth to its own ear. Raises DemoError."""
    try:
        with ExitStack() as stack:
            phones = {
                name: stack.enter_context(
                    Baresip(
                        name,
                        exchange.pbx,
                        wav=audio.babble(SECONDS, RATE, seed=index),
                        codec=person.codec,
                        directory=exchange.directory / f"echo-{name}",
                    )
                )
                for index, (name, person) in enumerate(talk.speakers.items(), 1)
            }
            watcher = stack.enter_context(Watcher([phone.recordings for phone in phones.values()]))
            for phone in phones.values():
                phone.dial(ECHO)
            for name, phone in phones.items():
                wait_for(lambda: watcher.seconds(phone.recordings, "dec") > SECONDS, SECONDS + 10, f"{name}'s echo")  # noqa: B023
                phone.hangup()
                phone.wait_closed()
            return {name: _delay(watcher, phone) for name, phone in phones.items()}
    except (RuntimeError, TimeoutError) as error:
        raise DemoError(f"the phones' own delay cannot be measured: {error}") from error


def _delay(watcher: Watcher, phone: Baresip) -> float:
    said, heard = (watcher.tape(phone.recordings, kind) for kind in ("enc", "dec"))
    begin = said.begin + SPEECH[0]
    reference = said.laid_out(begin, SPEECH[1] - SPEECH[0])
    score, at = audio.alignment(reference, heard.laid_out(begin, SPEECH[1] - SPEECH[0] + LONGEST))
    if score < CERTAIN:
        raise DemoError(f"{phone.name} does not hear its echo")
    return at / RATE


def on_the_way(talk: Conversation, trips: dict[str, float]) -> dict[str, int]:
    """Milliseconds in each direction: half of the speaker's round trip and half of the listener's."""
    return {
        talk.direction(name): round(1000 * float(np.mean([trips[name], trips[talk.other(name)]])))
        for name in talk.speakers
    }
