# SPDX-License-Identifier: GPL-3.0-or-later
"""Kokoro's graph: who makes which tensor, where it is cut, and what its 48 generator convolutions are made of.

The graph is PyTorch's export of StyleTTS 2 with an ISTFTNet generator, made int8 by ONNX Runtime's dynamic quantisation:
before each ConvInteger a DynamicQuantizeLinear, after it bias and scale. The optimiser that wrote the file merged equal
constants, so a tensor's name tells nothing: everything here is found by walking from node to node.
"""
from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import helper, numpy_helper

DECODER = "/decoder/decoder/"
GENERATOR = DECODER + "generator/"
FEATURES = DECODER + "decode.3/Div_4_output_0"  # [1, 512, 2 T]: what the generator upsamples, 80 Hz
HARMONICS = GENERATOR + "Concat_3_output_0"  # [1, 22, 120 T + 1]: STFT of the harmonic source, 4800 Hz
NOISE = [GENERATOR + f"noise_convs.{i}/Conv_output_0" for i in (0, 1)]  # [1, 256, 20 T], [1, 128, 120 T + 1]
SPECTRUM = GENERATOR + "conv_post/Conv_output_0"  # [1, 22, 120 T + 1]: logarithms of magnitudes, angles
AUDIO = "audio"  # [600 T]
DURATIONS = "/encoder/Clip_output_0"  # [1, N] float, whole numbers: frames of 25 ms of each token

BLOCKS = [  # of six convolutions each; the first four at 800 Hz with 256 channels, the others at 4800 Hz with 128
    "noise_res.0", "resblocks.0", "resblocks.1", "resblocks.2",
    "noise_res.1", "resblocks.3", "resblocks.4", "resblocks.5",
]  # fmt: skip
CONVS = [f"{block}/convs{half}.{i}" for block in BLOCKS for i in range(3) for half in (1, 2)]


class GraphError(Exception):
    """The graph is not the Kokoro export this was written for."""


class Graph:
    """An ONNX model that can be walked."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.model = model
        self.nodes = list(model.graph.node)
        self.producer = {name: node for node in self.nodes for name in node.output if name}
        self.consumers = defaultdict(list)
        for node in self.nodes:
            for name in node.input:
                self.consumers[name].append(node)
        self.initializers = {i.name: i for i in model.graph.initializer}
        self.by_name = {node.name: node for node in self.nodes}

    def constant(self, name: str) -> np.ndarray:
        return numpy_helper.to_array(self.initializers[name])

    def node(self, name: str, operator: str) -> onnx.NodeProto:
        node = self.by_name.get(name)
        if node is None or node.op_type != operator:
            raise GraphError(f"kokoro.onnx has no {operator} named {name}: it is another export than the one this was written for")
        return node

    def maker(self, name: str, operator: str) -> onnx.NodeProto:
        """The node that makes a tensor, which must be an `operator`."""
        node = self.producer.get(name)
        if node is None or node.op_type != operator:
            raise GraphError(f"{name} does not come from a {operator}: kokoro.onnx is another export than the one this was written for")
        return node

    def user(self, name: str, operator: str) -> onnx.NodeProto:
        """The only `operator` that reads a tensor."""
        users = [n for n in self.consumers[name] if n.op_type == operator]
        if len(users) != 1:
            raise GraphError(f"{name} is read by {len(users)} {operator} nodes, not one")
        return users[0]

    def input_made_by(self, node: onnx.NodeProto, operator: str) -> str:
        """The only input of `node` that an `operator` makes."""
        names = [n for n in node.input if n in self.producer and self.producer[n].op_type == operator]
        if len(names) != 1:
            raise GraphError(f"{node.name} has {len(names)} inputs from {operator}, not one")
        return names[0]

    def constant_input(self, node: onnx.NodeProto) -> np.ndarray:
        names = [n for n in node.input if n in self.initializers]
        if len(names) != 1:
            raise GraphError(f"{node.name} has {len(names)} constant inputs, not one")
        return self.constant(names[0])

    def cut(self, outputs: dict[str, int], inputs: dict[str, int] | None = None) -> onnx.ModelProto:
        """The nodes between `inputs` and `outputs` (names to ONNX element types) in their order; without `inputs`,
        from the graph's own. Tensors and nodes keep their names."""
        inputs = inputs or {}
        own = {i.name: i for i in self.model.graph.input}
        needed, seen, todo = set(), set(), list(outputs)
        while todo:
            name = todo.pop()
            if not name or name in seen:
                continue
            seen.add(name)
            if name in self.producer and name not in inputs:
                needed.add(id(self.producer[name]))
                todo += self.producer[name].input
        graph = helper.make_graph(
            [node for node in self.nodes if id(node) in needed],
            self.model.graph.name or "kokoro",
            [own[n] for n in own if n in seen] + [helper.make_tensor_value_info(n, t, None) for n, t in inputs.items()],
            [helper.make_tensor_value_info(n, t, None) for n, t in outputs.items()],
            [i for n, i in self.initializers.items() if n in seen],
        )
        return helper.make_model(graph, opset_imports=self.model.opset_import, ir_version=self.model.ir_version)


