"""Fourier transforms and frames beside PyTorch's: values and gradients on every worked case of each op."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine import registry
from engine.case import Case
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.ops.complex_numbers import Real
from engine.ops.fourier import FFT, RFFT, InverseRFFT
from engine.run.session import Session
from engine.spec import Spec
from engine.value import Value

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
]


def transformed(name: str) -> Callable[..., Any]:
    return lambda torch, a, x: getattr(torch.fft, name)(x, a["length"] or None, a["axis"], a["norm"])


def overlapped(torch: Any, settings: dict[str, Any], x: Any) -> Any:
    *stack, count, length = x.shape
    size = max((count - 1) * settings["step"] + length, 0) if count else 0
    result = torch.zeros((*stack, size), dtype=x.dtype) + 0 * x.sum()
    for i in range(count):
        start = i * settings["step"]
        result = result + torch.nn.functional.pad(x[..., i, :], (start, size - start - length))
    return result


# What PyTorch computes for an op, from the module torch, the attributes and the tensor.
ORACLES: dict[str, Callable[..., Any]] = {
    "FFT": transformed("fft"),
    "InverseFFT": transformed("ifft"),
    "RFFT": transformed("rfft"),
    "InverseRFFT": transformed("irfft"),
    "Frame": lambda t, a, x: x.unfold(-1, a["length"], a["step"]),
    "OverlapAdd": overlapped,
}
TOLERANCES = {"float32": (2e-5, 2e-6), "float64": (1e-11, 1e-13)}
CASES = [
    pytest.param(name, case, id=f"{name}-{number}")
    for name in ORACLES
    for number, case in enumerate(registry.get(name).cases)
    if len(case.inputs) == 1
]


@pytest.mark.parametrize("floating", ["float32", "float64"])
@pytest.mark.parametrize(("name", "case"), CASES)
def test_values_and_gradients_are_those_of_torch(name: str, case: Case, floating: str) -> None:
    import torch

    op = registry.get(name).from_attributes(case.attributes)
    (array,) = case.arrays(floating)
    assert array is not None
    tensor = torch.from_numpy(np.array(array)).requires_grad_(case.gradient)
    expected = ORACLES[name](torch, op.settings(), tensor)
    rng = np.random.default_rng(1)
    weights = rng.uniform(0.5, 1.5, expected.shape) + 1j * rng.uniform(0.5, 1.5, expected.shape)
    weights = (weights if expected.is_complex() else weights.real).astype(
        expected.detach().resolve_conj().numpy().dtype
    )

    graph = Graph()
    x = graph.placeholder("x", array.shape, array.dtype.name)
    (result,) = graph.emit(op, [x])
    feeds: dict[str | Value, object] = {x: array}
    fetches, wanted = [result], [expected]
    if case.gradient:
        weight = graph.placeholder("weights", weights.shape, weights.dtype.name)
        feeds[weight] = weights
        fetches += graph.gradients(Real()(result * weight), [x])
        (expected * torch.from_numpy(np.array(weights))).real.sum().backward()
        wanted += [tensor.grad]
    relative, absolute = TOLERANCES[floating]
    for found, theirs in zip(Session(graph, device="cpu").run(fetches, feeds), wanted, strict=True):
        reference = theirs.detach().resolve_conj().numpy()
        assert found.shape == reference.shape
        assert found.dtype == reference.dtype
        np.testing.assert_allclose(found, reference, rtol=relative, atol=absolute)


def test_a_signal_of_odd_length_comes_back() -> None:
    signal = np.random.default_rng(0).normal(size=(3, 7))
    graph = Graph()
    x = graph.placeholder("x", ("batch", 7), "float64")
    y = InverseRFFT(length=7)(RFFT()(x))
    np.testing.assert_allclose(Session(graph, device="cpu").run(y, {x: signal}), signal, rtol=1e-12)


def test_the_gradient_knows_a_length_that_only_the_feed_decides() -> None:
    import torch

    signal = torch.randn(5, dtype=torch.float64, generator=torch.manual_seed(0), requires_grad=True)
    torch.fft.rfft(signal).abs().square().sum().backward()
    graph = Graph()
    x = graph.placeholder("x", ("length",), "float64")
    y = RFFT()(x)
    power = registry.get("Square")()(registry.get("Abs")()(y))
    (slope,) = graph.gradients(power, [x])
    assert signal.grad is not None
    found = Session(graph, device="cpu").run(slope, {x: signal.detach().numpy()})
    np.testing.assert_allclose(found, signal.grad.numpy(), rtol=1e-10)


@pytest.mark.parametrize(
    ("op", "spec", "said"),
    [
        (FFT(), Spec("float32", (2, 0)), "nothing to transform"),
        (InverseRFFT(), Spec("complex64", (1,)), "nothing to transform"),
        (RFFT(), Spec("complex64", (4,)), "float dtype"),
        (FFT(axis=2), Spec("float32", (4, 4)), "axis 2 lies outside"),
        (FFT(), Spec("float32", ()), "at least one axis"),
    ],
)
def test_what_has_no_transform_is_refused(op: FFT, spec: Spec, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        op.output_specs([spec])
