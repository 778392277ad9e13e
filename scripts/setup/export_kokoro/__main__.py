# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes of Kokoro's whole graph what the streaming synthesiser runs: docs/kokoro-files.md.

    export_kokoro KOKORO.onnx TOKENS.json VOICES OUTPUT_DIRECTORY

writes front.onnx and generator.bin, after checking both against the whole graph. VOICES is a directory of voice files.
Takes about four minutes on two cores, most of them for the phrases that all voices speak.
"""
from __future__ import annotations

import sys
from pathlib import Path

import front
import generator
import learning
import lessons
import onnx
import proof
import tensor_file
from kokoro_graph import Graph, GraphError, generator_convs


def main() -> None:
    source, tokens, voices, target = map(Path, sys.argv[1:])
    graph = Graph(onnx.load(source))
    convs = generator_convs(graph)
    proved = proof.speak(graph, convs, tokens, voices)

    onnx.save(front.build(graph, convs), target / "front.onnx")
    seen = proof.check_front(onnx.load(target / "front.onnx"), convs, proved)
    weights = generator.weights(graph, convs)
    seen.decibels = proof.check_generator(tensor_file.unpack(tensor_file.pack(weights)), convs, proved)
    print(f"front half bit for bit, generator's spectra bit for bit; {seen}", flush=True)

    spoken = lessons.take(graph, convs, tokens, voices, lambda done, of: print(f"phrase {done} of {of}", flush=True))
    learnt = learning.learn(spoken)
    (target / "generator.bin").write_bytes(tensor_file.pack(weights | learnt.tensors))
    print(learnt.report)


if __name__ == "__main__":
    try:
        main()
    except (GraphError, proof.Mismatch, tensor_file.TensorFileError, learning.Useless) as error:
        sys.exit(f"export_kokoro: {error}")
