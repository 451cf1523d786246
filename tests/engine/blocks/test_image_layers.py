"""What layers around convolutions do: channels dropped whole, margins, and separable convolutions."""

from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.depthwise import SeparableConv2D
from engine.blocks.lp_pooling import GlobalLpPooling, LpPool
from engine.blocks.margins import (
    Cropping1D,
    Cropping2D,
    Cropping3D,
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
)
from engine.blocks.resizing import UpSampling2D
from engine.blocks.spatial_dropout import SpatialDropout1D, SpatialDropout2D, SpatialDropout3D
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session
from engine.spec import Spec

RNG = np.random.default_rng(2)
INPUTS = [RNG.uniform(0.5, 1.5, size=(4, *(6, 5, 4)[:rank], 32)).astype("float32") for rank in (1, 2, 3)]


def ran(op: Op, x: np.ndarray, *, training: bool = False) -> np.ndarray:
    graph = Graph()
    fed = graph.placeholder("x", ("batch", *x.shape[1:]), x.dtype.name)
    result: Any = Session(graph, seed=1, device="cpu").run(op(fed), {fed: x}, training=training)
    return np.asarray(result)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_channels_are_dropped_whole_and_the_others_make_up_for_it(rank: int) -> None:
    op = (SpatialDropout1D, SpatialDropout2D, SpatialDropout3D)[rank - 1](rate=0.25)
    x = INPUTS[rank - 1]
    kept = ran(op, x, training=True) / x
    channels = kept.reshape(4, -1, 32)
    np.testing.assert_allclose(channels, np.broadcast_to(channels[:, :1], channels.shape), rtol=1e-6)
    assert {round(float(factor), 4) for factor in channels[:, 0].ravel()} == {0.0, 1.3333}
    assert not np.array_equal(channels[0, 0], channels[1, 0])
    np.testing.assert_array_equal(ran(op, x), x)


@pytest.mark.parametrize(
    ("pad", "crop"),
    [
        (ZeroPadding1D(before=2, after=1), Cropping1D(before=2, after=1)),
        (ZeroPadding2D(top=0, left=3), Cropping2D(top=0, left=3)),
        (ZeroPadding3D(front=2, right=0), Cropping3D(front=2, right=0)),
    ],
    ids=["1d", "2d", "3d"],
)
def test_cropping_takes_away_what_padding_puts_around(pad: Op, crop: Op) -> None:
    x = INPUTS[len(type(pad).attributes()) // 2 - 1]
    padded = ran(pad, x)
    assert padded.size > x.size
    assert padded.sum() == pytest.approx(x.sum(), rel=1e-5)
    np.testing.assert_array_equal(ran(crop, padded), x)


def test_more_than_there_is_cannot_be_cut_off() -> None:
    with pytest.raises(SpecError, match="7 elements cannot be cut off its axis 1"):
        Cropping1D(before=3, after=4).output_specs([Spec("float32", ("batch", 6, 2))])


def test_a_separable_convolution_mixes_channels_after_looking_at_each() -> None:
    x = INPUTS[1][..., :2]
    graph = Graph()
    fed = graph.placeholder("x", x.shape)
    y = SeparableConv2D(filters=3, kernel_size=(2,), depth_multiplier=2)(fed, name="layer")
    session = Session(graph, seed=1, device="cpu")
    found: Any = session.run(y, {fed: x})
    values = {path.rpartition("/")[2]: np.asarray(value) for path, value in session.values().items()}
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 2), (1, 2))
    kernel = values["depthwise_kernel"].reshape(2, 2, 2, 2)
    each = np.einsum("nhwcij,ijcm->nhwcm", windows, kernel).reshape(4, 5, 4, 4)
    np.testing.assert_allclose(found, each @ values["pointwise_kernel"][0, 0], rtol=1e-4, atol=1e-5)


def test_a_norm_over_all_places() -> None:
    x = INPUTS[1]
    np.testing.assert_allclose(ran(GlobalLpPooling(), x), np.sqrt((x**2).sum(axis=(1, 2))), rtol=1e-5)
    np.testing.assert_allclose(ran(GlobalLpPooling(power=1.0), x), x.sum(axis=(1, 2)), rtol=1e-5)


@pytest.mark.parametrize("op", [LpPool(), LpPool(power=3.0), GlobalLpPooling(), GlobalLpPooling(power=3.0)])
def test_a_norm_of_zeros_is_zero_and_has_no_slope(op: Op) -> None:
    graph = Graph()
    x = graph.placeholder("x", (1, 2, 2, 1))
    y = op(x)
    found = Session(graph, device="cpu").run([y, *graph.gradients(y, [x])], {x: np.zeros((1, 2, 2, 1), "f")})
    for array in found:
        np.testing.assert_array_equal(array, np.zeros_like(array))


def test_a_high_power_comes_near_the_largest() -> None:
    x = np.array([3e4, 1e4, -2e4], np.float32).reshape(1, 3, 1)
    np.testing.assert_allclose(ran(GlobalLpPooling(power=1000.0), x), [[3e4]], rtol=1e-6)


def test_too_many_sizes_are_told_by_their_name() -> None:
    with pytest.raises(SpecError, match="size has 3 numbers, and there are 2 axes"):
        UpSampling2D(size=(2, 2, 2)).output_specs([Spec("float32", ("batch", 4, 4, 1))])
