# SPDX-License-Identifier: GPL-3.0-or-later
"""One call: parleyd and Asterisk are started, the dialogue is held, and everything that is needed to judge it is written to a
directory: what each side said and heard, what was said when, parleyd's ledger, and what parleyd cost."""

import json
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import soundfile

from demo import DemoError, call, places, report
from demo.captions import Captions
from demo.conversation import Conversation
from demo.services import Exchange, Parleyd
from demo.timeline import RATE, Turn
from harness import program

from . import phones, texts
from . import settings as configuration
from .usage import Usage


def check_parts(talk: Conversation) -> None:
    """Whatever is missing is missed before the call, not after it."""
    if not shutil.which("baresip"):
        raise DemoError("baresip is missing: run `make apt` (Debian's baresip-core)")
    for name in ("parley", "parleyd"):
        if not program(name).exists():
            raise DemoError(f"{places.shown(program(name))} is missing: run `make build`")
    for speaker in talk.speakers:
        texts.translate(["OK."], talk.direction(speaker))


def hold(
    talk: Conversation,
    turns: Sequence[Turn],
    settings: configuration.Settings,
    directory: Path,
) -> Path:
    """Holds the call and fills `directory`, from which an earlier call is removed. Raises DemoError."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    with ExitStack() as stack:
        exchange = Exchange(directory, "127.0.0.1", None)
        text = configuration.to_toml(configuration.MEASURING | settings)
        parleyd = Parleyd(talk, exchange.media_socket, directory, text)
        stack.callback(parleyd.stop)
        stack.callback(exchange.stop)  # first, so that parleyd sees its legs end
        parleyd.start()
        exchange.start(parleyd.audiosocket)
        parleyd.wait_ready()
        phones_ms = phones.on_the_way(talk, phones.round_trips(talk, exchange))
        with open(directory / "captions.txt", "w") as captions, Usage(parleyd.pid) as usage:
            shown = Captions(out=captions, names={leg: name for name, leg in talk.leg_of.items()})
            held = call.hold(talk, list(turns), exchange, parleyd, shown, directory)
    _write(talk, turns, held, usage, {"settings": settings, "phones_ms": phones_ms}, directory)
    return directory


def _write(
    talk: Conversation,
    turns: Sequence[Turn],
    held: call.Held,
    usage: Usage,
    more: dict,
    directory: Path,
) -> None:
    for name, side in held.sides.items():
        soundfile.write(directory / f"{name}.wav", np.stack([side.said, side.heard], axis=1), RATE, subtype="PCM_16")
    first = usage.samples[0]
    about = {
        "speakers": {name: {"language": person.language, "leg": talk.leg_of[name]} for name, person in talk.speakers.items()},
        "lines": [
            {
                "speaker": turn.line.speaker,
                "begin": round(held.sides[turn.line.speaker].script_begins + turn.start, 4),
                "end": round(held.sides[turn.line.speaker].script_begins + turn.end, 4),
                "clauses": [{"say": clause.say, "ref": clause.ref} for clause in turn.line.clauses],
            }
            for turn in turns
        ],
        "seconds": held.seconds,
        "media": held.media,
        "cpu_percent": round(usage.cpu_percent() or 0.0, 1),
        "usage": [
            {
                "at_s": round(s.at - first.at, 2),
                "cpu_s": round(s.cpu_seconds, 2),
                "rss_mib": round(s.rss_mib, 1),
                "parleyd_rss_mib": round(s.own_rss_mib, 1),
                "descriptors": s.descriptors,
                "processes": s.processes,
            }
            for s in usage.samples
        ],
        "machine": report.machine(),
        "load": report.load(),
    } | more
    (directory / "call.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n")
