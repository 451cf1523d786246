"""What was drawn, emitted into a program: nodes in order, each by its policy; and functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from engine.control import acts
from engine.errors import SpecError
from engine.graph.check import Checked, check, input_ports
from engine.graph.function import Function, fit
from engine.graph.graph import PortKey
from engine.graph.muting import is_bypassed
from engine.op import DataSource, Op
from engine.ops.state import Placeholder
from engine.value import Value

if TYPE_CHECKING:
    from engine.program.build import ProgramBuilder


def draw_nodes(
    builder: ProgramBuilder,
    checked: Checked,
    needed: set[str],
    given: Mapping[str, Value],
) -> dict[PortKey, Value]:
    """Emit some nodes of those that take part, in order; returns the values at their output ports.

    `given` are a function's inputs.
    """
    made: dict[PortKey, Value] = {}
    graph = checked.graph
    for name in graph.order():
        if name not in needed:
            continue
        op = checked.ops[name]
        if is_bypassed(graph.nodes[name]):
            made.update({end: made[start] for end, start in checked.passed.items() if end[0] == name})
            continue
        ports = input_ports(graph, name, spare=False)
        sources = [graph.wires.get((name, port.name)) for port in ports]
        inputs = [None if source is None else made[source] for source in sources]
        with builder.run_as(graph.nodes[name].policy):
            outputs = (given[name],) if name in given else _emit_node(builder, name, op, inputs)
        for port, value in zip(op.outputs_for(len(ports)), outputs, strict=True):
            made[name, port.name] = value
    return made


def draw_function(
    function: Function, builder: ProgramBuilder, values: Mapping[str, Value]
) -> tuple[Value, ...]:
    """Emit a function on the values that its inputs name; returns its outputs."""
    given = {name: values[name] for name in function.inputs}
    checked = check(function.graph, {name: value.spec.as_value() for name, value in given.items()})
    declared = {name: checked.ops[name].output_specs(())[0] for name in given if name in checked.ops}
    fit(function, {name: value.spec for name, value in given.items()}, declared)
    effects = {name for name, op in checked.ops.items() if acts(op)}
    needed = checked.graph.upstream({node for node, _ in function.outputs.values()} | effects)
    for problem in checked.problems:
        if problem.stops and problem.node in needed:
            raise SpecError(f"inside, {problem.what}", hint=problem.hint)
    for name, (node, _) in function.outputs.items():
        if node in function.graph.nodes and node not in checked.graph.nodes:
            raise SpecError(f"inside, its output {name} is muted.", hint="Bypass it, or let it take part.")
    made = draw_nodes(builder, checked, needed, given)
    return tuple(made[port] for port in function.outputs.values())


def _emit_node(
    builder: ProgramBuilder, name: str, op: Op, inputs: Sequence[Value | None]
) -> tuple[Value, ...]:
    if not isinstance(op, Placeholder | DataSource):
        return builder.emit(op, inputs, name)
    single = len(op.output_ports) == 1
    specs = op.output_specs([])
    return tuple(
        builder.feed(name if single else f"{name}.{port.name}", spec)
        for port, spec in zip(op.output_ports, specs, strict=True)
    )