def attribute(node: onnx.NodeProto, name: str):
    return next(helper.get_attribute_value(a) for a in node.attribute if a.name == name)


@dataclass(frozen=True)
class QuantisedConv:
    """A ConvInteger with what dynamic quantisation put around it: y = scale_x · scale_w · Σ (w - zero) (x - zero_x) + bias."""

    weight: np.ndarray  # u8 [out, in, tap]
    scale: np.float32
    zero: int
    bias: np.ndarray  # f32 [out]
    dilation: int
    input: str  # tensor before its quantisation
    input_scale: str  # its scale and zero point (u8), which the graph finds anew in each run
    input_zero: str

    @staticmethod
    def trace(graph: Graph, name: str) -> "QuantisedConv":
        node = graph.node(name + "/Conv_quant", "ConvInteger")
        quantise = graph.maker(node.input[0], "DynamicQuantizeLinear")
        add = graph.user(node.output[0], "Add")
        scaled = graph.user(graph.user(add.output[0], "Cast").output[0], "Mul")
        scale = graph.maker(graph.input_made_by(scaled, "Mul"), "Mul")
        # The bias is divided by the scale, rounded down and added as an integer.
        integers = graph.maker(graph.maker(graph.input_made_by(add, "Reshape"), "Reshape").input[0], "Cast")
        bias = graph.maker(graph.maker(integers.input[0], "Floor").input[0], "Div").input[0]
        weight = graph.constant(node.input[1])
        if weight.dtype != np.uint8:
            raise GraphError(f"the weights of {name} are {weight.dtype}, not u8")
        return QuantisedConv(
            weight=weight,
            scale=np.float32(graph.constant_input(scale).item()),
            zero=int(graph.constant(node.input[3]).item()),
            bias=graph.constant(bias).astype(np.float32).ravel(),
            dilation=attribute(node, "dilations")[0],
            input=quantise.input[0],
            input_scale=quantise.output[1],
            input_zero=quantise.output[2],
        )


@dataclass(frozen=True)
class NormedConv:
    """One of the 48: AdaIN (its gain, its offset, its statistics), Snake (its alpha), convolution."""

    conv: QuantisedConv
    alpha: np.ndarray  # f32 [in]
    gamma: str  # tensors [1, in, 1]: the gain as it multiplies the normalised value, the offset,
    beta: str
    mean: str  # and the statistics over time of the norm's input
    variance: str

    @staticmethod
    def trace(graph: Graph, name: str) -> "NormedConv":
        conv = QuantisedConv.trace(graph, name)
        # Snake: u + sin(alpha u)² / alpha, with u the norm's output.
        snake = graph.maker(conv.input, "Add")
        normed = graph.input_made_by(snake, "Add")
        sine = graph.maker(graph.maker(graph.input_made_by(snake, "Mul"), "Mul").input[1], "Pow")
        alpha = graph.constant_input(graph.maker(graph.maker(sine.input[0], "Sin").input[0], "Mul"))
        # AdaIN: gamma (x - mean) / sqrt(variance + epsilon) + beta.
        affine = graph.maker(normed, "Add")
        product = graph.maker(graph.input_made_by(affine, "Mul"), "Mul")
        quotient = graph.maker(graph.input_made_by(product, "Div"), "Div")
        centred = graph.maker(quotient.input[0], "Sub")
        deviation = graph.maker(graph.maker(quotient.input[1], "Sqrt").input[0], "Add")
        if not np.isclose(graph.constant_input(deviation), 1e-5):
            raise GraphError(f"the epsilon of the norm before {name} is not 1e-5")
        return NormedConv(
            conv=conv,
            alpha=alpha.astype(np.float32).ravel(),
            gamma=graph.input_made_by(product, "Add"),
            beta=graph.input_made_by(affine, "Split"),
            mean=graph.input_made_by(centred, "ReduceMean"),
            variance=graph.input_made_by(deviation, "ReduceMean"),
        )


def generator_convs(graph: Graph) -> list[NormedConv]:
    """The generator's 48 convolutions in the order of CONVS."""
    return [NormedConv.trace(graph, GENERATOR + name) for name in CONVS]
