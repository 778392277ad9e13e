# SPDX-License-Identifier: GPL-3.0-or-later
"""The call itself: two phones, one dials the other, both speak by the script, everything is recorded."""

import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from harness import Baresip

from . import DemoError, places, timeline
from .captions import Captions
from .conversation import Conversation
from .ledger import Entry, Tail
from .report import Side
from .services import Exchange, Parleyd
from .tape import Tape, Watcher
from .timeline import Turn

ANSWER_TIMEOUT = 15
LAST_WORDS_TIMEOUT = 30  # seconds after the hang-up for the last translation
LEDGER_GRACE = 2.0  # seconds for the ledger's last lines
MICROPHONE_SPARE = 60  # seconds of silence behind the script: a phone whose microphone ends hangs up
SLACK = 20  # seconds that the call may lag behind the script
BEFORE_AND_AFTER = 0.5  # seconds kept around a call


@dataclass(frozen=True)
class Held:
    """A call that was held."""

    entries: list[Entry]  # of event "utterance"
    sides: dict[str, Side]
    seconds: float  # from answer to the end of its last leg
    media: dict[str, int]  # Asterisk's counters of the way to parleyd and back


def hold(
    conversation: Conversation, turns: list[Turn], exchange: Exchange, parleyd: Parleyd, captions: Captions, logs: Path
) -> Held:
    """Blocks until both phones have hung up. Raises DemoError when the call cannot be held. Leaves the phones' logs in `logs`."""

    def follow() -> list[Entry]:
        parleyd.check()
        exchange.check()
        entries = tail.new()
        for entry in entries:
            captions.show(entry)
        return entries

    tail = Tail(parleyd.ledger)
    try:
        with ExitStack() as stack:
            stack.callback(_keep_logs, conversation, exchange, logs)
            phones = {name: stack.enter_context(_phone(conversation, turns, name, exchange)) for name in conversation.speakers}
            watcher = stack.enter_context(Watcher([phone.recordings for phone in phones.values()]))
            began = time.monotonic()
            phones[conversation.caller].dial(conversation.speakers[conversation.callee].number, wait=ANSWER_TIMEOUT)
            entries = _converse(conversation, turns, phones, watcher, follow)
            entries += _hear_last_words(phones, follow)
            seconds = time.monotonic() - began
            media = exchange.pbx.media_totals()
            tapes = {name: [watcher.tape(phone.recordings, kind) for kind in ("enc", "dec")] for name, phone in phones.items()}
        deadline = time.monotonic() + LEDGER_GRACE
        while time.monotonic() < deadline:
            entries += follow()
            time.sleep(0.1)
    except (RuntimeError, TimeoutError) as error:
        raise DemoError(f"the call failed: {error}\nIts logs: {places.shown(logs)}/*.log") from error
    sides = _on_one_clock(tapes)
    return Held([e for e in entries if e.event == "utterance"], sides, round(seconds, 1), media)


def _phone(conversation: Conversation, turns: list[Turn], name: str, exchange: Exchange) -> Baresip:
    track = timeline.microphone(turns, name)
    return Baresip(
        name,
        exchange.pbx,
        wav=track,
        codec=conversation.speakers[name].codec,
        seconds=len(track) / timeline.RATE + MICROPHONE_SPARE,
        directory=exchange.directory / name,
    )


def _keep_logs(conversation: Conversation, exchange: Exchange, logs: Path) -> None:
    for name in conversation.speakers:
        log = exchange.directory / name / "baresip.log"
        if log.exists():
            shutil.copy(log, logs / f"phone-{name}.log")


def _converse(
    conversation: Conversation,
    turns: list[Turn],
    phones: dict[str, Baresip],
    watcher: Watcher,
    follow: Callable[[], list[Entry]],
) -> list[Entry]:
    """Until the last word has left its speaker's phone, who then hangs up at once."""
    last = turns[-1]
    speaker = phones[last.line.speaker]
    until = last.end + conversation.timing.hang_up
    deadline = time.monotonic() + until + SLACK
    entries = []
    while watcher.seconds(speaker.recordings, "enc") < until:
        entries += follow()
        if not all(phone.in_call for phone in phones.values()):
            raise DemoError("the call ended before everything was said: see asterisk.log and parleyd.log")
        if time.monotonic() > deadline:
            raise DemoError(f"{speaker.name}'s phone sends no sound: see phone-{speaker.name}.log")
        time.sleep(0.05)
    speaker.hangup()
    return entries


def _hear_last_words(phones: dict[str, Baresip], follow: Callable[[], list[Entry]]) -> list[Entry]:
    """Until nobody is in the call any more."""
    deadline = time.monotonic() + LAST_WORDS_TIMEOUT
    entries = []
    while any(phone.in_call for phone in phones.values()):
        entries += follow()
        if time.monotonic() > deadline:
            raise DemoError(f"parleyd did not end the other's leg within {LAST_WORDS_TIMEOUT} s after the hang-up")
        time.sleep(0.05)
    return entries


def _on_one_clock(tapes: dict[str, list[Tape | None]]) -> dict[str, Side]:
    """Everything from a moment before the first sound to a moment after the last one, on one clock for both parties."""
    for name, pair in tapes.items():
        for tape, what in zip(pair, ("said", "heard"), strict=True):
            if tape is None:
                raise DemoError(f"nothing was recorded of what {name} {what}: see phone-{name}.log")
    every = [tape for pair in tapes.values() for tape in pair]
    zero = min(tape.begin for tape in every) - BEFORE_AND_AFTER
    seconds = max(tape.end for tape in every) + BEFORE_AND_AFTER - zero
    return {
        name: Side(said.laid_out(zero, seconds), heard.laid_out(zero, seconds), said.begin - zero)
        for name, (said, heard) in tapes.items()
    }
