"""Branches and loops among sizes that depend on values, and branches of different sizes."""

from typing import Any

import numpy as np
import pytest

from engine import Graph
from engine.errors import Interrupted
from engine.ops.creation import Range
from engine.ops.cutting import Slice
from engine.ops.finding import NonZero
from engine.ops.indexing import Gather
from engine.ops.reduction import ReduceSum
from engine.ops.shaping import Squeeze
from engine.run.session import Session
from engine.value import Value


def kept(x: Value) -> Value:
    """The elements of a row that are not zero."""
    return Gather()(x, Squeeze(axes=(1,))(NonZero()(x)))


def first_two(x: Value) -> Value:
    return Slice(begin=(0,), size=(2,))(x)


def run(fetch: Any, feeds: dict[Any, Any]) -> Any:
    return Session(fetch.builder, device="cpu").run(fetch, feeds)


def test_branches_may_give_different_sizes() -> None:
    g = Graph()
    x = g.placeholder("x", (5,))
    y = g.cond(ReduceSum()(x) > 0.0, first_two, lambda v: v * 2.0, x)
    assert isinstance(y, Value)
    assert y.spec.shape == ("?",)
    np.testing.assert_array_equal(run(y, {x: [1, 2, 3, 4, 5]}), [1, 2])
    np.testing.assert_array_equal(run(y, {x: [-1, -2, -3, -4, -5]}), [-2, -4, -6, -8, -10])


def test_a_branch_may_itself_have_a_size_that_depends_on_values() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    y = g.cond(ReduceSum()(x) > 0.0, kept, lambda v: v, x)
    np.testing.assert_array_equal(run(y, {x: [1, 0, 3]}), [1, 3])
    np.testing.assert_array_equal(run(y, {x: [-1, 0, -3]}), [-1, 0, -3])


def test_a_loop_goes_over_what_only_values_say() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    start = g.constant(0.0)
    last, sums = g.scan(lambda total, v: (total + v, total + v), start, kept(x))
    np.testing.assert_array_equal(run(sums, {x: [1, 0, 3, 0, 5]}), [1, 4, 9])
    assert run(last, {x: [0, 0, 2]}) == 2


def test_a_loop_runs_beside_a_size_that_depends_on_values_and_has_its_gradient() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",), "float64")
    total = ReduceSum()(kept(x))
    powers = g.while_loop(lambda v: v < 100.0, lambda v: v * v, total, limit=9)
    assert isinstance(powers, Value)
    (slope,) = g.gradients(powers, [x])
    assert run(powers, {x: [1.0, 0.0, 2.0]}) == 6561
    # ((s²)²)² at s = 3, where s is the sum of what is not zero.
    np.testing.assert_allclose(run(slope, {x: [1.0, 0.0, 2.0]}), [8 * 3**7, 0, 8 * 3**7])


def test_an_interrupt_is_heard_inside_a_body() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    total = ReduceSum()(kept(x))
    y = g.while_loop(lambda v: v < 1e30, lambda v: v + 1.0, total, limit=10**7)
    assert isinstance(y, Value)
    asked = iter(range(100))
    with pytest.raises(Interrupted):
        Session(g, device="cpu").run(y, {x: [1.0]}, interrupt=lambda: next(asked, 100) == 100)


def test_a_size_inside_a_loop_may_depend_on_values() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    sums = g.map(lambda v: ReduceSum()(Range(dtype="float32").apply(None, v)[0]), x)
    total, _ = g.scan(
        lambda c, v: (c + ReduceSum()(Range(dtype="float32").apply(None, v)[0]), None), g.constant(1.0), x
    )
    np.testing.assert_array_equal(run(sums, {x: [3.0, 0.0, 5.0]}), [3.0, 0.0, 10.0])
    assert run(total, {x: [3.0, 0.0, 5.0]}) == 14.0
    assert run(sums, {x: []}).shape == (0,)
