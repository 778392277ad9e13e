#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the golden outputs that the translation engine is tested against.

An independent implementation of the models' graph in numpy, in f32, for two things: to say what the C++ engine must compute, and to
say it again when a model changes. The output layer considers the same words as the engine does by default: the first 4000 ids and
the shortlist's entries for every source word (the end mark included), never the unknown word.

    marian.py --models ~/.cache/parley/models --out tests/data/translation

reads <out>/sentences-<language>.txt and writes <out>/golden-<pair>.json. Needs numpy and sentencepiece.
"""

import argparse
import json
import pathlib
import struct

import numpy as np
import sentencepiece

FREQUENT_WORDS = 4000
LENGTH_FACTOR = 2.5
END, UNKNOWN = 0, 1
FLOAT32, INTGEMM8 = 0x404, 0x4101


def read_tensors(path):
    """Name → f32 array in [in, out] order, and the embedded configuration's text."""
    data = path.read_bytes()
    version, count = struct.unpack_from("<QQ", data, 0)
    assert version == 1, f"{path}: version {version}"
    headers = [struct.unpack_from("<4Q", data, 16 + 32 * i) for i in range(count)]
    at = 16 + 32 * count
    names = []
    for name_length, *_ in headers:
        names.append(data[at : at + name_length - 1].decode())
        at += name_length
    shapes = []
    for _, _, dimensions, _ in headers:
        shapes.append(struct.unpack_from(f"<{dimensions}i", data, at))
        at += 4 * dimensions
    at += 8 + struct.unpack_from("<Q", data, at)[0]

    tensors, configuration = {}, ""
    for name, shape, (_, kind, _, length) in zip(names, shapes, headers):
        elements = int(np.prod(shape))
        if name == "special:model.yml":
            configuration = data[at : at + length].rstrip(b"\0").decode()
        elif kind == FLOAT32 and not name.endswith("_QuantMultA"):
            tensors[name] = np.frombuffer(data, np.float32, elements, at).reshape(shape)
        elif kind == INTGEMM8 and not name.endswith("_QuantMultA"):
            values = np.frombuffer(data, np.int8, elements, at)
            (multiplier,) = struct.unpack_from("<f", data, at + elements)
            stored_as_written = name == "Wemb"
            matrix = values.reshape(shape) if stored_as_written else values.reshape(shape[::-1]).T
            tensors[name] = matrix.astype(np.float32) / np.float32(multiplier)
        at += length
    return tensors, configuration


def setting(configuration, key):
    return next(int(line.split(":")[1]) for line in configuration.splitlines() if line.startswith(key + ":"))


