# SPDX-License-Identifier: GPL-3.0-or-later
"""generator.bin: what is written is read, and a file that is not whole or not ours is refused with a sentence."""
import struct
import zlib

import numpy as np
import pytest
from tensor_file import ALIGNMENT, ENTRY, HEADER, TensorFileError, pack, unpack

TENSORS = {
    "conv.00.weight": np.arange(2 * 3 * 5, dtype=np.uint8).reshape(2, 3, 5),
    "conv.00.weight_scale": np.array([0.25], np.float32),
    "conv.00.dilation": np.array([-3], np.int32),
    "up.0.weight": np.linspace(-1, 1, 7 * 11, dtype=np.float32).reshape(7, 11),
    "a name that is just as long as a name in here may be, x": np.ones((1, 1, 1, 2), np.float32),
}


def sealed(data: bytearray) -> bytes:
    """The bytes with size and checksum set right again, so that only what the test broke is wrong."""
    struct.pack_into("<QI", data, 16, len(data), zlib.crc32(data[HEADER.size :]))
    return bytes(data)


def entry(data: bytes, index: int) -> int:
    return HEADER.size + index * ENTRY.size


def test_what_is_written_is_read():
    found = unpack(pack(TENSORS))
    assert list(found) == list(TENSORS)
    for name, array in TENSORS.items():
        assert found[name].dtype == array.dtype and found[name].shape == array.shape
        np.testing.assert_array_equal(found[name], array)


def test_an_array_of_any_memory_layout_is_written_as_its_shape_says():
    turned = TENSORS["up.0.weight"].T
    np.testing.assert_array_equal(unpack(pack({"turned": turned}))["turned"], turned)


def test_every_tensor_begins_at_a_boundary():
    data = pack(TENSORS)
    for i in range(len(TENSORS)):
        offset = struct.unpack_from("<Q", data, entry(data, i) + 96)[0]
        assert offset % ALIGNMENT == 0 and offset >= entry(data, len(TENSORS))


def test_the_layout_is_the_one_that_is_documented():
    data = pack({"x": np.array([1.5, -2.0], np.float32)})
    assert data[:8] == b"PARLEYVG"
    version, count, size, checksum = struct.unpack_from("<IIQI", data, 8)
    assert (version, count, size, checksum) == (2, 1, len(data), zlib.crc32(data[64:]))
    name, kind, rank, first, second, third, fourth, offset, nbytes = struct.unpack_from("<56sII4QQQ", data, 64)
    assert (name.rstrip(b"\0"), kind, rank, (first, second, third, fourth)) == (b"x", 2, 1, (2, 1, 1, 1))
    assert struct.unpack_from("<2f", data, offset) == (1.5, -2.0) and nbytes == 8


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 64 + 128, 64 + 5 * 128, -1, -64])
def test_a_truncated_file_is_refused(length):
    data = pack(TENSORS)
    with pytest.raises(TensorFileError):
        unpack(data[:length])


def test_a_file_that_has_grown_is_refused():
    with pytest.raises(TensorFileError, match="has grown"):
        unpack(pack(TENSORS) + b"\0")


@pytest.mark.parametrize("place", [64, 64 + 57, 64 + 5 * 128, -1])
def test_a_flipped_bit_is_noticed(place):
    data = bytearray(pack(TENSORS))
    data[place] ^= 1
    with pytest.raises(TensorFileError, match="checksum"):
        unpack(bytes(data))


@pytest.mark.parametrize(
    ("place", "form", "value", "complaint"),
    [
        (0, "8s", b"PARLEYSP", "does not begin"),
        (8, "I", 1, "version 1"),
        (12, "I", 1 << 30, "does not fit"),
        (64 + 56, "I", 9, "unknown type"),
        (64 + 60, "I", 0, "unknown type or shape"),
        (64 + 60, "I", 5, "unknown type or shape"),
        (64 + 60, "I", 2, "unknown type or shape"),
        (64 + 64, "Q", 1 << 62, "does not lie inside"),
        (64 + 64, "Q", 3, "does not lie inside"),
        (64 + 96, "Q", 64, "does not lie inside"),
        (64 + 96, "Q", 1 << 40, "does not lie inside"),
        (64 + 96, "Q", (64 + 6 * 128) | 1, "does not lie inside"),
        (64 + 104, "Q", 31, "does not lie inside"),
    ],
)
def test_a_lie_in_header_or_directory_is_noticed(place, form, value, complaint):
    data = bytearray(pack(TENSORS))
    struct.pack_into("<" + form, data, place, value)
    with pytest.raises(TensorFileError, match=complaint):
        unpack(sealed(data))
