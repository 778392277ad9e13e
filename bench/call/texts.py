# SPDX-License-Identifier: GPL-3.0-or-later
"""Was the right thing said? The words that parleyd spoke, against the translation of the whole true text by the same translator,
and against what a person would write."""

import subprocess
from collections.abc import Sequence

from demo import DemoError, places
from harness import program

from .chrf import chrf

TIMEOUT = 60
PROGRAM = "bench/translate_text"


def translate(texts: Sequence[str], direction: str) -> list[str]:
    """Each text as a whole by parley's translator. `direction`: en_pt, pt_en …"""
    path = program(PROGRAM)
    lines = "".join(" ".join(text.split()) + "\n" for text in texts)
    try:
        done = subprocess.run([str(path), *direction.split("_")], input=lines, capture_output=True, text=True, timeout=TIMEOUT)
    except OSError as error:
        raise DemoError(f"{places.shown(path)} cannot be run ({error.strerror}): run `make build`") from error
    except subprocess.TimeoutExpired as error:
        raise DemoError(f"{places.shown(path)} did not finish in {TIMEOUT} s") from error
    translations = done.stdout.splitlines()
    if done.returncode != 0 or len(translations) != len(texts):
        raise DemoError(f"{places.shown(path)} failed: {done.stderr.strip() or f'{len(translations)} of {len(texts)} lines came back'}")
    return translations


def quality(spoken: Sequence[str], whole: Sequence[str], heard: Sequence[str], references: Sequence[str]) -> dict:
    """chrF of all utterances of a direction together. `whole`: the true texts, translated each as a whole; `heard`: what was understood
    of them, translated likewise, so that what is missing between it and `spoken` was lost by translating before the end."""
    return {
        "chrf_full": round(chrf(spoken, whole), 1),
        "chrf_ref": round(chrf(spoken, references), 1),
        "chrf_ref_of_whole": round(chrf(whole, references), 1),
        "chrf_ref_of_heard": round(chrf(heard, references), 1),
        "chrf_full_of_heard": round(chrf(heard, whole), 1),
    }
