"""What the oracle tests share: one op beside a function of PyTorch's, in values and gradients."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import kernels
from engine import registry
from engine.case import Case
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session
from engine.settings import settle, without_settings
from engine.value import Value
from tests.engine.mirror import MIRROR

Compare = Callable[[type[Op], Case, str, Callable[..., Any]], None]
TOLERANCES = {"float32": (2e-5, 2e-6), "float64": (1e-11, 1e-13)}


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second device in the place of the GPU."""
    monkeypatch.setitem(kernels.DEVICES, "gpu", MIRROR)


@pytest.fixture
def agrees_with_torch() -> Compare:
    """Assert that an op computes on a case what `oracle(torch, settings, *tensors)` computes: one or more."""
    return _agrees_with_torch


def _agrees_with_torch(op: type[Op], case: Case, floating: str, oracle: Callable[..., Any]) -> None:
    import torch

    made = op.from_attributes(case.attributes)
    given = case.arrays(floating)
    arrays = [array for array in given if array is not None]
    tensors = [torch.from_numpy(np.array(array)) for array in arrays]
    chosen = [i for i, array in enumerate(arrays) if array.dtype.kind in "fc"] if case.gradient else []
    for position in chosen:
        tensors[position].requires_grad_()
    result = oracle(torch, settle(made, arrays).settings(), *without_settings(made, tensors))
    expected: list[Any] = [result] if isinstance(result, torch.Tensor) else list(result)

    graph = Graph()
    inputs = [graph.placeholder(f"x{i}", a.shape, a.dtype.name) for i, a in enumerate(arrays)]
    places = iter(inputs)
    results = made.apply(*[None if array is None else next(places) for array in given])
    feeds: dict[str | Value, object] = dict(zip(inputs, arrays, strict=True))
    fetches, wanted = [*results], [*expected]
    if chosen:
        weights = [weight_of(tensor) for tensor in expected]
        slots = [graph.placeholder(f"w{i}", w.shape, w.dtype.name) for i, w in enumerate(weights)]
        feeds.update(zip(slots, weights, strict=True))
        pairs = [(y, w) for y, w in zip(results, slots, strict=True) if y.spec.is_differentiable]
        sums = [registry.get("ReduceSum")()(registry.get("Real")()(y * w)) for y, w in pairs]
        fetches += graph.gradients(sum(sums[1:], sums[0]), [inputs[i] for i in chosen])
        theirs = zip(expected, weights, strict=True)
        total: Any = sum((y * torch.from_numpy(w)).real.sum() for y, w in theirs if y.requires_grad)
        if not isinstance(total, int):
            total.backward()
        # PyTorch has no gradient at all for what takes no part.
        wanted += [torch.zeros_like(x) if x.grad is None else x.grad for x in (tensors[i] for i in chosen)]

    relative, absolute = TOLERANCES[floating]
    for found, tensor in zip(Session(graph, device="cpu").run(fetches, feeds), wanted, strict=True):
        reference = tensor.detach().resolve_conj().numpy()
        assert found.shape == reference.shape
        assert found.dtype == reference.dtype
        np.testing.assert_allclose(found, reference, rtol=relative, atol=absolute)


def weight_of(result: Any) -> np.ndarray:
    """Random weights for a result, because the gradient of a plain sum can hide errors."""
    dtype = result.detach().resolve_conj().numpy().dtype
    parts = np.random.default_rng(1).uniform(0.5, 1.5, (2, *result.shape))
    return np.asarray(parts[0] + 1j * parts[1] if dtype.kind == "c" else parts[0]).astype(dtype)
