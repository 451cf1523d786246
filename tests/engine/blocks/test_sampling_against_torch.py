"""Images read between their pixels beside PyTorch: values, and gradients of images, grids and matrices."""

from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.sampling import GridSample
from engine.graph.builder import Graph
from engine.ops.sampling import AffineGrid
from engine.run.session import Session

pytestmark = [
    pytest.mark.oracle("torch"),
    pytest.mark.filterwarnings("ignore:.torch.distributed.reduce_op. is deprecated:FutureWarning"),
]
RNG = np.random.default_rng(8)
IMAGES, PLACES = RNG.normal(size=(2, 5, 4, 3)), RNG.uniform(-1.7, 1.7, size=(2, 3, 6, 2))
VOLUMES, POINTS = RNG.normal(size=(2, 3, 4, 2, 3)), RNG.uniform(-1.2, 1.2, size=(2, 2, 3, 2, 3))
TORCH = {"nearest": "nearest", "linear": "bilinear", "cubic": "bicubic"}


@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize(
    ("x", "grid", "interpolation"),
    [
        (IMAGES, PLACES, "nearest"),
        (IMAGES, PLACES, "linear"),
        (IMAGES, PLACES, "cubic"),
        (VOLUMES, POINTS, "nearest"),
        (VOLUMES, POINTS, "linear"),
    ],
    ids=["images-nearest", "images-linear", "images-cubic", "volumes-nearest", "volumes-linear"],
)
def test_grids(
    x: np.ndarray, grid: np.ndarray, interpolation: str, padding: str, align_corners: bool
) -> None:
    import torch

    image, places = (torch.tensor(part, requires_grad=True) for part in (x, grid))
    expected: Any = torch.nn.functional.grid_sample(
        image.movedim(-1, 1), places, TORCH[interpolation], padding, align_corners
    ).movedim(1, -1)
    (expected * expected).sum().backward()
    graph = Graph()
    fed = [graph.placeholder(name, part.shape, "float64") for name, part in (("x", x), ("grid", grid))]
    y = GridSample(interpolation=interpolation, padding=padding, align_corners=align_corners)(*fed)
    feeds: Any = dict(zip(fed, (x, grid), strict=True))
    found = Session(graph, device="cpu").run([y, *graph.gradients(y * y, fed)], feeds)
    np.testing.assert_allclose(found[0], expected.detach().numpy(), rtol=1e-11, atol=1e-12)
    for ours, theirs in zip(found[1:], (image, places), strict=True):
        assert theirs.grad is not None
        np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize(
    ("sizes", "align_corners"),
    [((4, 3), False), ((4, 3), True), ((1, 2), False), ((2, 3, 4), False), ((2, 3, 4), True)],
    ids=str,
)
def test_matrices(sizes: tuple[int, ...], align_corners: bool) -> None:
    import torch

    rank = len(sizes)
    theta = RNG.normal(size=(2, rank, rank + 1))
    matrices = torch.tensor(theta, requires_grad=True)
    expected: Any = torch.nn.functional.affine_grid(matrices, [2, 1, *sizes], align_corners)
    (expected * expected).sum().backward()
    graph = Graph()
    fed = graph.placeholder("theta", theta.shape, "float64")
    y = AffineGrid(sizes=sizes, align_corners=align_corners)(fed)
    found = Session(graph, device="cpu").run([y, *graph.gradients(y * y, [fed])], {fed: theta})
    assert matrices.grad is not None
    np.testing.assert_allclose(found[0], expected.detach().numpy(), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(found[1], matrices.grad.numpy(), rtol=1e-11, atol=1e-12)
