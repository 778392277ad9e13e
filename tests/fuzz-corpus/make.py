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


def main():
    for name, seeds in {"external_media": EXTERNAL_MEDIA, "audiosocket": AUDIOSOCKET, "connection": CONNECTION}.items():
        directory = HERE / name
        directory.mkdir(exist_ok=True)
        for seed, content in seeds.items():
            (directory / seed).write_bytes(content)


if __name__ == "__main__":
    main()
