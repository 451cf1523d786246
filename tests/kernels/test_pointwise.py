"""The kernel of fused chains: blocks, broadcasting, and memory that is used again."""

from collections.abc import Hashable, Sequence

import numpy as np
import pytest

import kernels
from kernels.generic.pointwise import BLOCK_BYTES, Instruction, prepare

LARGE = BLOCK_BYTES  # elements: many blocks of float32
CHAIN: tuple[Instruction, ...] = (
    ("multiply", (0, 1), {}, "float32"),
    ("add", (3, 2), {}, "float32"),
    ("greater", (4, 1), {}, "bool"),
    ("where", (5, 4, 0), {}, "float32"),
)


def expected(x: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    total = x * a + b
    return total, np.where(total > a, total, x)


@pytest.mark.parametrize(
    "shapes",
    [
        [(LARGE,), (), ()],
        [(LARGE + 3,), (LARGE + 3,), (1,)],
        [(LARGE // 64, 64), (64,), (LARGE // 64, 1)],
        [(3, LARGE), (3, 1), (LARGE,)],
        [(2, LARGE // 8, 4), (LARGE // 8, 1), (2, 1, 4)],
        [(5,), (), (5,)],
        [(), (), ()],
        [(0, 4), (4,), ()],
    ],
)
def test_computes_in_blocks_what_it_computes_at_once(shapes: Sequence[tuple[int, ...]]) -> None:
    random = np.random.default_rng(0)
    arrays = [random.standard_normal(shape).astype(np.float32) for shape in shapes]
    kernel = kernels.find("pointwise", "cpu").function
    found = kernel(np, *arrays, instructions=CHAIN, results=(4, 6))
    for result, truth in zip(found, expected(*arrays), strict=True):
        np.testing.assert_array_equal(result, truth)


def test_a_prepared_kernel_reads_its_arrays_anew() -> None:
    x = np.ones(LARGE, np.float32)
    number, out = np.array([2.0], np.float32), np.empty_like(x)
    run = prepare(np, x, number, number, instructions=CHAIN, results=(6,), out=out, memory={})
    for value in (1.0, -3.0):
        x[:] = value
        run()
        np.testing.assert_array_equal(out, expected(x, number, number)[1])


def test_a_result_that_is_not_contiguous_is_written_as_well() -> None:
    x, number = np.arange(2 * LARGE, dtype=np.float32), np.array(3.0, np.float32)
    out = np.zeros(2 * LARGE, np.float32)[::2]
    prepare(np, x[::2], number, number, instructions=CHAIN, results=(4,), out=out, memory={})()
    np.testing.assert_array_equal(out, x[::2] * 3 + 3)


def test_kernels_of_one_plan_share_their_memory() -> None:
    x, number = np.arange(LARGE, dtype=np.float32), np.array(2.0, np.float32)
    memory: dict[Hashable, np.ndarray] = {}
    outs = [np.empty_like(x) for _ in range(20)]
    runs = [
        prepare(np, x, number, number, instructions=CHAIN, results=(6,), out=o, memory=memory) for o in outs
    ]
    assert sum(array.nbytes for array in memory.values()) <= 4 * BLOCK_BYTES
    for run, out in zip(runs, outs, strict=True):
        run()
        np.testing.assert_array_equal(out, expected(x, number, number)[1])
