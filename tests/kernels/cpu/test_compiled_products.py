"""Products of matrices in compiled code: all sizes around the edges of tiles, all ways to lie in memory."""

import itertools

import numpy as np
import pytest

from kernels.cpu.records import pack
from kernels.cpu.table import Table
from kernels.cpu.team import Team
from kernels.cpu.tier import Compiled


def product(
    compiled: Compiled, a: np.ndarray, b: np.ndarray, turn_a: bool, turn_b: bool, team: Team | None = None
) -> np.ndarray:
    team = team or compiled.team
    left, right = (m.swapaxes(-1, -2) if turn else m for m, turn in ((a, turn_a), (b, turn_b)))
    out = np.full(np.matmul(left, right).shape, 5, np.float32)
    settings = {"transpose_a": turn_a, "transpose_b": turn_b}
    record = pack(compiled.library, "mat_mul", [a, b], [out], settings)
    assert record is not None
    table = Table([record], [True], team.threads)
    team.walk(table.address, 0, 1, False, table)
    return out


def check(compiled: Compiled, a: np.ndarray, b: np.ndarray, turn_a: bool, turn_b: bool) -> None:
    left, right = (m.swapaxes(-1, -2) if turn else m for m, turn in ((a, turn_a), (b, turn_b)))
    exact = np.matmul(left.astype(np.float64), right.astype(np.float64))
    # Each product of two numbers is rounded once, and so is each sum.
    bound = 1e-7 * np.matmul(np.abs(left), np.abs(right)) * np.sqrt(left.shape[-1] + 16) + 1e-7
    assert np.all(np.abs(product(compiled, a, b, turn_a, turn_b) - exact) <= bound)


def random(*shape: int) -> np.ndarray:
    return np.random.default_rng(shape).uniform(-1, 1, shape).astype(np.float32)


HEIGHTS, WIDTHS, DEPTHS = (1, 2, 11, 13, 31, 97), (2, 10, 16, 17, 33, 65), (1, 2, 70, 257)


@pytest.mark.parametrize("turn_a", [False, True])
@pytest.mark.parametrize("turn_b", [False, True])
def test_sizes_around_the_edges_of_tiles(compiled: Compiled, turn_a: bool, turn_b: bool) -> None:
    for height, width, depth in itertools.product(HEIGHTS, WIDTHS, DEPTHS):
        a = random(depth, height) if turn_a else random(height, depth)
        b = random(width, depth) if turn_b else random(depth, width)
        check(compiled, a, b, turn_a, turn_b)


@pytest.mark.parametrize("turn_a", [False, True])
@pytest.mark.parametrize("turn_b", [False, True])
def test_large_ones_that_are_taken_piece_by_piece(compiled: Compiled, turn_a: bool, turn_b: bool) -> None:
    height, width, depth = 801, 130, 530
    a = random(depth, height) if turn_a else random(height, depth)
    b = random(width, depth) if turn_b else random(depth, width)
    check(compiled, a, b, turn_a, turn_b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((5, 7, 3), (5, 3, 20)),
        ((2, 3, 9, 4), (2, 3, 4, 18)),
        ((6, 7, 3), (3, 20)),
        ((4, 2, 50, 300), (300, 40)),
    ],
)
def test_stacks_of_matrices(compiled: Compiled, a: tuple[int, ...], b: tuple[int, ...]) -> None:
    check(compiled, random(*a), random(*b), False, False)


def test_the_number_of_threads_changes_no_bit(compiled: Compiled) -> None:
    a, b = random(211, 300), random(300, 150)
    first = product(compiled, a, b, False, False, Team(compiled.library, 1))
    for threads in (2, 3, 5):
        np.testing.assert_array_equal(
            product(compiled, a, b, False, False, Team(compiled.library, threads)), first
        )
