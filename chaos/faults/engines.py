# SPDX-License-Identifier: GPL-3.0-or-later
"""Engine processes that die or hang in the middle of an utterance."""

import signal

from chaos.live import Live
from chaos.scenario import ALICE_LONG, BOB_LONG, scenario

AT_MOST = 1.5  # seconds by which the utterance may be later
ENGLISH, PORTUGUESE = "recognition:moonshine", "recognition:whisper"
TRANSLATION, SYNTHESIS = "translation:", "synthesis:"


def kill(live: Live, role: str) -> None:
    live.signal_engines(live.engines(role), signal.SIGKILL)


def hang(live: Live, role: str) -> None:
    live.signal_engines(live.engines(role), signal.SIGSTOP)


@scenario("kill-recognition-en", line=ALICE_LONG, delays=AT_MOST, quick=True)
def kill_recognition_en(live: Live) -> None:
    """The English recogniser's process is killed while alice speaks. Its spare takes over with the sound of the whole utterance: this
    one is at most 1.5 s later, no other is."""
    kill(live, ENGLISH)


@scenario("kill-recognition-pt", line=BOB_LONG, delays=AT_MOST)
def kill_recognition_pt(live: Live) -> None:
    """The same with the Portuguese recogniser, while bob speaks."""
    kill(live, PORTUGUESE)


@scenario("kill-translation", line=ALICE_LONG, delays=AT_MOST)
def kill_translation(live: Live) -> None:
    """The translator's process is killed while alice speaks. The spare translates: at most 1.5 s later."""
    kill(live, TRANSLATION)


@scenario("kill-synthesis", line=ALICE_LONG, delays=AT_MOST, quick=True)
def kill_synthesis(live: Live) -> None:
    """The synthesiser's process is killed while alice is being translated. The spare speaks what was not spoken: at most 1.5 s later."""
    kill(live, SYNTHESIS)


@scenario("hang-recognition-en", line=ALICE_LONG, delays=AT_MOST)
def hang_recognition_en(live: Live) -> None:
    """The English recogniser's process is stopped (SIGSTOP) while alice speaks, and stays so: it is given up, and the spare takes over."""
    hang(live, ENGLISH)


@scenario("hang-recognition-pt", line=BOB_LONG, delays=AT_MOST)
def hang_recognition_pt(live: Live) -> None:
    """The same with the Portuguese recogniser, while bob speaks."""
    hang(live, PORTUGUESE)


@scenario("hang-translation", line=ALICE_LONG, delays=AT_MOST)
def hang_translation(live: Live) -> None:
    """The translator's process is stopped while alice speaks."""
    hang(live, TRANSLATION)


@scenario("hang-synthesis", line=ALICE_LONG, delays=AT_MOST)
def hang_synthesis(live: Live) -> None:
    """The synthesiser's process is stopped while alice is being translated."""
    hang(live, SYNTHESIS)


@scenario("kill-recognition-and-spare", line=BOB_LONG, within=15.0, quick=True)
def kill_recognition_and_spare(live: Live) -> None:
    """The Portuguese recogniser's process and its spare are killed while bob speaks. Until another is loaded bob is heard in the original
    voice, alice is told so, and told again when translation is back; nothing is lost without a word in the ledger."""
    live.signal_engines(live.engines(PORTUGUESE, spares=True), signal.SIGKILL)


@scenario("kill-synthesis-and-spare", line=BOB_LONG, within=15.0)
def kill_synthesis_and_spare(live: Live) -> None:
    """The synthesiser's process and its spare are killed while bob is being translated: the same for both directions."""
    live.signal_engines(live.engines(SYNTHESIS, spares=True), signal.SIGKILL)
