"""Complex numbers: values and gradients beside PyTorch's, and what constants of them look like."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine import registry
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.run.session import Session

ORACLES: dict[str, tuple[int, Callable[..., Any]]] = {
    "Add": (2, lambda t, a, b: a + b),
    "Subtract": (2, lambda t, a, b: a - b),
    "Multiply": (2, lambda t, a, b: a * b),
    "Divide": (2, lambda t, a, b: a / b),
    "MatMul": (2, lambda t, a, b: a @ b),
    "Negate": (1, lambda t, x: -x),
    "Square": (1, lambda t, x: x * x),
    "Exp": (1, lambda t, x: t.exp(x)),
    "Abs": (1, lambda t, x: t.abs(x)),
    "Angle": (1, lambda t, x: t.angle(x)),
    "Real": (1, lambda t, x: x.real),
    "Imaginary": (1, lambda t, x: x.imag),
    "Conjugate": (1, lambda t, x: t.conj(x).resolve_conj()),
    "ReduceSum": (1, lambda t, x: x.sum()),
    "ReduceMean": (1, lambda t, x: x.mean()),
}


@pytest.mark.oracle("torch")
@pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning")
@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize("name", ORACLES)
def test_values_and_gradients_are_those_of_torch(name: str, dtype: str) -> None:
    import torch

    count, oracle = ORACLES[name]
    rng = np.random.default_rng(4)
    arrays = [(rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))).astype(dtype) for _ in range(count)]
    tensors = [torch.from_numpy(a.copy()).requires_grad_() for a in arrays]
    expected = oracle(torch, *tensors)
    loss = (expected.abs() ** 2).sum() if expected.is_complex() else (expected**3).sum()
    loss.backward()

    graph = Graph()
    inputs = [graph.placeholder(f"x{i}", a.shape, dtype) for i, a in enumerate(arrays)]
    y = registry.get(name)()(*inputs)
    powers = registry.get("Abs")()(y) ** 2.0 if y.spec.is_complex else y**3.0
    gradients = graph.gradients(registry.get("ReduceSum")()(powers), inputs)
    found = Session(graph, device="cpu").run([y, *gradients], dict(zip(inputs, arrays, strict=True)))
    rtol = 2e-4 if dtype == "complex64" else 1e-10
    np.testing.assert_allclose(found[0], expected.detach().numpy(), rtol=rtol, atol=rtol)
    for gradient, tensor in zip(found[1:], tensors, strict=True):
        assert gradient.dtype == dtype
        assert tensor.grad is not None
        np.testing.assert_allclose(gradient, tensor.grad.resolve_conj().numpy(), rtol=rtol, atol=rtol)


def test_a_complex_constant_is_drawn_as_its_two_parts() -> None:
    graph = Graph()
    value = graph.constant(np.array([1 + 2j, -3j], np.complex64), name="z")
    assert value.spec.dtype == "complex64"
    np.testing.assert_array_equal(Session(graph, device="cpu").run(value), [1 + 2j, -3j])


def test_an_infinite_part_stays_in_its_place() -> None:
    graph = Graph()
    y = registry.get("Complex")()(graph.constant(1.0), graph.constant(float("inf")))
    found = Session(graph, device="cpu").run(y)
    assert (found.real, found.imag) == (1.0, np.inf)


def test_what_has_no_order_is_refused_in_a_sentence() -> None:
    graph = Graph()
    z = graph.placeholder("z", (2,), "complex64")
    with pytest.raises(SpecError, match="expected numbers"):
        registry.get("ReduceMax")()(z)
    with pytest.raises(SpecError, match="expected a float dtype"):
        graph.gradients(z, [z])
