"""Linear algebra beside PyTorch's: values and gradients on every worked case of each op."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine import registry
from engine.case import Case
from engine.graph.builder import Graph
from engine.ops.reduction import ReduceSum
from engine.run.session import Session
from engine.value import Value

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
]


def symmetric(x: Any) -> Any:
    return (x + x.mT) / 2


def turned(a: Any, settings: dict[str, Any]) -> Any:
    return a.mT if settings["transpose"] else a


def solved(torch: Any, settings: dict[str, Any], a: Any, b: Any) -> Any:
    if b.ndim == 1:
        return torch.linalg.solve(turned(a, settings), b[:, None])[..., 0]
    return torch.linalg.solve(turned(a, settings), b)


def solved_triangle(torch: Any, settings: dict[str, Any], a: Any, b: Any) -> Any:
    upper = settings["upper"] != settings["transpose"]
    columns = b[:, None] if b.ndim == 1 else b
    found = torch.linalg.solve_triangular(turned(a, settings), columns, upper=upper)
    return found[..., 0] if b.ndim == 1 else found


# What PyTorch computes for an op, from the module torch, the attributes and the tensors.
ORACLES: dict[str, Callable[..., Any]] = {
    "MatrixTranspose": lambda _, a, x: x.mT,
    "Inverse": lambda t, _, x: t.linalg.inv(x),
    "Solve": solved,
    "TriangularSolve": solved_triangle,
    "Determinant": lambda t, _, x: t.linalg.det(x),
    "LogDeterminant": lambda t, _, x: t.linalg.slogdet(x),
    "PseudoInverse": lambda t, a, x: t.linalg.pinv(x, rtol=a["tolerance"] or None),
    "Cholesky": lambda t, _, x: t.linalg.cholesky(symmetric(x)),
    "QR": lambda t, _, x: t.linalg.qr(x),
    "Eigh": lambda t, _, x: t.linalg.eigh(symmetric(x)),
    "SVD": lambda t, _, x: t.linalg.svd(x, full_matrices=False),
}
# Which axis of an output holds vectors that another library may have turned round.
TURNED = {"QR": {0: -2, 1: -1}, "Eigh": {1: -2}, "SVD": {0: -2, 2: -1}}
# Cases whose vectors are not determined, and a singular matrix, of which PyTorch takes the slope as zero.
LEFT_OUT = {("Determinant", 6), ("QR", 6), ("Eigh", 3), ("SVD", 3), ("SVD", 4)}
TOLERANCES = {"float32": (2e-4, 2e-5), "float64": (1e-10, 1e-12)}
CASES = [
    pytest.param(name, case, id=f"{name}-{number}")
    for name in ORACLES
    for number, case in enumerate(registry.get(name).cases)
    if (name, number) not in LEFT_OUT
]


@pytest.mark.parametrize("floating", ["float32", "float64"])
@pytest.mark.parametrize(("name", "case"), CASES)
def test_values_and_gradients_are_those_of_torch(name: str, case: Case, floating: str) -> None:
    import torch

    op = registry.get(name).from_attributes(case.attributes)
    arrays = [array for array in case.arrays(floating) if array is not None]
    tensors = [torch.from_numpy(np.array(array)) for array in arrays]
    chosen = list(range(len(arrays))) if case.gradient else []
    for position in chosen:
        tensors[position].requires_grad_()
    expected = ORACLES[name](torch, op.settings(), *tensors)
    expected = [expected] if isinstance(expected, torch.Tensor) else list(expected)

    graph = Graph()
    inputs = [graph.placeholder(f"x{i}", a.shape, a.dtype.name) for i, a in enumerate(arrays)]
    results = list(graph.emit(op, inputs))
    feeds: dict[str | Value, object] = dict(zip(inputs, arrays, strict=True))
    values = Session(graph, device="cpu").run(list(results), feeds)
    for number, axis in TURNED.get(name, {}).items():
        same = np.sign((values[number] * expected[number].detach().numpy()).sum(axis, keepdims=True))
        expected[number] = expected[number] * torch.from_numpy(same)
    fetches, wanted = list(results), list(expected)
    if chosen:
        rng = np.random.default_rng(1)
        weights = [rng.uniform(0.5, 1.5, e.shape).astype(floating) for e in expected]
        slots = [graph.placeholder(f"w{i}", w.shape, floating) for i, w in enumerate(weights)]
        feeds.update(zip(slots, weights, strict=True))
        sums = [ReduceSum()(y * w) for y, w in zip(results, slots, strict=True)]
        fetches += graph.gradients(sum(sums[1:], sums[0]), inputs)
        total: Any = sum((e * torch.from_numpy(w)).sum() for e, w in zip(expected, weights, strict=True))
        total.backward()
        wanted += [tensor.grad for tensor in tensors]

    relative, absolute = TOLERANCES[floating]
    for found, tensor in zip(Session(graph, device="cpu").run(fetches, feeds), wanted, strict=True):
        reference = tensor.detach().numpy()
        assert found.shape == reference.shape
        assert found.dtype == reference.dtype
        np.testing.assert_allclose(found, reference, rtol=relative, atol=absolute)
