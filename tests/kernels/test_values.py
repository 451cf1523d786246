"""What kernels compute, beside NumPy's own answers and at the edges where a plain formula breaks."""

import math
from typing import Any

import numpy as np
import pytest

import kernels

INF, NAN = math.inf, math.nan


def run(name: str, *inputs: Any, **settings: Any) -> np.ndarray:
    with np.errstate(all="ignore"):
        result: np.ndarray = np.asarray(kernels.find(name, "cpu").function(np, *inputs, **settings))
    return result


def floats(*numbers: float) -> np.ndarray:
    return np.array(numbers, np.float32)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("add", np.add),
        ("subtract", np.subtract),
        ("multiply", np.multiply),
        ("divide", np.divide),
        ("floor_divide", np.floor_divide),
        ("mod", np.mod),
        ("power", np.power),
        ("maximum", np.maximum),
        ("minimum", np.minimum),
        ("equal", np.equal),
        ("not_equal", np.not_equal),
        ("less", np.less),
        ("less_equal", np.less_equal),
        ("greater", np.greater),
        ("greater_equal", np.greater_equal),
    ],
)
def test_binary_kernels_compute_what_numpy_computes(name: str, function: np.ufunc) -> None:
    a, b = np.array([[1.5, 2.0, -3.0]]), np.array([[2.0], [0.5]])
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(run(name, a, b), function(a, b))


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("negate", np.negative),
        ("abs", np.abs),
        ("sign", np.sign),
        ("square", np.square),
        ("exp", np.exp),
        ("expm1", np.expm1),
        ("sin", np.sin),
        ("cos", np.cos),
        ("tan", np.tan),
        ("tanh", np.tanh),
        ("floor", np.floor),
        ("ceil", np.ceil),
        ("round", np.round),
        ("sqrt", np.sqrt),
        ("log", np.log),
        ("log1p", np.log1p),
        ("reciprocal", np.reciprocal),
        ("is_finite", np.isfinite),
    ],
)
def test_unary_kernels_compute_what_numpy_computes(name: str, function: np.ufunc) -> None:
    x = np.array([0.25, 0.5, 1.5, 2.5, 30.0])
    np.testing.assert_array_equal(run(name, x), function(x))


def test_a_half_is_rounded_to_the_even_number() -> None:
    np.testing.assert_array_equal(run("round", floats(-1.5, -0.5, 0.5, 1.5, 2.5)), [-2, 0, 0, 2, 2])


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-15), ("float32", 5e-7), ("float16", 1e-3)])
def test_erf_is_as_exact_as_its_dtype(dtype: str, tolerance: float) -> None:
    x = np.linspace(-7, 7, 2001).astype(dtype)
    np.testing.assert_allclose(run("erf", x), [math.erf(v) for v in x], rtol=tolerance, atol=0)
    np.testing.assert_array_equal(run("erf", np.array([-INF, -0.0, INF, NAN], dtype)), [-1, 0, 1, NAN])
    assert np.abs(run("erf", x)).max() <= 1


@pytest.mark.parametrize(
    ("name", "settings", "at", "expected"),
    [
        ("relu", {}, [-INF, -1, 0, 2, INF], [0, 0, 0, 2, INF]),
        ("leaky_relu", {"slope": 0.1}, [-10, 0, 2], [-1, 0, 2]),
        ("elu", {"alpha": 2.0}, [-INF, -400, 0, 3, INF], [-2, -2, 0, 3, INF]),
        ("selu", {}, [-400, 0, 1], [-1.7580993, 0, 1.050701]),
        ("sigmoid", {}, [-400, 0, 400], [0, 0.5, 1]),
        ("hard_sigmoid", {"alpha": 1 / 6, "beta": 0.5}, [-4, -3, 0, 1.5, 3, 4], [0, 0, 0.5, 0.75, 1, 1]),
        ("softplus", {"beta": 1.0}, [-400, 0, 400], [0, math.log(2), 400]),
        ("softplus", {"beta": 4.0}, [0.5], [math.log1p(math.exp(2)) / 4]),
        ("softsign", {}, [-400, 0, 1], [-400 / 401, 0, 0.5]),
        ("gelu", {"approximate": False}, [-400, 0, 1, 400], [0, 0, 0.8413447, 400]),
        ("gelu", {"approximate": True}, [-400, 0, 1, 400], [0, 0, 0.841192, 400]),
        ("silu", {}, [-400, 0, 1, 400], [0, 0, 0.7310586, 400]),
        ("softmax", {"axis": -1}, [400, 400], [0.5, 0.5]),
        ("softmax", {"axis": -1}, [-400, -300], [0, 1]),
        ("log_softmax", {"axis": -1}, [0, 400], [-400, 0]),
    ],
)
def test_activations_hold_their_limits_in_float32(
    name: str, settings: dict[str, Any], at: list[float], expected: list[float]
) -> None:
    result = run(name, floats(*at), **settings)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, rtol=1e-6, atol=1e-7)


def test_cross_entropy_of_logits_neither_overflows_nor_meets_log_of_zero() -> None:
    logits = np.array([[1e4, -1e4], [0, 0], [300, 0]], np.float32)
    loss = run("sparse_softmax_cross_entropy", logits, np.array([1, 0, 0]))
    np.testing.assert_allclose(loss, [2e4, math.log(2), 0], rtol=1e-6, atol=1e-7)
    loss = run("sigmoid_cross_entropy", floats(-400, 0, 400, 400), floats(0, 1, 1, 0))
    np.testing.assert_allclose(loss, [0, math.log(2), 0, 400], rtol=1e-6)


