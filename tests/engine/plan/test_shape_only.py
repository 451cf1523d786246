"""Ports of which a kernel reads the shape alone: what lies in that memory makes no difference."""

import numpy as np
import pytest

import engine  # noqa: F401 - registers the ops
import kernels
from engine import registry
from engine.case import Case
from engine.op import Block, Op
from engine.settings import settle, without_settings

OPS = [op for op in registry.all_ops() if any(port.shape_only for port in op.input_ports)]
CASES = [(op, case) for op in OPS for case in op.cases]


def compute(op: Op, arrays: list[np.ndarray | None], out: np.ndarray | None = None) -> np.ndarray:
    entry = kernels.find(op.kernel_name(), "cpu")
    given = {} if out is None else {"out": out}
    settings = settle(op, arrays).settings()
    return np.asarray(entry.function(np, *without_settings(op, arrays), **settings, **given))


def test_every_op_that_takes_a_shape_from_a_tensor_says_so() -> None:
    primitives = [op for op in registry.all_ops() if not issubclass(op, Block)]
    takers = {op for op in primitives if any(port.name == "like" for port in op.input_ports)}
    assert takers
    assert takers <= set(OPS)


@pytest.mark.parametrize(("op", "case"), CASES)
def test_the_content_makes_no_difference(op: type[Op], case: Case) -> None:
    made = op.from_attributes(case.attributes)
    arrays = case.arrays("float32")
    expected = compute(made, arrays)
    rubbish = [
        np.full_like(array, np.nan if array.dtype.kind == "f" else 1)
        if array is not None and port.shape_only
        else array
        for port, array in zip(made.ports_for(len(arrays)), arrays, strict=True)
    ]
    np.testing.assert_array_equal(compute(made, rubbish), expected)


@pytest.mark.parametrize(("op", "case"), [pair for pair in CASES if not pair[0].is_view])
def test_the_result_may_take_its_place(op: type[Op], case: Case) -> None:
    made = op.from_attributes(case.attributes)
    arrays = case.arrays("float32")
    expected = compute(made, arrays)
    place = np.zeros(max([expected.nbytes, *(a.nbytes for a in arrays if a is not None)]), np.uint8)
    moved = [
        place[: array.nbytes].view(array.dtype).reshape(array.shape)
        if array is not None and port.shape_only
        else array
        for port, array in zip(made.ports_for(len(arrays)), arrays, strict=True)
    ]
    out = place[: expected.nbytes].view(expected.dtype).reshape(expected.shape)
    np.testing.assert_array_equal(compute(made, moved, out), expected)
