# SPDX-License-Identifier: GPL-3.0-or-later
"""The fallback statistics: what the generator's norms and quantisers see, averaged over voices of both sexes and two languages.

The whole graph normalises with the statistics of the phrase it speaks and quantises with its ranges. A window of a phrase has
neither, so the generator takes the voice's; for a voice whose own are not known yet it takes these.
"""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from kokoro_graph import AUDIO, DURATIONS, FEATURES, HARMONICS, NOISE, SPECTRUM, Graph, NormedConv
from onnx import TensorProto

STYLE_ROWS, STYLE_SIZE = 510, 256  # of a voice file: one style for each number of tokens

# Phonemes as src/synthesis makes them of: "Good morning," / "Thank you for your help, have a nice day." / "I need to cancel my
# reservation because I am sick." and "Bom dia," / "Você pode me enviar o endereço por mensagem, por favor?" / "O pedido foi
# entregue ontem à tarde, mas faltou uma caixa."
ENGLISH = [
    "ɡˈʊd mˈɔɹnɪŋ,",
    "θˈæŋk ju fɔɹ jʊɹ hˈɛlp, hæv ə nˈIs dˈA.",
    "I nˈid tə kˈænsᵊl mI ɹˌɛzəɹvˈAʃən bɪkˈʌz Iəm sˈɪk.",
]
PORTUGUESE = [
    "bˈoŋ ʤˈiæ,",
    "vosˌe pˌɔʤy mj ˌAŋviˈaɾ u ˌAŋdeɾˈesʊ por mˌAŋsˈaʒAŋ, por favˈor?",
    "ʊ pˌeʤˈidʊ foɪ ˌAŋtrˈɛɡj ˈoŋtAŋ ˌaː tˈaɾəʤy, mas fWtˈow ˌumæ kˈIʃæ.",
]
VOICES = {
    "af_heart": ENGLISH, "af_bella": ENGLISH, "af_nicole": ENGLISH, "am_michael": ENGLISH, "am_fenrir": ENGLISH,
    "bf_emma": ENGLISH, "bm_george": ENGLISH, "pf_dora": PORTUGUESE, "pm_alex": PORTUGUESE, "pm_santa": PORTUGUESE,
}  # fmt: skip


PROVED = ("af_heart", "pm_alex")  # whose phrases the proof takes


def session(model: str | bytes) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.x64quantprecision", "1")  # see matmul_convs.py
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run(model: ort.InferenceSession, feed: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return dict(zip((o.name for o in model.get_outputs()), model.run(None, feed)))


@dataclass
class Speech:
    """The whole graph on one phrase: its inputs, and what it has inside."""

    voice: str
    feed: dict[str, np.ndarray]
    inside: dict[str, np.ndarray]  # by tensor name

    def row(self, names: list[str]) -> np.ndarray:
        return np.concatenate([self.inside[name].ravel() for name in names])


def speak(graph: Graph, convs: list[NormedConv], tokens: dict[str, int], voices: Path) -> list[Speech]:
    """Every phrase of every voice through the whole graph, with the tensors open that the export and its checks need."""
    floats = [FEATURES, HARMONICS, DURATIONS, *NOISE, SPECTRUM, AUDIO]
    for c in convs:
        floats += [c.gamma, c.beta, c.mean, c.variance, c.conv.input_scale]
    opened = dict.fromkeys(floats, TensorProto.FLOAT) | {c.conv.input_zero: TensorProto.UINT8 for c in convs}
    whole = session(graph.cut(opened).SerializeToString())
    speeches = []
    for voice, phrases in VOICES.items():
        styles = np.fromfile(voices / f"{voice}.bin", "<f4").reshape(STYLE_ROWS, STYLE_SIZE)
        for phrase in phrases:
            ids = [tokens[symbol] for symbol in phrase]
            feed = {
                "tokens": np.array([[0, *ids, 0]], np.int64),
                "style": styles[len(ids)][None],
                "speed": np.ones(1, np.float32),
            }
            speeches.append(Speech(voice, feed, run(whole, feed)))
    return speeches


def fallback(speeches: list[Speech], convs: list[NormedConv]) -> dict[str, np.ndarray]:
    """Mean of the means, mean of the variances, widest ranges. (The variance of all phrases taken together would count the
    difference between phrases too, and make every single one too quiet.)"""
    zero, scale = (
        np.array([[s.inside[name] for name in names] for s in speeches], np.float64)
        for names in ([c.conv.input_zero for c in convs], [c.conv.input_scale for c in convs])
    )
    tensors = {
        "fallback.mean": np.mean([s.row([c.mean for c in convs]) for s in speeches], axis=0),
        "fallback.variance": np.mean([s.row([c.variance for c in convs]) for s in speeches], axis=0),
        "fallback.low": np.min(-zero * scale, axis=0),
        "fallback.high": np.max((255 - zero) * scale, axis=0),
    }
    return {name: value.astype(np.float32) for name, value in tensors.items()}
