"""Worked cases: the inputs with which generic tests judge an op, its numeric cliffs among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.spec import COMPLEX, FLOATS, complex_dtype


@dataclass(frozen=True)
class Sample:
    """One input of a case where a plain shape does not say enough: a dtype, limits, or exact values.

    The dtypes `float` and `complex` are as wide as the test wants them.
    """

    shape: tuple[int, ...] = ()
    dtype: str = "float"
    low: float = -1.0
    high: float = 1.0
    values: object = None


@dataclass(frozen=True)
class Case:
    """Inputs and attributes of one call. A shape alone means random floats between `low` and `high`.

    `gradient` is False where a finite difference would step over a jump or a kink.
    """

    inputs: Sequence[tuple[int, ...] | Sample | None]
    attributes: Mapping[str, object] = field(default_factory=dict)
    low: float = -1.0
    high: float = 1.0
    gradient: bool = True

    def arrays(self, floating: str, seed: int = 0) -> list[np.ndarray | None]:
        """Make the inputs; what is a float gets the dtype `floating`."""
        rng = np.random.default_rng(seed)
        return [None if given is None else self._array(given, floating, rng) for given in self.inputs]

    def _array(self, given: tuple[int, ...] | Sample, floating: str, rng: np.random.Generator) -> np.ndarray:
        sample = given if isinstance(given, Sample) else Sample(given, low=self.low, high=self.high)
        wide = {"float": floating, "complex": complex_dtype(floating)}
        dtype = wide.get(sample.dtype, sample.dtype)
        if sample.values is not None:
            return np.asarray(sample.values, dtype)
        if dtype in FLOATS:
            return rng.uniform(sample.low, sample.high, sample.shape).astype(dtype)
        if dtype in COMPLEX:
            parts = rng.uniform(sample.low, sample.high, (2, *sample.shape))
            return np.asarray(parts[0] + 1j * parts[1], dtype)
        if dtype == "bool":
            return rng.integers(0, 2, sample.shape).astype(bool)
        return rng.integers(int(sample.low), int(sample.high), sample.shape).astype(dtype)
