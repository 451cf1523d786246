"""First values of variables. The seed and the variable's path decide them, nothing else.

Sources: LeCun et al. 1998 (lecun), Glorot and Bengio 2010 (glorot), He et al. 2015 (he), Saxe et al. 2014
(orthogonal).
"""

from __future__ import annotations

import math
import zlib

import numpy as np

import kernels
from engine.ops.state import Variable

_SCALINGS = {"glorot": (1.0, "fan_avg"), "he": (2.0, "fan_in"), "lecun": (1.0, "fan_in")}
"""The variance times what it is divided by, and what that is, for the scalings that have names."""

_TRUNCATED = 0.87962566103423978
"""The standard deviation of a normal distribution whose tails beyond 2 are cut off."""


def initial_value(op: Variable, path: str, seed: int) -> np.ndarray:
    """The value that a variable starts with, of its shape and dtype."""
    generator = np.random.Generator(np.random.Philox(key=[seed, zlib.crc32(path.encode())]))
    return np.asarray(_drawn(op, generator), op.dtype, order="C")


def _drawn(op: Variable, generator: np.random.Generator) -> np.ndarray:
    shape, kind = op.shape, op.initializer
    if kind in ("zeros", "ones", "constant"):
        return np.full(shape, {"zeros": 0.0, "ones": 1.0, "constant": op.mean}[kind])
    if kind == "identity":
        rows, columns = shape
        return np.eye(rows, columns) * op.gain
    if kind in ("stft_real", "stft_imaginary"):
        return _waves(op)
    if kind == "orthogonal":
        return _orthogonal(generator, shape) * op.gain
    if kind in ("normal", "truncated_normal", "uniform"):
        return _scattered(generator, kind, shape) * op.spread + op.mean
    if kind == "variance_scaling":
        scale, mode, distribution = 1.0, op.mode, op.distribution
    else:
        family, _, distribution = kind.partition("_")
        scale, mode = _SCALINGS[family]
    fan_in, fan_out = fans(shape)
    fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    # What is drawn must have this deviation: a uniform draw is wider than it, a truncated one is narrower.
    widening = {"normal": 1.0, "uniform": math.sqrt(3.0), "truncated_normal": 1 / _TRUNCATED}[distribution]
    return _scattered(generator, distribution, shape) * (math.sqrt(scale / fan) * widening * op.gain)


def _scattered(generator: np.random.Generator, kind: str, shape: tuple[int, ...]) -> np.ndarray:
    """Normal numbers, those of them within 2, or uniform ones within 1."""
    if kind == "normal":
        return generator.standard_normal(shape)
    drawn = generator.uniform(-1.0, 1.0, shape)
    if kind == "uniform":
        return drawn
    inverse = kernels.find("erfinv", "cpu").function
    return np.asarray(inverse(np, drawn * math.erf(math.sqrt(2)))) * math.sqrt(2)


def _orthogonal(generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Rows, or columns where those are fewer, of length one at right angles to each other."""
    rows, columns = math.prod(shape[:-1]), shape[-1]
    square = generator.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(square)
    # With the signs of the diagonal all such matrices are equally likely.
    q = q * np.sign(np.diagonal(r))
    turned: np.ndarray = q if rows >= columns else q.T
    return turned.reshape(shape)


def _waves(op: Variable) -> np.ndarray:
    """A wave for each frequency, faded by a window: convolving with them is a short-time Fourier transform.

    The frequencies go from none to half of one a step, and the waves are those of exp(-i · angle).
    """
    steps, _, frequencies = op.shape
    turns = np.outer(np.arange(steps), np.arange(frequencies)) / (2 * (frequencies - 1))
    angle = 2 * math.pi * turns
    waves = np.cos(angle) if op.initializer == "stft_real" else -np.sin(angle)
    if op.window != "none":
        weights = _window(op.window, steps, op.periodic)
        sizes = {"density": np.sqrt(np.square(weights).sum()), "spectrum": np.abs(weights).sum(), "none": 1.0}
        # A symmetric window of two steps may be zero throughout, and so are its waves.
        waves = waves * (weights / (sizes[op.scaling] or 1.0))[:, None]
    return waves[:, None, :]


def _window(name: str, size: int, periodic: bool) -> np.ndarray:
    settings = {"alpha": 0.54} if name == "hamming" else {}
    compute = kernels.find(f"{name}_window", "cpu").function
    return np.asarray(compute(np, size=size, periodic=periodic, dtype="float64", **settings))


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many inputs and outputs one unit has: for a matrix its sizes, for a filter times its window."""
    if not shape:
        return 1, 1
    if len(shape) == 1:
        return shape[0] or 1, shape[0] or 1
    window = math.prod(shape[:-2])
    return max(window * shape[-2], 1), max(window * shape[-1], 1)