class Model:
    def __init__(self, directory):
        self.tensors, configuration = read_tensors(directory / "model.bin")
        self.width = setting(configuration, "dim-emb")
        self.heads = setting(configuration, "transformer-heads")
        self.encoder_layers = setting(configuration, "enc-depth")
        self.decoder_layers = setting(configuration, "dec-depth")
        self.vocabulary = sentencepiece.SentencePieceProcessor(str(directory / "vocab.spm"))
        shortlist = (directory / "lex.bin").read_bytes()
        _, _, _, _, offsets, entries = struct.unpack_from("<6Q", shortlist, 0)
        self.offsets = np.frombuffer(shortlist, np.uint64, offsets, 48).astype(np.int64)
        self.entries = np.frombuffer(shortlist, np.uint32, entries, 48 + 8 * offsets).astype(np.int64)

    def positions(self, first, count):
        half = self.width // 2
        frequencies = np.exp(-np.arange(half, dtype=np.float32) * np.float32(np.log(10000.0) / (half - 1)))
        angles = np.arange(first, first + count, dtype=np.float32)[:, None] * frequencies
        return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)

    def embed(self, words, first):
        return self.tensors["Wemb"][words] * np.float32(np.sqrt(self.width)) + self.positions(first, len(words))

    def linear(self, x, matrix, bias=None):
        y = x @ self.tensors[matrix]
        return y if bias is None else y + self.tensors[bias]

    def normalise(self, x, prefix):
        mean = x.mean(-1, keepdims=True)
        variance = ((x - mean) ** 2).mean(-1, keepdims=True)
        return (x - mean) / np.sqrt(variance + 1e-9) * self.tensors[prefix + "_ln_scale"] + self.tensors[prefix + "_ln_bias"]

    def split_heads(self, x):
        return x.reshape(-1, self.heads, self.width // self.heads).transpose(1, 0, 2)

    def keys_and_values(self, x, prefix):
        return [self.split_heads(self.linear(x, f"{prefix}_W{part}", f"{prefix}_b{part}")) for part in "kv"]

    def attend(self, x, keys, values, prefix):
        queries = self.split_heads(self.linear(x, prefix + "_Wq", prefix + "_bq"))
        energies = queries @ keys.transpose(0, 2, 1) / np.sqrt(np.float32(self.width // self.heads))
        weights = np.exp(energies - energies.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        mixed = (weights @ values).transpose(1, 0, 2).reshape(-1, self.width)
        return self.normalise(self.linear(mixed, prefix + "_Wo", prefix + "_bo") + x, prefix + "_Wo"), weights

    def feed_forward(self, x, prefix):
        inner = np.maximum(self.linear(x, prefix + "_W1", prefix + "_b1"), 0)
        return self.normalise(self.linear(inner, prefix + "_W2", prefix + "_b2") + x, prefix + "_ffn")

    def encode(self, source):
        x = self.embed(source, 0)
        for layer in range(1, self.encoder_layers + 1):
            prefix = f"encoder_l{layer}"
            x, _ = self.attend(x, *self.keys_and_values(x, prefix + "_self"), prefix + "_self")
            x = self.feed_forward(x, prefix + "_ffn")
        return x

    def recur(self, y, state, prefix):
        forget = 1 / (1 + np.exp(-self.linear(y, prefix + "_Wf", prefix + "_bf")))
        state = forget * state + (1 - forget) * self.linear(y, prefix + "_W")
        return self.normalise(np.maximum(state, 0) + y, prefix + "_ffn"), state

    def candidates(self, source):
        considered = np.zeros(len(self.tensors["Wemb"]), bool)
        considered[:FREQUENT_WORDS] = True
        for word in source:
            considered[self.entries[self.offsets[word] : self.offsets[word + 1]]] = True
        considered[UNKNOWN] = False
        return np.nonzero(considered)[0]

    def translate(self, text):
        source = self.vocabulary.encode(text) + [END]
        encoded = self.encode(source)
        contexts = [self.keys_and_values(encoded, f"decoder_l{i + 1}_context") for i in range(self.decoder_layers)]
        states = [np.zeros((1, self.width), np.float32)] * self.decoder_layers
        candidates = self.candidates(source)
        output_matrix = self.tensors["Wemb"][candidates].T
        output_bias = self.tensors["decoder_ff_logit_out_b"][0, candidates]

        words, log_probabilities, looks_at = [], [], []
        for position in range(max(1, int(LENGTH_FACTOR * len(source)))):
            y = self.embed([words[-1]], position) if words else self.positions(0, 1)
            for i in range(self.decoder_layers):
                prefix = f"decoder_l{i + 1}"
                y, states[i] = self.recur(y, states[i], prefix + "_rnn")
                y, weights = self.attend(y, *contexts[i], prefix + "_context")
                y = self.feed_forward(y, prefix + "_ffn")
            logits = (y @ output_matrix)[0] + output_bias
            choice = int(logits.argmax())
            if candidates[choice] == END:
                break
            words.append(int(candidates[choice]))
            log_probabilities.append(float(logits[choice] - logits.max() - np.log(np.exp(logits - logits.max()).sum())))
            looks_at.append([round(float(w), 4) for w in weights[0, 0]])
        return {
            "source": text,
            "source_ids": source[:-1],
            "target_ids": words,
            "target": self.vocabulary.decode(words),
            "log_probability": round(float(np.mean(log_probabilities)), 5),
            "attention": looks_at,
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=pathlib.Path, required=True, help="directory that holds marian-en-pt and marian-pt-en")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="directory of the sentences and of the golden files")
    arguments = parser.parse_args()
    for pair in ("en-pt", "pt-en"):
        model = Model(arguments.models / f"marian-{pair}")
        sentences = (arguments.out / f"sentences-{pair[:2]}.txt").read_text(encoding="utf-8").splitlines()
        lines = [json.dumps(model.translate(sentence), ensure_ascii=False) for sentence in sentences]
        path = arguments.out / f"golden-{pair}.json"
        path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
        print(f"{path}: {len(lines)} sentences")


if __name__ == "__main__":
    main()
