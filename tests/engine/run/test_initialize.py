"""First values of variables: what each initializer promises of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine.errors import SpecError
from engine.ops.state import INITIALIZERS, Variable
from engine.run.initialize import fans, initial_value


def value(shape: tuple[int, ...], initializer: str, **settings: Any) -> np.ndarray:
    return initial_value(Variable(shape=shape, initializer=initializer, dtype="float64", **settings), "w", 1)


WAVES = ("stft_real", "stft_imaginary")


@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_has_shape_and_dtype_and_comes_again(initializer: str) -> None:
    shape = (6, 1, 4) if initializer in WAVES else (6, 4)
    op = Variable(shape=shape, initializer=initializer)
    first = initial_value(op, "w", 1)
    assert (first.shape, first.dtype.name) == (shape, "float32")
    np.testing.assert_array_equal(first, initial_value(op, "w", 1))


def test_constants_are_what_they_say() -> None:
    assert (value((2, 3), "constant", mean=2.5) == 2.5).all()
    assert (value((2, 3), "ones", mean=2.5) == 1).all()
    np.testing.assert_array_equal(value((2, 3), "identity", gain=3.0), 3 * np.eye(2, 3))


@pytest.mark.parametrize(
    ("initializer", "variance"),
    [
        ("glorot_uniform", 2 / 700),
        ("glorot_normal", 2 / 700),
        ("he_uniform", 2 / 300),
        ("he_normal", 2 / 300),
        ("lecun_uniform", 1 / 300),
        ("lecun_normal", 1 / 300),
    ],
)
def test_scalings_have_their_variance(initializer: str, variance: float) -> None:
    drawn = value((300, 400), initializer, gain=3.0)
    np.testing.assert_allclose(drawn.var(), 9 * variance, rtol=0.02)
    assert abs(drawn.mean()) < 0.01 * 3


@pytest.mark.parametrize("distribution", ["uniform", "normal", "truncated_normal"])
@pytest.mark.parametrize(("mode", "fan"), [("fan_in", 300), ("fan_out", 400), ("fan_avg", 350)])
def test_variance_scaling_divides_by_what_it_is_told(mode: str, fan: int, distribution: str) -> None:
    drawn = value((300, 400), "variance_scaling", mode=mode, distribution=distribution)
    np.testing.assert_allclose(drawn.var(), 1 / fan, rtol=0.02)


def test_truncated_normal_numbers_stay_within_twice_their_spread() -> None:
    drawn = value((300, 400), "truncated_normal", mean=1.0, spread=0.5)
    assert np.abs(drawn - 1).max() <= 1.0
    assert abs(drawn.std() - 0.5 * 0.8796) < 0.005


@pytest.mark.parametrize("shape", [(5, 5), (3, 7), (7, 3), (3, 3, 2, 4)])
def test_an_orthogonal_matrix_turns_and_does_not_stretch(shape: tuple[int, ...]) -> None:
    drawn = value(shape, "orthogonal", gain=2.0).reshape(-1, shape[-1])
    least = min(drawn.shape)
    square = drawn @ drawn.T if drawn.shape[0] == least else drawn.T @ drawn
    np.testing.assert_allclose(square, 4 * np.eye(least), atol=1e-12)


def waves(steps: int, frequencies: int, **settings: Any) -> np.ndarray:
    real, imaginary = (value((steps, 1, frequencies), kind, **settings)[:, 0] for kind in WAVES)
    return real + 1j * imaginary


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize(
    ("window", "weights_of"), [("hann", np.hanning), ("hamming", np.hamming), ("blackman", np.blackman)]
)
def test_the_waves_of_stft_are_those_of_a_fourier_transform(
    window: str, weights_of: Callable[[int], np.ndarray], periodic: bool
) -> None:
    signal = np.random.default_rng(0).normal(size=12)
    weights = weights_of(13)[:12] if periodic else weights_of(12)
    expected = np.fft.rfft(signal * weights, 16)
    for scaling, size in {
        "density": np.sqrt(np.sum(weights**2)),
        "spectrum": np.sum(weights),
        "none": 1.0,
    }.items():
        found = signal @ waves(12, 9, window=window, periodic=periodic, scaling=scaling)
        np.testing.assert_allclose(found, expected / size, atol=1e-12)


def test_without_a_window_the_waves_of_stft_are_not_scaled() -> None:
    signal = np.random.default_rng(0).normal(size=8)
    np.testing.assert_allclose(signal @ waves(8, 5, window="none"), np.fft.rfft(signal), atol=1e-12)


def test_a_window_of_nothing_gives_waves_of_nothing() -> None:
    assert (waves(2, 2, window="hann") == 0).all()


def test_a_filter_counts_its_window() -> None:
    assert fans((3, 3, 2, 4)) == (18, 36)


@pytest.mark.parametrize(
    ("shape", "initializer", "sentence"),
    [
        ((3,), "orthogonal", "needs rows and columns"),
        ((2, 3, 4), "identity", "fills matrices"),
        ((8, 5), "stft_real", "its shape is 8 x 5; stft_real fills steps x 1 x frequencies"),
        ((8, 2, 5), "stft_imaginary", "fills steps x 1 x frequencies"),
        ((8, 1, 1), "stft_real", "fills steps x 1 x frequencies"),
    ],
)
def test_a_shape_that_does_not_fit_is_refused(
    shape: tuple[int, ...], initializer: str, sentence: str
) -> None:
    with pytest.raises(SpecError, match=sentence):
        Variable(shape=shape, initializer=initializer).output_specs([])
