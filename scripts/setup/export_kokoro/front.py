# SPDX-License-Identifier: GPL-3.0-or-later
"""front.onnx: Kokoro up to its waveform generator, with outputs as the generator wants them.

Everything but two things is the original's nodes. Its integer convolutions become matrix products (matmul_convs.py; the same
bits, in half the time). And the STFT of the harmonic source becomes a convolution: ONNX Runtime's STFT takes 39 ms for 3.8 s
of speech; a convolution with 22 channels of 20 taps, 5 apart, does the same in 1 ms. These two round differently, which
matters where the graph takes the phase of a value that is nothing but rounding. Two things keep those phases:

- In unvoiced stretches the source is one constant. The convolution hears the source without it, and has the STFT's own answer
  to it as its bias: unvoiced stretches come out bit for bit.
- The imaginary part at half the sampling rate is zero but for the rounding of the STFT's sines, and its sign decides between
  π and -π. The kernel is therefore not computed, but measured: the STFT's answers to 20 impulses.
"""
from __future__ import annotations

import matmul_convs
import numpy as np
import onnx
import onnxruntime as ort
from kokoro_graph import DURATIONS, FEATURES, GENERATOR, HARMONICS, Graph, NormedConv
from onnx import TensorProto, helper, numpy_helper

BINS, TAPS, STRIDE = 11, 20, 5


class Editor:
    """Appends nodes and constants to a model under names of its own."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.graph = model.graph

    def constant(self, name: str, value: np.ndarray) -> str:
        self.graph.initializer.append(numpy_helper.from_array(value, name))
        return name

    def add(self, operator: str, inputs: list[str], output: str, **attributes) -> str:
        self.graph.node.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output


def _run_alone(operator: str, inputs: dict[str, np.ndarray], version: int, **attributes) -> np.ndarray:
    """What ONNX Runtime makes of one node."""
    node = helper.make_node(operator, list(inputs), ["y"], **attributes)
    values = [numpy_helper.from_array(value, name) for name, value in inputs.items()]
    graph = helper.make_graph([node], "one", [], [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], values)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", version)], ir_version=9)
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"]).run(None, {})[0]


class Stft:
    """ONNX Runtime's STFT with the graph's window, asked for its answers to simple signals."""

    def __init__(self, window: np.ndarray, version: int) -> None:
        self.window, self.version = window, version

    def frame(self, signal: np.ndarray) -> np.ndarray:
        """[22]: 11 real parts, 11 imaginary parts, of 20 samples."""
        length, step = np.array(TAPS, np.int64), np.array(STRIDE, np.int64)
        inputs = {"signal": signal[None].astype(np.float32), "step": step, "window": self.window, "length": length}
        parts = _run_alone("STFT", inputs, self.version, onesided=1)[0, 0]
        return np.concatenate([parts[:, 0], parts[:, 1]])

    def kernel(self) -> np.ndarray:
        """[22, 1, 20]: a convolution that does the same."""
        return np.stack([self.frame(impulse) for impulse in np.eye(TAPS)], axis=1)[:, None]


def replace_stft(model: onnx.ModelProto) -> None:
    """Puts a convolution in the STFT's place: same real and imaginary parts, up to rounding."""
    graph = Graph(model)
    stft = next(node for node in graph.nodes if node.op_type == "STFT")
    parts = graph.user(stft.output[0], "Transpose")
    real, imaginary = (graph.by_name[GENERATOR + name] for name in ("Gather_4", "Gather_5"))
    assert {real.input[0], imaginary.input[0]} == {parts.output[0]}
    window = graph.constant(stft.input[2]).astype(np.float32)
    version = next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx"))
    # Without a voice the source is one number: the tanh of the mixer's bias, as ONNX Runtime rounds it.
    mixer = graph.constant_input(graph.node(GENERATOR + "m_source/l_linear/Add", "Add")).astype(np.float32)
    silence = _run_alone("Tanh", {"x": np.repeat(mixer, 64)}, version)[:1]

    transform = Stft(window, version)

    place = graph.nodes.index(stft)
    edit = Editor(model)
    constants = {
        "silence": silence,
        "axis": np.array([1], np.int64),
        "kernel": transform.kernel(),
        "bias": transform.frame(np.repeat(silence, TAPS)),
        "sizes": np.array([BINS, BINS], np.int64),
    }
    for name, value in constants.items():
        edit.constant("stft/" + name, value)
    new = [
        helper.make_node("Sub", [stft.input[0], "stft/silence"], ["stft/voice"], name="stft/voice"),
        helper.make_node("Unsqueeze", ["stft/voice", "stft/axis"], ["stft/signal"], name="stft/signal"),
        helper.make_node("Conv", ["stft/signal", "stft/kernel", "stft/bias"], ["stft/both"], name="stft/both",
                         kernel_shape=[TAPS], strides=[STRIDE]),
        helper.make_node("Split", ["stft/both", "stft/sizes"], [real.output[0], imaginary.output[0]], name="stft/parts", axis=1),
    ]  # fmt: skip
    gone = {id(node) for node in (stft, parts, real, imaginary)}
    kept = [node for node in graph.nodes[:place] if id(node) not in gone]
    kept += new + [node for node in graph.nodes[place:] if id(node) not in gone]
    del model.graph.node[:]
    model.graph.node.extend(kept)


def _time_by_channel(edit: Editor, source: str, output: str) -> None:
    """[1, channel, time] to [time, channel]."""
    squeezed = edit.add("Squeeze", [source, "front/first"], output + "/squeezed")
    edit.add("Transpose", [squeezed], output, perm=[1, 0])


def _joined(edit: Editor, sources: list[str], output: str) -> None:
    """Tensors [1, channel, 1] as one row."""
    edit.add("Concat", sources, output + "/joined", axis=1)
    edit.add("Reshape", [output + "/joined", "front/row"], output)


def build(graph: Graph, convs: list[NormedConv]) -> onnx.ModelProto:
    """The front half of Kokoro."""
    raw = [FEATURES, HARMONICS, DURATIONS, *(c.gamma for c in convs), *(c.beta for c in convs)]
    model = graph.cut({name: TensorProto.FLOAT for name in raw})
    replace_stft(model)
    matmul_convs.replace_convs(model)
    edit = Editor(model)
    edit.constant("front/first", np.array([0], np.int64))
    edit.constant("front/row", np.array([-1], np.int64))
    _time_by_channel(edit, FEATURES, "features")
    _time_by_channel(edit, HARMONICS, "harmonics")
    _joined(edit, [c.gamma for c in convs], "gammas")
    _joined(edit, [c.beta for c in convs], "betas")
    row = edit.add("Reshape", [DURATIONS, "front/row"], "durations/row")
    edit.add("Cast", [row], "durations", to=TensorProto.INT64)

    channels = sum(len(c.alpha) for c in convs)
    del model.graph.output[:]
    model.graph.output.extend([
        helper.make_tensor_value_info("features", TensorProto.FLOAT, ["frames", 512]),
        helper.make_tensor_value_info("harmonics", TensorProto.FLOAT, ["harmonic_frames", 2 * BINS]),
        helper.make_tensor_value_info("gammas", TensorProto.FLOAT, [channels]),
        helper.make_tensor_value_info("betas", TensorProto.FLOAT, [channels]),
        helper.make_tensor_value_info("durations", TensorProto.INT64, ["tokens"]),
    ])  # fmt: skip
    known = [opset for opset in model.opset_import if opset.domain in ("", "ai.onnx", "com.microsoft")]
    del model.opset_import[:]
    model.opset_import.extend(known)
    onnx.checker.check_model(model)
    return model
