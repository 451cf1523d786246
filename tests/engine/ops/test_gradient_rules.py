"""Gradients where a finite difference says nothing: kinks, ties, zeros, and what is not a number."""

import math
from typing import Any

import numpy as np
import pytest

from engine import registry
from engine.graph.builder import Graph
from engine.run.session import Session
from engine.value import Value

INF, NAN = math.inf, math.nan


def gradients(op: str, *inputs: Any, dtype: str = "float64", **attributes: Any) -> list[np.ndarray]:
    """The gradients of the sum of the result with respect to every float input."""
    graph = Graph()
    arrays = [np.asarray(x, dtype if np.asarray(x).dtype.kind == "f" else None) for x in inputs]
    values = [graph.placeholder(f"x{i}", array.shape, array.dtype.name) for i, array in enumerate(arrays)]
    (y,) = registry.get(op).from_attributes(attributes).apply(*values)
    found = graph.gradients(y, [value for value in values if value.spec.is_float])
    feeds: dict[str | Value, object] = dict(zip(values, arrays, strict=True))
    return [*Session(graph, device="cpu").run(list(found), feeds)]


@pytest.mark.parametrize(
    ("op", "at", "expected"),
    [
        ("Relu", [-1.0, 0.0, 2.0], [0, 0, 1]),
        ("Abs", [-2.0, 0.0, 2.0], [-1, 0, 1]),
        ("HardSigmoid", [-3.0, 0.0, 3.0], [0, 1 / 6, 0]),
        ("Sqrt", [0.0, 4.0], [INF, 0.25]),
        ("Softplus", [-400.0, 0.0, 400.0], [0, 0.5, 1]),
        ("Sigmoid", [-400.0, 0.0, 400.0], [0, 0.25, 0]),
        ("Gelu", [-400.0, 0.0, 400.0], [0, 0.5, 1]),
        ("Silu", [-400.0, 0.0, 400.0], [0, 0.5, 1]),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_activations_at_their_bend_and_far_away(
    op: str, at: list[float], expected: list[float], dtype: str
) -> None:
    (found,) = gradients(op, at, dtype=dtype)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, np.array(expected), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("op", "attributes", "expected"),
    [("Gelu", {"approximate": True}, [0, 1]), ("Squareplus", {}, [0, 1])],
)
def test_activations_far_away_fit_into_half_precision(
    op: str, attributes: dict[str, Any], expected: list[float]
) -> None:
    (found,) = gradients(op, [-300.0, 300.0], dtype="float16", **attributes)
    np.testing.assert_allclose(found, np.array(expected), atol=1e-3)


def test_sinc_is_bent_at_zero() -> None:
    graph = Graph()
    x = graph.placeholder("x", (3,))
    (slope,) = graph.gradients(registry.get("Sinc")()(x), [x])
    (bend,) = graph.gradients(slope, [x])
    at = np.array([0.0, 1e-4, -1e-3], np.float32)
    found = Session(graph, device="cpu").run([slope, bend], {x: at})
    np.testing.assert_allclose(found[0], -(math.pi**2) / 3 * at, rtol=1e-5)
    np.testing.assert_allclose(found[1], np.full(3, -(math.pi**2) / 3), rtol=1e-5)


def test_a_limit_that_holds_a_number_back_stops_its_gradient() -> None:
    (found,) = gradients("Clip", [-2.0, -1.0, 0.0, 1.0, 2.0], low=-1, high=1)
    np.testing.assert_array_equal(found, [0, 1, 1, 1, 0])


@pytest.mark.parametrize("op", ["Maximum", "Minimum"])
def test_equal_numbers_share_the_gradient_of_the_larger_and_the_smaller(op: str) -> None:
    da, db = gradients(op, [1.0, 2.0, 3.0], [3.0, 2.0, 1.0])
    wins = [0, 0.5, 1] if op == "Maximum" else [1, 0.5, 0]
    np.testing.assert_array_equal(da, wins)
    np.testing.assert_array_equal(db, [1 - w for w in wins])


@pytest.mark.parametrize("keep_dims", [True, False])
@pytest.mark.parametrize("op", ["ReduceMax", "ReduceMin"])
def test_equal_extremes_share_the_gradient(op: str, keep_dims: bool) -> None:
    sign = 1.0 if op == "ReduceMax" else -1.0
    x = sign * np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0], [0.0, 1.0, 0.0]])
    (found,) = gradients(op, x, axes=[-1], keep_dims=keep_dims)
    np.testing.assert_allclose(found, np.array([[0, 0.5, 0.5], [1 / 3] * 3, [0, 1, 0]]))


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([-INF, -INF, 1.0], [1, 0, 2]),
        ([1.0, NAN, NAN], [0, 3, 0]),
        ([2.0, 2.0, 0.0], [2, 1, 0]),
    ],
)
def test_a_margin_is_never_the_largest_and_the_first_of_equal_numbers_is(
    x: list[float], expected: list[float]
) -> None:
    row = np.array(x).reshape(1, 3, 1)
    (found,) = gradients("MaxPool", row, window=[3], strides=[1], padding="same")
    np.testing.assert_array_equal(found.ravel(), expected)


