# SPDX-License-Identifier: GPL-3.0-or-later
"""The waveform generator's weights as generator.bin holds them."""
from __future__ import annotations

import numpy as np
from kokoro_graph import GENERATOR, Graph, NormedConv, QuantisedConv, attribute

LEAKY = ["LeakyRelu", "LeakyRelu_1", "LeakyRelu_2"]  # before up.0, up.1 and post


def _conv(prefix: str, source: NormedConv) -> dict[str, np.ndarray]:
    conv = source.conv
    return {
        f"{prefix}.weight": conv.weight.transpose(0, 2, 1),
        f"{prefix}.weight_scale": np.array([conv.scale], np.float32),
        f"{prefix}.weight_zero": np.array([conv.zero], np.int32),
        f"{prefix}.dilation": np.array([conv.dilation], np.int32),
        f"{prefix}.bias": conv.bias,
        f"{prefix}.alpha": source.alpha,
    }


def _dequantised(conv: QuantisedConv) -> np.ndarray:
    """[tap, in, out] f32."""
    return ((conv.weight.astype(np.float32) - conv.zero) * conv.scale).transpose(2, 1, 0)


def weights(graph: Graph, convs: list[NormedConv]) -> dict[str, np.ndarray]:
    """All tensors of generator.bin but what lessons.py leads to, in the file's order."""
    tensors = {}
    for n, conv in enumerate(convs):
        tensors |= _conv(f"conv.{n:02d}", conv)
    for i in (0, 1):
        up = graph.node(f"{GENERATOR}ups.{i}/ConvTranspose", "ConvTranspose")
        tensors[f"up.{i}.weight"], tensors[f"up.{i}.bias"] = graph.constant(up.input[1]), graph.constant(up.input[2])
    for i in (0, 1):
        noise = QuantisedConv.trace(graph, f"{GENERATOR}noise_convs.{i}")
        tensors[f"noise.{i}.weight"], tensors[f"noise.{i}.bias"] = _dequantised(noise), noise.bias
    post = graph.node(GENERATOR + "conv_post/Conv", "Conv")
    tensors["post.weight"] = graph.constant(post.input[1]).transpose(2, 1, 0)
    tensors["post.bias"] = graph.constant(post.input[2])
    inverse = graph.node(GENERATOR + "istft/stft/ConvTranspose", "ConvTranspose")
    tensors["istft.basis"] = graph.constant(inverse.input[1])[:, 0]
    slopes = [attribute(graph.node(GENERATOR + name, "LeakyRelu"), "alpha") for name in LEAKY]
    tensors["leaky.slopes"] = np.array(slopes, np.float32)
    return {name: np.ascontiguousarray(value) for name, value in tensors.items()}
