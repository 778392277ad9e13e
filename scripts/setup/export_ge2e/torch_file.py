# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads tensors out of a file torch.save wrote before version 1.6, without torch and without running what the file says.

Such a file is five pickles (a number, a version, the writing system, the object, the storages' keys), then each storage as a
count of elements and their bytes. A pickle can name any function to be called; only the ones that tensors need are known here.
"""
from __future__ import annotations

import pickle
from collections import OrderedDict
from pathlib import Path

import numpy as np

MAGIC = 0x1950A86A20F9469CFC6C
ELEMENTS = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8"), "IntStorage": np.dtype("<i4")}


class TorchFileError(Exception):
    """Not such a file, or one that wants more than tensors."""


class _Tensor:
    """A tensor whose storage is still to be read."""

    def __init__(self, storage: str, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_) -> None:
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def value(self, storages: dict[str, np.ndarray]) -> np.ndarray:
        elements = storages[self.storage]
        last = self.offset + sum((n - 1) * s for n, s in zip(self.shape, self.strides))
        if self.offset < 0 or min(self.strides, default=0) < 0 or last >= len(elements):
            raise TorchFileError("a tensor leaves its storage")
        strides = [s * elements.itemsize for s in self.strides]
        return np.lib.stride_tricks.as_strided(elements[self.offset :], self.shape, strides).copy()


class _Unpickler(pickle.Unpickler):
    def __init__(self, file) -> None:
        super().__init__(file)
        self.types: dict[str, np.dtype] = {}

    def find_class(self, module: str, name: str):
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Tensor
        if module == "torch" and name in ELEMENTS:
            return name
        raise TorchFileError(f"it asks for {module}.{name}, which no tensor needs")

    def persistent_load(self, reference):
        kind, element, key, *_ = reference
        if kind != "storage" or element not in ELEMENTS:
            raise TorchFileError(f"unknown reference {reference[:2]}")
        self.types[key] = ELEMENTS[element]
        return key


def read(path: Path) -> dict:
    """The saved object; dictionaries in it hold arrays in place of tensors."""
    with open(path, "rb") as file:
        if _Unpickler(file).load() != MAGIC:
            raise TorchFileError(f"{path} is not of torch's older file format")
        for _ in ("version", "system"):
            _Unpickler(file).load()
        unpickler = _Unpickler(file)
        saved = unpickler.load()
        storages = {}
        for key in _Unpickler(file).load():
            dtype = unpickler.types[key]
            count = int.from_bytes(file.read(8), "little")
            storages[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
            if len(storages[key]) != count:
                raise TorchFileError(f"{path} is cut off")
    return _resolved(saved, storages)


def _resolved(value, storages: dict[str, np.ndarray]):
    if isinstance(value, _Tensor):
        return value.value(storages)
    if isinstance(value, dict):
        return {key: _resolved(item, storages) for key, item in value.items()}
    return value
