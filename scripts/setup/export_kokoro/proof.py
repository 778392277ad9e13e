# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds both files against the whole graph, on a few phrases. Raises Mismatch with a sentence.

Most is compared bit for bit. What cannot be: the harmonics (the STFT rounds otherwise; see front.py), the noise convolutions
(the graph rounds their bias down to its quantisation step, the file's weights are floats), and the inverse STFT's sums.
"""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import reference
from kokoro_graph import AUDIO, DURATIONS, FEATURES, HARMONICS, NOISE, SPECTRUM, Graph, NormedConv
from speech import Speaker, Speech, floats, run, session

# "Good morning," / "I need to cancel my reservation because I am sick." / "Bom dia," / "O pedido foi entregue ontem à tarde, mas
# faltou uma caixa."
PHRASES = [
    ("af_heart", "ɡˈʊd mˈɔɹnɪŋ,"),
    ("af_heart", "I nˈid tə kˈænsᵊl mI ɹˌɛzəɹvˈAʃən bɪkˈʌz Iəm sˈɪk."),
    ("pm_alex", "bˈoŋ ʤˈiæ,"),
    ("pm_alex", "ʊ pˌeʤˈidʊ foɪ ˌAŋtrˈɛɡj ˈoŋtAŋ ˌaː tˈaɾəʤy, mas fWtˈow ˌumæ kˈIʃæ."),
]
BINS = 11
MAGNITUDE = 2e-6  # of harmonics: largest difference allowed
TURNED = 0.03  # of phases, the share that may differ by more than PHASE radians
PHASE = 0.1
AUDIO_DECIBELS = 80.0  # least signal to noise ratio of the generator's audio, given its noise tensors


class Mismatch(Exception):
    """The export does not do what the whole graph does."""


@dataclass
class Distances:
    """The largest seen over all phrases."""

    magnitude: float = 0.0
    turned: float = 0.0  # share of phases
    decibels: float = np.inf  # signal to noise ratio

    def __str__(self) -> str:
        return (
            f"harmonics within {self.magnitude:.1e}, {self.turned:.2%} of their phases turned; "
            f"audio from the same harmonics {self.decibels:.0f} dB"
        )


def speak(graph: Graph, convs: list[NormedConv], tokens: Path, voices: Path) -> list[Speech]:
    """The phrases as the whole graph says them."""
    opened = [FEATURES, HARMONICS, DURATIONS, *NOISE, SPECTRUM, AUDIO, *(c.gamma for c in convs), *(c.beta for c in convs)]
    speaker = Speaker(graph, floats(opened), tokens, voices)
    return [speaker.say(phonemes, voice) for voice, phonemes in PHRASES]


def _need_equal(what: str, ours: np.ndarray, theirs: np.ndarray) -> None:
    if ours.shape != theirs.shape or not np.array_equal(ours, theirs):
        raise Mismatch(f"{what} differ from the whole graph's: the conversion tools misbehave on this machine")


def _turned(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Share of phases that differ as angles or as numbers."""
    return float(np.mean(np.abs(ours - theirs) > PHASE))


def check_front(model: onnx.ModelProto, convs: list[NormedConv], speeches: list[Speech]) -> Distances:
    front = session(model.SerializeToString())
    seen = Distances()
    for speech in speeches:
        ours = run(front, speech.feed)
        _need_equal("features", ours["features"], speech.features)
        _need_equal("gammas", ours["gammas"], speech.row([c.gamma for c in convs]))
        _need_equal("betas", ours["betas"], speech.row([c.beta for c in convs]))
        _need_equal("durations", ours["durations"], speech.inside[DURATIONS].ravel())
        if 2 * ours["durations"].sum() != len(ours["features"]):
            raise Mismatch(f"durations of {ours['durations'].sum()} frames do not make {len(ours['features'])} feature frames")
        theirs = speech.harmonics
        if ours["harmonics"].shape != theirs.shape:
            raise Mismatch("the harmonics have another length than the whole graph's")
        seen.magnitude = max(seen.magnitude, float(np.abs(ours["harmonics"] - theirs)[:, :BINS].max()))
        seen.turned = max(seen.turned, _turned(ours["harmonics"][:, BINS:], theirs[:, BINS:]))
    if seen.magnitude > MAGNITUDE or seen.turned > TURNED:
        raise Mismatch(f"the replaced STFT is too far from the original: {seen}")
    return seen


def check_generator(weights: dict[str, np.ndarray], convs: list[NormedConv], speeches: list[Speech]) -> float:
    """Returns the least signal to noise ratio of the audio in dB."""
    model = Graph(reference.build(weights))
    between = floats(reference.NOISE)
    noise = session(model.cut(between).SerializeToString())
    rest = session(model.cut(floats([reference.SPECTRUM, AUDIO]), between).SerializeToString())
    least = np.inf
    for speech in speeches:
        inside = speech.inside
        for ours, theirs in zip(noise.run(None, {"harmonics": speech.harmonics}), NOISE):
            if np.abs(ours - inside[theirs]).max() > 0.01 * np.abs(inside[theirs]).max():
                raise Mismatch("the noise convolutions differ from the whole graph's")
        feed = {
            "features": speech.features,
            "gammas": speech.row([c.gamma for c in convs]),
            "betas": speech.row([c.beta for c in convs]),
        } | {ours: inside[theirs] for ours, theirs in zip(reference.NOISE, NOISE)}
        ours = run(rest, feed)
        _need_equal("spectra", ours[reference.SPECTRUM], inside[SPECTRUM])
        theirs = inside[AUDIO].ravel()
        error = np.sum((ours[AUDIO] - theirs) ** 2) + 1e-20
        least = min(least, float(10 * np.log10(np.sum(theirs**2) / error)))
    if least < AUDIO_DECIBELS:
        raise Mismatch(f"the generator's audio is {least:.0f} dB from the whole graph's")
    return least