def test_a_product_with_zeros_has_a_gradient() -> None:
    (found,) = gradients("ReduceProd", [[0.0, 2.0, 3.0], [0.0, 0.0, 3.0], [1.0, 2.0, 3.0]], axes=[1])
    np.testing.assert_array_equal(found, [[6, 0, 0], [0, 0, 0], [6, 3, 2]])


@pytest.mark.parametrize(
    ("base", "exponent", "slope"),
    [(0.0, 1.0, 1), (0.0, 2.0, 0), (0.0, 3.0, 0), (0.0, 0.0, 0), (-1.5, 2.0, -3), (0.0, 0.5, INF)],
)
def test_powers_of_zero_and_of_negative_numbers_have_a_slope(
    base: float, exponent: float, slope: float
) -> None:
    da, db = gradients("Power", [base], [exponent])
    np.testing.assert_array_equal(da, [slope])
    assert np.isfinite(db).all()


def test_the_branch_that_is_not_taken_passes_nothing_on() -> None:
    graph = Graph()
    x = graph.placeholder("x", (2,), "float64")
    root = registry.get("Sqrt")()(x)
    y = registry.get("Where")()(x > 0, root, x)
    (found,) = graph.gradients(y, [x])
    np.testing.assert_array_equal(
        Session(graph, device="cpu").run(found, {x: np.array([4.0, 1.0])}), [0.25, 0.5]
    )
    np.testing.assert_array_equal(gradients("Where", [True, False], [1.0, NAN], [NAN, 1.0])[0], [1, 0])


def test_confident_logits_have_a_finite_gradient() -> None:
    (found,) = gradients("SparseSoftmaxCrossEntropy", [[1e4, -1e4], [0.0, 0.0]], [1, 0], dtype="float32")
    np.testing.assert_allclose(found, np.array([[1, -1], [-0.5, 0.5]]), atol=1e-7)


def test_rows_that_were_picked_twice_get_both_gradients() -> None:
    (found,) = gradients("Gather", [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [2, 0, 2])
    np.testing.assert_array_equal(found, [[1, 1], [0, 0], [2, 2]])


def test_what_was_broadcast_is_summed() -> None:
    da, db = gradients("Add", np.zeros((3, 1)), np.zeros((2, 1, 4)))
    np.testing.assert_array_equal(da, np.full((3, 1), 8))
    np.testing.assert_array_equal(db, np.full((2, 1, 4), 3))


@pytest.mark.parametrize("rows", [1, 3])
def test_what_may_have_been_broadcast_is_summed_if_it_was(rows: int) -> None:
    graph = Graph()
    x, longer = graph.placeholder("x", ("batch", 2)), graph.placeholder("longer", ("rows", 2))
    y = registry.get("Slice").from_attributes({"begin": [2], "size": [-1]})(longer)
    assert y.spec.shape == ("?", 2), "a size that is not known may be 1, and then y is broadcast"
    (found,) = graph.gradients(x * y, [y])
    feeds: dict[str | Value, object] = {
        x: np.ones((3, 2), np.float32),
        longer: np.ones((rows + 2, 2), np.float32),
    }
    result = Session(graph, device="cpu").run(found, feeds)
    np.testing.assert_array_equal(result, np.full((rows, 2), 3 / rows))


def test_the_mean_over_a_named_size_divides_by_what_was_fed() -> None:
    graph = Graph()
    x = graph.placeholder("x", ("batch", 2))
    (found,) = graph.gradients(registry.get("ReduceMean")()(x), [x])
    session = Session(graph, device="cpu")
    for batch in (1, 5):
        result = session.run(found, {x: np.zeros((batch, 2), np.float32)})
        np.testing.assert_allclose(result, np.full((batch, 2), 1 / (2 * batch)))


def test_whole_numbers_and_truths_stop_the_gradient() -> None:
    graph = Graph()
    x = graph.placeholder("x", (2,), "float64")
    whole = registry.get("Cast").from_attributes({"dtype": "int64"})(x)
    back = registry.get("Cast").from_attributes({"dtype": "float64"})(whole)
    (found,) = graph.gradients(back + registry.get("Sign")()(x) + x * 3, [x])
    np.testing.assert_array_equal(Session(graph, device="cpu").run(found, {x: np.array([1.5, 2.5])}), [3, 3])
