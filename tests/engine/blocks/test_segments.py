"""Rows gathered to segments: whole numbers, and more rows than half precision can count."""

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.segments import SegmentMax, SegmentMean, SegmentMin, SegmentProd, SegmentSum
from engine.errors import KernelError
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session


def gathered(op: Op, x: np.ndarray, segments: np.ndarray) -> np.ndarray:
    graph = Graph()
    fed = [graph.placeholder(name, a.shape, a.dtype.name) for name, a in (("x", x), ("segments", segments))]
    found = Session(graph, device="cpu").run(op(*fed), dict(zip(fed, (x, segments), strict=True)))
    return np.asarray(found)


def test_a_mean_of_many_rows_is_exact_in_half_precision() -> None:
    rows = np.tile([0, 3], 1501).astype(np.float16)
    found = gathered(SegmentMean(), rows, np.zeros(rows.size, np.int64))
    assert found.dtype == np.float16
    np.testing.assert_array_equal(found, [1.5])


def test_a_sum_of_many_rows_is_exact_in_half_precision() -> None:
    found = gathered(SegmentSum(), np.ones(4096, np.float16), np.zeros(4096, np.int64))
    assert found.dtype == np.float16
    np.testing.assert_array_equal(found, [4096])


@pytest.mark.parametrize(
    "op",
    [kind(count=3) for kind in (SegmentSum, SegmentMean, SegmentProd, SegmentMax, SegmentMin)],
    ids=lambda op: type(op).__name__,
)
@pytest.mark.parametrize(
    ("number", "sentence"), [(-1, "segments has numbers below 0"), (3, "index 3 lies outside")]
)
def test_numbers_of_no_segment_are_refused(op: Op, number: int, sentence: str) -> None:
    with pytest.raises(KernelError, match=sentence):
        gathered(op, np.ones(3, np.float32), np.array([0, number, 2]))


def test_products_of_whole_numbers_stay_whole() -> None:
    found = gathered(SegmentProd(count=3), np.array([2, 3, -4], np.int8), np.array([0, 0, 2]))
    assert found.dtype == np.int8
    np.testing.assert_array_equal(found, [6, 1, -4])
