"""Resizing beside PyTorch's: values and gradients, of every interpolation that both know."""

from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine.graph.builder import Graph
from engine.ops.resize import Resize
from engine.run.session import Session

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
]
TOLERANCE = {"float32": 1e-5, "float64": 1e-12}
TORCH_CUBIC = {"interpolation": "cubic", "coordinates": "pytorch_half_pixel"}
SMALLER = {"antialias": True, "exclude_outside": True}
CASES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"interpolation": "linear", "sizes": (7, 3)}, {"mode": "bilinear", "size": (7, 3)}),
    (
        {"interpolation": "linear", "sizes": (9, 5), "coordinates": "align_corners"},
        {"mode": "bilinear", "size": (9, 5), "align_corners": True},
    ),
    (
        {"interpolation": "linear", "scales": (1.7, 0.6)},
        {"mode": "bilinear", "scale_factor": (1.7, 0.6), "recompute_scale_factor": False},
    ),
    (
        {"interpolation": "linear", "sizes": (2, 3), **SMALLER},
        {"mode": "bilinear", "size": (2, 3), "antialias": True},
    ),
    ({**TORCH_CUBIC, "sizes": (8, 3)}, {"mode": "bicubic", "size": (8, 3)}),
    (
        {**TORCH_CUBIC, "coordinates": "align_corners", "sizes": (8, 3)},
        {"mode": "bicubic", "size": (8, 3), "align_corners": True},
    ),
    (
        {**TORCH_CUBIC, "coefficient": -0.5, "sizes": (2, 3), **SMALLER},
        {"mode": "bicubic", "size": (2, 3), "antialias": True},
    ),
    (
        {"interpolation": "nearest", "coordinates": "asymmetric", "rounding": "floor", "sizes": (9, 4)},
        {"mode": "nearest", "size": (9, 4)},
    ),
    (
        {"interpolation": "nearest", "rounding": "round_prefer_ceil", "sizes": (10, 3)},
        {"mode": "nearest-exact", "size": (10, 3)},
    ),
    ({"interpolation": "area", "sizes": (4, 7)}, {"mode": "area", "size": (4, 7)}),
]


@pytest.mark.parametrize("floating", ["float32", "float64"])
@pytest.mark.parametrize(("ours", "theirs"), CASES, ids=[str(theirs) for _, theirs in CASES])
def test_images(ours: dict[str, Any], theirs: dict[str, Any], floating: str) -> None:
    import torch

    x = np.random.default_rng(2).normal(size=(2, 5, 6, 3)).astype(floating)
    leaf: Any = torch.tensor(x, requires_grad=True)
    expected: Any = torch.nn.functional.interpolate(leaf.movedim(-1, 1), **theirs).movedim(1, -1)
    (expected * expected).sum().backward()
    graph = Graph()
    fed = graph.placeholder("x", x.shape, floating)
    y = Resize(**ours)(fed)
    found = Session(graph, device="cpu").run([y, *graph.gradients(y * y, [fed])], {fed: x})
    tolerance = TOLERANCE[floating]
    np.testing.assert_allclose(found[0], expected.detach().numpy(), rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(found[1], leaf.grad.numpy(), rtol=10 * tolerance, atol=10 * tolerance)


@pytest.mark.parametrize(("rank", "mode"), [(1, "linear"), (3, "trilinear")])
def test_signals_and_volumes(rank: int, mode: str) -> None:
    import torch

    x = np.random.default_rng(2).normal(size=(2, *(4, 3, 5)[:rank], 2))
    sizes = (3, 6, 7)[:rank]
    expected = torch.nn.functional.interpolate(torch.from_numpy(x).movedim(-1, 1), size=sizes, mode=mode)
    graph = Graph()
    fed = graph.placeholder("x", x.shape, "float64")
    found = Session(graph, device="cpu").run(Resize(sizes=sizes)(fed), {fed: x})
    np.testing.assert_allclose(found, expected.movedim(1, -1).numpy(), rtol=1e-12, atol=1e-13)
