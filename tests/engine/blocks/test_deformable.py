"""Convolution with bent windows: unbent it is a convolution, and moved windows see what lies there."""

from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.deformable import DeformableConvolution
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.ops.convolution import Convolution
from engine.run.session import Session
from engine.spec import Spec

RNG = np.random.default_rng(9)
X, KERNEL = RNG.normal(size=(2, 6, 7, 4)), RNG.normal(size=(3, 2, 2, 4))
SETTINGS: dict[str, Any] = {"strides": (2, 1), "pads": (1,), "dilations": (1, 2), "groups": 2}


def bent(offsets: np.ndarray, mask: np.ndarray) -> np.ndarray:
    graph = Graph()
    arrays = {"x": X, "kernel": KERNEL, "offsets": offsets, "mask": mask}
    fed = [graph.placeholder(name, array.shape, "float64") for name, array in arrays.items()]
    y = DeformableConvolution(**SETTINGS, offset_groups=2)(*fed)
    return np.asarray(Session(graph, device="cpu").run(y, {**arrays}))


def straight(x: np.ndarray) -> np.ndarray:
    graph = Graph()
    fed = [graph.placeholder("x", x.shape, "float64"), graph.placeholder("kernel", KERNEL.shape, "float64")]
    y = Convolution(**SETTINGS)(*fed)
    return np.asarray(Session(graph, device="cpu").run(y, {"x": x, "kernel": KERNEL}))


def test_without_offsets_it_is_a_convolution() -> None:
    expected = straight(X)
    places = expected.shape[:3]
    found = bent(np.zeros((*places, 24)), np.ones((*places, 12)))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(bent(np.zeros((*places, 24)), np.full((*places, 12), 0.5)), expected / 2)


def test_windows_moved_down_and_right_see_what_lies_there() -> None:
    moved = np.zeros_like(X)
    moved[:, :-1, :-2] = X[:, 1:, 2:]
    places = straight(X).shape[:3]
    found = bent(np.tile([1.0, 2.0], (*places, 12)), np.ones((*places, 12)))
    # In the margins in front the moved windows see the image, which the moved image has lost.
    np.testing.assert_allclose(found[:, 1:, 1:], straight(moved)[:, 1:, 1:], rtol=1e-12, atol=1e-12)


def test_offsets_of_another_number_are_refused_in_a_sentence() -> None:
    images, kernel = Spec("float32", ("batch", 4, 4, 2)), Spec("float32", (2, 2, 2, 3))
    with pytest.raises(SpecError, match="expected batch x 3 x 3 x 8") as caught:
        DeformableConvolution(pads=(0,)).output_specs(
            [images, kernel, Spec("float32", ("batch", 3, 3, 7)), None]
        )
    assert str(caught.value).endswith(".")
