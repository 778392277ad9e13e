#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seeds the fuzzers start from: python3 tests/fuzz-corpus/make.py

Inputs that once failed are kept beside them under names of their own, which this script leaves alone.
"""

import json
import pathlib
import struct

HERE = pathlib.Path(__file__).parent


def message(kind, payload=b""):
    return struct.pack(">BH", kind, len(payload)) + payload


HELLO = {
    "protocol": 1, "channel": "1732434123.7", "name": "ExternalMedia/1732434123.4/a-3", "session": "1732434123.4", "leg": "a",
    "caller": {"number": "100", "name": "Alice"}, "speaks": "en", "hears": "pt-BR", "codec": "slin16", "reconnect": 1,
}
UUID = bytes.fromhex("67430f4b00000000000000040a656e00")
FRAME = bytes(640)


def hello(**changes):
    return message(0x01, json.dumps({**HELLO, **changes}, separators=(",", ":")).encode())


EXTERNAL_MEDIA = {
    "call": hello() + message(0x12, FRAME) + message(0x03, b"5") + message(0x21, b"\0\0\0\1") + message(0x22, b"\0\0\0\2") + message(0x00, b"\x10"),
    "shortest": message(0x01, b'{"protocol":1,"channel":"c","session":"s"}') + message(0x00),
    "unknown-type": hello() + message(0x77, b"later") + message(0x12, FRAME),
    "other-version": hello(protocol=2),
    "wrong-types": hello(caller=[1], reconnect="x", speaks=7),
    "long-language": hello(speaks="zh-Hant-TW", hears=""),
    "control-characters": hello(session="a\nb", caller={"name": "\x1b[31m"}),
    "not-json": message(0x01, b'{"protocol":1,'),
    "not-utf8": message(0x01, b'{"session":"\xc3\x28"}'),
    "deep": message(0x01, b"[" * 64 + b"]" * 64),
    "audio-first": message(0x12, FRAME),
    "short-audio": hello() + message(0x12, FRAME[:-1]),
    "too-long": hello() + struct.pack(">BH", 0x12, 65535),
    "two-hellos": hello() + hello(),
    "truncated": hello()[:40],
}

AUDIOSOCKET = {
    "wide-call": message(0x01, UUID) + message(0x12, FRAME) + message(0x03, b"#") + message(0x00),
    "narrow-call": message(0x01, UUID[:12] + b"\x0ept\0") + message(0x10, FRAME[:320]) + message(0xFF, b"\1"),
    "thirty-milliseconds": message(0x01, UUID) + message(0x10, FRAME[:480]),
    "other-rate": message(0x01, UUID) + message(0x16, FRAME),
    "half-sample": message(0x01, UUID) + message(0x10, FRAME[:319]),
    "foreign-uuid": message(0x01, bytes(range(16))),
    "http": b"GET / HTTP/1.1\r\n\r\n",
    "audio-first": message(0x10, FRAME[:320]),
}


def pieces(protocol, stream, actions):
    """A stream for fuzz_connection: cut into pieces, the owner of the leg acting between them."""
    out = bytes([protocol])
    size = 4 * 100
    for number, at in enumerate(range(0, len(stream), size)):
        piece = stream[at:at + size]
        piece += bytes(-len(piece) % 4)
        out += bytes([len(piece) // 4, actions[number % len(actions)]]) + piece
    return out


CONNECTION = {
    "external-media": pieces(0, EXTERNAL_MEDIA["call"], [0, 1, 2]),
    "external-media-hung-up": pieces(0, hello() + 3 * message(0x12, FRAME), [0, 0, 3]),
    "external-media-destroyed": pieces(0, hello() + 3 * message(0x12, FRAME), [0, 4]),
    "external-media-error": pieces(0, EXTERNAL_MEDIA["two-hellos"], [0]),
    "audiosocket-wide": pieces(1, AUDIOSOCKET["wide-call"], [0, 1, 2]),
    "audiosocket-narrow": pieces(1, AUDIOSOCKET["narrow-call"] + AUDIOSOCKET["narrow-call"], [2, 0, 0x80]),
}


def worker(kind, request, payload=b""):
    """A message between parleyd and an engine's process (src/workers/wire.h)."""
    return struct.pack("<IBQ", len(payload), kind, request) + payload


def text(value):
    return struct.pack("<I", len(value.encode())) + value.encode()


FACTS = text("fake") + struct.pack("<I", 1) + text("en") + struct.pack("<I", 1) + text("en") + text("pt") + struct.pack("<I", 1) + text("en") + text("v")
TRANSCRIPT = text("a b") + struct.pack("<dQI", 0.5, 1, 2) + 2 * (text("a") + struct.pack("<qq", 0, 20))
TRANSLATION = text("a") + text("b") + struct.pack("<d?I", -1.0, True, 1) + text("a") + struct.pack("<?Q", True, 0)
SOUND = struct.pack("<Ihhqq", 2, 1, -1, 20, 900)

WORKERS_WIRE = {
    "ready": worker(65, 0, FACTS) + worker(67, 0),
    "answers": worker(68, 1, TRANSCRIPT) + worker(69, 2, TRANSLATION) + worker(71, 3) + worker(70, 3, SOUND),
    "error": worker(66, 0, b"\1" + text("model x is missing")) + worker(72, 1, b"\5" + text("failed")),
    "hear": worker(2, 1, struct.pack("<Q", 7) + text("s") + text("a") + text("en") + bytes([1, 0, 1]) + struct.pack("<Ihh", 2, 1, 2)),
    "speak": worker(5, 1, struct.pack("<Q", 7) + text("Hi.") + text("en") + text("v") + struct.pack("<d", 1.0) + text("") + struct.pack("<Q?", 0, True)),
    "translate": worker(4, 1, text("a") + text("en") + text("pt") + text("")) + worker(1, 0),
    "too-long": worker(68, 1)[:3] + b"\x7f" + worker(68, 1)[4:],
    "long-list": worker(65, 0, text("") + b"\xff\xff\xff\xff" + bytes(8)),
    "no-number": worker(68, 1, text("") + struct.pack("<dQI", float("nan"), 0, 0)),
    "unknown-type": worker(42, 1, b"x"),
}


def main():
    corpora = {"external_media": EXTERNAL_MEDIA, "audiosocket": AUDIOSOCKET, "connection": CONNECTION, "workers_wire": WORKERS_WIRE}
    for name, seeds in corpora.items():
        directory = HERE / name
        directory.mkdir(exist_ok=True)
        for seed, content in seeds.items():
            (directory / seed).write_bytes(content)


if __name__ == "__main__":
    main()
