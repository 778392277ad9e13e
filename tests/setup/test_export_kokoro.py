# SPDX-License-Identifier: GPL-3.0-or-later
"""The pieces of Kokoro's export: what replaces a node does what the node did."""
import front
import kokoro_graph
import matmul_convs
import numpy as np
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

OPSET = 20
RANDOM = np.random.default_rng(7)


def model_of(nodes, inputs, outputs, constants):
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info(name, kind, None) for name, kind in inputs.items()],
        [helper.make_tensor_value_info(name, kind, None) for name, kind in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)


def conv_integer(taps, channels=6, out=10, stride=1):
    weight = RANDOM.integers(0, 256, (out, channels, taps)).astype(np.uint8)
    node = helper.make_node(
        "ConvInteger", ["x", "w", "x_zero", "w_zero"], ["y"], name="conv", kernel_shape=[taps], strides=[stride],
        pads=[taps // 2] * 2, dilations=[1], group=1,
    )  # fmt: skip
    inputs = {"x": TensorProto.UINT8, "x_zero": TensorProto.UINT8}
    return model_of([node], inputs, {"y": TensorProto.INT32}, {"w": weight, "w_zero": np.array(70, np.uint8)})


def run(model, feed):
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, feed)[0]


def operators(model):
    return [node.op_type for node in model.graph.node]


@pytest.mark.parametrize("taps", [1, 3, 5, 11])
@pytest.mark.parametrize("length", [1, 2, 17])
def test_a_convolution_as_a_product_gives_the_same_integers(taps, length):
    model = conv_integer(taps)
    feed = {"x": RANDOM.integers(0, 256, (1, 6, length)).astype(np.uint8), "x_zero": np.array(133, np.uint8)}
    before = run(model, feed)
    matmul_convs.replace_convs(model)
    assert "ConvInteger" not in operators(model)
    after = run(model, feed)
    np.testing.assert_array_equal(before, after)


def test_weights_that_nothing_reads_any_more_go():
    model = conv_integer(3)
    matmul_convs.replace_convs(model)
    assert not {"w", "w_zero"} & {i.name for i in model.graph.initializer}


@pytest.mark.parametrize("shape", [{"stride": 2}, {"channels": 1}])
def test_other_convolutions_stay(shape):
    model = conv_integer(3, **shape)
    matmul_convs.replace_convs(model)
    assert operators(model) == ["ConvInteger"]


WINDOW = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(20) / 20)).astype(np.float32)


def test_the_kernel_does_what_the_stft_does():
    stft = front.Stft(WINDOW, OPSET)
    for signal in RANDOM.normal(size=(5, 20)).astype(np.float32):
        np.testing.assert_allclose(stft.kernel()[:, 0] @ signal, stft.frame(signal), atol=1e-5)
        spectrum = np.fft.rfft(WINDOW * signal)
        np.testing.assert_allclose(stft.frame(signal), np.concatenate([spectrum.real, spectrum.imag]), atol=1e-5)


def test_a_cut_keeps_what_lies_between_and_nothing_else():
    nodes = [helper.make_node("Add", [a, "one"], [b], name=b) for a, b in (("x", "a"), ("a", "b"), ("b", "c"), ("x", "other"))]
    floats = dict.fromkeys(["c", "other"], TensorProto.FLOAT)
    constants = {"one": np.ones(1, np.float32), "unused": np.ones(1, np.float32)}
    graph = kokoro_graph.Graph(model_of(nodes, {"x": TensorProto.FLOAT}, floats, constants))
    whole = graph.cut({"c": TensorProto.FLOAT})
    assert [n.name for n in whole.graph.node] == ["a", "b", "c"]
    assert [i.name for i in whole.graph.initializer] == ["one"]
    half = graph.cut({"c": TensorProto.FLOAT}, {"a": TensorProto.FLOAT})
    assert [n.name for n in half.graph.node] == ["b", "c"] and [i.name for i in half.graph.input] == ["a"]
    assert run(half, {"a": np.zeros(1, np.float32)}) == 2


def test_another_export_of_kokoro_is_refused_with_a_sentence():
    graph = kokoro_graph.Graph(conv_integer(3))
    with pytest.raises(kokoro_graph.GraphError, match="another export"):
        kokoro_graph.generator_convs(graph)
    with pytest.raises(kokoro_graph.GraphError, match="does not come from a DynamicQuantizeLinear"):
        graph.maker("x", "DynamicQuantizeLinear")
