"""Random tensors: repeatable from seed, step and stream, and distributed as they say."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import kernels

NORMAL: dict[str, Any] = {"mean": 0.0, "deviation": 1.0}
SETTINGS: dict[str, dict[str, Any]] = {
    "random_uniform": {"low": 0.0, "high": 1.0},
    "random_normal": NORMAL,
    "random_truncated_normal": NORMAL,
    "random_exponential": {"rate": 1.0},
}
FLOATS = sorted(SETTINGS)


def draw(
    name: str,
    *,
    seed: int = 1,
    step: int = 0,
    stream: int = 0,
    shape: tuple[int, ...] = (1000,),
    dtype: str = "float32",
    like: np.ndarray | None = None,
    **settings: float,
) -> np.ndarray:
    limits = {**SETTINGS[name], **settings}
    counter = np.array([seed, step], np.uint64)
    result: np.ndarray = kernels.find(name, "cpu").function(
        np, like, counter, shape=shape, dtype=dtype, stream=stream, **limits
    )
    return result


@pytest.mark.parametrize("name", FLOATS)
def test_the_same_seed_step_and_stream_give_the_same_bits(name: str) -> None:
    np.testing.assert_array_equal(draw(name, step=5, stream=9), draw(name, step=5, stream=9))


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("change", [{"seed": 2}, {"step": 1}, {"stream": 1}, {"seed": 2**64 - 1}])
def test_another_seed_step_or_stream_gives_other_numbers(name: str, change: dict[str, Any]) -> None:
    one, other = draw(name), draw(name, **change)
    assert (one != other).mean() > 0.99
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.1


def test_uniform_numbers_fill_their_limits_evenly() -> None:
    numbers = draw("random_uniform", shape=(100_000,), low=-2.0, high=6.0)
    assert numbers.min() >= -2 and numbers.max() <= 6
    counts, _ = np.histogram(numbers, bins=8, range=(-2, 6))
    assert np.abs(counts - 12_500).max() < 600


def test_normal_numbers_have_their_mean_and_deviation() -> None:
    numbers = draw("random_normal", shape=(100_000,), mean=3.0, deviation=2.0)
    assert abs(numbers.mean() - 3) < 0.05
    assert abs(numbers.std() - 2) < 0.05


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_normal_numbers_lie_where_their_distribution_says(dtype: str) -> None:
    numbers = np.sort(draw("random_normal", shape=(100_000,), dtype=dtype))
    assert distance_between(numbers, lambda x: (1 + math.erf(x / math.sqrt(2))) / 2) < 0.006
    assert np.abs(numbers).max() > 3.9
    assert np.unique(numbers).size > 99_000


def test_truncated_normal_numbers_stay_within_two_deviations() -> None:
    numbers = np.sort(draw("random_truncated_normal", shape=(100_000,), mean=1.0, deviation=3.0))
    assert numbers[0] >= -5 and numbers[-1] <= 7 and numbers[-1] > 6.9
    inside = math.erf(math.sqrt(2))
    gap = distance_between((numbers - 1) / 3, lambda x: (1 + math.erf(x / math.sqrt(2)) / inside) / 2)
    assert gap < 0.006


def test_waiting_times_are_exponential() -> None:
    numbers = np.sort(draw("random_exponential", shape=(100_000,), rate=2.0))
    assert distance_between(numbers, lambda x: 1 - math.exp(-2 * x)) < 0.006


def distance_between(ordered: np.ndarray, distribution: Callable[[float], float]) -> float:
    """How far the distribution of a sample lies from another one: Kolmogorov's and Smirnov's measure."""
    expected = np.array([distribution(x) for x in ordered])
    return float(np.abs(expected - (np.arange(ordered.size) + 0.5) / ordered.size).max())


def other(name: str, *arrays: Any, **settings: Any) -> np.ndarray:
    """A draw of an op that has settings of its own."""
    counter = np.array([1, 0], np.uint64)
    result: np.ndarray = kernels.find(name, "cpu").function(np, *arrays, counter, stream=3, **settings)
    return result


def test_whole_numbers_fill_their_limits_evenly() -> None:
    numbers = other("random_integer", None, shape=(90_000,), dtype="int8", low=-4, high=5)
    assert numbers.dtype == np.int8
    values, counts = np.unique(numbers, return_counts=True)
    np.testing.assert_array_equal(values, np.arange(-4, 5))
    assert np.abs(counts - 10_000).max() < 500
    wide = other("random_integer", None, shape=(9,), dtype="int64", low=-(2**63), high=2**63)
    assert (wide < 0).any() and (wide > 2**60).any()


def test_coins_fall_as_often_as_they_should() -> None:
    chance = np.repeat(np.array([0.0, 0.2, 1.0], np.float32), 20_000)
    rates = other("random_bernoulli", chance).reshape(3, -1).mean(axis=1)
    assert rates[0] == 0 and rates[2] == 1
    assert abs(rates[1] - 0.2) < 0.01


def test_classes_are_drawn_as_often_as_their_probability() -> None:
    logits = np.log(np.array([[0.1, 0.6, 0.3], [1.0, 1e-300, 1e-300]]))
    drawn = other("random_categorical", logits, samples=50_000)
    rates = np.stack([np.bincount(row, minlength=3) for row in drawn]) / 50_000
    np.testing.assert_allclose(rates, [[0.1, 0.6, 0.3], [1.0, 0.0, 0.0]], atol=0.01)


def test_a_permutation_has_each_number_once_and_each_order_equally_often() -> None:
    order = other("random_permutation", np.zeros((1000, 2)))
    np.testing.assert_array_equal(np.sort(order), np.arange(1000))
    function = kernels.find("random_permutation", "cpu").function
    found = [
        function(np, np.zeros(3), np.array([1, step], np.uint64), stream=0).tobytes() for step in range(6000)
    ]
    counts = [found.count(kind) for kind in set(found)]
    assert len(counts) == 6 and min(counts) > 850


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_shape_and_dtype_come_from_like_where_it_is_connected(dtype: str) -> None:
    numbers = draw("random_normal", shape=(9,), dtype="float32", like=np.zeros((2, 3), dtype))
    assert numbers.shape == (2, 3)
    assert numbers.dtype == dtype


def test_a_float16_is_the_rounded_float32() -> None:
    wide = draw("random_normal", like=np.zeros(50, np.float32))
    np.testing.assert_array_equal(
        draw("random_normal", like=np.zeros(50, np.float16)), wide.astype(np.float16)
    )
