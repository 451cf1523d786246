"""What judges an op: its function in PyTorch, its function in JAX, and how samples of it are drawn."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np

from engine.case import Case

Theirs = str | Callable[..., Any]
"""The place of a function of the inputs alone inside its library, or a function of the library's module,
the settings of the op, and its inputs."""
Samples = Callable[[np.random.Generator], Iterable[Case]]


def nothing(_: np.random.Generator) -> Iterator[Case]:
    """No samples."""
    return iter(())


@dataclass(frozen=True)
class Oracle:
    """The same op in two other libraries, and the samples on which they are asked.

    `torch_alone` and `jax_alone` are samples for one of them, where the other has another convention.
    `twice` compares second derivatives as well. `tolerance` is for float64 and float32, relative.
    """

    torch: Theirs
    jax: Theirs
    samples: Samples
    torch_alone: Samples = nothing
    jax_alone: Samples = nothing
    twice: bool = False
    tolerance: tuple[float, float] = (1e-9, 1e-4)

    def cases(self, name: str, library: str) -> list[Case]:
        """The samples of an op for a library: the same ones each time."""
        alone = {"torch": self.torch_alone, "jax": self.jax_alone}[library]
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        return [*self.samples(rng), *alone(rng)]

    def function(self, library: str, module: Any) -> Callable[..., Any]:
        """The library's function of the settings and the inputs."""
        theirs = {"torch": self.torch, "jax": self.jax}[library]
        if isinstance(theirs, str):
            found = attrgetter(theirs)(module)
            return lambda settings, *inputs: found(*inputs)
        return lambda settings, *inputs: theirs(module, settings, *inputs)


ROUGH = (1e-6, 1e-3)
"""The tolerance for what loses digits in any library: decompositions, and series that are cut off."""


def formula(f: Callable[..., Any], samples: Samples, **more: Any) -> Oracle:
    """An oracle out of one formula: a function of a module of arrays, one of activations, settings, inputs.

    PyTorch and JAX have the functions that it calls under the same names, and each its own way back.
    """
    return Oracle(
        lambda t, a, *xs: f(t, t.nn.functional, a, *xs),
        lambda j, a, *xs: f(j.numpy, j.nn, a, *xs),
        samples,
        **more,
    )
