"""How functions are declared to be compiled: by name, with one signature for each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numba
from numba import types
from numba.extending import intrinsic as numba_intrinsic

Function = Callable[..., Any]
_F = TypeVar("_F", bound=Function)
_njit: Function = numba.njit

# The wrappers would need Python; without them a function is plain machine code.
_OPTIONS = {
    "nogil": True,
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}

Whole = types.int64


@dataclass(frozen=True)
class Declared:
    """A function that becomes a symbol of the object file."""

    name: str
    function: Callable[..., Any]
    count: int
    """Of its arguments, which are whole numbers, addresses among them."""


DECLARED: list[Declared] = []


def intrinsic(function: Function) -> Function:
    """A function that is written in LLVM: it says its types, and gives what generates it."""
    made: Function = numba_intrinsic(function)
    return made


def helper(function: _F) -> _F:
    """A function that others call; it is compiled into them. Products and sums may be fused, nothing else.

    It is written out where it is called, however long it is: loops do not use vectors around calls.
    """
    compiled: _F = _njit(fastmath={"contract"}, forceinline=True, **_OPTIONS)(function)
    return compiled


def reordering(function: _F) -> _F:
    """A function that may add up in any order, because its sums are far more exact than is asked for."""
    compiled: _F = _njit(fastmath={"contract", "reassoc"}, **_OPTIONS)(function)
    return compiled


def exported(name: str, count: int) -> Callable[[_F], _F]:
    """A function of so many whole numbers that the object file offers under a name."""

    def declare(function: _F) -> _F:
        DECLARED.append(Declared(name, function, count))
        return function

    return declare


def record_kernel(function: _F) -> _F:
    """A kernel of the table: `f(share, shares, record, scratch)` does one share of the work of a record.

    The scratch belongs to the thread that runs it.
    """
    return exported(f"record_{function.__name__.rstrip('_')}", 4)(function)


def compiled(declared: Declared) -> tuple[str, str]:
    """The name that numba gives a function, and its module as LLVM text."""
    signature = types.void(*[Whole] * declared.count)
    dispatcher = _njit(signature, fastmath={"contract"}, **_OPTIONS)(declared.function)
    (result,) = dispatcher.overloads.values()
    return result.fndesc.llvm_func_name, result.library.get_llvm_str()