@pytest.mark.parametrize("labels", [[0, 2], [-1, 0]])
def test_a_label_that_is_no_class_is_named(labels: list[int]) -> None:
    with pytest.raises(kernels.Refusal, match=r"index (2|-1) lies outside 0 to 1"):
        run("sparse_softmax_cross_entropy", np.zeros((2, 2), np.float32), np.array(labels))


@pytest.mark.parametrize("place", [2, -3])
def test_a_place_that_is_not_there_is_named(place: int) -> None:
    with pytest.raises(kernels.Refusal, match=rf"index {place} lies outside -2 to 1"):
        run("gather", np.zeros((2, 3)), np.array([0, place]), axis=0)


def test_where_hands_on_bits_as_they_are() -> None:
    condition = np.array([True, False, True, False])
    a, b = floats(NAN, NAN, -0.0, 1.0), floats(1.0, INF, 2.0, NAN)
    for device in ("cpu", "generic"):
        result = kernels.find("where", device).function(np, condition, a, b)
        expected = np.where(condition, a, b)
        np.testing.assert_array_equal(result.view(np.int32), expected.view(np.int32))


@pytest.mark.parametrize(
    ("exclusive", "reverse", "expected"),
    [
        (False, False, [1, 3, 6]),
        (True, False, [0, 1, 3]),
        (False, True, [6, 5, 3]),
        (True, True, [5, 3, 0]),
    ],
)
def test_running_sums(exclusive: bool, reverse: bool, expected: list[int]) -> None:
    x = np.array([[1, 2, 3]])
    result = run("cum_sum", x, axis=-1, exclusive=exclusive, reverse=reverse)
    np.testing.assert_array_equal(result, [expected])


def test_reductions_of_nothing() -> None:
    nothing = np.zeros((0, 2), np.float32)
    settings: dict[str, Any] = {"axes": (0,), "keep_dims": False}
    answers = {"sum": 0, "prod": 1, "mean": NAN, "max": -INF, "min": INF}
    for name, answer in answers.items():
        np.testing.assert_array_equal(run(f"reduce_{name}", nothing, **settings), [answer, answer])
    assert run("reduce_max", nothing.astype(np.int8), **settings).tolist() == [-128, -128]
    assert not run("reduce_any", nothing.astype(bool), **settings).any()
    assert run("reduce_all", nothing.astype(bool), **settings).all()


def test_the_mean_of_large_float16_does_not_overflow() -> None:
    assert run("reduce_mean", np.full(100, 6e4, np.float16), axes=(), keep_dims=False) == np.float16(6e4)


def test_matrix_products_equal_einsum() -> None:
    rng = np.random.default_rng(0)
    a, b, v = rng.random((5, 4, 3)), rng.random((4, 2)), rng.random(4)
    plain = {"transpose_a": False, "transpose_b": False}
    left = run("mat_mul", a, b, **{**plain, "transpose_a": True})
    np.testing.assert_allclose(left, np.einsum("nki,kj->nij", a, b))
    np.testing.assert_allclose(run("mat_mul", v, b, **plain), np.einsum("k,kj->j", v, b))
    right = run("mat_mul", b, v, **{**plain, "transpose_a": True})
    np.testing.assert_allclose(right, np.einsum("kj,k->j", b, v))


def test_scattered_rows_add_up_where_they_meet() -> None:
    rows, like = np.array([[1.0, 2.0], [10.0, 20.0], [100.0, 200.0]]), np.zeros((3, 2))
    result = run("scatter_add", rows, np.array([2, 0, 2]), like, axis=0)
    np.testing.assert_array_equal(result, [[10, 20], [0, 0], [101, 202]])


def test_a_number_outside_the_row_gives_a_row_of_zeros() -> None:
    row = {"depth": 3, "dtype": "int32", "axis": -1, "on": 1.0, "off": 0.0}
    result = run("one_hot", np.array([-1, 0, 3]), **row, wrap=False)
    np.testing.assert_array_equal(result, [[0, 0, 0], [1, 0, 0], [0, 0, 0]])
    result = run("one_hot", np.array([-1, -3, -4]), **row, wrap=True)
    np.testing.assert_array_equal(result, [[0, 0, 1], [1, 0, 0], [0, 0, 0]])


def test_cuts_and_margins() -> None:
    x = np.arange(6).reshape(2, 3)
    np.testing.assert_array_equal(run("slice", x, begin=(0, -2), size=(1, -1)), [[1, 2]])
    np.testing.assert_array_equal(
        run("pad", x, before=(1,), after=(0,), axes=(), mode="constant", value=7),
        [[7, 7, 7], [0, 1, 2], [3, 4, 5]],
    )
    np.testing.assert_array_equal(run("tile", x, multiples=(1, 2)), np.tile(x, (1, 2)))
    np.testing.assert_array_equal(run("transpose", x, permutation=(1, 0)), x.T)


def test_floats_lose_what_follows_the_point() -> None:
    result = run("cast", floats(-2.7, -0.5, 0.5, 2.7), dtype="int32")
    np.testing.assert_array_equal(result, [-2, 0, 0, 2])


def test_a_mean_of_half_precision_is_taken_in_float32() -> None:
    x = np.full((1, 8, 1), 60_000, np.float16)
    settings = {"window": (8,), "strides": (), "padding": "valid", "pads": (), "ceil_mode": False}
    found = run("average_pool", x, **settings, dilations=(1,), count_margins=False)
    assert found.dtype == np.float16
    np.testing.assert_array_equal(found, np.float16(60_000))
