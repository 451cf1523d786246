"""Data nodes: what they declare is what they load."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

import engine.ops.data
from engine import registry
from engine.case import Case
from engine.op import DataSource
from engine.ops.data import Diabetes, DigitOrders, Digits, MarkedNumbers, Mnist, Spirals

NODES = [
    op
    for op in registry.all_ops()
    if issubclass(op, DataSource) and op.__module__ == engine.ops.data.__name__
]
CASES = [pytest.param(op, case, id=f"{op.__name__}-{i}") for op in NODES for i, case in enumerate(op.cases)]


def test_there_is_a_node_for_each_data_set() -> None:
    generated = {"Spirals", "MarkedNumbers", "DigitOrders"}
    assert {op.__name__ for op in NODES} == {"Digits", "Mnist", "Diabetes", *generated}


@pytest.mark.parametrize("op", NODES, ids=lambda op: op.__name__)
def test_explains_itself(op: type[DataSource]) -> None:
    assert op.category == "Data"
    assert op.documentation().splitlines()[0].endswith(".")
    assert op.advice.endswith(".")
    assert all(port.help.endswith(".") for port in op.output_ports)
    assert all(declared.help.endswith(".") for declared in op.attributes())


@pytest.mark.parametrize(("op", "case"), CASES)
def test_columns_have_the_declared_names_and_specs(op: type[DataSource], case: Case) -> None:
    node = op.from_attributes(case.attributes)
    data = node.load()
    for port, spec in zip(op.output_ports, node.output_specs([]), strict=True):
        for part in (data.train, data.test):
            assert part[port.name].dtype.name == spec.dtype
            assert ("batch", *part[port.name].shape[1:]) == spec.shape


@pytest.mark.parametrize(
    "op", [Digits, Diabetes, Spirals, MarkedNumbers, DigitOrders], ids=lambda op: op.__name__
)
def test_the_test_fraction_and_the_seed_decide_the_test_part(op: type[DataSource]) -> None:
    half, other = (op.from_attributes({"test_fraction": 0.5, "seed": seed}).load() for seed in (0, 1))
    assert abs(half.test_size - half.train_size) <= 10
    first = op.output_ports[0].name
    assert not np.array_equal(half.test[first], other.test[first])
    again = op.from_attributes({"test_fraction": 0.5, "seed": 0}).load()
    assert np.array_equal(half.test[first], again.test[first])


def test_digits_are_the_bundled_ones() -> None:
    data = Digits().load()
    assert (data.train_size, data.test_size) == (1438, 359)
    assert (data.train["images"].min(), data.train["images"].max()) == (0.0, 1.0)


def test_spirals_follow_their_settings() -> None:
    data = Spirals(count=40, noise=0.0).load()
    assert data.train_size + data.test_size == 40
    assert set(data.train["labels"]) == {0, 1}


def test_mnist_is_read_from_a_folder(tmp_path: Path) -> None:
    for part, count in (("train", 6), ("t10k", 3)):
        images, labels = np.zeros((count, 28, 28), np.uint8), np.arange(count, dtype=np.uint8)
        write_idx(tmp_path / f"{part}-images-idx3-ubyte.gz", images)
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte.gz", labels)
    data = Mnist(folder=str(tmp_path)).load()
    assert data.train["images"].shape == (6, 28, 28)
    assert data.test["labels"].tolist() == [0, 1, 2]


def write_idx(path: Path, array: np.ndarray) -> None:
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(gzip.compress(header + array.tobytes()))
