"""Every compiled kernel, found by itself: on the ops' own cases it must agree with NumPy in float64."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - both register ops
import kernels
from engine import registry
from engine.case import Case
from engine.op import Op
from engine.settings import without_settings
from engine.spec import spec_of
from kernels.cpu.records import Record, pack, packed_names
from kernels.cpu.table import Table
from kernels.cpu.team import Team
from kernels.cpu.tier import Compiled

Arrays = list[Any]
OPS = [op for op in registry.all_ops() if op.__module__.startswith("engine.") and op.cases]
CASES = [
    pytest.param(op, case, id=f"{op.__name__}-{number}")
    for op in OPS
    if op.kernel_name() in packed_names()
    for number, case in enumerate(op.cases)
]


def made(op: type[Op], case: Case, floating: str) -> tuple[Op, Arrays]:
    """The op and its inputs, as the kernel gets them."""
    drawn = op.from_attributes(case.attributes)
    arrays = case.arrays(floating)
    dtypes = drawn.casts([None if array is None else spec_of(array) for array in arrays])
    brought = zip(arrays, dtypes, strict=True)
    return drawn, [a if a is None or dtype is None else a.astype(dtype) for a, dtype in brought]


def reference(op: Op, arrays: Arrays) -> tuple[np.ndarray, ...]:
    with np.errstate(all="ignore"):
        found = kernels.find(op.kernel_name(), "cpu").function(
            np, *without_settings(op, arrays), **op.settings()
        )
    return tuple(np.asarray(array) for array in (found if isinstance(found, tuple) else (found,)))


def computed(
    compiled: Compiled, op: Op, arrays: Arrays, like: Sequence[np.ndarray], threads: int
) -> tuple[np.ndarray, ...] | None:
    """What compiled code finds, each record divided among all threads; None where it leaves it to NumPy."""
    inputs = [None if a is None else np.ascontiguousarray(a) for a in without_settings(op, arrays)]
    outputs = tuple(np.full(array.shape, 7, array.dtype) for array in like)
    record = pack(compiled.library, op.kernel_name(), inputs, outputs, op.settings())
    if record is None:
        return None
    walk(compiled, [record], threads)
    return outputs


def walk(compiled: Compiled, records: list[Record], threads: int) -> None:
    table = Table(records, [True] * len(records), threads)
    team = compiled.team if threads == compiled.team.threads else Team(compiled.library, threads)
    team.walk(table.address, 0, len(records), False, table)


@pytest.mark.parametrize("floating", ["float32", "float64"])
@pytest.mark.parametrize(("op", "case"), CASES)
def test_agrees_with_float64(op: type[Op], case: Case, floating: str, compiled: Compiled) -> None:
    drawn, arrays = made(op, case, floating)
    like = reference(drawn, arrays)
    found = computed(compiled, drawn, arrays, like, compiled.team.threads)
    if found is None:
        return
    wide, exact = made(op, case, "float64")
    # The same numbers in float64: those of the case were rounded to float32.
    exact = [a if a is None or e is None else a.astype(e.dtype) for a, e in zip(arrays, exact, strict=True)]
    draws = any(port.hidden for port in op.input_ports)  # other numbers for other dtypes
    truths = like if draws else reference(wide, exact)
    for result, truth, narrow in zip(found, truths, like, strict=True):
        assert result.dtype == narrow.dtype
        # What float32 cannot hold, NumPy in float32 says: infinite where it overflows.
        expected = np.where(np.isfinite(narrow), truth, narrow) if narrow.dtype.kind == "f" else truth
        np.testing.assert_allclose(result, expected, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("name", sorted(packed_names() - {"pointwise"}))
def test_knows_a_case_of_each_of_its_ops(name: str, compiled: Compiled) -> None:
    op = next(op for op in OPS if op.kernel_name() == name)
    for floating in ("float32", "float64"):
        for case in op.cases:
            drawn, arrays = made(op, case, floating)
            if computed(compiled, drawn, arrays, reference(drawn, arrays), 1) is not None:
                return
    pytest.fail("no case of the op is known")
