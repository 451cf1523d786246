"""Kernels by op name and device: `@kernel()` takes one in, `find` falls back on the generic one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Kernel = Callable[..., Any]
Prepare = Callable[..., Callable[[], object]]
"""Takes what the kernel takes, `out` included, and gives a call without arguments that does the same.

What it needs in between it keeps in the dictionary `memory`, which all kernels of a plan share: they run one
after the other.
"""
_K = TypeVar("_K", bound=Kernel)

GENERIC = "generic"


@dataclass(frozen=True)
class Entry:
    """A kernel and what the executor must know of it."""

    name: str
    device: str
    function: Kernel
    takes_out: bool
    narrow: bool
    """Whether it works on bfloat16 itself, where others compute in float32 and are rounded."""
    prepare: Prepare | None = None
    """Does beforehand what need not be done at every step, where the same arrays are used again and again."""

    @property
    def where(self) -> str:
        return f"{self.function.__module__}:{self.function.__qualname__}"


_kernels: dict[tuple[str, str], Entry] = {}


def kernel(
    device: str = GENERIC, *, narrow: bool = False, prepare: Prepare | None = None
) -> Callable[[_K], _K]:
    """Register a function `f(xp, *arrays, **settings)` as the kernel of the op that has its name.

    It never changes its inputs. If it has a parameter `out`, it writes its result there when given;
    a kernel with several outputs takes and returns a tuple.
    """

    def register(function: _K) -> _K:
        name = function.__name__.rstrip("_")
        takes_out = "out" in inspect.signature(function).parameters
        entry = Entry(name, device, function, takes_out, narrow, prepare)
        taken = _kernels.get((name, device))
        if taken is not None and taken.where != entry.where:
            raise ValueError(f"kernel {name!r} for {device!r} is in {taken.where} and in {entry.where}")
        _kernels[name, device] = entry
        return function

    return register


def find(name: str, device: str) -> Entry:
    """The kernel of an op on a device, or the generic one; raises KeyError naming what there is."""
    entry = _kernels.get((name, device)) or _kernels.get((name, GENERIC))
    if entry is None:
        known = ", ".join(sorted({known for known, _ in _kernels}))
        raise KeyError(f"no kernel {name!r} for {device!r}; there are {known}")
    return entry


def runs_on(name: str, device: str) -> bool:
    """Whether an op has a kernel for a device: its own, or the generic one."""
    return (name, device) in _kernels or (name, GENERIC) in _kernels


def own_devices(name: str) -> frozenset[str]:
    """The devices that have a kernel of their own for an op."""
    return frozenset(device for known, device in _kernels if known == name and device != GENERIC)


def names() -> frozenset[str]:
    """The names of all ops that have a kernel."""
    return frozenset(name for name, _ in _kernels)
