"""Random tensors: repeatable from seed, step and stream, and distributed as they say."""

from typing import Any

import numpy as np
import pytest

import kernels

UNIFORM: dict[str, Any] = {"low": 0.0, "high": 1.0}
NORMAL: dict[str, Any] = {"mean": 0.0, "deviation": 1.0}


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
    limits = {**(UNIFORM if name == "random_uniform" else NORMAL), **settings}
    counter = np.array([seed, step], np.uint64)
    result: np.ndarray = kernels.find(name, "cpu").function(
        np, like, counter, shape=shape, dtype=dtype, stream=stream, **limits
    )
    return result


@pytest.mark.parametrize("name", ["random_uniform", "random_normal"])
def test_the_same_seed_step_and_stream_give_the_same_bits(name: str) -> None:
    np.testing.assert_array_equal(draw(name, step=5, stream=9), draw(name, step=5, stream=9))


@pytest.mark.parametrize("name", ["random_uniform", "random_normal"])
@pytest.mark.parametrize("change", [{"seed": 2}, {"step": 1}, {"stream": 1}, {"seed": 2**64 - 1}])
def test_another_seed_step_or_stream_gives_other_numbers(name: str, change: dict[str, Any]) -> None:
    one, other = draw(name), draw(name, **change)
    assert not np.isin(one, other).any() if name == "random_normal" else (one != other).mean() > 0.99
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
