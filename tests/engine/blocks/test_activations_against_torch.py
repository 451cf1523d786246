"""Activations and formulas made of other ops beside PyTorch's, on every worked case of each block."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine.blocks  # noqa: F401 - registers the blocks
from engine import registry
from engine.blocks.gating import Sparsemax
from engine.case import Case
from engine.graph.builder import Graph
from engine.run.session import Session

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
]

ORACLES: dict[str, Callable[..., Any]] = {
    "Relu6": lambda t, _, x: t.nn.functional.relu6(x),
    "HardTanh": lambda t, a, x: t.nn.functional.hardtanh(x, a["low"], a["high"]),
    "HardSwish": lambda t, _, x: t.nn.functional.hardswish(x),
    "Threshold": lambda t, a, x: t.nn.functional.threshold(x, a["threshold"], a["value"]),
    "HardShrink": lambda t, a, x: t.nn.functional.hardshrink(x, a["threshold"]),
    "SoftShrink": lambda t, a, x: t.nn.functional.softshrink(x, a["threshold"]),
    "SparseSigmoid": lambda t, _, x: t.clamp((x + 1) / 2, 0, 1),
    "SparsePlus": lambda t, _, x: t.where(x < 1, (t.clamp(x, -1, 1) + 1) ** 2 / 4, x),
    "Celu": lambda t, a, x: t.nn.functional.celu(x, a["alpha"]),
    "Mish": lambda t, _, x: t.nn.functional.mish(x),
    "Swish": lambda t, a, x: x * t.sigmoid(a["alpha"] * x),
    "LogSigmoid": lambda t, _, x: t.nn.functional.logsigmoid(x),
    "TanhShrink": lambda t, _, x: t.nn.functional.tanhshrink(x),
    "Squareplus": lambda t, a, x: ((x.double() + t.sqrt(x.double() ** 2 + a["b"])) / 2).to(x.dtype),
    "PRelu": lambda t, _, x, *slope: t.where(x > 0, x, x * (slope[0] if slope else 0)),
    "Lerp": lambda t, _, a, b, w: t.lerp(a, b, w),
    "Logit": lambda t, a, x: t.logit(x, a["epsilon"] or None),
    "Frac": lambda t, _, x: t.frac(x),
    "IsClose": lambda t, a, x, y: t.isclose(x, y, a["relative"], a["absolute"], a["equal_nan"]),
    "SquaredDifference": lambda t, _, a, b: (a - b) ** 2,
    "AddN": lambda t, _, *xs: t.stack(t.broadcast_tensors(*xs)).sum(0),
    "MultiplyN": lambda t, _, *xs: t.stack(t.broadcast_tensors(*xs)).prod(0),
    "MaximumN": lambda t, _, *xs: t.stack(t.broadcast_tensors(*xs)).amax(0),
    "MinimumN": lambda t, _, *xs: t.stack(t.broadcast_tensors(*xs)).amin(0),
    "AverageN": lambda t, _, *xs: t.stack(t.broadcast_tensors(*xs)).mean(0),
}
CASES = [
    pytest.param(name, case, id=f"{name}-{number}")
    for name in ORACLES
    for number, case in enumerate(registry.get(name).cases)
]


@pytest.mark.parametrize("floating", ["float32", "float64"])
@pytest.mark.parametrize(("name", "case"), CASES)
def test_values_and_gradients_are_those_of_torch(
    name: str, case: Case, floating: str, agrees_with_torch: Any
) -> None:
    agrees_with_torch(registry.get(name), case, floating, ORACLES[name])


@pytest.mark.parametrize("activation", ["sigmoid", "silu"])
def test_gated_halves_are_those_of_torch(activation: str, agrees_with_torch: Any) -> None:
    def oracle(torch: Any, settings: Any, x: Any) -> Any:
        first, second = x.chunk(2, settings["axis"])
        return first * getattr(torch.nn.functional, settings["activation"])(second)

    case = Case([(3, 4, 2)], {"axis": 1, "activation": activation})
    agrees_with_torch(registry.get("Glu"), case, "float64", oracle)


def test_sparsemax_is_the_nearest_point_among_probabilities() -> None:
    """Its conditions of optimality: sums of one, and equal gaps to the logits wherever it is not zero."""
    logits = np.random.default_rng(0).normal(size=(50, 7)) * 2
    graph = Graph()
    y = Sparsemax()(graph.placeholder("x", (50, 7), "float64"))
    found = Session(graph, device="cpu").run(y, {"x": logits})
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-12)
    assert (found == 0).any() and (found >= 0).all()
    gap = logits - found
    tau = np.where(found > 0, gap, -np.inf).max(axis=1, keepdims=True)
    np.testing.assert_allclose(np.where(found > 0, gap, tau), np.broadcast_to(tau, gap.shape), atol=1e-12)
    assert (np.where(found == 0, logits, -np.inf) <= tau).all()


def test_what_is_infinitely_unlikely_has_no_probability() -> None:
    graph = Graph()
    x = graph.placeholder("x", (1, 3), "float64")
    y = Sparsemax()(x)
    slopes = graph.gradients(y * graph.constant([1.0, 2.0, 3.0], "float64"), [x])
    found = Session(graph, device="cpu").run([y, *slopes], {x: np.array([[0.0, -np.inf, 0.5]])})
    np.testing.assert_array_equal(found[0], [[0.25, 0.0, 0.75]])
    np.testing.assert_array_equal(found[1], [[-1.0, 0.0, 1.0]])
