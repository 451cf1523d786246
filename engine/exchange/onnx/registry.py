"""Which function translates which op of ONNX, by domain, name and the opset since which it means that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.exchange.onnx.tensors import Tensor

if TYPE_CHECKING:
    from engine.exchange.onnx.node import OnnxNode

Results = Tensor | tuple[Tensor | None, ...]
"""One tensor, or one for each output; None for what this translation does not compute."""
Translation = Callable[["OnnxNode"], Results]

_TABLE: dict[tuple[str, str], dict[int, Translation]] = {}


def translates(*ops: str, since: int = 1, domain: str = "") -> Callable[[Translation], Translation]:
    """Register a function as the translation of ops from an opset on."""

    def register(function: Translation) -> Translation:
        for op in ops:
            versions = _TABLE.setdefault((domain, op), {})
            if since in versions:
                raise ValueError(f"{op} {since} has two translations: {versions[since]} and {function}")
            versions[since] = function
        return function

    return register


def translation(domain: str, op: str, version: int) -> Translation | None:
    """The translation of an op as a version of its domain means it."""
    versions = _TABLE.get((domain, op), {})
    since = max((number for number in versions if number <= version), default=None)
    return None if since is None else versions[since]


def translations() -> tuple[tuple[tuple[str, str], Translation], ...]:
    """Every translation with the domain and name of its op."""
    return tuple((key, each) for key, versions in _TABLE.items() for each in versions.values())


def translated() -> set[tuple[str, str]]:
    """Domain and name of every op that has a translation of its own."""
    return set(_TABLE)
