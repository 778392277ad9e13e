# SPDX-License-Identifier: GPL-3.0-or-later
"""A live call: two phones speak by the script, everything is recorded, and at its moment the fault happens."""

import shutil
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from demo import timeline
from demo.conversation import Conversation
from demo.tape import Tape, Watcher
from demo.timeline import RATE, Turn
from harness import Baresip

from . import ChaosError, Skip, processes
from .ledger import Entry, LedgerWatch
from .scenario import Scenario
from .stage import Stage

ANSWER_TIMEOUT = 15.0
LAST_WORDS_TIMEOUT = 20.0  # seconds after the hang-up for the other's leg to end
LEDGER_GRACE = 1.0
MICROPHONE_SPARE = 60.0  # seconds of silence behind the script: a phone whose microphone ends hangs up
SLACK = 20.0  # seconds that the call may lag behind the script
BEFORE_AND_AFTER = 0.5  # seconds kept around a call
ACT_TIMEOUT = 90.0
LOOK_EVERY = 0.02


@dataclass(frozen=True)
class Side:
    """What one party said and heard: 16 kHz, on one clock, and where on it the script began for that party."""

    said: np.ndarray
    heard: np.ndarray
    script_begins: float


@dataclass
class Held:
    """A call that was held. Times on the recordings' clock, which began at `zero` (time.monotonic())."""

    turns: Sequence[Turn]
    sides: dict[str, Side]
    zero: float
    entries: list[Entry]
    fault: float | None  # when it began
    ends: dict[str, float]  # phone → when its call ended, where that was before the script's end
    notes: list[str] = field(default_factory=list)
    broken_lines: int = 0


