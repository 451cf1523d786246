"""Convolutions and pooling in compiled code at sizes that several tiles, panels and threads share."""

from typing import Any

import numpy as np
import pytest

import kernels
from kernels.cpu.records import pack
from kernels.cpu.table import Table
from kernels.cpu.tier import Compiled

PLAIN: dict[str, Any] = {"strides": (1,), "padding": "valid", "pads": (), "dilations": (1,), "groups": 1}
SLIDES: dict[str, tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]] = {
    "plain": ((5, 17, 13, 3), (3, 3, 3, 20), PLAIN),
    "many channels": ((2, 9, 30, 40), (3, 3, 40, 70), PLAIN),
    "margins": ((3, 12, 11, 16), (3, 3, 16, 33), {**PLAIN, "padding": "same"}),
    "steps": ((3, 20, 21, 4), (5, 3, 4, 18), {**PLAIN, "strides": (2, 3), "padding": "same"}),
    "one axis": ((4, 60, 8), (5, 8, 24), PLAIN),
    "one image": ((1, 40, 40, 3), (3, 3, 3, 32), PLAIN),
    "single places": ((3, 10, 10, 24), (1, 1, 24, 40), PLAIN),
    "steps over what lies between": ((2, 11, 14, 20), (2, 2, 20, 34), {**PLAIN, "strides": (3, 4)}),
    "margins wider than needed": ((2, 4, 5, 6), (3, 3, 6, 7), {**PLAIN, "pads": (2, 0, 1, 3)}),
    "holes from row to row": ((2, 15, 9, 5), (3, 2, 5, 17), {**PLAIN, "dilations": (2, 1)}),
}


def agrees(compiled: Compiled, name: str, arrays: list[np.ndarray], settings: dict[str, Any]) -> None:
    """Whether compiled code finds what NumPy finds in float64."""
    function = kernels.find(name, "cpu").function
    exact = function(np, *(array.astype(np.float64) for array in arrays), **settings)
    out = np.full(exact.shape, 9, np.float32)
    record = pack(compiled.library, name, arrays, [out], settings)
    assert record is not None
    table = Table([record], [True], compiled.team.threads)
    compiled.team.walk(table.address, 0, 1, False, table)
    # Each product and each sum is rounded once, so that the error grows with the size of what is added up.
    most = max(1.0, float(np.nanmax(np.abs(exact))))
    np.testing.assert_allclose(out, exact, rtol=2e-5, atol=2e-6 * most)


def random(*shape: int) -> np.ndarray:
    return np.random.default_rng(shape).uniform(-1, 1, shape).astype(np.float32)


@pytest.mark.parametrize("kind", SLIDES)
def test_a_convolution_and_its_gradients(compiled: Compiled, kind: str) -> None:
    shape, kernel_shape, settings = SLIDES[kind]
    x, kernel = random(*shape), random(*kernel_shape)
    agrees(compiled, "convolution", [x, kernel], settings)
    dy = random(*kernels.find("convolution", "cpu").function(np, x, kernel, **settings).shape)
    agrees(compiled, "convolution_kernel_gradient", [x, dy, kernel], settings)
    agrees(compiled, "convolution_input_gradient", [dy, kernel, x], settings)


def test_large_images_are_copied_between_margins_piece_by_piece(compiled: Compiled) -> None:
    x, kernel = random(2, 70, 300, 8), random(3, 3, 8, 20)
    for settings in ({**PLAIN, "padding": "same"}, {**PLAIN, "padding": "same", "strides": (2,)}):
        agrees(compiled, "convolution", [x, kernel], settings)
        dy = random(*kernels.find("convolution", "cpu").function(np, x, kernel, **settings).shape)
        agrees(compiled, "convolution_kernel_gradient", [x, dy, kernel], settings)
        agrees(compiled, "convolution_input_gradient", [dy, kernel, x], settings)


@pytest.mark.parametrize("window", [(2,), (3, 2), (3,)])
@pytest.mark.parametrize("strides", [(), (2, 1)])
def test_pooling_and_its_way_back(
    compiled: Compiled, window: tuple[int, ...], strides: tuple[int, ...]
) -> None:
    settings = {**PLAIN, "strides": strides, "window": window, "ceil_mode": False}
    del settings["groups"]
    # Small whole numbers: there are many equal ones in each window.
    x = np.random.default_rng(0).integers(0, 4, (5, 14, 13, 19)).astype(np.float32)
    agrees(compiled, "max_pool", [x], settings)
    dy = random(*kernels.find("max_pool", "cpu").function(np, x, **settings).shape)
    agrees(compiled, "max_pool_gradient", [dy, x], settings)


@pytest.mark.parametrize("window", [(2,), (3, 2)])
@pytest.mark.parametrize(
    "slide",
    [
        {"padding": "same"},
        {"pads": (1, 0, 0, 1), "strides": (2,)},
        {"dilations": (2, 3), "strides": (2,)},
        {"ceil_mode": True, "strides": (3,)},
    ],
)
def test_pools_with_margins_and_holes(
    compiled: Compiled, window: tuple[int, ...], slide: dict[str, Any]
) -> None:
    settings = {**PLAIN, "strides": (), "window": window, "ceil_mode": False, **slide}
    del settings["groups"]
    x = np.random.default_rng(0).integers(-4, 4, (5, 14, 13, 19)).astype(np.float32)
    dy = random(*kernels.find("max_pool", "cpu").function(np, x, **settings).shape)
    agrees(compiled, "max_pool", [x], settings)
    agrees(compiled, "max_pool_gradient", [dy, x], settings)
    for name, counted in (("sum_pool", {}), *(("average_pool", {"count_margins": c}) for c in (False, True))):
        agrees(compiled, name, [x], {**settings, **counted})
        agrees(compiled, f"{name}_gradient", [dy, x], {**settings, **counted})


def test_what_is_no_number_is_the_largest(compiled: Compiled) -> None:
    settings = {**PLAIN, "strides": (), "window": (2,), "ceil_mode": False}
    del settings["groups"]
    nan = np.nan
    # Each window is a column: one that is no number, at every place; two of them; and none.
    windows = [(nan, 1, 2, 3), (3, nan, 1, 2), (1, 2, nan, 3), (1, 2, 3, nan), (1, nan, 3, nan), (1, 3, 3, 2)]
    x = np.ascontiguousarray(np.array(windows, np.float32).T).reshape(1, 2, 2, len(windows))
    dy = np.arange(1, 1 + len(windows), dtype=np.float32).reshape(1, 1, 1, -1)
    agrees(compiled, "max_pool", [x], settings)
    agrees(compiled, "max_pool_gradient", [dy, x], settings)
