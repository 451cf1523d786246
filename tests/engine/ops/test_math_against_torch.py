"""Values and gradients of the further mathematics beside PyTorch's, on every worked case of each op."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine import registry
from engine.case import Case
from engine.graph.builder import Graph
from engine.run.session import Session
from engine.settings import settle, without_settings
from engine.value import Value

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
]

# What PyTorch computes for an op, from the module torch, the attributes and the tensors.
ORACLES: dict[str, Callable[..., Any]] = {
    "Asin": lambda t, _, x: t.asin(x),
    "Acos": lambda t, _, x: t.acos(x),
    "Atan": lambda t, _, x: t.atan(x),
    "Atan2": lambda t, _, a, b: t.atan2(a, b),
    "Hypot": lambda t, _, a, b: t.hypot(a, b),
    "Sinh": lambda t, _, x: t.sinh(x),
    "Cosh": lambda t, _, x: t.cosh(x),
    "Asinh": lambda t, _, x: t.asinh(x),
    "Acosh": lambda t, _, x: t.acosh(x),
    "Atanh": lambda t, _, x: t.atanh(x),
    "Log2": lambda t, _, x: t.log2(x),
    "Log10": lambda t, _, x: t.log10(x),
    "Exp2": lambda t, _, x: t.exp2(x),
    "IsNan": lambda t, _, x: t.isnan(x),
    "IsInf": lambda t, a, x: (t.isposinf(x) & a["positive"]) | (t.isneginf(x) & a["negative"]),
    "BitwiseAnd": lambda t, _, a, b: t.bitwise_and(a, b),
    "BitwiseOr": lambda t, _, a, b: t.bitwise_or(a, b),
    "BitwiseXor": lambda t, _, a, b: t.bitwise_xor(a, b),
    "BitwiseNot": lambda t, _, x: t.bitwise_not(x),
    "ShiftLeft": lambda t, _, a, b: t.bitwise_left_shift(a, b),
    "ShiftRight": lambda t, _, a, b: t.bitwise_right_shift(a, b),
    "LogicalXor": lambda t, _, a, b: t.logical_xor(a, b),
    "PickAlong": lambda t, a, x, indices: t.gather(x, a["axis"], indices.long() % x.shape[a["axis"]]),
    "ArgSort": lambda t, a, x: t.sort(x, dim=a["axis"], descending=a["descending"], stable=True).indices,
    "Sort": lambda t, a, x: t.sort(x, a["axis"], a["descending"]).values,
    "Reverse": lambda t, a, x: t.flip(x, a["axes"] or tuple(range(x.ndim))),
    "Roll": lambda t, a, x: t.roll(x, a["shift"], a["axis"]),
    "ReduceVariance": lambda t, a, x: t.var(x, a["axes"] or None, correction=0, keepdim=a["keep_dims"]),
    "ReduceStd": lambda t, a, x: t.std(x, a["axes"] or None, correction=0, keepdim=a["keep_dims"]),
    "ReduceLogSumExp": lambda t, a, x: t.logsumexp(x, a["axes"] or tuple(range(x.ndim)), a["keep_dims"]),
    "ReduceNorm": lambda t, a, x: t.linalg.vector_norm(
        x, int(a["norm"][1]), a["axes"] or None, a["keep_dims"]
    ),
    "Einsum": lambda t, a, *xs: t.einsum(a["equation"], *xs),
    "TriangularPart": lambda t, a, x: (t.triu if a["upper"] else t.tril)(x, a["offset"]),
    "Diagonal": lambda t, _, x: t.diagonal(x, dim1=-2, dim2=-1),
    "DiagonalMatrix": lambda t, _, x: t.diag_embed(x),
    "Trace": lambda t, _, x: t.diagonal(x, dim1=-2, dim2=-1).sum(-1),
    "CumLogSumExp": lambda t, a, x: run(t, a, x, lambda y: t.logcumsumexp(y, a["axis"])),
    "CumProd": lambda t, a, x: run(t, a, x, lambda y: products(t, a, y)),
    "CumMax": lambda t, a, x: run(t, a, x, lambda y: t.cummax(y, a["axis"]).values),
}


def run(torch: Any, settings: dict[str, Any], x: Any, running: Callable[[Any], Any]) -> Any:
    """A running function, from the end where the op runs so."""
    turned = (settings["axis"],) if settings["reverse"] else ()
    return torch.flip(running(torch.flip(x, turned)), turned)


def products(torch: Any, settings: dict[str, Any], x: Any) -> Any:
    """The running products, each with the element itself or without it."""
    found = torch.cumprod(x, settings["axis"], dtype=x.dtype)
    if not settings["exclusive"]:
        return found
    first = torch.ones_like(x.narrow(settings["axis"], 0, min(1, x.shape[settings["axis"]])))
    kept = found.narrow(settings["axis"], 0, max(0, x.shape[settings["axis"]] - 1))
    return torch.cat([first, kept], settings["axis"])


# Cases in which PyTorch's norm overflows, and in which it warns of the variance of nothing.
REFUSED = {("ReduceNorm", 7), ("ReduceNorm", 8), ("ReduceVariance", 3), ("ReduceStd", 3)}
TOLERANCES = {"float32": (2e-5, 2e-6), "float64": (1e-11, 1e-13)}
CASES = [
    pytest.param(name, case, id=f"{name}-{number}")
    for name in ORACLES
    for number, case in enumerate(registry.get(name).cases)
    if (name, number) not in REFUSED
]


@pytest.mark.parametrize("floating", ["float32", "float64"])
@pytest.mark.parametrize(("name", "case"), CASES)
def test_values_and_gradients_are_those_of_torch(name: str, case: Case, floating: str) -> None:
    import torch

    op = registry.get(name).from_attributes(case.attributes)
    arrays = [array for array in case.arrays(floating) if array is not None]
    tensors = [torch.from_numpy(np.array(array)) for array in arrays]
    chosen = [i for i, a in enumerate(arrays) if a.dtype.kind == "f"] if case.gradient else []
    for position in chosen:
        tensors[position].requires_grad_()
    expected = ORACLES[name](torch, settle(op, arrays).settings(), *without_settings(op, tensors))
    weights = np.random.default_rng(1).uniform(0.5, 1.5, expected.shape).astype(floating)

    graph = Graph()
    inputs = [graph.placeholder(f"x{i}", a.shape, a.dtype.name) for i, a in enumerate(arrays)]
    (result,) = graph.emit(op, inputs)
    feeds: dict[str | Value, object] = dict(zip(inputs, arrays, strict=True))
    fetches, wanted = [result], [expected]
    if chosen:
        weight = graph.placeholder("weights", weights.shape, floating)
        feeds[weight] = weights
        fetches += graph.gradients(result * weight, [inputs[i] for i in chosen])
        (expected * torch.from_numpy(np.array(weights))).sum().backward()
        wanted += [tensors[i].grad for i in chosen]

    relative, absolute = TOLERANCES[floating]
    for found, tensor in zip(Session(graph, device="cpu").run(fetches, feeds), wanted, strict=True):
        reference = tensor.detach().numpy()
        assert found.shape == reference.shape
        assert found.dtype == reference.dtype
        np.testing.assert_allclose(found, reference, rtol=relative, atol=absolute)


def test_the_largest_few_and_their_gradient_are_those_of_torch() -> None:
    import torch

    given = np.random.default_rng(0).normal(size=(3, 6))
    tensor = torch.from_numpy(given.copy()).requires_grad_()
    expected: Any = torch.topk(tensor, 2)
    expected.values.square().sum().backward()

    graph = Graph()
    x = graph.placeholder("x", (3, 6), "float64")
    values, indices = registry.get("TopK").from_attributes({"k": 2}).apply(x)
    (gradient,) = graph.gradients(values * values, [x])
    found = Session(graph, device="cpu").run([values, indices, gradient], {x: given})
    np.testing.assert_allclose(found[0], expected.values.detach().numpy())
    np.testing.assert_array_equal(found[1], expected.indices.numpy())
    assert tensor.grad is not None
    np.testing.assert_allclose(found[2], tensor.grad.numpy())