class Live:
    """What a scenario may reach: the servers, the phones, and a stack of what is to be undone when the call is over."""

    def __init__(self, stage: Stage, phones: dict[str, Baresip], undo: ExitStack):
        self.stage = stage
        self.phones = phones
        self.undo = undo
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Something the report shall say."""
        self.notes.append(text)

    def engines(self, role: str, spares: bool = False) -> list[processes.Engine]:
        """The processes at work whose role has this in it, and their spares if wanted; raises Skip where parleyd has none."""
        every = self.stage.engines()
        if not every:
            raise Skip("parleyd has no engine processes")
        found = [engine for engine in (every if spares else processes.at_work(every)) if role in engine.role]
        if not found:
            raise Skip(f"no engine process for {role}: there are {', '.join(e.role for e in every)}")
        return found

    def signal_engines(self, engines: Sequence[processes.Engine], number: signal.Signals) -> None:
        for engine in engines:
            if not processes.send(engine.pid, number, self.stage.pid):
                raise ChaosError(f"engine process {engine.pid} ({engine.role}) went away before {number.name}")
            if number == signal.SIGSTOP:
                self.undo.callback(processes.send, engine.pid, signal.SIGCONT)


class Script:
    """The conversation and when its lines are said."""

    def __init__(self, talk: Conversation, turns: Sequence[Turn]):
        self.talk = talk
        self.turns = turns

    @property
    def seconds(self) -> float:
        return self.turns[-1].end + self.talk.timing.hang_up


def hold(stage: Stage, script: Script, scenario: Scenario | None, logs: Path, number: int) -> Held:
    """One call; `scenario`: what happens in it. Raises ChaosError when it cannot be held, Skip when the fault has no sense here."""
    with ExitStack() as stack:
        watch = stack.enter_context(LedgerWatch(stage.daemon.ledger_file))
        phones = {}
        for name in script.talk.speakers:
            directory = stage.short / f"{name}{number}"
            stack.callback(_keep_log, directory, logs / f"phone-{name}.log")
            phones[name] = stack.enter_context(_phone(script, name, stage, directory))
        watcher = stack.enter_context(Watcher([phone.recordings for phone in phones.values()]))
        undo = stack.enter_context(ExitStack())
        live = Live(stage, phones, undo)
        conversation = _Conversation(script, scenario, live, watcher)
        try:
            caller = phones[script.talk.caller]
            caller.dial(script.talk.speakers[script.talk.callee].number, wait=ANSWER_TIMEOUT)
            conversation.run()
        except (RuntimeError, TimeoutError) as error:
            raise ChaosError(f"the call failed: {error}") from error
        undo.close()
        for phone in phones.values():
            phone.stop()  # completes its recordings
        tapes = {name: [watcher.tape(phone.recordings, kind) for kind in ("enc", "dec")] for name, phone in phones.items()}
        time.sleep(LEDGER_GRACE)
    zero, sides = on_one_clock(tapes)
    fault = None if conversation.fault_at is None else conversation.fault_at - zero
    ends = {name: at - zero for name, at in conversation.ends.items()}
    return Held(script.turns, sides, zero, watch.entries, fault, ends, live.notes, watch.broken)


def _phone(script: Script, name: str, stage: Stage, directory: Path) -> Baresip:
    track = timeline.microphone(script.turns, name)
    seconds = script.seconds + MICROPHONE_SPARE
    return Baresip(name, stage.pbx, wav=track, codec=script.talk.speakers[name].codec, seconds=seconds, directory=directory)


def _keep_log(directory: Path, to: Path) -> None:
    log = directory / "baresip.log"
    if log.exists():
        shutil.copy(log, to)
    shutil.rmtree(directory, ignore_errors=True)


class _Conversation:
    """Goes along with the script, sets the fault off, and ends the call."""

    def __init__(self, script: Script, scenario: Scenario | None, live: Live, watcher: Watcher):
        self._script = script
        self._scenario = scenario
        self._live = live
        self._watcher = watcher
        self._act: threading.Thread | None = None
        self._problem: BaseException | None = None
        self.fault_at: float | None = None
        self.ends: dict[str, float] = {}

    def run(self) -> None:
        speaker = self._script.turns[-1].line.speaker
        deadline = time.monotonic() + self._script.seconds + SLACK
        while self._said(speaker) < self._script.seconds:
            self._set_off_when_due()
            if not all(phone.in_call for phone in self._live.phones.values()):
                break
            if self._over_by_design():
                break
            if time.monotonic() > deadline:
                raise TimeoutError(f"{speaker}'s phone sends no sound")
            time.sleep(LOOK_EVERY)
        if self._act:
            self._act.join(ACT_TIMEOUT)
        if self._problem:
            raise self._problem
        self._note_ends(self._said(speaker) < self._script.seconds)
        self._hang_up(speaker)

    def _said(self, name: str) -> float:
        return self._watcher.seconds(self._live.phones[name].recordings, "enc")

    def _set_off_when_due(self) -> None:
        if self._scenario is None or self._act:
            return
        turn = self._script.turns[self._scenario.line]
        if self._said(turn.line.speaker) >= turn.start + self._scenario.offset:
            self.fault_at = time.monotonic()
            self._act = threading.Thread(target=self._run_act, daemon=True)
            self._act.start()

    def _run_act(self) -> None:
        try:
            self._scenario.act(self._live)
        except BaseException as problem:  # noqa: BLE001 - told by run()
            self._problem = problem

    def _over_by_design(self) -> bool:
        """A call that the fault has killed though its phones do not know: no need to wait for the script's end."""
        return bool(self._problem) or bool(self._dies and self._act and not self._act.is_alive())

    @property
    def _dies(self) -> bool:
        return self._scenario is not None and not self._scenario.survives

    def _note_ends(self, early: bool) -> None:
        for name, phone in self._live.phones.items():
            closed = next((at for at, event in list(phone.events) if event.get("type") == "CALL_CLOSED"), None)
            if closed is not None:
                self.ends[name] = closed
            elif early and self._dies:
                self.ends[name] = self.fault_at

    def _hang_up(self, speaker: str) -> None:
        """The last speaker does; the other hears the last words before his call ends. Where the servers have died nobody ends it."""
        phones = self._live.phones.values()
        self._live.phones[speaker].hangup()
        deadline = time.monotonic() + (1.0 if self.ends else LAST_WORDS_TIMEOUT)
        while any(phone.in_call for phone in phones) and time.monotonic() < deadline:
            time.sleep(LOOK_EVERY)
        for phone in phones:
            if phone.in_call:
                phone.hangup()


def on_one_clock(tapes: dict[str, list[Tape | None]]) -> tuple[float, dict[str, Side]]:
    """When the clock began (time.monotonic()), and everything on it."""
    every = [tape for pair in tapes.values() for tape in pair if tape]
    if not every:
        raise ChaosError("nothing was recorded")
    zero = min(tape.begin for tape in every) - BEFORE_AND_AFTER
    seconds = max(tape.end for tape in every) + BEFORE_AND_AFTER - zero

    def track(tape: Tape | None) -> np.ndarray:
        return tape.laid_out(zero, seconds) if tape else np.zeros(round(seconds * RATE), np.int16)

    return zero, {
        name: Side(track(said), track(heard), (said.begin if said else zero) - zero) for name, (said, heard) in tapes.items()
    }


