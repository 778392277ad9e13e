# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes of Kokoro's whole graph what the streaming synthesiser runs: docs/kokoro-files.md.

    export_kokoro KOKORO.onnx TOKENS.json VOICES OUTPUT_DIRECTORY

writes front.onnx and generator.bin, after checking both against the whole graph. VOICES is a directory of voice files.
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

import calibration
import front
import generator
import onnx
import proof
import tensor_file
from kokoro_graph import Graph, GraphError, generator_convs


def main() -> None:
    source, tokens, voices, target = map(Path, sys.argv[1:])
    graph = Graph(onnx.load(source))
    convs = generator_convs(graph)
    speeches = calibration.speak(graph, convs, json.loads(tokens.read_text(encoding="utf-8")), voices)

    model = front.build(graph, convs)
    onnx.save(model, target / "front.onnx")
    weights = generator.weights(graph, convs) | calibration.fallback(speeches, convs)
    (target / "generator.bin").write_bytes(tensor_file.pack(weights))

    proved = [s for s in speeches if s.voice in calibration.PROVED]
    seen = proof.check_front(onnx.load(target / "front.onnx"), convs, proved)
    read = tensor_file.unpack((target / "generator.bin").read_bytes())
    seen.decibels = proof.check_generator(read, convs, proved)
    print(f"front half bit for bit, generator's spectra bit for bit; {seen}")


if __name__ == "__main__":
    try:
        main()
    except (GraphError, proof.Mismatch, tensor_file.TensorFileError) as error:
        sys.exit(f"export_kokoro: {error}")
