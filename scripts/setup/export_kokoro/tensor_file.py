# SPDX-License-Identifier: GPL-3.0-or-later
"""generator.bin: named tensors in one checksummed file that a program can map into memory. docs/kokoro-files.md describes it."""
from __future__ import annotations

import struct
import zlib

import numpy as np

MAGIC, VERSION = b"PARLEYVG", 2
ALIGNMENT = 64  # bytes
HEADER = struct.Struct("<8sIIQI36x")  # magic, version, tensors, bytes of the file, CRC-32 of all that follows the header
ENTRY = struct.Struct("<56sII4QQQ16x")  # name, type, rank, extents, offset, bytes
TYPES = {1: np.dtype("<u1"), 2: np.dtype("<f4"), 3: np.dtype("<i4")}


class TensorFileError(Exception):
    """The bytes are not a whole tensor file of this version; the message says why."""


def _type_of(array: np.ndarray) -> int:
    return next(code for code, dtype in TYPES.items() if dtype == array.dtype)


def pack(tensors: dict[str, np.ndarray]) -> bytes:
    """The file's bytes. Arrays are u8, f32 or i32, of rank 1 to 4, with names up to 55 bytes."""
    directory, body = b"", bytearray()
    start = HEADER.size + ENTRY.size * len(tensors)  # a multiple of ALIGNMENT
    for name, array in tensors.items():
        array = np.ascontiguousarray(array)
        assert 1 <= array.ndim <= 4 and len(name.encode()) < 56, name
        extents = (*array.shape, 1, 1, 1)[:4]
        directory += ENTRY.pack(name.encode(), _type_of(array), array.ndim, *extents, start + len(body), array.nbytes)
        body += array.astype(array.dtype.newbyteorder("<")).tobytes()
        body += bytes(-len(body) % ALIGNMENT)
    content = directory + bytes(body)
    return HEADER.pack(MAGIC, VERSION, len(tensors), HEADER.size + len(content), zlib.crc32(content)) + content


def unpack(data: bytes) -> dict[str, np.ndarray]:
    """The tensors of a file. Raises TensorFileError for anything but a whole file of this version."""
    if len(data) < HEADER.size:
        raise TensorFileError(f"{len(data)} bytes are less than a header")
    magic, version, count, size, checksum = HEADER.unpack_from(data)
    if magic != MAGIC:
        raise TensorFileError("it does not begin as a generator file")
    if version != VERSION:
        raise TensorFileError(f"it has version {version}, this reads version {VERSION}")
    if size != len(data):
        raise TensorFileError(f"it has {len(data)} bytes and should have {size}: it is cut off or has grown")
    if zlib.crc32(data[HEADER.size :]) != checksum:
        raise TensorFileError("its checksum is wrong: it is damaged")
    if HEADER.size + count * ENTRY.size > size:
        raise TensorFileError(f"its directory of {count} tensors does not fit")
    return dict(_tensor(data, HEADER.size + i * ENTRY.size, HEADER.size + count * ENTRY.size) for i in range(count))


def _tensor(data: bytes, entry: int, body: int) -> tuple[str, np.ndarray]:
    raw, code, rank, *extents, offset, nbytes = ENTRY.unpack_from(data, entry)
    name = raw.rstrip(b"\0").decode("utf-8", errors="replace")
    dtype = TYPES.get(code)
    if dtype is None or not 1 <= rank <= 4 or any(extent != 1 for extent in extents[rank:]):
        raise TensorFileError(f"tensor '{name}' has an unknown type or shape")
    shape = extents[:rank]
    count = 1
    for extent in shape:
        count *= extent
    if count * dtype.itemsize != nbytes or offset % ALIGNMENT or offset < body or offset + nbytes > len(data):
        raise TensorFileError(f"tensor '{name}' does not lie inside the file as its shape says")
    return name, np.frombuffer(data, dtype, count, offset).reshape(shape)
