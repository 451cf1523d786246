"""A second device for tests on machines without a GPU: NumPy behind arrays that NumPy itself may not touch.

As with CuPy, reading such an array needs `get()`, and mixing it with a NumPy array is an error.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from kernels.devices import Device, Status

_TAKES_NUMPY = {"array", "asarray", "ascontiguousarray"}
_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift")
_OTHERS = ("rshift", "divmod", "lt", "le", "gt", "ge", "eq", "ne", "neg", "pos", "abs", "invert")
_CONVERSIONS = ("bool", "int", "float", "complex", "index", "len")


class MirrorArray:
    """An array in the memory of the other device."""

    __array_ufunc__ = None  # an operator between it and a NumPy array is ours to refuse

    def __init__(self, array: np.ndarray) -> None:
        self._array = array

    def get(self, out: np.ndarray | None = None) -> np.ndarray:
        """A copy on the host."""
        if out is None:
            return np.array(self._array)
        out[...] = self._array
        return out

    def __array__(self, *_: object, **__: object) -> np.ndarray:
        raise TypeError("the array lies on another device; call get()")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(self._array, name)
        return _Function(found, name) if callable(found) else _wrapped(found)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("real", "imag"):
            setattr(self._array, name, _plain(value))
        else:
            super().__setattr__(name, value)

    def __iter__(self) -> Iterator[Any]:
        return map(_wrapped, self._array)

    def __getitem__(self, place: Any) -> Any:
        return _wrapped(self._array[_index(place)])

    def __setitem__(self, place: Any, value: Any) -> None:
        self._array[_index(place)] = _plain(value)

    def __repr__(self) -> str:
        return f"Mirror({self._array!r})"


def _operator(name: str) -> Any:
    def apply(self: MirrorArray, *others: Any) -> Any:
        return _wrapped(getattr(self._array, name)(*map(_plain, others)))

    return apply


def _in_place(name: str) -> Any:
    def apply(self: MirrorArray, other: Any) -> MirrorArray:
        self._array = getattr(self._array, name)(_plain(other))
        return self

    return apply


for _name in [*_BINARY, *(f"r{name}" for name in _BINARY), *_OTHERS, *_CONVERSIONS]:
    setattr(MirrorArray, f"__{_name}__", _operator(f"__{_name}__"))
for _name in _BINARY:
    setattr(MirrorArray, f"__i{_name}__", _in_place(f"__i{_name}__"))


class _Function:
    """A function of NumPy's for arrays of the other device."""

    def __init__(self, function: Any, name: str) -> None:
        self._function, self._name = function, name

    def __call__(self, *args: Any, **settings: Any) -> Any:
        convert = _index if self._name in _TAKES_NUMPY else _plain
        given = {name: convert(value) for name, value in settings.items()}
        return _wrapped(self._function(*map(convert, args), **given))

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._function, name)
        return _Function(found, name) if callable(found) else found


class MirrorModule:
    """NumPy's functions for arrays of the other device."""

    def __init__(self, module: types.ModuleType = np) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._module, name)
        if isinstance(found, types.ModuleType):
            return MirrorModule(found)
        if name == "ogrid":
            return _Grid()
        return _Function(found, name) if callable(found) and not isinstance(found, type) else found


class _Grid:
    def __getitem__(self, place: Any) -> Any:
        return _wrapped(np.ogrid[place])


def _plain(value: Any) -> Any:
    """What NumPy computes with; an array of the host has nothing to do here."""
    if isinstance(value, np.ndarray):
        raise TypeError("a NumPy array meets one of another device")
    return _index(value, _plain)


def _index(value: Any, part: Any = None) -> Any:
    if isinstance(value, MirrorArray):
        return value._array
    if isinstance(value, tuple | list):
        return type(value)((part or _index)(each) for each in value)
    return value


def _wrapped(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return MirrorArray(np.asarray(value))
    if isinstance(value, tuple | list):
        return tuple(map(_wrapped, value)) if isinstance(value, tuple) else [*map(_wrapped, value)]
    return value


MIRROR = Device(lambda: Status(True, "GPU: a mirror of the CPU"), MirrorModule, lambda: None)
