"""Convolutional layers compute, and give back, what those of PyTorch do with the same variables."""

from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.convolutional import Conv1D, Conv2D, Conv3D
from engine.blocks.depthwise import DepthwiseConv1D, DepthwiseConv2D
from engine.blocks.pooling import AveragePooling2D, MaxPooling2D
from engine.blocks.transposed import Conv1DTranspose, Conv2DTranspose, Conv3DTranspose
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session

pytestmark = [
    pytest.mark.oracle("torch"),
    pytest.mark.filterwarnings("ignore:.torch.distributed.reduce_op. is deprecated:FutureWarning"),
]
RNG = np.random.default_rng(5)
TOLERANCE = {"float64": 1e-11, "float32": 2e-5}
SOUND, IMAGES, VOLUMES = (RNG.normal(size=(2, *(7, 6, 5)[:rank], 4)) for rank in (1, 2, 3))


def layers(torch: Any) -> dict[str, tuple[Op, Any, np.ndarray]]:
    """Ours, PyTorch's, and what both are given."""
    nn = torch.nn
    return {
        "conv1d": (
            Conv1D(filters=3, strides=(2,), dilation=(2,)),
            nn.Conv1d(4, 3, 3, stride=2, dilation=2),
            SOUND,
        ),
        "conv2d": (Conv2D(filters=3, padding="same"), nn.Conv2d(4, 3, 3, padding=1), IMAGES),
        "groups": (
            Conv2D(filters=6, kernel_size=(3, 2), groups=2, strides=(2, 1)),
            nn.Conv2d(4, 6, (3, 2), stride=(2, 1), groups=2),
            IMAGES,
        ),
        "conv3d": (Conv3D(filters=2), nn.Conv3d(4, 2, 3), VOLUMES),
        "depthwise": (DepthwiseConv2D(depth_multiplier=2), nn.Conv2d(4, 8, 3, groups=4), IMAGES),
        "transposed": (
            Conv2DTranspose(filters=3, strides=(2, 3)),
            nn.ConvTranspose2d(4, 3, 3, stride=(2, 3)),
            IMAGES,
        ),
        "lengthened": (
            Conv1DTranspose(filters=3, strides=(2,), output_padding=(1,)),
            nn.ConvTranspose1d(4, 3, 3, stride=2, output_padding=1),
            SOUND,
        ),
        "enlarged": (Conv3DTranspose(filters=2), nn.ConvTranspose3d(4, 2, 3), VOLUMES),
        "depthwise1d": (
            DepthwiseConv1D(depth_multiplier=2, dilation=(2,)),
            nn.Conv1d(4, 8, 3, groups=4, dilation=2),
            SOUND,
        ),
        "max": (MaxPooling2D(pool_size=(3, 2), strides=(2,)), nn.MaxPool2d((3, 2), 2), IMAGES),
        "average": (AveragePooling2D(), nn.AvgPool2d(2), IMAGES),
    }


@pytest.mark.parametrize("floating", ["float64", "float32"])
@pytest.mark.parametrize(
    "name",
    [
        "conv1d",
        "conv2d",
        "groups",
        "conv3d",
        "depthwise",
        "transposed",
        "lengthened",
        "enlarged",
        "depthwise1d",
        "max",
        "average",
    ],
)
def test_values_and_gradients(name: str, floating: str) -> None:
    import torch

    op, theirs, given = layers(torch)[name]
    x = given.astype(floating)
    graph = Graph()
    fed = graph.placeholder("x", x.shape, floating)
    y = op(fed, name="layer")
    (gradient,) = graph.gradients(y * y, [fed])
    session = Session(graph, seed=2, device="cpu")
    found = session.run([y, gradient], {"x": x})

    theirs = theirs.to(getattr(torch, floating))
    for path, value in session.values().items():
        parameter = theirs.weight if path.endswith("kernel") else theirs.bias
        first = torch.tensor(value)
        parameter.data = first.movedim(-1, 0).movedim(-1, 1) if path.endswith("kernel") else first
    leaf = torch.tensor(x, requires_grad=True)
    expected = theirs(leaf.movedim(-1, 1)).movedim(1, -1)
    (expected * expected).sum().backward()
    assert leaf.grad is not None
    tolerance = TOLERANCE[floating]
    np.testing.assert_allclose(found[0], expected.detach().numpy(), rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(found[1], leaf.grad.numpy(), rtol=tolerance, atol=tolerance)
