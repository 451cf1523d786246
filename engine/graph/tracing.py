"""Tracing: a Python function draws a function; what it uses from outside becomes an input."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence

from engine import registry
from engine.control import Control
from engine.errors import SpecError
from engine.flow import Draw, Tensors, formed, listed, parameter_names
from engine.graph.builder import Graph
from engine.graph.function import Function
from engine.graph.graph import PortKey
from engine.ops.function import gradient_name
from engine.spec import UNKNOWN, Spec
from engine.value import Builder, Value


class Captured:
    """What the bodies of one node use from outside, by the names of the inputs that it enters through."""

    def __init__(self, taken: Sequence[str]) -> None:
        self.values: dict[str, Value] = {}
        self._taken = set(taken)

    def name(self, value: Value) -> str:
        """The input for a value from outside: named after the node that it comes from."""
        for name, known in self.values.items():
            if known.key == value.key and known.builder is value.builder:
                return name
        wanted, _ = _place(value)
        name, number = wanted, 0
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name)
        self.values[name] = value
        return name


class Traced(Graph):
    """The graph of a function while it is drawn."""

    outer: Graph

    def __init__(self, outer: Graph, captured: Captured) -> None:
        super().__init__()
        self.outer = outer
        self._captured = captured
        self._inputs: dict[str, Value] = {}

    @property
    def root(self) -> Graph:
        return self.outer.root

    def own(self, value: Value) -> Value:
        if value.builder is self:
            return value
        return self.input(self._captured.name(self.outer.own(value)), value.spec)

    def input(self, name: str, spec: Spec) -> Value:
        """The input of that name; its spec is declared when it is first met."""
        if name not in self._inputs:
            if spec.shape is None:
                raise SpecError(f"{name} is {spec}; expected a known number of axes.", hint="Insert Reshape.")
            shape = tuple(f"{name}_{i}" if size == UNKNOWN else size for i, size in enumerate(spec.shape))
            op = registry.get("Placeholder").from_attributes({"shape": list(shape), "dtype": spec.dtype})
            self._inputs[name] = self.place(op, (), name)[0]
        return self._inputs[name]

    def trace(
        self, names: Mapping[str, Spec], draw: Draw, outputs: Callable[[int], Sequence[str]]
    ) -> Function:
        """Draw the function; `outputs` names as many outputs as there are."""
        values = {name: self.input(name, spec) for name, spec in names.items()}
        self.outer.drawing = self
        try:
            results = listed(draw(self, values))
        finally:
            self.outer.drawing = None
        found = [self.own(v) if isinstance(v, Value) else self.constant(v) for v in results]
        renamed = self._named_as_ports()
        ends: dict[str, PortKey] = {}
        for name, value in zip(outputs(len(found)), found, strict=True):
            node, port = _place(value)
            ends[name] = (renamed.get(node, node), port)
        return Function(self.definition, tuple(self._inputs), ends)

    def _named_as_ports(self) -> dict[str, str]:
        """Let inputs that were met late have the names of their ports; returns which nodes were renamed."""
        renamed: dict[str, str] = {}
        for name, value in self._inputs.items():
            node, _ = _place(value)
            if node != name:
                other = self.definition.free_name(name)
                self.definition = self.definition.rename(name, other).rename(node, name)
                renamed.update({name: other, node: name})
        return renamed


def _place(value: Value) -> PortKey:
    assert isinstance(value.key, tuple)
    return value.key


def trace_bodies(
    graph: Graph, op: Control, names: Sequence[str], inputs: Sequence[Value], draws: Sequence[Draw]
) -> tuple[list[Function], Mapping[str, Value]]:
    """Draw the functions of an op; returns also what they captured, by the names of their inputs."""
    specs = {name: value.spec.as_value() for name, value in zip(names, inputs, strict=True)}
    captured = Captured(names)
    functions = [
        Traced(graph, captured).trace(given, draw, lambda count: op.output_names(names, count))
        for draw, given in zip(draws, op.body_specs(specs), strict=True)
    ]
    return functions, captured.values


def trace_pair(
    graph: Graph, forward: Callable[..., Tensors], backward: Callable[..., Tensors], inputs: Sequence[Value]
) -> tuple[Function, Function, Tensors]:
    """Draw a function and its gradient; returns also the form in which the former gave its tensors.

    The parameters of `backward` name what it takes among inputs, outputs and the gradients of these. It
    gives the gradients of those inputs that have one, in order.
    """
    names = parameter_names(forward, len(inputs))
    specs = {name: value.spec.as_value() for name, value in zip(names, inputs, strict=True)}
    forms: list[Tensors] = []
    made: list[Value] = []

    def body(builder: Builder, values: Mapping[str, Value]) -> list[Value]:
        forms.append(forward(*values.values()))
        made.extend(v if isinstance(v, Value) else builder.constant(v) for v in listed(forms[-1]))
        return made

    first = _alone(graph, "forward", specs, body, _output_names)
    known = {**specs, **dict(zip(first.outputs, (value.spec.as_value() for value in made), strict=True))}
    known.update({gradient_name(name): known[name] for name in first.outputs})
    taken = list(inspect.signature(backward).parameters)
    unknown = next((name for name in taken if name not in known), None)
    if unknown is not None:
        raise SpecError(f"backward takes {unknown}.", hint=f"It can take {', '.join(known)}.")
    given = {name: known[name] for name in taken}
    wanted = [gradient_name(name) for name, spec in specs.items() if spec.is_differentiable]

    def named(count: int) -> Sequence[str]:
        if count != len(wanted):
            raise SpecError(
                f"backward gives {count} tensors.",
                hint=f"It gives one for each input that has a gradient: {', '.join(wanted)}.",
            )
        return wanted

    second = _alone(graph, "backward", given, lambda _, values: listed(backward(**values)), named)
    return first, second, forms[0]


def _alone(
    graph: Graph, role: str, specs: Mapping[str, Spec], draw: Draw, outputs: Callable[[int], Sequence[str]]
) -> Function:
    """Draw a function that may use nothing from outside."""
    captured = Captured(tuple(specs))
    function = Traced(graph, captured).trace(specs, draw, outputs)
    if captured.values:
        raise SpecError(
            f"{role} uses '{next(iter(captured.values))}' from outside.",
            hint="Give it to an input, so that it gets a gradient as well.",
        )
    return function


def _output_names(count: int) -> Sequence[str]:
    return ["y" if i == 0 else f"y_{i}" for i in range(count)]


def trace_function(
    graph: Graph, name: str, draw: Callable[..., Tensors], inputs: Sequence[Spec]
) -> Callable[..., Tensors]:
    """Draw a function that stands on its own; returns what calls it."""
    names = parameter_names(draw, len(inputs))
    captured = Captured(names)
    forms: list[Tensors] = []

    def body(_: object, values: Mapping[str, Value]) -> list[Value]:
        forms.append(draw(*values.values()))
        return listed(forms[-1])

    call = registry.get("Call")
    traced = Traced(graph, captured)
    function = traced.trace(dict(zip(names, inputs, strict=True)), body, _output_names)
    defined = graph.define(name, function)

    def apply(*values: Value, name: str | None = None) -> Tensors:
        op = call.from_attributes({"function": defined})
        return formed(forms[0], op.apply(*values, *captured.values.values(), name=name or defined))

    return apply
