"""Which ops of ONNX are drawn as which of ours, read off the code of their translations."""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType, FunctionType

from engine.exchange.onnx import translate
from engine.exchange.onnx.registry import translations
from engine.op import Op

_MANY = 12
"""A helper that so many translations need, such as Transpose, is nobody's name in ONNX."""


def onnx_names() -> dict[str, tuple[str, ...]]:
    """The names of ONNX's ops by the names of our ops that their translations draw."""
    assert translate.__doc__, "importing it registers the translations"
    found: dict[str, set[str]] = {}
    for (_, name), function in translations():
        for op in set(_drawn(function, set())):
            found.setdefault(op.__name__, set()).add(name)
    return {
        ours: tuple(sorted(theirs))
        for ours, theirs in found.items()
        if ours in theirs or len(theirs) <= _MANY
    }


def _drawn(function: object, seen: set[object]) -> Iterator[type[Op]]:
    """The ops that a function names, or a function of the same module that it calls."""
    if not isinstance(function, FunctionType) or function in seen:
        return
    seen.add(function)
    for cell in function.__closure__ or ():
        yield from _named(cell.cell_contents, function, seen)
    for name in _names(function.__code__):
        yield from _named(function.__globals__.get(name), function, seen)


def _named(value: object, function: FunctionType, seen: set[object]) -> Iterator[type[Op]]:
    if isinstance(value, type) and issubclass(value, Op):
        yield value
    elif isinstance(value, Op):
        yield type(value)
    elif isinstance(value, FunctionType) and value.__module__ == function.__module__:
        yield from _drawn(value, seen)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
