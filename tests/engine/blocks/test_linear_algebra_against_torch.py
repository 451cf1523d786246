"""Blocks of linear algebra beside PyTorch's: values and gradients on every worked case of each block."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine.blocks  # noqa: F401 - registers the blocks
from engine import registry
from engine.case import Case
from engine.graph.builder import Graph
from engine.run.session import Session

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
]

NORMS = {"frobenius": "fro", "spectral": 2, "nuclear": "nuc", "columns": 1, "rows": float("inf")}
# What PyTorch computes for a block, from the module torch, the attributes and the tensors.
ORACLES: dict[str, Callable[..., Any]] = {
    "MatrixPower": lambda t, a, x: t.linalg.matrix_power(x, a["exponent"]),
    "MatrixNorm": lambda t, a, x: t.linalg.matrix_norm(x, NORMS[a["norm"]]),
    "LeastSquares": lambda t, _, a, b: t.linalg.pinv(a) @ b,
    "Dot": lambda t, _, a, b: (a * b).sum(-1),
    "Outer": lambda t, _, a, b: a[..., :, None] * b[..., None, :],
    "Cross": lambda t, a, x, y: t.linalg.cross(*t.broadcast_tensors(x, y), dim=a["axis"]),
    "Kronecker": lambda t, _, a, b: t.kron(a, b),
}
CASES = [
    pytest.param(name, case, id=f"{name}-{number}")
    for name in ORACLES
    for number, case in enumerate(registry.get(name).cases)
]


@pytest.mark.parametrize(("name", "case"), CASES)
def test_values_and_gradients_are_those_of_torch(name: str, case: Case, agrees_with_torch: Any) -> None:
    agrees_with_torch(registry.get(name), case, "float64", ORACLES[name])


def test_least_squares_finds_the_line_through_points_that_nearly_lie_on_one() -> None:
    import torch

    at = np.arange(8.0)
    rows = np.stack([np.ones(8), at], axis=1)
    heights = (3 + 2 * at + np.tile([0.1, -0.1], 4))[:, None]
    graph = Graph()
    a, b = graph.placeholder("a", (8, 2), "float64"), graph.placeholder("b", (8, 1), "float64")
    found = Session(graph, device="cpu").run(registry.get("LeastSquares")()(a, b), {a: rows, b: heights})
    expected = torch.linalg.lstsq(torch.from_numpy(rows), torch.from_numpy(heights)).solution
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-10)
