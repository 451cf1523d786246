"""Binding: the program for feeds of given specs, in which named sizes have become numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.errors import FeedError
from engine.program.fold import fold
from engine.program.program import Program
from engine.program.prune import prune
from engine.spec import Spec, shape_text


def bind(program: Program, feeds: Mapping[str, Spec]) -> Program:
    """Infer a program again for feeds of given specs. A size that depends on values stays open.

    Raises FeedError for a feed that is missing or does not fit its placeholder, and SpecError with the node
    where the sizes that the feeds bring do not fit together.
    """
    sizes: dict[str, int] = {}
    bound = {}
    for name, value in program.feeds.items():
        if name not in feeds:
            raise FeedError(f"nothing is fed to '{name}'.", hint=f"Feed it a tensor of {value.spec}.")
        _learn(name, value.spec, feeds[name], sizes)
        bound[name] = replace(value, spec=replace(feeds[name], variable=value.spec.variable))
    return prune(fold(replace(program, feeds=bound)))


def _learn(name: str, declared: Spec, given: Spec, sizes: dict[str, int]) -> None:
    """Check a feed against its placeholder, and learn what its named sizes are."""
    shape = declared.bind(sizes).shape
    fits = shape is None or (given.shape is not None and len(shape) == len(given.shape))
    if fits and shape is not None:
        fits = all(
            isinstance(size, str) or size == fed for size, fed in zip(shape, given.static_shape, strict=True)
        )
    if not fits or given.dtype != declared.dtype:
        raise FeedError(
            f"'{name}' was fed {given}; expected {shape_text(shape)} {declared.dtype}.",
            hint="Feed a tensor of that shape and dtype.",
        )
    for size, fed in zip(shape or (), given.static_shape, strict=False):
        if isinstance(size, str) and size != "?":
            sizes[size] = fed
