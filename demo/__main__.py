# SPDX-License-Identifier: GPL-3.0-or-later
"""scripts/demo: one translated call between two phones, then a place to call in to."""

import argparse
import json
import os
import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import soundfile

from harness import program

from . import DemoError, call, conversation, ending, matching, places, report, softphone, sounds, timeline
from .captions import Captions
from .ledger import Tail
from .services import Ended, Exchange, Parleyd

OK, LOST = 0, 1
BUSY = 2.0  # load of a core above which times say little


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the conversation; status 0 only if all was answered")
    parser.add_argument(
        "--listen", metavar="ADDRESS", default=os.environ.get("LISTEN") or "127.0.0.1",
        help="where phones reach Asterisk (also: LISTEN=…); 0.0.0.0 is every interface; default: this machine only",
    )  # fmt: skip
    parser.add_argument("--port", type=int, help="SIP port; default: 5060, or a free one when that is taken")
    parser.add_argument("--script", type=Path, default=places.SCRIPT, help="another conversation (TOML)")
    return parser.parse_args()


def say(text: str = "") -> None:
    print(text, flush=True)


def prepare_output() -> Path:
    """build/demo without what an earlier run left, so that nothing old is taken for new; passwords stay."""
    places.OUTPUT.mkdir(parents=True, exist_ok=True)
    for pattern in ("*.wav", "*.log", "report.json", "ledger.jsonl"):
        for old in places.OUTPUT.glob(pattern):
            old.unlink()
    return places.OUTPUT


def check_parts() -> None:
    if not shutil.which("baresip"):
        raise DemoError("baresip is missing: run `make apt` (Debian's baresip-core)")
    for name in ("parley", "parleyd"):
        if not program(name).exists():
            raise DemoError(f"{places.shown(program(name))} is missing: run `make build`")


def introduce(talk: conversation.Conversation, turns: list[timeline.Turn]) -> None:
    caller, callee = talk.speakers[talk.caller], talk.speakers[talk.callee]
    languages = [softphone.LANGUAGES.get(person.language, person.language) for person in (caller, callee)]
    say(
        f"{caller.name} speaks {languages[0]} ({caller.codec}) and calls {callee.name}, who speaks {languages[1]} ({callee.codec}). "
        f"{len(turns)} lines, {turns[-1].end:.0f} s."
    )
    say()


def write_sides(held: call.Held, output: Path) -> None:
    for name, side in held.sides.items():
        both = np.stack([side.said, side.heard], axis=1)
        soundfile.write(output / f"{name}.wav", both, timeline.RATE, subtype="PCM_16")


def assess(talk: conversation.Conversation, turns: list[timeline.Turn], held: call.Held) -> dict:
    matched = matching.match(turns, held.entries, talk.leg_of)
    assessor = report.Assessor(talk, turns, matched, held.sides)
    utterances = assessor.utterances()
    return {
        "utterances": utterances,
        "lost": sum(not u["answered"] for u in utterances),
        "response_lag_ms": report.summary(utterances),
        "voice_path_ms": assessor.voice_path_ms,
        "nobody_said": [e.source for e in matched.strangers if e.outcome != "no words"],
        "media": held.media,
        "seconds": held.seconds,
        "machine": report.machine(),
        "load": report.load(),
    }


def tell(result: dict, output: Path) -> None:
    lost = [u for u in result["utterances"] if not u["answered"]]
    count = len(result["utterances"])
    say()
    say(f"{count - len(lost)} of {count} lines were answered in {result['seconds']:.0f} s." + (" Lost:" if lost else ""))
    for utterance in lost:
        say(f"  {utterance['speaker']}: \"{utterance['said']}\": {utterance['problem']}")
    for direction, lag in result["response_lag_ms"].items():
        pair = direction.replace("_", " → ")
        say(f"From the last word to the translation of its last clause, {pair}: median {lag['median']} ms, longest {lag['max']} ms.")
    if result["load"] > BUSY * len(os.sched_getaffinity(0)):
        say(f"This machine is busy with other things (load {result['load']}): alone, it is faster.")
    names = ", ".join(places.shown(path) for path in sorted(output.glob("*.wav")))
    say(f"What each side said (left) and heard (right): {names}")


def save(result: dict, output: Path) -> None:
    (output / "report.json").write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    say(f"Everything in numbers: {places.shown(output / 'report.json')}")


def stay(talk: conversation.Conversation, exchange: Exchange, parleyd: Parleyd) -> None:
    """Until Ctrl-C."""
    say()
    say(softphone.instructions(talk, exchange))
    say()
    captions, tail = Captions(), Tail(parleyd.ledger)
    tail.new()  # the demo's own call was shown
    while True:
        parleyd.check()
        exchange.check()
        for entry in tail.new():
            captions.show(entry)
        time.sleep(0.1)


def shut_down(exchange: Exchange, parleyd: Parleyd) -> dict[str, Ended]:
    """Asterisk first, so that parleyd sees its legs end."""
    return {"asterisk": exchange.stop(), "parleyd": parleyd.stop()}


def complain_about_ends(ends: dict[str, Ended]) -> bool:
    """True when something did not end as it should."""
    bad = [f"{name} ended with status {ended.status}" for name, ended in ends.items() if not ended.cleanly]
    for sentence in bad:
        print(f"demo: {sentence}: see {places.shown(places.OUTPUT)}/{sentence.split()[0]}.log", file=sys.stderr)
    return bool(bad)


def demonstrate(options: argparse.Namespace) -> int:
    check_parts()
    output = prepare_output()
    talk = conversation.load(options.script)
    turns = timeline.place(sounds.of(talk, say), talk.timing)
    with ExitStack() as stack:
        exchange = Exchange(output, options.listen, options.port)
        parleyd = Parleyd(talk, exchange.media_socket, output)
        stack.callback(shut_down, exchange, parleyd)
        say("starting parleyd and Asterisk")
        parleyd.start()
        exchange.start(parleyd.audiosocket)
        parleyd.wait_ready()
        introduce(talk, turns)
        captions = Captions(names={leg: name for name, leg in talk.leg_of.items()})
        held = call.hold(talk, turns, exchange, parleyd, captions, output)
        result = assess(talk, turns, held)
        write_sides(held, output)
        tell(result, output)
        if not options.once:
            save(result, output)
            try:
                stay(talk, exchange, parleyd)
            except KeyboardInterrupt:
                say("\nstopping")
        stack.pop_all()
        ends = shut_down(exchange, parleyd)
    if options.once:
        result["ended"] = {name: {"status": ended.status, "seconds": ended.seconds} for name, ended in ends.items()}
        save(result, output)
    unclean = complain_about_ends(ends)
    return LOST if unclean or result["lost"] else OK


def main() -> int:
    return ending.run("demo", lambda: demonstrate(arguments()), DemoError)


if __name__ == "__main__":
    sys.exit(main())
