"""Special functions to the last digits: values that are known exactly, and the rules that they obey."""

import math
from collections.abc import Iterator

import numpy as np
import pytest

from kernels.generic.special import digamma, erfc, erfinv, log_gamma, polygamma

pytestmark = pytest.mark.usefixtures("as_in_a_run")
EULER = 0.577215664901532860606512
X = np.concatenate([np.linspace(0.1, 14.0, 400), [1e-8, 1e2, 1e5, 1e12]])


@pytest.fixture
def as_in_a_run() -> Iterator[None]:
    """Infinities come and go without a warning, as in the executor."""
    with np.errstate(all="ignore"):
        yield


def test_logarithms_of_factorials() -> None:
    expected = [math.lgamma(x) for x in X]
    np.testing.assert_allclose(log_gamma(np, X), expected, rtol=1e-14, atol=2e-14)
    negative = -np.linspace(0.05, 19.99, 300)
    expected = [math.lgamma(x) for x in negative]
    np.testing.assert_allclose(log_gamma(np, negative), expected, rtol=1e-13, atol=1e-12)


def test_slopes_of_the_gamma_function_at_one_and_one_half() -> None:
    at = np.array([1.0, 0.5])
    np.testing.assert_allclose(digamma(np, at), [-EULER, -EULER - 2 * math.log(2)], rtol=1e-15)
    np.testing.assert_allclose(polygamma(np, at, order=1), [math.pi**2 / 6, math.pi**2 / 2], rtol=1e-15)
    np.testing.assert_allclose(polygamma(np, at, order=3), [math.pi**4 / 15, math.pi**4], rtol=1e-14)


@pytest.mark.parametrize("x", [X[X > 1e-3], -np.linspace(0.05, 9.0, 100)], ids=["positive", "negative"])
def test_a_step_of_one_adds_the_reciprocal(x: np.ndarray) -> None:
    np.testing.assert_allclose(digamma(np, x + 1), digamma(np, x) + 1 / x, rtol=1e-12, atol=1e-12)
    below = polygamma(np, x, order=1)
    np.testing.assert_allclose(polygamma(np, x + 1, order=1) + 1 / x**2, below, rtol=1e-11)


def test_the_tail_of_the_error_function_keeps_its_digits() -> None:
    x = np.linspace(-6.0, 26.0, 2001)
    np.testing.assert_allclose(erfc(np, x), [math.erfc(value) for value in x], rtol=2e-15)


def test_the_inverse_of_the_error_function_undoes_it() -> None:
    x = np.linspace(-5.0, 5.0, 1001)
    y = np.array([math.erf(value) for value in x])
    inside = np.abs(y) < 1
    back = np.array([math.erf(value) for value in erfinv(np, y[inside])])
    np.testing.assert_allclose(back, y[inside], rtol=4e-16)
    np.testing.assert_allclose(
        erfinv(np, np.array([1e-300, -1e-9])), np.array([1e-300, -1e-9]) * (math.sqrt(math.pi) / 2)
    )
