"""Fourier transforms: signals that come back, lengths that only a feed decides, and what is refused."""

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine import registry
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.ops.fourier import FFT, RFFT, InverseRFFT
from engine.run.session import Session
from engine.spec import Spec


def test_a_signal_of_odd_length_comes_back() -> None:
    signal = np.random.default_rng(0).normal(size=(3, 7))
    graph = Graph()
    x = graph.placeholder("x", ("batch", 7), "float64")
    y = InverseRFFT(length=7)(RFFT()(x))
    np.testing.assert_allclose(Session(graph, device="cpu").run(y, {x: signal}), signal, rtol=1e-12)


@pytest.mark.oracle("torch")
@pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning")
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
