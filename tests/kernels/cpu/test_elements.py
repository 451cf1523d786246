"""The polynomials of exp, log, tanh and erf: as exact as is said, and right where numbers end."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from kernels.cpu.library import Library
from kernels.cpu.tier import Compiled


def applied(library: Library, name: str, x: np.ndarray) -> np.ndarray:
    out = np.empty_like(x)
    function = library.function(f"element_{name}", 5)
    function(out.ctypes.data, x.ctypes.data, x.ctypes.data, x.ctypes.data, x.size)
    return out


def erf(x: np.ndarray) -> np.ndarray:
    return np.array([math.erf(number) for number in x])


@pytest.mark.parametrize(
    ("name", "low", "high", "exact", "bound"),
    [
        ("exp", -87.0, 88.7, np.exp, 2e-7),
        ("log", 1e-37, 1e37, np.log, 2e-7),
        ("log", 0.5, 2.0, np.log, 2e-7),
        ("tanh", -12.0, 12.0, np.tanh, 4e-7),
        ("tanh", -1e-3, 1e-3, np.tanh, 4e-7),
        ("erf", -4.0, 4.0, erf, 3e-7),
    ],
)
def test_error_is_within_its_bound(
    compiled: Compiled, name: str, low: float, high: float, exact: Callable[..., np.ndarray], bound: float
) -> None:
    spread = (
        np.geomspace(low, high, 100_001) if low > 0 and high / low > 1e6 else np.linspace(low, high, 100_001)
    )
    x = spread.astype(np.float32)
    truth = exact(x.astype(np.float64))
    error = np.abs(applied(compiled.library, name, x) - truth) / np.maximum(np.abs(truth), 1e-30)
    assert error[truth != 0].max() < bound


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("exp", [np.inf, -np.inf, np.nan, 89.0, -110.0, 0.0], [np.inf, 0.0, np.nan, np.inf, 0.0, 1.0]),
        ("log", [0.0, -1.0, np.inf, np.nan, 1.0], [-np.inf, np.nan, np.inf, np.nan, 0.0]),
        ("tanh", [np.inf, -np.inf, np.nan, 0.0, 50.0], [1.0, -1.0, np.nan, 0.0, 1.0]),
        ("erf", [np.inf, -np.inf, np.nan, 0.0], [1.0, -1.0, np.nan, 0.0]),
        ("sigmoid", [np.inf, -np.inf, np.nan, 0.0, -200.0], [1.0, 0.0, np.nan, 0.5, 0.0]),
        ("relu", [np.nan, -np.inf, np.inf], [np.nan, 0.0, np.inf]),
    ],
)
def test_numbers_at_the_end_of_the_line(
    compiled: Compiled, name: str, given: list[float], expected: list[float]
) -> None:
    found = applied(compiled.library, name, np.array(given, np.float32))
    np.testing.assert_array_equal(found, np.array(expected, np.float32))


def test_numbers_may_be_written_where_they_are_read(compiled: Compiled) -> None:
    x = np.arange(1000, dtype=np.float32)
    y = x.copy()
    compiled.library.function("element_add", 5)(y.ctypes.data, y.ctypes.data, x.ctypes.data, 0, x.size)
    np.testing.assert_array_equal(y, x + x)
