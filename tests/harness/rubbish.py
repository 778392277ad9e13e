# SPDX-License-Identifier: GPL-3.0-or-later
"""What peers of parleyd's media socket may send that they must not."""

import struct

from .peer import AUDIO, DTMF, FLUSH, HANGUP, HELLO, MARK


def message(kind: int, payload: bytes = b"") -> bytes:
    return struct.pack(">BH", kind, len(payload)) + payload


def hello(session: str) -> bytes:
    return message(HELLO, b'{"protocol": 1, "channel": "c", "session": "%s", "leg": "a"}' % session.encode())


SILENCE = message(AUDIO, bytes(640))

MEDIA = {
    "says nothing": b"",
    "speaks before its hello": SILENCE,
    "sends a hello of broken JSON": message(HELLO, b'{"protocol": 1,'),
    "sends a hello of another version": message(HELLO, b'{"protocol": 9, "channel": "c", "session": "s", "leg": "a"}'),
    "sends a hello of wrong types": message(HELLO, b'{"protocol": "one", "session": [], "leg": {}}'),
    "sends a hello of deep JSON": message(HELLO, b"[" * 4000),
    "sends an empty hello": message(HELLO),
    "announces more than there may be": b"\x01\xff\xff" + bytes(65535),
    "says hello twice": hello("lonely3") * 2,
    "sends half a frame": hello("lonely") + message(AUDIO, bytes(320)),
    "sends a frame too long": hello("lonely4") + message(AUDIO, bytes(1280)),
    "presses two keys at once": hello("lonely5") + message(DTMF, b"12"),
    "presses a key that is none": hello("lonely6") + message(DTMF, b"\xff"),
    "sends a mark too short": hello("lonely7") + message(MARK, b"\0"),
    "flushes, which is not for it": hello("lonely8") + message(FLUSH),
    "hangs up at length": hello("lonely9") + message(HANGUP, b"0123456789"),
    "breaks off inside a message": hello("lonely2") + b"\x12\x02",
    "sends noise": bytes(range(256)) * 64,
}
