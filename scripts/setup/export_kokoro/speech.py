# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole graph speaking: what the export learns from and is checked against."""
from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from kokoro_graph import DURATIONS, FEATURES, HARMONICS, Graph
from onnx import TensorProto

STYLE_ROWS, STYLE_SIZE = 510, 256  # of a voice file: one style for each number of tokens


def session(model: str | bytes, threads: int = 0) -> ort.InferenceSession:
    """`threads` of one run; 0: one for each core."""
    options = ort.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.x64quantprecision", "1")  # see matmul_convs.py
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run(model: ort.InferenceSession, feed: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return dict(zip((o.name for o in model.get_outputs()), model.run(None, feed)))


@dataclass
class Speech:
    """The whole graph on one phrase: its inputs, and what it has inside."""

    feed: dict[str, np.ndarray]
    inside: dict[str, np.ndarray]  # by tensor name

    def row(self, names: list[str]) -> np.ndarray:
        return np.concatenate([self.inside[name].ravel() for name in names])

    @property
    def features(self) -> np.ndarray:
        """[frames, 512], as front.onnx gives them."""
        return self.inside[FEATURES][0].T

    @property
    def harmonics(self) -> np.ndarray:
        """[60 frames + 1, 22], as front.onnx gives them, up to rounding."""
        return self.inside[HARMONICS][0].T

    @property
    def lead_frames(self) -> int:
        """Feature frames of the first token: the silence before the voice."""
        return 2 * int(self.inside[DURATIONS].flat[0])


class Speaker:
    """Speaks phonemes with the voices of a directory. Any number of threads may say things at once."""

    def __init__(self, graph: Graph, opened: dict[str, int], tokens: Path, voices: Path, threads: int = 0) -> None:
        """`opened`: tensors to be found in Speech.inside, with their ONNX element types."""
        self.model = session(graph.cut(opened).SerializeToString(), threads)
        self.tokens = json.loads(tokens.read_text(encoding="utf-8"))
        self.styles = {path.stem: np.fromfile(path, "<f4").reshape(STYLE_ROWS, STYLE_SIZE) for path in sorted(voices.glob("*.bin"))}

    def say(self, phonemes: str, voice: str) -> Speech:
        ids = [self.tokens[symbol] for symbol in phonemes]
        feed = {
            "tokens": np.array([[0, *ids, 0]], np.int64),
            "style": self.styles[voice][len(ids)][None],
            "speed": np.ones(1, np.float32),
        }
        return Speech(feed, run(self.model, feed))


def floats(names: list[str]) -> dict[str, int]:
    return dict.fromkeys(names, TensorProto.FLOAT)
