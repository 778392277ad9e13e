# SPDX-License-Identifier: GPL-3.0-or-later
"""Tensors are read out of torch's older files without torch; a file that wants anything else is refused, and not obeyed."""
import io
import pickle
import sys
import types
from collections import OrderedDict

import numpy as np
import pytest
import torch_file
from torch_file import TorchFileError


class Storage:
    def __init__(self, values):
        self.values = np.asarray(values, np.float32)


class Tensor:
    """Pickles as torch's tensors do."""

    def __init__(self, storage, offset, shape, strides):
        self.parts = (storage, offset, shape, strides, False, OrderedDict())

    def __reduce__(self):
        return sys.modules["torch._utils"]._rebuild_tensor_v2, self.parts


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        if isinstance(value, Storage):
            return ("storage", sys.modules["torch"].FloatStorage, "7", "cpu", len(value.values), None)
        return None


@pytest.fixture
def torch(monkeypatch):
    """As much of torch as pickle looks for when it writes names down."""
    utils, module = types.ModuleType("torch._utils"), types.ModuleType("torch")

    def _rebuild_tensor_v2(*parts):
        raise AssertionError("reading must not call it")

    class FloatStorage:
        pass

    for item, home in ((_rebuild_tensor_v2, utils), (FloatStorage, module)):
        item.__module__, item.__qualname__ = home.__name__, item.__name__
        setattr(home, item.__name__, item)
    monkeypatch.setitem(sys.modules, "torch", module)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


def write(path, value, storage, magic=torch_file.MAGIC):
    stream = io.BytesIO()
    for part in (magic, 1001, {"little_endian": True}):
        pickle.dump(part, stream, protocol=2)
    Pickler(stream, protocol=2).dump(value)
    pickle.dump(["7"], stream, protocol=2)
    stream.write(len(storage.values).to_bytes(8, "little") + storage.values.tobytes())
    path.write_bytes(stream.getvalue())


def test_tensors_are_read_with_offset_and_strides(tmp_path, torch):
    storage = Storage(range(10))
    saved = {"step": 5, "state": OrderedDict(turned=Tensor(storage, 1, (2, 3), (1, 2)), row=Tensor(storage, 8, (2,), (1,)))}
    write(tmp_path / "x.pt", saved, storage)
    found = torch_file.read(tmp_path / "x.pt")
    assert found["step"] == 5
    np.testing.assert_array_equal(found["state"]["turned"], [[1, 3, 5], [2, 4, 6]])
    np.testing.assert_array_equal(found["state"]["row"], [8, 9])


def test_a_tensor_that_leaves_its_storage_is_refused(tmp_path, torch):
    storage = Storage(range(4))
    write(tmp_path / "x.pt", {"state": Tensor(storage, 1, (4,), (1,))}, storage)
    with pytest.raises(TorchFileError, match="leaves its storage"):
        torch_file.read(tmp_path / "x.pt")


def test_a_truncated_file_is_refused(tmp_path, torch):
    storage = Storage(range(4))
    write(tmp_path / "x.pt", {"state": Tensor(storage, 0, (4,), (1,))}, storage)
    (tmp_path / "x.pt").write_bytes((tmp_path / "x.pt").read_bytes()[:-4])
    with pytest.raises(TorchFileError, match="cut off"):
        torch_file.read(tmp_path / "x.pt")


def test_what_a_file_says_is_not_run(tmp_path, torch):
    class Command:
        def __reduce__(self):
            return open, (str(tmp_path / "harm"), "w")

    write(tmp_path / "x.pt", {"state": Command()}, Storage([]))
    with pytest.raises(TorchFileError, match="which no tensor needs"):
        torch_file.read(tmp_path / "x.pt")
    assert not (tmp_path / "harm").exists()


def test_another_kind_of_file_is_refused(tmp_path, torch):
    write(tmp_path / "x.pt", {}, Storage([]), magic=1)
    with pytest.raises(TorchFileError, match="older file format"):
        torch_file.read(tmp_path / "x.pt")
