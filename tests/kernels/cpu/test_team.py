"""The threads that walk together: everything is done once and in order, whoever is awake."""

import gc
import time

import numpy as np

from kernels.cpu.records import Record, pack
from kernels.cpu.table import Table
from kernels.cpu.team import Team
from kernels.cpu.tier import Compiled

SIZE = 40_000


def additions(compiled: Compiled, count: int) -> tuple[list[Record], np.ndarray]:
    """A chain of steps: each adds one to all that the one before wrote."""
    arrays = np.zeros((count + 1, SIZE), np.float32)
    one = np.ones(1, np.float32)
    records = []
    for index in range(count):
        record = pack(compiled.library, "add", [arrays[index], one], [arrays[index + 1]], {})
        assert record is not None and not record.alone
        records.append(record)
    return records, arrays


def test_steps_that_wait_for_each_other_are_done_in_order(compiled: Compiled) -> None:
    records, arrays = additions(compiled, 20)
    for threads in (1, 2, 4):
        team = Team(compiled.library, threads)
        table = Table(records, [True] * len(records), threads)
        for number in range(50):
            arrays[0] = number
            team.walk(table.address, 0, len(records), False, table)
            assert np.all(arrays[-1] == number + 20)


def test_a_part_of_a_table_is_walked_over(compiled: Compiled) -> None:
    records, arrays = additions(compiled, 10)
    table = Table(records, [True] * 10, compiled.team.threads)
    arrays[3] = 5
    compiled.team.walk(table.address, 3, 4, False, table)
    assert np.all(arrays[7] == 9)
    assert np.all(arrays[8] == 0)


def test_helpers_that_fell_asleep_are_woken(compiled: Compiled) -> None:
    records, arrays = additions(compiled, 3)
    team = Team(compiled.library, 2)
    table = Table(records, [True] * 3, 2)
    for number in range(3):
        deadline = time.monotonic() + 30
        while not team.asleep and time.monotonic() < deadline:
            time.sleep(0.001)
        arrays[0] = number
        team.walk(table.address, 0, 3, False, table)
        assert np.all(arrays[-1] == number + 3)


def test_tables_come_and_go_while_helpers_are_late(compiled: Compiled) -> None:
    team = Team(compiled.library, 4)
    for number in range(200):
        records, arrays = additions(compiled, 2)
        table = Table(records, [True, True], 4)
        arrays[0] = number
        team.walk(table.address, 0, 2, False, table)
        assert np.all(arrays[-1] == number + 2)
        del table, records
        gc.collect(0)


def test_small_steps_beside_large_ones_have_memory_of_their_own(compiled: Compiled) -> None:
    """One thread does small steps while another may still be at any share of a large one."""
    row, out = np.arange(64, dtype=np.float32), np.zeros((2, 500, 64), np.float32)
    small, records = np.zeros((40, 64), np.float32), []
    for index in range(40):
        large = pack(compiled.library, "add", [np.ones((500, 64), np.float32), row], [out[index % 2]], {})
        factor = np.full((1,), index, np.float32)
        little = pack(compiled.library, "multiply", [row, factor], [small[index]], {})
        assert large is not None and little is not None and little.alone and not large.alone
        records += [large, little]
    for threads in (2, 3):
        team = Team(compiled.library, threads)
        table = Table(records, [False] * len(records), threads)
        for _ in range(300):
            small[:], out[:] = 0, 0
            team.walk(table.address, 0, len(records), False, table)
            np.testing.assert_array_equal(small, np.arange(40)[:, None] * row)
            np.testing.assert_array_equal(out[0], np.broadcast_to(row + 1, (500, 64)))
