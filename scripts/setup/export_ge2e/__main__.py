# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes an ONNX model of Resemblyzer's voice encoder: who speaks, as 256 numbers (GE2E, Wan et al. 2018, arXiv:1710.10467).

    export_ge2e PRETRAINED.pt OUTPUT_DIRECTORY

writes ge2e.onnx, after checking it against the same arithmetic in numpy.

    mel        f32 [batch, frames, 40]   power (not its logarithm) in 40 mel bands (Slaney's scale and norm, 0 to 8000 Hz) of
                                         16 kHz audio: frames of 400 samples, periodic Hann window, 160 samples apart, centred
    embedding  f32 [batch, 256]          not negative, of length 1

An utterance's embedding is the mean of those of its stretches of 160 frames, brought to length 1 again. Silence should be cut
out before, and the level raised to -30 dB below full scale if it is lower.
"""
from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch_file
from onnx import TensorProto, helper, numpy_helper

LAYERS, HIDDEN, BANDS = 3, 256, 40
TOLERANCE = 1e-5
Weights = dict[str, np.ndarray]


def build(weights: Weights) -> onnx.ModelProto:
    values = {"directions": np.array([1], np.int64), "layers": np.array([0], np.int64)}
    nodes = [helper.make_node("Transpose", ["mel"], ["layer0"], perm=[1, 0, 2])]
    for i in range(LAYERS):
        parts = [weights[f"lstm.{name}_l{i}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        w, r, b_w, b_r = (_onnx_gates(part) for part in parts)
        values |= {f"w{i}": w[None], f"r{i}": r[None], f"b{i}": np.concatenate([b_w, b_r])[None]}
        nodes.append(
            helper.make_node("LSTM", [f"layer{i}", f"w{i}", f"r{i}", f"b{i}"], [f"all{i}", f"last{i}"], hidden_size=HIDDEN)
        )
        if i + 1 < LAYERS:
            nodes.append(helper.make_node("Squeeze", [f"all{i}", "directions"], [f"layer{i + 1}"]))
    values |= {"projection": weights["linear.weight"].T, "offset": weights["linear.bias"]}
    nodes += [
        helper.make_node("Squeeze", [f"last{LAYERS - 1}", "layers"], ["hidden"]),
        helper.make_node("MatMul", ["hidden", "projection"], ["projected"]),
        helper.make_node("Add", ["projected", "offset"], ["shifted"]),
        helper.make_node("Relu", ["shifted"], ["positive"]),
        helper.make_node("LpNormalization", ["positive"], ["embedding"], axis=1, p=2),
    ]
    graph = helper.make_graph(
        nodes,
        "ge2e",
        [helper.make_tensor_value_info("mel", TensorProto.FLOAT, ["batch", "frames", BANDS])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", HIDDEN])],
        [numpy_helper.from_array(np.ascontiguousarray(v), name) for name, v in values.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def _onnx_gates(rows: np.ndarray) -> np.ndarray:
    """torch orders an LSTM's gates input, forget, cell, output; ONNX input, output, forget, cell."""
    i, f, c, o = np.split(rows, 4)
    return np.concatenate([i, o, f, c])


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def embed(weights: Weights, mel: np.ndarray) -> np.ndarray:
    """The model in numpy and 64 bits: [frames, 40] to [256]."""
    layer = mel.astype(np.float64)
    for n in range(LAYERS):
        w, r = weights[f"lstm.weight_ih_l{n}"], weights[f"lstm.weight_hh_l{n}"]
        bias = weights[f"lstm.bias_ih_l{n}"] + weights[f"lstm.bias_hh_l{n}"]
        hidden, cell, out = np.zeros(HIDDEN), np.zeros(HIDDEN), []
        for frame in layer:
            i, f, c, o = np.split(w @ frame + r @ hidden + bias, 4)
            cell = _sigmoid(f) * cell + _sigmoid(i) * np.tanh(c)
            hidden = _sigmoid(o) * np.tanh(cell)
            out.append(hidden)
        layer = np.array(out)
    positive = np.maximum(weights["linear.weight"] @ layer[-1] + weights["linear.bias"], 0)
    return positive / np.linalg.norm(positive)


def main() -> None:
    source, target = map(Path, sys.argv[1:])
    weights = torch_file.read(source)["model_state"]
    model = build(weights)
    onnx.save(model, target / "ge2e.onnx")
    session = ort.InferenceSession(str(target / "ge2e.onnx"), providers=["CPUExecutionProvider"])
    mels = np.random.default_rng(1).gamma(0.5, 2.0, (2, 160, BANDS)).astype(np.float32)
    found = session.run(None, {"mel": mels})[0]
    distance = max(np.abs(found[i] - embed(weights, mels[i])).max() for i in range(len(mels)))
    if not distance < TOLERANCE:
        sys.exit(f"export_ge2e: the model is {distance:.1e} from its own arithmetic: the conversion tools misbehave on this machine")
    print(f"within {distance:.1e}")


if __name__ == "__main__":
    try:
        main()
    except torch_file.TorchFileError as error:
        sys.exit(f"export_ge2e: {error}")
