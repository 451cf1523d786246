"""Oracles of Fourier transforms and of frames."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.case import Case, Sample
from tests.engine.oracles.moving import moving
from tests.engine.oracles.oracle import Oracle, Samples
from tests.engine.oracles.samples import a_shape, number, one_axis, one_of, times, together

Settings = dict[str, Any]
Rng = np.random.Generator
NORMS = ("backward", "ortho", "forward")


def transformed(name: str) -> Oracle:
    """A transform of one axis; both libraries have it under the same name, with the same settings."""

    def oracle(module: Any, a: Settings, x: Any) -> Any:
        return getattr(module.fft, name)(x, a["length"] or None, a["axis"], a["norm"])

    samples = together(*(signals(dtype, 2 if name == "irfft" else 1) for dtype in DTYPES[name]))
    # PyTorch refuses to transform no signals.
    none = times(2, lambda rng: Case([Sample((0, 4), DTYPES[name][-1])]))
    return Oracle(oracle, lambda j, a, x: oracle(j.numpy, a, x), samples, jax_alone=none, twice=True)


DTYPES = {
    "fft": ("float", "complex"),
    "ifft": ("float", "complex"),
    "rfft": ("float",),
    "irfft": ("complex",),
}


def signals(dtype: str, least: int) -> Samples:
    """Odd and even lengths, cut and padded, along any axis."""

    def sample(rng: Rng) -> Case:
        shape = a_shape(rng, 1, 3, smallest=1)
        axis = one_axis(rng, len(shape))
        sizes = tuple(
            int(rng.integers(least, 7)) if i == axis % len(shape) else n for i, n in enumerate(shape)
        )
        settings = {"axis": axis, "length": one_of(rng, [0, 0, 3, 4, 8]), "norm": one_of(rng, NORMS)}
        return Case([Sample(sizes, dtype)], settings)

    return times(8, sample)


def pictures(rng: Rng) -> Case:
    shape = a_shape(rng, 2, 4, smallest=1)
    first, second = (int(n) for n in rng.permutation(len(shape))[:2])
    lengths = [] if rng.random() < 0.5 else [3, 4]
    dtype = "complex" if rng.random() < 0.5 else "float"
    return Case(
        [Sample(shape, dtype)], {"axes": [first, second], "lengths": lengths, "norm": one_of(rng, NORMS)}
    )


def of_pictures(name: str) -> Oracle:
    def oracle(module: Any, a: Settings, x: Any) -> Any:
        return getattr(module.fft, name)(x, a["lengths"] or None, a["axes"], norm=a["norm"])

    return Oracle(oracle, lambda j, a, x: oracle(j.numpy, a, x), times(8, pictures))


def framed(rng: Rng) -> Case:
    length, step = number(rng, 1, 5), number(rng, 1, 5)
    shape = (*a_shape(rng, 0, 2), int(rng.integers(length, 10)))
    return Case([shape], {"length": length, "step": step})


def frames(a: Settings, numbers: np.ndarray) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(numbers, a["length"], -1)[..., :: a["step"], :]


def overlapping(rng: Rng) -> Case:
    shape = (*a_shape(rng, 0, 2), number(rng, 1, 4), number(rng, 1, 5))
    return Case([shape], {"step": number(rng, 1, 6)})


def overlapped(t: Any, a: Settings, x: Any) -> Any:
    """PyTorch's fold, of an image of one row."""
    *stack, count, length = x.shape
    size = (count - 1) * a["step"] + length
    columns = x.reshape(-1, count, length).mT
    rows = t.nn.functional.fold(columns, (1, size), (1, length), stride=(1, a["step"]))
    return rows.reshape(*stack, size)


def overlapped_in_jax(j: Any, a: Settings, x: Any) -> Any:
    *stack, count, length = x.shape
    places = a["step"] * np.arange(count)[:, None] + np.arange(length)
    return j.numpy.zeros((*stack, (count - 1) * a["step"] + length), x.dtype).at[..., places].add(x)


ORACLES: dict[str, Oracle] = {
    "FFT": transformed("fft"),
    "InverseFFT": transformed("ifft"),
    "RFFT": transformed("rfft"),
    "InverseRFFT": transformed("irfft"),
    "FFT2D": of_pictures("fftn"),
    "InverseFFT2D": of_pictures("ifftn"),
    "Frame": moving(frames, times(8, framed)),
    "OverlapAdd": Oracle(overlapped, overlapped_in_jax, times(8, overlapping)),
}
