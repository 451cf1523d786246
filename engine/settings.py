"""Tensors in the place of settings: a wire may bring what an attribute says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from engine.attribute import Attribute
from engine.errors import SpecError
from engine.spec import FLOATS, INTEGERS, Spec

if TYPE_CHECKING:
    from engine.op import Op

T = TypeVar("T")

_TAKES = {
    "int": (INTEGERS, 0),
    "ints": (INTEGERS, 1),
    "floats": ((*FLOATS, *INTEGERS), 1),
    "shape": (INTEGERS, 1),
    "float": ((*FLOATS, *INTEGERS), 0),
    "bool": (("bool",), 0),
}
"""The dtypes and the number of axes of a tensor for each kind of attribute."""


def check_setting(declared: Attribute, spec: Spec) -> None:
    """Raise SpecError where a tensor of this spec cannot be the value of the attribute."""
    dtypes, rank = _TAKES[declared.kind]
    if spec.dtype not in dtypes:
        expected = {INTEGERS: "whole numbers", ("bool",): "bool"}.get(dtypes, "numbers")
        raise SpecError(f"{declared.name} is {spec}; expected {expected}.", hint="Insert Cast.")
    single = rank == 0 and all(size in (1, "?") for size in spec.shape or ())
    if spec.shape is not None and not single and len(spec.shape) != rank:
        raise SpecError(
            f"{declared.name} is {spec}; expected {'one axis' if rank else 'a single number'}.",
            hint="Insert Reshape.",
        )


def settle(op: Op, arrays: Sequence[np.ndarray | None]) -> Op:
    """The op with the tensors at its setting ports as attributes; one that is None changes nothing.

    Raises AttributeProblem for a value that the attribute cannot have.
    """
    found: dict[str, object] = {}
    for port, array in zip(op.ports_for(len(arrays)), arrays, strict=True):
        if port.setting and array is not None:
            declared = type(op).attribute(port.name)
            check_setting(declared, Spec(array.dtype.name, array.shape))
            found[port.name] = declared.parse(_plain(array, listed=_TAKES[declared.kind][1] == 1))
    if not found:
        return op
    settled = type(op)(**{**op.settings(), **found})
    made, drawn = (len(each.outputs_for(len(arrays))) for each in (settled, op))
    if made != drawn:
        names = ", ".join(found)
        raise SpecError(f"{names} came by wire and made {made} outputs; expected {drawn}.", hint="Change it.")
    return settled


def settled_by(
    op: Op, inputs: Sequence[T | None], known: Callable[[T], np.ndarray | None]
) -> tuple[Op, list[T | None]]:
    """The op with what is known at its setting ports as attributes, and the inputs without it."""
    arrays = [
        known(given) if port.setting and given is not None else None
        for given, port in zip(inputs, op.ports_for(len(inputs)), strict=True)
    ]
    left = [given if array is None else None for given, array in zip(inputs, arrays, strict=True)]
    return settle(op, arrays), left


def without_settings(op: Op, inputs: Sequence[T]) -> list[T]:
    """The inputs that the kernel takes."""
    return [given for given, port in zip(inputs, op.ports_for(len(inputs)), strict=True) if not port.setting]


def _plain(array: np.ndarray, *, listed: bool) -> object:
    """The value in Python's own numbers, which every dtype of floats fits into."""
    exact = array if array.dtype.name in (*INTEGERS, "bool") else array.astype(np.float64)
    return exact.tolist() if listed else exact.item()
