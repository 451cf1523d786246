"""Spectra of signals and pictures beside PyTorch's, values and gradients, and the way back from them."""

from typing import Any

import numpy as np
import pytest

import engine.blocks  # noqa: F401 - registers the blocks
from engine import Graph, Session, registry
from engine.blocks.spectra import STFT, InverseSTFT, LogMelSpectrogram, Spectrogram
from engine.case import Case
from engine.errors import SpecError
from engine.ops.mel import MelWeightMatrix
from engine.spec import Spec

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
]


def window_of(torch: Any, settings: dict[str, Any]) -> Any:
    name, length = settings["window"], settings["frame_length"]
    if name == "none":
        return torch.ones(length, dtype=torch.float64)
    return getattr(torch, f"{name}_window")(length, dtype=torch.float64)


def short_time(torch: Any, settings: dict[str, Any], x: Any) -> Any:
    """By hand where pieces are filled up behind: PyTorch fills them up on both sides."""
    if settings["centered"]:
        half = settings["frame_length"] // 2
        x = torch.nn.functional.pad(x[:, None], (half, half), mode="reflect")[:, 0]
    pieces = x.unfold(-1, settings["frame_length"], settings["step"]) * window_of(torch, settings)
    length = settings["fft_length"] or settings["frame_length"]
    if x.is_complex() or not settings["half"]:
        return torch.fft.fft(pieces, length)
    return torch.fft.rfft(pieces, length)


ORACLES = {
    "FFT2D": lambda t, a, x: t.fft.fft2(x, a["lengths"] or None, a["axes"], a["norm"]),
    "InverseFFT2D": lambda t, a, x: t.fft.ifft2(x, a["lengths"] or None, a["axes"], a["norm"]),
    "STFT": short_time,
}
CASES = [
    pytest.param(name, case, id=f"{name}-{number}")
    for name in ORACLES
    for number, case in enumerate(registry.get(name).cases)
]


@pytest.mark.parametrize(("name", "case"), CASES)
def test_values_and_gradients_are_those_of_torch(name: str, case: Case, agrees_with_torch: Any) -> None:
    agrees_with_torch(registry.get(name), case, "float64", ORACLES[name])


@pytest.mark.parametrize("window", ["hann", "hamming", "blackman"])
def test_the_whole_way_there_and_back_is_that_of_torch(window: str) -> None:
    import torch

    signal = np.random.default_rng(0).normal(size=(2, 40))
    weights = window_of(torch, {"window": window, "frame_length": 8})
    waves = torch.stft(torch.from_numpy(signal), 8, 2, window=weights, return_complex=True)
    back = torch.istft(waves, 8, 2, window=weights)

    settings: dict[str, Any] = {"frame_length": 8, "step": 2, "window": window, "centered": True}
    graph = Graph()
    x = graph.placeholder("x", ("batch", 40), "float64")
    there = STFT(**settings)(x)
    found, again = Session(graph, device="cpu").run([there, InverseSTFT(**settings)(there)], {x: signal})
    np.testing.assert_allclose(found, waves.mT.numpy(), rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(again, back.numpy(), rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(again, signal, rtol=1e-11, atol=1e-13)


def test_a_window_of_ones_own_weights_each_piece() -> None:
    signal, own = np.random.default_rng(0).normal(size=(1, 12)), np.array([0.5, 1.0, 2.0, 1.0])
    graph = Graph()
    x, window = graph.placeholder("x", (1, 12), "float64"), graph.placeholder("window", (4,), "float64")
    waves = STFT(frame_length=4, step=4)(x, window)
    back = InverseSTFT(frame_length=4, step=4)(waves, window)
    found, again = Session(graph, device="cpu").run([waves, back], {x: signal, window: own})
    np.testing.assert_allclose(found, np.fft.rfft(signal.reshape(1, 3, 4) * own), rtol=1e-12)
    np.testing.assert_allclose(again, signal, rtol=1e-12)


def test_the_gradient_of_the_way_back_is_that_of_torch() -> None:
    import torch

    rng = np.random.default_rng(0)
    waves = rng.normal(size=(1, 9, 5)) + 1j * rng.normal(size=(1, 9, 5))
    weights = rng.normal(size=(1, 16))
    tensor = torch.from_numpy(waves).requires_grad_()
    theirs: Any = torch.istft(tensor.mT, 8, 2, window=torch.hann_window(8, dtype=torch.float64))
    (theirs * torch.from_numpy(weights)).sum().backward()
    assert tensor.grad is not None

    graph = Graph()
    x = graph.placeholder("x", waves.shape, "complex128")
    weight = graph.placeholder("weight", weights.shape, "float64")
    (slope,) = graph.gradients(InverseSTFT(frame_length=8, step=2, centered=True)(x) * weight, [x])
    found = Session(graph, device="cpu").run(slope, {x: waves, weight: weights})
    np.testing.assert_allclose(found, tensor.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_a_tone_is_loudest_in_its_own_band() -> None:
    rate, pitch = 16_000, 1000
    tone = np.sin(2 * np.pi * pitch * np.arange(1600) / rate).astype("float32")
    graph = Graph()
    x = graph.placeholder("x", ("length",))
    spectrogram = Spectrogram(frame_length=400, step=160)(x)
    loud = LogMelSpectrogram(frame_length=400, step=160)(x)
    power, bands = Session(graph, device="cpu").run([spectrogram, loud], {x: tone})
    assert (power.argmax(-1) == pitch * 400 // rate).all()
    assert power.dtype == bands.dtype == "float32"
    weights = Session(other := Graph(), device="cpu").run(other.emit(MelWeightMatrix(dft_length=400), ())[0])
    assert (bands.argmax(-1) == weights[pitch * 400 // rate].argmax()).all()


@pytest.mark.parametrize(
    ("op", "specs", "said"),
    [
        (STFT(fft_length=100), [Spec("float32", (1000,))], "fft_length is 100"),
        (STFT(), [Spec("float32", (100,))], "at least one piece"),
        (STFT(), [Spec("float32", (1000,)), Spec("float32", (255,))], "expected 256 weights"),
        (InverseSTFT(), [Spec("float32", (3, 129))], "complex dtype"),
    ],
)
def test_what_does_not_fit_is_refused(op: STFT, specs: list[Spec], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        op.output_specs(specs)
