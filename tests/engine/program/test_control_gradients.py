"""Gradients of branches and loops are those of finite differences, and can be differentiated again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.ops.activation import Tanh
from engine.ops.cutting import Slice
from engine.ops.linear import MatMul
from engine.ops.random import RandomUniform
from engine.ops.reduction import ReduceSum
from engine.ops.shaping import Reshape, Transpose
from engine.program.bind import bind
from engine.program.build import ProgramBuilder
from engine.program.passes import optimise
from engine.program.program import COUNTER, Program, verify
from engine.run.executor import Executor
from engine.run.ready import ready
from engine.run.stepwise import Stepwise
from engine.spec import Spec, spec_of
from engine.value import Value

Draw = Callable[..., Any]
RNG = np.random.default_rng(0)
X, WEIGHTS, START = RNG.normal(size=(4, 3)), RNG.normal(size=(3, 3)) * 0.5, RNG.normal(size=3)


def recurrent(b: ProgramBuilder, x: Value, weights: Value, start: Value) -> Any:
    def step(state: Value, part: Value) -> tuple[Value, Value]:
        row = MatMul()(Reshape(shape=(1, 3))(state), weights)
        new = Tanh()(Reshape(shape=(3,))(row) + part)
        return new, new * part

    return b.scan(step, start, x)[1]


def noisy(b: ProgramBuilder, x: Value, w: Value) -> Any:
    return b.map(lambda row: RandomUniform()(row) * row * w, x)


CASES: dict[str, tuple[Draw, list[np.ndarray]]] = {
    "scan": (recurrent, [X, WEIGHTS, START]),
    "scan along the last axis, from its end": (
        lambda b, x, w: b.scan(lambda c, v: (c * w + v, Tanh()(c * v)), w * v0(x), x, axis=-1, reverse=True)[
            1
        ],
        [X, np.array(0.7)],
    ),
    "scan of which only what is carried counts": (
        lambda b, x, w: b.scan(lambda c, v: (c * w + Tanh()(v), None), w, x)[0],
        [X[0], np.array(0.7)],
    ),
    "map": (lambda b, x, w: b.map(lambda row: Tanh()(row * w) * row, x), [X, np.array(1.3)]),
    "map over no entries": (lambda b, x, w: b.map(lambda row: row * w, x), [X[:0], np.array(1.3)]),
    "random numbers": (noisy, [X, np.array(1.3)]),
    "the first branch": (
        lambda b, x, w: b.cond(w > 0, lambda: Tanh()(x * w), lambda: x),
        [X, np.array(1.3)],
    ),
    "the other branch": (
        lambda b, x, w: b.cond(w > 0, lambda: Tanh()(x * w), lambda: x * x),
        [X, np.array(-1.3)],
    ),
    "while": (
        lambda b, x, w: b.while_loop(lambda v: v < 20.0, lambda v: v * w + Tanh()(v), x, limit=20),
        [np.array(0.7), np.array(1.6)],
    ),
    "while that does not run": (
        lambda b, x, w: b.while_loop(lambda v: v < 20.0, lambda v: v * w, x * w, limit=20),
        [np.array(30.0), np.array(1.6)],
    ),
    "a branch in a loop": (
        lambda b, x, w: b.scan(
            lambda c, v: (b.cond(c < 1.0, lambda: c * w + v, lambda: Tanh()(c * v)), c * v), w, x
        )[1],
        [X[:, 0], np.array(0.3)],
    ),
    "a loop in a loop": (
        lambda b, x, w: b.map(lambda row: b.scan(lambda c, v: (c * w + v, c * v), w, row)[1], x),
        [X, np.array(1.3)],
    ),
    "an open loop in a loop": (
        lambda b, x, w: b.map(
            lambda v: b.while_loop(lambda u: u < 5.0, lambda u: u * w + Tanh()(v * u), v * v + 0.1, limit=20),
            x,
        ),
        [X[:3, 0], np.array(1.3)],
    ),
    "random numbers in a branch in an open loop": (
        lambda b, x, w: b.while_loop(
            lambda v: v < 9.0,
            lambda v: b.cond(v < 3.0, lambda: v * (RandomUniform()(v) + w), lambda: v * w),
            x,
            limit=30,
        ),
        [np.array(0.7), np.array(1.4)],
    ),
}

# What is stacked up is of any length, so that these are never planned as a whole.
OPEN_CASES: dict[str, tuple[Draw, list[np.ndarray]]] = {
    "what a while stacks up": (
        lambda b, x, w: b.while_loop(
            lambda v: v < 20.0, lambda v: (v * w + Tanh()(v), v * v * w, v), x, limit=20, stacked=2
        )[1],
        [np.array(0.7), np.array(1.6)],
    ),
    "what a while carries and stacks up": (
        lambda b, x, w: joined(
            b.while_loop(
                lambda v, u: v < 20.0,
                lambda v, u: (v * w, Tanh()(v), v * first(x)),
                ReduceSum()(x * x),
                w,
                limit=20,
                stacked=1,
            )
        ),
        [X[0], np.array(1.6)],
    ),
    "what a while stacks up that does not run": (
        lambda b, x, w: joined(
            b.while_loop(lambda v: v < 20.0, lambda v: (v * w, v * w), x * w, limit=20, stacked=1)
        ),
        [np.array(30.0), np.array(1.6)],
    ),
}


def first(x: Value) -> Value:
    return Reshape(shape=())(Slice(begin=(0,), size=(1,))(x))


def joined(tensors: Any) -> Value:
    """The sum of sums of squares."""
    squares = [ReduceSum()(tensor * tensor) for tensor in tensors]
    return sum(squares[1:], squares[0])


def v0(x: Value) -> Value:
    return ReduceSum(axes=(-1,))(x)


def drawn(draw: Draw, arrays: list[np.ndarray]) -> Program:
    """The sum of squares of what is drawn, its gradients, and the gradients of their squares."""
    b = ProgramBuilder()
    xs = [b.feed(f"x{i}", spec_of(array)) for i, array in enumerate(arrays)]
    y = draw(b, *xs)
    first = b.gradients(total(y), xs)
    squares = [total(gradient) for gradient in first]
    second = b.gradients(sum(squares[1:], squares[0]), xs)
    named = {"value": total(y), "squares": sum(squares[1:], squares[0])}
    named.update({f"first{i}": value for i, value in enumerate(first)})
    named.update({f"second{i}": value for i, value in enumerate(second)})
    return replace(b.program({}), outputs=named)


def total(y: Value) -> Value:
    return ReduceSum()(y * y)


class Computed:
    """A program, bound once."""

    def __init__(self, program: Program, arrays: list[np.ndarray]) -> None:
        verify(program)
        optimised = optimise(program)
        verify(optimised)
        feeds = {**self.feeds(arrays)}
        bound = bind(optimised, {name: spec_of(array) for name, array in feeds.items()})
        verify(bound)
        self.bound = bound
        self.runner = ready(bound, "cpu", {})

    def feeds(self, arrays: list[np.ndarray]) -> dict[str, np.ndarray]:
        given = {f"x{i}": array for i, array in enumerate(arrays)}
        return {**given, COUNTER: np.array([3, 5], np.uint64)}

    def __call__(self, arrays: list[np.ndarray]) -> dict[str, np.ndarray]:
        feeds = self.feeds(arrays)
        found: dict[str, Any] = self.runner.run({name: feeds[name] for name in self.bound.feeds})
        return {name: np.array(array) for name, array in found.items()}


@pytest.mark.parametrize("name", CASES)
def test_call_by_call_gives_what_a_plan_gives(name: str) -> None:
    draw, arrays = CASES[name]
    planned = Computed(drawn(draw, arrays), arrays)
    assert isinstance(planned.runner, Executor)
    expected = planned(arrays)
    planned.runner = Stepwise(planned.bound, "cpu", {})
    for port, array in planned(arrays).items():
        np.testing.assert_array_equal(array, expected[port], err_msg=port)


@pytest.mark.parametrize("name", CASES | OPEN_CASES)
def test_gradients_are_those_of_finite_differences(name: str) -> None:
    draw, arrays = (CASES | OPEN_CASES)[name]
    compute = Computed(drawn(draw, arrays), arrays)
    found = compute(arrays)
    for of, kind in (("value", "first"), ("squares", "second")):
        for i, array in enumerate(arrays):
            slopes = np.zeros_like(array)
            for place in np.ndindex(array.shape):
                ends = []
                for sign in (1, -1):
                    moved = [each.copy() for each in arrays]
                    moved[i][place] += sign * 1e-5
                    ends.append(compute(moved)[of])
                slopes[place] = (ends[0] - ends[1]) / 2e-5
            np.testing.assert_allclose(
                found[f"{kind}{i}"], slopes, rtol=1e-5, atol=1e-6, err_msg=f"{kind} {i}"
            )


def test_a_way_back_saves_nothing_for_its_shape_and_turns_a_matrix_once() -> None:
    def step(state: Value, part: Value) -> tuple[Value, None]:
        both = part + MatMul()(state, weights)
        return Tanh()(Slice(begin=(0, 3), size=(-1, 3))(both)), None

    b = ProgramBuilder()
    x = b.feed("x", Spec("float32", (4, "batch", 6)))
    weights, start = b.feed("w", Spec("float32", (3, 6))), b.feed("s", Spec("float32", ("batch", 3)))
    last = b.scan(step, start, x)[0]
    grads = b.gradients(total(last), [x, weights, start])
    program = optimise(replace(b.program({}), outputs={f"g{i}": grad for i, grad in enumerate(grads)}))
    there, back = (call for call in program.calls if call.bodies)
    saved = [value.spec.shape for value in there.outputs[1:]]
    assert saved == [(4, "batch", 3)] * 2, "the state before a step, and the one behind it"
    (body,) = back.bodies
    products = [call.op for call in body.program.calls if isinstance(call.op, MatMul)]
    assert len(products) == 2
    assert not any(product.transpose_b for product in products)
    assert sum(isinstance(call.op, Transpose) for call in program.calls) == 1
