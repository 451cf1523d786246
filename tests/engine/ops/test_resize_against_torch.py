"""Resizing by factors that make no whole sizes beside PyTorch's: values and gradients."""

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
FACTORS = (1.7, 0.6)


@pytest.mark.parametrize("floating", ["float32", "float64"])
def test_factors(floating: str) -> None:
    import torch

    x = np.random.default_rng(2).normal(size=(2, 5, 6, 3)).astype(floating)
    leaf: Any = torch.tensor(x, requires_grad=True)
    expected: Any = torch.nn.functional.interpolate(
        leaf.movedim(-1, 1), scale_factor=FACTORS, mode="bilinear", recompute_scale_factor=False
    ).movedim(1, -1)
    (expected * expected).sum().backward()
    graph = Graph()
    fed = graph.placeholder("x", x.shape, floating)
    y = Resize(interpolation="linear", scales=FACTORS)(fed)
    found = Session(graph, device="cpu").run([y, *graph.gradients(y * y, [fed])], {fed: x})
    tolerance = TOLERANCE[floating]
    np.testing.assert_allclose(found[0], expected.detach().numpy(), rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(found[1], leaf.grad.numpy(), rtol=10 * tolerance, atol=10 * tolerance)
