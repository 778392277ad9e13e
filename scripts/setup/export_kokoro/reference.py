# SPDX-License-Identifier: GPL-3.0-or-later
"""The waveform generator built from generator.bin and nothing else, as docs/kokoro-files.md describes it.

It exists to prove the file: with the statistics of the phrase and with the whole graph's way of rounding it has to say the
same. Inputs are front.onnx's outputs, the output is audio [300 frames]. The tensors NOISE and SPECTRUM have names of their own,
so that the whole graph's can be put in their place and compared.
"""
from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

EPSILON = 1e-5
OPSET = 20
HOP, TAPS = 5, 20  # samples: of the inverse STFT
NOISE = ["noise.0", "noise.1"]  # [1, 256, 10 frames] and [1, 128, 60 frames + 1]: the harmonics on their way in
SPECTRUM = "spectrum"  # [1, 22, 60 frames + 1]: before the inverse STFT


class Builder:
    """Writes nodes down in the order they are called for; a tensor is its name."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def floats(self, *value: float) -> str:
        return self.constant(np.array(value, np.float32))

    def ints(self, *value: int) -> str:
        return self.constant(np.array(value, np.int64))

    def __call__(self, operator: str, *inputs: str, outputs: int = 1, name: str = "", **attributes) -> str | list[str]:
        names = [name] if name else [f"t{len(self.nodes)}.{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, **attributes))
        return names[0] if outputs == 1 else names


def _channels(values: np.ndarray) -> np.ndarray:
    return values.reshape(1, -1, 1)


def _adain(b: Builder, x: str, gamma: str, beta: str) -> str:
    mean = b("ReduceMean", x, b.ints(2), keepdims=1)
    centred = b("Sub", x, mean)
    variance = b("ReduceMean", b("Mul", centred, centred), b.ints(2), keepdims=1)
    deviation = b("Sqrt", b("Add", variance, b.floats(EPSILON)))
    return b("Add", b("Mul", gamma, b("Div", centred, deviation)), beta)


def _snake(b: Builder, x: str, alpha: np.ndarray) -> str:
    sine = b("Sin", b("Mul", x, b.constant(_channels(alpha))))
    return b("Add", x, b("Mul", b("Mul", sine, sine), b.constant(_channels(1 / alpha))))


def _quantised_conv(b: Builder, x: str, prefix: str) -> str:
    weight, scale, zero, dilation, bias = (
        b.weights[f"{prefix}.{part}"] for part in ("weight", "weight_scale", "weight_zero", "dilation", "bias")
    )
    taps, step = weight.shape[1], int(dilation[0])
    pad = (taps - 1) // 2 * step
    integers, x_scale, x_zero = b("DynamicQuantizeLinear", x, outputs=3)
    kernel = b.constant(weight.transpose(0, 2, 1))
    sums = b(
        "ConvInteger", integers, kernel, x_zero, b.constant(zero[0].astype(np.uint8)),
        kernel_shape=[taps], dilations=[step], pads=[pad, pad],
    )  # fmt: skip
    unit = b("Mul", x_scale, b.constant(scale[0]))
    whole_bias = b("Cast", b("Floor", b("Div", b.constant(_channels(bias)), unit)), to=TensorProto.INT32)
    return b("Mul", b("Cast", b("Add", sums, whole_bias), to=TensorProto.FLOAT), unit)


def _block(b: Builder, x: str, block: int, gammas: list[str], betas: list[str]) -> str:
    for pair in range(3):
        y = x
        for n in (6 * block + 2 * pair, 6 * block + 2 * pair + 1):
            prefix = f"conv.{n:02d}"
            y = _snake(b, _adain(b, y, gammas[n], betas[n]), b.weights[prefix + ".alpha"])
            y = _quantised_conv(b, y, prefix)
        x = b("Add", y, x)
    return x


def _noise(b: Builder, harmonics: str, i: int, stride: int, pad: int) -> str:
    """The harmonics are rounded to 8 bits as in the whole graph; the weights of the file are floats."""
    integers, scale, zero = b("DynamicQuantizeLinear", harmonics, outputs=3)
    rounded = b("DequantizeLinear", integers, scale, zero)
    kernel = b.constant(b.weights[f"noise.{i}.weight"].transpose(2, 1, 0))
    bias = b.constant(b.weights[f"noise.{i}.bias"])
    return b("Conv", rounded, kernel, bias, name=NOISE[i], strides=[stride], pads=[pad, pad])


def _stage(b: Builder, x: str, noise: str, first: int, gammas: list[str], betas: list[str]) -> str:
    """Four blocks: one for the noise, three side by side for the sum, averaged."""
    x = b("Add", x, _block(b, noise, first, gammas, betas))
    branches = [_block(b, x, first + i, gammas, betas) for i in (1, 2, 3)]
    return b("Div", b("Sum", *branches), b.floats(3))


def _istft(b: Builder, frames: str) -> str:
    logarithm, angle = b("Split", frames, axis=1, num_outputs=2, outputs=2)
    magnitude, phase = b("Exp", logarithm), b("Sin", angle)
    parts = b("Concat", b("Mul", magnitude, b("Cos", phase)), b("Mul", magnitude, b("Sin", phase)), axis=1)
    basis = b.constant(b.weights["istft.basis"][:, None])
    samples = b("ConvTranspose", parts, basis, strides=[HOP], kernel_shape=[TAPS])
    return b("Mul", b("Slice", samples, b.ints(TAPS // 2), b.ints(-TAPS // 2), b.ints(2)), b.floats(TAPS / HOP))


def _rows(b: Builder, name: str) -> list[str]:
    """The flat row of 9216 as 48 tensors [1, channels, 1]."""
    sizes = [len(b.weights[f"conv.{n:02d}.alpha"]) for n in range(48)]
    cut = b("Split", name, b.ints(*sizes), axis=0, outputs=48)
    return [b("Reshape", part, b.ints(1, -1, 1)) for part in cut]


def build(weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    """The model: features, harmonics, gammas, betas to audio."""
    b = Builder(weights)
    gammas, betas = _rows(b, "gammas"), _rows(b, "betas")
    features, harmonics = (b("Unsqueeze", b("Transpose", name, perm=[1, 0]), b.ints(0)) for name in ("features", "harmonics"))
    slopes = [float(s) for s in weights["leaky.slopes"]]

    up = [(b.constant(weights[f"up.{i}.weight"]), b.constant(weights[f"up.{i}.bias"])) for i in (0, 1)]
    x = b("ConvTranspose", b("LeakyRelu", features, alpha=slopes[0]), *up[0], strides=[10], pads=[5, 5])
    x = _stage(b, x, _noise(b, harmonics, 0, 6, 3), 0, gammas, betas)
    x = b("ConvTranspose", b("LeakyRelu", x, alpha=slopes[1]), *up[1], strides=[6], pads=[3, 3])
    x = b("Pad", x, b.ints(0, 0, 1, 0, 0, 0), mode="reflect")
    x = _stage(b, x, _noise(b, harmonics, 1, 1, 0), 4, gammas, betas)
    post = b.constant(weights["post.weight"].transpose(2, 1, 0)), b.constant(weights["post.bias"])
    x = b("Conv", b("LeakyRelu", x, alpha=slopes[2]), *post, name=SPECTRUM, pads=[3, 3])
    b.nodes.append(helper.make_node("Reshape", [_istft(b, x), b.ints(-1)], ["audio"]))

    inputs = [("features", ["frames", 512]), ("harmonics", ["rows", 22]), ("gammas", ["channels"]), ("betas", ["channels"])]
    graph = helper.make_graph(
        b.nodes,
        "generator",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs],
        [helper.make_tensor_value_info("audio", TensorProto.FLOAT, ["samples"])],
        b.constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
