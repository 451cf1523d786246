"""The signature of a node that is written in Python: its ports and its shape rule in one line.

`x[..., n], w[n, m] -> y[..., m]` names two inputs and an output. A size is a number, a name that stands for
the same size wherever it occurs, or `?` for one that only running tells; `...` is any number of axes. It is
the notation of NumPy's generalized functions, with names for the ports.
"""

from __future__ import annotations

import functools
import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import SpecError
from engine.spec import UNKNOWN, Dim, Shape, Spec, broadcast_shapes, merge_dim, same_dim

ANY_AXES = "..."
EXAMPLE = "Write it as x[..., n], w[n, m] -> y[..., m]."
_SIDE = re.compile(r"\s*(\w+)\s*\[([^\[\]]*)\]\s*(?:,|$)")


@dataclass(frozen=True)
class Tensor:
    """One tensor of a signature: the name of its port, and its sizes."""

    name: str
    sizes: tuple[str, ...]


@dataclass(frozen=True)
class Signature:
    """What enters and what leaves."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]

    def infer(self, given: Sequence[Spec]) -> list[Shape | None]:
        """The shapes of the outputs; raises SpecError where the inputs do not fit."""
        sizes: dict[str, Dim] = {}
        leading: list[Shape | None] = []
        for tensor, spec in zip(self.inputs, given, strict=True):
            leading += _match(tensor, spec, sizes)
        whole = None if None in leading else broadcast_shapes(*leading)
        return [_shape(tensor, sizes, whole) for tensor in self.outputs]


@functools.lru_cache(maxsize=1024)
def parse(text: str) -> Signature:
    """Read a signature; raises SpecError saying what is wrong with it."""
    before, arrow, after = text.partition("->")
    if not arrow:
        raise SpecError(f"the signature {text[:60]!r} has no arrow.", hint=EXAMPLE)
    signature = Signature(_side(before), _side(after))
    tensors = (*signature.inputs, *signature.outputs)
    if not signature.inputs or not signature.outputs:
        raise SpecError("the signature needs an input and an output.", hint=EXAMPLE)
    names = [tensor.name for tensor in tensors]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SpecError(f"the signature names {twice} twice.", hint="Give each tensor a name of its own.")
    known = {size for tensor in signature.inputs for size in tensor.sizes}
    for tensor in signature.outputs:
        for size in tensor.sizes:
            if size not in known and not size.isdecimal() and size != UNKNOWN:
                raise SpecError(
                    f"no input says how large {size} of {tensor.name} is.",
                    hint="Name it at an input, write a number, or write ? for a size that running tells.",
                )
    return signature


def _side(text: str) -> tuple[Tensor, ...]:
    tensors, place = [], 0
    while place < len(text.rstrip()):
        found = _SIDE.match(text, place)
        if found is None:
            raise SpecError(f"the signature cannot be read at {text[place:].strip()[:40]!r}.", hint=EXAMPLE)
        tensors.append(_tensor(found.group(1), found.group(2)))
        place = found.end()
    return tuple(tensors)


def _tensor(name: str, sizes: str) -> Tensor:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise SpecError(f"{name!r} cannot be the name of a tensor.", hint=EXAMPLE)
    parts = tuple(part.strip() for part in sizes.split(",")) if sizes.strip() else ()
    for part in parts:
        if not (part.isidentifier() or part.isdecimal() or part in (ANY_AXES, UNKNOWN)):
            raise SpecError(f"{part!r} is no size of {name}.", hint=EXAMPLE)
    if parts.count(ANY_AXES) > 1:
        raise SpecError(f"{name} has ... twice.", hint="One of them is enough.")
    return Tensor(name, parts)


def _match(tensor: Tensor, spec: Spec, sizes: dict[str, Dim]) -> list[Shape | None]:
    """Learn the named sizes from one input; returns the shape that stands for its `...`, if it has them."""
    has_any = ANY_AXES in tensor.sizes
    if spec.shape is None:
        return [None] if has_any else []
    fixed = len(tensor.sizes) - has_any
    if len(spec.shape) < fixed or (len(spec.shape) > fixed and not has_any):
        wanted = ", ".join(tensor.sizes)
        raise SpecError(
            f"{tensor.name} is {spec}; the signature says [{wanted}].",
            hint="Connect a tensor with as many axes, or change the signature.",
        )
    split = tensor.sizes.index(ANY_AXES) if has_any else fixed
    behind = fixed - split
    middle = len(spec.shape) - behind
    names = (*tensor.sizes[:split], *tensor.sizes[split + has_any :])
    found = (*spec.shape[:split], *spec.shape[middle:])
    for name, size in zip(names, found, strict=True):
        _learn(tensor.name, name, size, sizes)
    return [spec.shape[split:middle]] if has_any else []


def _learn(tensor: str, name: str, size: Dim, sizes: dict[str, Dim]) -> None:
    if name == UNKNOWN:
        return
    expected: Dim = int(name) if name.isdecimal() else sizes.get(name, UNKNOWN)
    if not same_dim(expected, size) and isinstance(expected, int) and isinstance(size, int):
        said = "" if name.isdecimal() else f" for {name}"
        raise SpecError(
            f"{tensor} has a size {size}{said}; expected {expected}.",
            hint="Connect a tensor of that size, or change the signature.",
        )
    sizes[name] = merge_dim(expected, size)


def _shape(tensor: Tensor, sizes: dict[str, Dim], leading: Shape | None) -> Shape | None:
    shape: list[Dim] = []
    for size in tensor.sizes:
        if size == ANY_AXES:
            if leading is None:
                return None
            shape += leading
        else:
            shape.append(int(size) if size.isdecimal() else sizes.get(size, UNKNOWN))
    return tuple(shape)


def said(tensor: Tensor) -> str:
    """A tensor of a signature as it is written."""
    return f"{tensor.name}[{', '.join(tensor.sizes)}]"
