"""Layers of pooling, enlarging and normalizing compute, and give back, what those of PyTorch do."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.adaptive_pooling import (
    AdaptiveAveragePooling1D,
    AdaptiveAveragePooling2D,
    AdaptiveAveragePooling3D,
    AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D,
)
from engine.blocks.global_pooling import GlobalAveragePooling3D, GlobalMaxPooling1D
from engine.blocks.lp_pooling import LpPool
from engine.blocks.magnitude import LocalResponseNormalization, RMSNormalization, UnitNormalization
from engine.blocks.normalization import InstanceNormalization
from engine.blocks.pooling import AveragePooling3D, MaxPooling1D
from engine.blocks.resizing import UpSampling2D
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session

pytestmark = [
    pytest.mark.oracle("torch"),
    pytest.mark.filterwarnings("ignore:.torch.distributed.reduce_op. is deprecated:FutureWarning"),
]
RNG = np.random.default_rng(5)
SOUND, IMAGES, VOLUMES = (RNG.normal(size=(2, *(7, 6, 5)[:rank], 4)) for rank in (1, 2, 3))
LAYERS: list[tuple[Op, Callable[[Any], Callable[[Any], Any]], np.ndarray]] = [
    (MaxPooling1D(pool_size=(3,), strides=(2,)), lambda nn: nn.MaxPool1d(3, 2), SOUND),
    (AveragePooling3D(), lambda nn: nn.AvgPool3d(2), VOLUMES),
    (GlobalMaxPooling1D(keep_dims=True), lambda nn: nn.AdaptiveMaxPool1d(1), SOUND),
    (GlobalAveragePooling3D(keep_dims=True), lambda nn: nn.AdaptiveAvgPool3d(1), VOLUMES),
    (AdaptiveAveragePooling1D(output_size=(3,)), lambda nn: nn.AdaptiveAvgPool1d(3), SOUND),
    (AdaptiveAveragePooling2D(output_size=(3, 4)), lambda nn: nn.AdaptiveAvgPool2d((3, 4)), IMAGES),
    (AdaptiveAveragePooling3D(output_size=(2,)), lambda nn: nn.AdaptiveAvgPool3d(2), VOLUMES),
    (AdaptiveMaxPooling1D(output_size=(3,)), lambda nn: nn.AdaptiveMaxPool1d(3), SOUND),
    (AdaptiveMaxPooling2D(output_size=(3, 4)), lambda nn: nn.AdaptiveMaxPool2d((3, 4)), IMAGES),
    (AdaptiveMaxPooling3D(output_size=(2,)), lambda nn: nn.AdaptiveMaxPool3d(2), VOLUMES),
    (LpPool(power=3.0, strides=(1,)), lambda nn: nn.LPPool2d(3.0, 2, 1), abs(IMAGES)),
    (UpSampling2D(size=(3,)), lambda nn: nn.Upsample(scale_factor=3), IMAGES),
    (LocalResponseNormalization(size=3, alpha=0.5), lambda nn: nn.LocalResponseNorm(3, 0.5), IMAGES),
    (InstanceNormalization(epsilon=1e-5), lambda nn: nn.InstanceNorm2d(4), IMAGES),
]


@pytest.mark.parametrize("floating", ["float64", "float32"])
@pytest.mark.parametrize(("op", "make", "given"), LAYERS, ids=[type(op).__name__ for op, _, _ in LAYERS])
def test_values_and_gradients(
    op: Op, make: Callable[[Any], Callable[[Any], Any]], given: np.ndarray, floating: str
) -> None:
    import torch

    leaf = torch.tensor(given.astype(floating), requires_grad=True)
    expected = make(torch.nn)(leaf.movedim(-1, 1)).movedim(1, -1)
    compare(op, leaf, expected, floating)


@pytest.mark.parametrize("floating", ["float64", "float32"])
def test_rows_are_divided_by_their_size(floating: str) -> None:
    import torch

    leaf = torch.tensor(SOUND.astype(floating), requires_grad=True)
    compare(RMSNormalization(), leaf, torch.nn.functional.rms_norm(leaf, (4,), eps=1e-6), floating)
    leaf = torch.tensor(SOUND.astype(floating), requires_grad=True)
    compare(UnitNormalization(axis=1), leaf, torch.nn.functional.normalize(leaf, dim=1), floating)


def compare(op: Op, leaf: Any, expected: Any, floating: str) -> None:
    """Ours beside theirs: the values, and the gradients of the sum of their squares."""
    (expected * expected).sum().backward()
    x = leaf.detach().numpy()
    graph = Graph()
    fed = graph.placeholder("x", x.shape, floating)
    y = op(fed)
    found = Session(graph, device="cpu").run([y, *graph.gradients(y * y, [fed])], {fed: x})
    tolerance = {"float64": 1e-10, "float32": 1e-4}[floating]
    np.testing.assert_allclose(found[0], expected.detach().numpy(), rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(found[1], leaf.grad.numpy(), rtol=tolerance, atol=tolerance)
