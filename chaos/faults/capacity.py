# SPDX-License-Identifier: GPL-3.0-or-later
"""More calls than the machine can translate."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from chaos import ChaosError, ears, notices
from chaos.live import Live, on_one_clock
from chaos.scenario import BOB_LONG, scenario
from chaos.stage import Stage
from demo import sounds, timeline
from demo.tape import Watcher
from demo.timeline import RATE
from harness import Baresip

SETTINGS = "[capacity]\ncalls = 1"
PASSWORD = "chaos-secret"
NUMBER = "300"
PEOPLE = {"carol": "en", "dave": "pt"}
TEXT = "Could you give me your account number, please?"
SPEAKS_AFTER = 6.0  # seconds: after the notice
LISTENS_ON = 3.0
LEAST_NOTICE = 1.0  # seconds
LEAST_PASSED = 0.6  # of the time that somebody speaks the original must be heard at full level

_PERSON = """
[{name}](person)
auth = {name}
aors = {name}
callerid = {name} <{name}>
set_var = PARLEY_LANGUAGE={language}

[{name}](login)
username = {name}
password = {password}

[{name}](place)
"""


@contextmanager
def room_for_one(directory: Path) -> Iterator[Stage]:
    """One call is translated at a time; carol and dave have telephones, too."""
    extra = {
        "pjsip.conf": "".join(_PERSON.format(name=name, language=language, password=PASSWORD) for name, language in PEOPLE.items()),
        "extensions.conf": f"[from-phones](+)\nexten => {NUMBER},1,Goto(parley-call,dave,1)\n",
    }
    with Stage(directory, settings=SETTINGS, extra=extra) as stage:
        yield stage


@scenario("over-capacity", line=BOB_LONG, offset=0.0, stage=room_for_one)
def over_capacity(live: Live) -> None:
    """parleyd translates one call at a time. While alice and bob are translated carol calls dave: both are told that all translators are
    busy, and hear each other in the original voice, at full level. The first call hears nothing of it."""
    speech = timeline.level(sounds.spoken(TEXT, "en", "am_michael"))
    seconds = SPEAKS_AFTER + len(speech) / RATE + LISTENS_ON
    with ExitStack() as stack:
        phones = {}
        for name in PEOPLE:
            wav = np.concatenate([np.zeros(round(SPEAKS_AFTER * RATE), np.int16), speech]) if name == "carol" else None
            phones[name] = stack.enter_context(
                Baresip(name, live.stage.pbx, wav=wav, seconds=seconds + 30, password=PASSWORD, directory=live.stage.short / name)
            )
        watcher = stack.enter_context(Watcher([phone.recordings for phone in phones.values()]))
        phones["carol"].dial(NUMBER)
        time.sleep(seconds)
        for phone in phones.values():
            if not phone.in_call:
                raise ChaosError("the call over capacity ended")
        phones["carol"].hangup()
        time.sleep(1.0)
        for phone in phones.values():
            phone.stop()
        _, sides = on_one_clock({n: [watcher.tape(p.recordings, kind) for kind in ("enc", "dec")] for n, p in phones.items()})
    for name, other in (("carol", "dave"), ("dave", "carol")):
        ear = ears.listen(sides[name].heard, sides[other].said, RATE)
        notices.mark(ear, sides[name].heard, RATE, notices.spoken())
        told = ear.seconds(ears.Kind.NOTICE, 0, 99)
        live.note(f"{name} hears a notice for {told:.1f} s")
        if told < LEAST_NOTICE:
            raise ChaosError(f"{name}, over capacity, hears no notice")
        if name == "dave":
            begin = sides["carol"].script_begins + SPEAKS_AFTER
            _check_passed(live, ear, begin, begin + len(speech) / RATE)


def _check_passed(live: Live, ear: ears.Heard, begin: float, end: float) -> None:
    where = slice(ears.index(begin), ears.index(end))
    full = (ear.kind[where] == ears.Kind.ORIGINAL) & (ear.gain[where] >= ears.FULL)
    heard = float(full.mean())
    live.note(f"dave hears {heard:.0%} of the time carol speaks her own voice at full level")
    if heard < LEAST_PASSED:
        raise ChaosError("dave, over capacity, does not hear carol's own voice")
