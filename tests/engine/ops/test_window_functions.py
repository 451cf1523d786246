"""Windows beside those of PyTorch, and the mel scale beside its definition."""

import math
from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.errors import SpecError
from engine.op import Op
from engine.ops.mel import MelWeightMatrix
from engine.ops.window_functions import BlackmanWindow, HammingWindow, HannWindow


def computed(op: Op) -> np.ndarray:
    graph = Graph()
    result: np.ndarray = Session(graph, device="cpu").run(graph.emit(op, ())[0])
    return result


@pytest.mark.oracle("torch")
@pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning")
@pytest.mark.parametrize("size", [0, 1, 2, 7, 8])
@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize(
    ("op", "name"),
    [(HannWindow, "hann_window"), (HammingWindow, "hamming_window"), (BlackmanWindow, "blackman_window")],
)
def test_windows_are_those_of_torch(op: Any, name: str, periodic: bool, size: int) -> None:
    import torch

    expected = getattr(torch, name)(size, periodic=periodic, dtype=torch.float64)
    found = computed(op(size=size, periodic=periodic, dtype="float64"))
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-15)


def test_a_wire_may_say_how_long_a_window_is() -> None:
    graph = Graph()
    size = graph.placeholder("size", (), "int64")
    window = HannWindow()(size)
    assert Session(graph, device="cpu").run(window, {size: 6}).shape == (6,)


@pytest.mark.parametrize(("bands", "length", "rate", "upper"), [(8, 64, 8192, 4096), (40, 16, 16_000, 8000)])
def test_mel_bands_are_triangles_between_neighbouring_edges(
    bands: int, length: int, rate: int, upper: int
) -> None:
    op = MelWeightMatrix(bands=bands, dft_length=length, sample_rate=rate, lower=0.0, upper=float(upper))
    found = computed(op)
    step = 2595 * math.log10(1 + upper / 700) / (bands + 2)
    edges = [int((length + 1) * 700 * (10 ** (i * step / 2595) - 1) // rate) for i in range(bands + 2)]
    for band in range(bands):
        left, peak, right = edges[band : band + 3]
        for row in range(length // 2 + 1):
            if row == peak:
                expected = 1.0
            elif left <= row < peak:
                expected = (row - left) / (peak - left)
            else:
                expected = (right - row) / (right - peak) if peak < row < right else 0.0
            assert found[row, band] == pytest.approx(expected)


def test_bands_above_half_the_sample_rate_are_refused() -> None:
    with pytest.raises(SpecError, match="at most half"):
        MelWeightMatrix(sample_rate=8000, upper=8000.0).infer()
