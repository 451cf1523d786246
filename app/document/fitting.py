"""Which ops take a loose wire, and at which port: asked of a trial graph with only what the wire touches."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import replace

from app.document.edits import add_node
from engine.errors import FlowscopeError
from engine.graph.check import Checked, can_connect, check, input_ports, make_op, output_ports
from engine.graph.graph import GraphDef, PortKey
from engine.op import DataSource, Port
from engine.project.project import Project
from engine.registry import find
from engine.spec import Spec

Start = tuple[str, str, str]
"""The port that a loose wire comes from: node, port, and `input` or `output`."""


class Fitting:
    """Asks op after op whether a new node of it would take the wire."""

    def __init__(self, project: Project, checked: Checked, start: Start) -> None:
        node, port, side = start
        graph = project.graph
        self._end: PortKey = (node, port)
        self._is_output = side == "output"
        wires = {} if self._is_output else {end: s for end, s in graph.wires.items() if end[0] == node}
        near = {node, *(source for source, _ in wires.values())}
        nodes = {name: graph.nodes[name] for name in near if name in graph.nodes}
        self._trial = Project(GraphDef(nodes, wires, graph.functions))
        # A new node may get the name of a drawn one that is not among these, but not what is known of it.
        self._checked = replace(checked, outputs=known_of(checked, graph, near))

    def port(self, op: str) -> str:
        """The first port of a new node that takes the wire; empty where none does."""
        try:
            trial, name = add_node(self._trial, op, 0, 0)
            return self._taking(trial.graph, name) if self._is_output else self._giving(trial.graph, name, op)
        except FlowscopeError:
            return ""

    def _taking(self, graph: GraphDef, name: str) -> str:
        op = make_op(graph.nodes[name], graph.functions)
        checked = replace(self._checked, ops={name: op})
        ports = main_ports(input_ports(graph, name))
        return next((p for p in ports if not can_connect(graph, checked, self._end, (name, p))), "")

    def _giving(self, graph: GraphDef, name: str, op: str) -> str:
        known = _given_alone(op)
        target = next((p for p in input_ports(graph, self._end[0]) if p.name == self._end[1]), None)
        wants_variable = target is not None and target.variable
        kind = find(op)
        # What is not data has settings for its shape, or inputs that decide it: it can be made to fit.
        sure = wants_variable or (kind is not None and issubclass(kind, DataSource))
        outputs = {(name, port): spec for port, spec in known.items() if sure}
        checked = replace(self._checked, outputs={**self._checked.outputs, **outputs})
        for port in output_ports(graph, name):
            if wants_variable and port.name not in known:
                continue  # what an op makes of its inputs is a value, never a variable
            if not can_connect(graph, checked, (name, port.name), self._end):
                return port.name
        return ""


def known_of(checked: Checked, graph: GraphDef, names: Iterable[str]) -> dict[PortKey, Spec]:
    """What is known of the outputs of some nodes."""
    ends = [(name, port.name) for name in names if name in graph.nodes for port in output_ports(graph, name)]
    return {end: spec for end in ends if (spec := checked.outputs.get(end)) is not None}


def main_ports(ports: tuple[Port, ...]) -> list[str]:
    """The ports that a wire may be meant for without more being said: optional ones only where all are."""
    return [port.name for port in ports if not port.optional or port.many] or [port.name for port in ports]


@functools.cache
def _given_alone(op: str) -> dict[str, Spec]:
    """The specs at the outputs of a new node before anything is connected: of data, constants, variables."""
    trial, name = add_node(Project(GraphDef()), op, 0, 0)
    return {port: spec for (node, port), spec in check(trial.graph).outputs.items() if node == name}
