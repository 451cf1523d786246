"""Branches and loops drawn by Python functions: what these compute becomes the bodies of an op."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from engine import registry

if TYPE_CHECKING:
    from engine.control import Control
    from engine.value import Value

Tensors = Any
"""One tensor, a tuple or list of tensors, or None for no tensor."""

Draw = Callable[[Any, Mapping[str, Any]], Sequence[Any]]
"""Draws a body into a builder from its inputs, by the names of the ports; returns the body's outputs."""


class Flow:
    """What every builder offers. Functions may use values from outside, which are captured by themselves."""

    def structure(
        self,
        op: Control,
        names: Sequence[str],
        inputs: Sequence[Value],
        bodies: Sequence[Draw],
        name: str | None = None,
    ) -> tuple[Value, ...]:
        """Add an op that holds bodies, each drawn by a function. `names` are those of its input ports."""
        raise NotImplementedError(f"{type(self).__name__} draws no bodies")

    def cond(
        self,
        predicate: Value,
        then: Callable[..., Tensors],
        otherwise: Callable[..., Tensors],
        *operands: Value,
        name: str | None = None,
    ) -> Tensors:
        """`then(*operands)` where the predicate is true, and else `otherwise(*operands)`."""
        form = _Form()
        draws = [_drawn_by(form.noted(branch)) for branch in (then, otherwise)]
        names = ["predicate", *parameter_names(then, len(operands))]
        found = self.structure(_op("If"), names, [predicate, *operands], draws, name)
        return form.of(found)

    def while_loop(
        self,
        condition: Callable[..., Value],
        body: Callable[..., Tensors],
        *carried: Value,
        limit: int = 1000,
        stacked: int = 0,
        name: str | None = None,
    ) -> Tensors:
        """Carry values through `body(*carried)` for as long as `condition(*carried)` is true.

        So many of the last tensors that the body gives are `stacked` up instead.
        """
        form = _Form()
        draws = [_drawn_by(condition), _drawn_by(form.noted(body))]
        op = _op("While", limit=limit, stacked=stacked)
        return form.of(self.structure(op, parameter_names(body, len(carried)), carried, draws, name))

    def scan(
        self,
        body: Callable[[Tensors, Tensors], tuple[Tensors, Tensors]],
        carried: Tensors,
        xs: Tensors,
        *,
        axis: int = 0,
        reverse: bool = False,
        length: Value | None = None,
        name: str | None = None,
    ) -> tuple[Tensors, Tensors]:
        """Go over the slices of xs: `carried, y = body(carried, x)`. Returns the last carried, and all y.

        With a `length`, a scalar int64, only so many slices are walked; what is stacked is zero behind them.
        """
        start, sequences = listed(carried), listed(xs)
        first, count = int(length is not None), len(start)
        forms: list[Tensors] = []

        def draw(_: object, given: Mapping[str, Value]) -> Sequence[Value]:
            values = list(given.values())[first:]
            slices = values[count : count + len(sequences)]
            results = body(formed(carried, values[:count]), formed(xs, slices))
            forms.extend(results)
            return [*listed(results[0]), *listed(results[1])]

        op = _op(
            "Scan",
            carried=count,
            sequences=len(sequences),
            axis=axis,
            reverse=reverse,
            bounded=length is not None,
        )
        names = [*_numbered("carried", count), *_numbered("x", len(sequences))]
        bound = [] if length is None else [length]
        given = [*bound, *start, *sequences]
        found = self.structure(op, ["length"][: len(bound)] + names, given, [draw], name)
        return formed(forms[0], found[:count]), formed(forms[1], found[count:])

    def custom_gradient(
        self,
        forward: Callable[..., Tensors],
        backward: Callable[..., Tensors],
        *inputs: Value,
        name: str | None = None,
    ) -> Tensors:
        """`forward(*inputs)`, with the gradients that `backward` gives for the inputs.

        The parameters of `backward` say by their names what it takes: inputs of `forward`, its outputs y,
        y_1..., and their gradients dy, dy_1... It gives the gradients of the inputs, in their order.
        """
        raise NotImplementedError(f"{type(self).__name__} draws no functions")

    def map(
        self, body: Callable[[Tensors], Tensors], xs: Tensors, *, axis: int = 0, name: str | None = None
    ) -> Tensors:
        """`body(x)` for each entry of an axis of xs, stacked along that axis."""
        form, sequences = _Form(), listed(xs)
        draw = _drawn_by(form.noted(lambda *values: body(formed(xs, values))))
        op = _op("Map", sequences=len(sequences), axis=axis)
        return form.of(self.structure(op, _numbered("x", len(sequences)), sequences, [draw], name))


class _Form:
    """Remembers in which form a function gave its tensors."""

    def __init__(self) -> None:
        self._like: Tensors = None

    def noted(self, function: Callable[..., Tensors]) -> Callable[..., Tensors]:
        def call(*values: Value) -> Tensors:
            self._like = function(*values)
            return self._like

        return call

    def of(self, values: Sequence[Value]) -> Tensors:
        return formed(self._like, values)


def listed(tensors: Tensors) -> list[Any]:
    """Tensors in any form as a list."""
    if tensors is None:
        return []
    return list(tensors) if isinstance(tensors, tuple | list) else [tensors]


def formed(like: Tensors, values: Sequence[Value]) -> Tensors:
    """Values in the form of others."""
    if like is None:
        return None
    return tuple(values) if isinstance(like, tuple | list) else values[0]


def _drawn_by(function: Callable[..., Tensors]) -> Draw:
    """A body that a function of all its inputs draws."""
    return lambda _, values: listed(function(*values.values()))


def _op(name: str, **settings: object) -> Control:
    return cast("Control", registry.get(name)(**settings))


def parameter_names(function: Callable[..., object], count: int) -> list[str]:
    """The names of a function's parameters, or x_0, x_1... where it does not name them."""
    try:
        parameters = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    except (TypeError, ValueError):
        return _numbered("x", count)
    plain = all(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
    return [p.name for p in parameters] if plain and len(parameters) == count else _numbered("x", count)


def _numbered(stem: str, count: int) -> list[str]:
    return [stem] if count == 1 else [f"{stem}_{i}" for i in range(count)]
