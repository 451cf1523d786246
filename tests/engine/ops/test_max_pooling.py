"""The places that MaxPoolIndices finds are those of PyTorch, and MaxUnpool leads back to them."""

from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine.graph.builder import Graph
from engine.ops.max_pooling import MaxPool, MaxPoolIndices, MaxUnpool
from engine.run.session import Session
from kernels.generic.windows import each

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
]


@pytest.mark.parametrize(
    "settings", [{}, {"strides": (1,)}, {"window": (3,), "strides": (2,), "pads": (1,)}], ids=str
)
def test_indices_are_those_of_torch_and_lead_back(settings: dict[str, Any]) -> None:
    import torch

    x = np.random.default_rng(3).normal(size=(2, 6, 5, 3))
    graph = Graph()
    fed = graph.placeholder("x", x.shape, "float64")
    y, places = MaxPool(**settings)(fed), MaxPoolIndices(**settings)(fed)
    back = MaxUnpool(**settings, sizes=(6, 5))(y, places)
    found = Session(graph, device="cpu").run([y, places, back], {fed: x})
    rule = MaxPool(**settings)
    window, steps, pads = (each(part, 2) for part in (rule.window, rule.steps, rule.pads or (0,)))
    values, indices = torch.nn.functional.max_pool2d(
        torch.from_numpy(x).movedim(-1, 1), window, steps, pads, return_indices=True
    )
    unpooled = torch.zeros((2, 3, 30), dtype=torch.float64).scatter(2, indices.flatten(2), values.flatten(2))
    np.testing.assert_array_equal(found[1], indices.movedim(1, -1).numpy())
    np.testing.assert_array_equal(found[2], unpooled.reshape(2, 3, 6, 5).movedim(1, -1).numpy())
