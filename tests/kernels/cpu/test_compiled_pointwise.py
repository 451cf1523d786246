"""Fused chains in compiled code: every way in which operands can be spread, and results over operands."""

from collections.abc import Sequence

import numpy as np
import pytest

import kernels
from kernels.cpu.records import pack
from kernels.cpu.table import Table
from kernels.cpu.tier import Compiled
from kernels.generic.pointwise import Instruction

CHAIN: tuple[Instruction, ...] = (
    ("multiply", (0, 1), {}, "float32"),
    ("add", (3, 2), {}, "float32"),
    ("greater", (4, 1), {}, "bool"),
    ("where", (5, 4, 0), {}, "float32"),
    ("clip", (6,), {"low": -0.5, "high": 2.5}, "float32"),
)
RESULTS = (4, 5, 7)


def run(
    compiled: Compiled,
    arrays: Sequence[np.ndarray],
    outputs: Sequence[np.ndarray],
    chain: Sequence[Instruction],
    results: tuple[int, ...],
) -> bool:
    """Compute a chain with all threads; whether compiled code knew it."""
    settings = {"instructions": chain, "results": results}
    record = pack(compiled.library, "pointwise", arrays, outputs, settings)
    if record is None:
        return False
    table = Table([record], [True], compiled.team.threads)
    compiled.team.walk(table.address, 0, 1, False, table)
    return True


@pytest.mark.parametrize(
    "shapes",
    [
        [(5,), (), ()],
        [(100_003,), (), (100_003,)],
        [(1000, 7), (7,), (1000, 1)],
        [(3, 5000), (3, 1), (5000,)],
        [(40, 30, 20), (30, 20), (1, 30, 20)],
        [(40, 30, 20), (40, 1, 1), ()],
        [(300, 1), (1, 400), ()],
        [(1, 1), (), (1,)],
        [(64, 2048), (2048,), (64, 1)],
        [(64, 2049), (2049,), (64, 1)],
        [(4, 5, 6), (4, 1, 6), (5, 1)],
        [(7, 90, 80), (7, 90, 1), (90, 80)],
        [(7, 90, 80), (7, 1, 80), (90, 1)],
        [(7, 1, 1), (90, 80), (7, 90, 1)],
        [(5, 3, 5000), (3, 5000), (5, 1, 5000)],
        [(6, 2, 3000), (1, 2, 1), (6, 1, 1)],
        [(3, 4, 5, 6), (3, 4, 5, 1), (5, 6)],
    ],
)
def test_agrees_with_numpy_bit_by_bit(compiled: Compiled, shapes: Sequence[tuple[int, ...]]) -> None:
    random = np.random.default_rng(1)
    # Small whole numbers: their products and sums are exact, so that nothing is rounded in between.
    arrays = [random.integers(-9, 9, shape).astype(np.float32) for shape in shapes]
    expected = kernels.find("pointwise", "cpu").function(np, *arrays, instructions=CHAIN, results=RESULTS)
    found = [np.full_like(array, 1) for array in expected]
    assert run(compiled, arrays, found, CHAIN, RESULTS)
    for result, truth in zip(found, expected, strict=True):
        np.testing.assert_array_equal(result, truth)


def test_four_kinds_of_spreading_are_left_to_numpy(compiled: Compiled) -> None:
    arrays = [np.ones(shape, np.float32) for shape in ((4, 5, 6, 7), (4, 1, 6, 1), (5, 1, 7))]
    outputs = [np.ones((4, 5, 6, 7), kind) for kind in (np.float32, np.bool_, np.float32)]
    assert not run(compiled, arrays, outputs, CHAIN, RESULTS)


def test_a_result_may_lie_where_an_operand_is(compiled: Compiled) -> None:
    """As a variable that is updated in place: the operand is read again after the result is there."""
    x = np.arange(5000, dtype=np.float32)
    kept, second = x.copy(), np.empty_like(x)
    chain: list[Instruction] = [("add", (0, 1), {}, "float32"), ("multiply", (0, 2), {}, "float32")]
    assert run(compiled, [x, np.ones(1, np.float32)], [x, second], chain, (2, 3))
    np.testing.assert_array_equal(x, kept + 1)
    np.testing.assert_array_equal(second, kept * (kept + 1))


def test_counts_in_float64(compiled: Compiled) -> None:
    """As Adam does with its steps: 1 - 0.999 ** step, then rounded."""
    step, decay, one = (np.array(number) for number in (1.0, 0.999, 1.0))
    chain: list[Instruction] = [
        ("power", (1, 0), {}, "float64"),
        ("subtract", (2, 3), {}, "float64"),
        ("cast", (4,), {"dtype": "float32"}, "float32"),
    ]
    out = np.zeros((), np.float32)
    assert run(compiled, [step, decay, one], [out], chain, (5,))
    assert out == np.float32(1.0 - 0.999)


def test_whole_numbers_are_read_by_casts_alone(compiled: Compiled) -> None:
    whole, out = np.array([3, -(2**24) - 2], np.int64), np.zeros(2, np.float32)
    assert run(compiled, [whole], [out], (("cast", (0,), {"dtype": "float32"}, "float32"),), (1,))
    np.testing.assert_array_equal(out, whole)
    sums = np.zeros(2, np.int64)
    assert not run(compiled, [whole], [sums], (("add", (0, 0), {}, "int64"),), (1,))
