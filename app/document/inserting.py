"""A node put on a wire: which of its ports take it, and who makes room for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.document.edits import add_node, connect, move
from app.document.fitting import known_of, main_ports
from app.document.grid import snap
from engine.errors import FlowscopeError
from engine.graph.check import Checked, can_connect, input_ports, make_op, output_ports
from engine.graph.graph import GraphDef, PortKey
from engine.project.project import Project
from engine.spec import Spec

Box = tuple[float, float, float, float]
"""Where a node lies on the canvas: left, top, width and height."""
Ports = tuple[str, str]
"""The input and the output of a node that take a wire's two halves."""
GAP = 48.0
"""So much room is kept between a node that was put on a wire and its neighbours."""


class OnWire:
    """Asks node after node whether it fits on a way from an output to an input.

    The answers come from a trial graph that holds only what that way touches.
    """

    def __init__(self, project: Project, checked: Checked, source: PortKey, target: PortKey) -> None:
        graph = project.graph
        wires = {end: start for end, start in graph.wires.items() if end[0] == target[0] and end != target}
        near = {target[0], source[0], *(start[0] for start in wires.values())}
        nodes = {name: graph.nodes[name] for name in near if name in graph.nodes}
        self._whole = graph
        self._trial = Project(GraphDef(nodes, wires, graph.functions))
        self._checked = replace(checked, outputs=known_of(checked, graph, near))
        self._source, self._target = source, target

    def op(self, op: str, attributes: Mapping[str, object] | None = None) -> Ports | None:
        """The first ports of a new node that fit; None where none do."""
        try:
            trial, name = add_node(self._trial, op, 0, 0)
            graph = trial.graph
            for key, value in (attributes or {}).items():
                graph = graph.set_attribute(name, key, value)
            return self._ports(graph, name)
        except FlowscopeError:
            return None

    def node(self, name: str) -> Ports | None:
        """The same of a drawn node that has no wires yet."""
        try:
            return self._ports(self._trial.graph.add(self._whole.nodes[name]), name)
        except FlowscopeError:
            return None

    def _ports(self, graph: GraphDef, name: str) -> Ports | None:
        op = make_op(graph.nodes[name], graph.functions)
        checked = replace(self._checked, ops={**self._checked.ops, name: op})
        for port in main_ports(input_ports(graph, name)):
            if can_connect(graph, checked, self._source, (name, port)):
                continue
            wired = graph.connect(self._source, (name, port))
            outputs = {**checked.outputs, **_given(wired, checked, name)}
            then = replace(checked, outputs=outputs)
            for out in output_ports(wired, name):
                if not can_connect(wired, then, (name, out.name), self._target):
                    return port, out.name
        return None


def put_between(project: Project, name: str, source: PortKey, target: PortKey, ports: Ports) -> Project:
    """Lead the way from an output to an input through a node."""
    return connect(connect(project, source, (name, ports[0])), (name, ports[1]), target)


def with_room(project: Project, name: str, source: str, target: str, boxes: Mapping[str, Box]) -> Project:
    """Move a node that lies on a wire behind its source, and all that follows it out of its way.

    Only to the right, and only where the graph is drawn from left to right there. Below what is in its way
    and does not follow the node itself comes to lie.
    """
    if source not in boxes or target not in boxes:
        return project
    left, top, width, height = boxes[name]
    begins = boxes[source][0] + boxes[source][2]
    ends = boxes[target][0]
    moved = {}
    if ends >= begins:
        left = max(left, begins + GAP)
        shift = snap(left + width + GAP - ends + 7, 0)[0]
        if shift > 0:
            for other in _following(project.graph, target, boxes, ends):
                moved[other] = snap(boxes[other][0] + shift, boxes[other][1])
    staying = [box for other, box in boxes.items() if other != name and other not in moved]
    moved[name] = snap(left, _free(left, top, width, height, staying))
    return move(project, moved)


def _free(left: float, top: float, width: float, height: float, boxes: list[Box]) -> float:
    """The first height from the top on at which a node covers no other."""
    across = [(y, y + h) for x, y, w, h in boxes if x < left + width and left < x + w]
    for begin, end in sorted(across):
        if begin < top + height and top < end:
            top = end + GAP / 2
    return top


def _following(graph: GraphDef, target: str, boxes: Mapping[str, Box], ends: float) -> Iterable[str]:
    """The target and what depends on it, as far as it lies to the right of where the wire ends."""
    return [name for name in graph.downstream([target]) if name in boxes and boxes[name][0] >= ends]


def _given(graph: GraphDef, checked: Checked, name: str) -> dict[PortKey, Spec]:
    """The specs that a node gives; none where other inputs of it are open.

    Raises FlowscopeError where it refuses what it is given.
    """
    op = checked.ops[name]
    ports = input_ports(graph, name, spare=False)
    starts = [graph.wires.get((name, port.name)) for port in ports]
    specs = [checked.outputs.get(start) if start is not None else None for start in starts]
    if any(spec is None and not port.optional for port, spec in zip(ports, specs, strict=True)):
        return {}
    hidden = sum(1 for port in op.input_ports if port.hidden)
    found = op.output_specs([*specs, *[None] * hidden])
    return {(name, port.name): spec for port, spec in zip(op.outputs_for(len(specs)), found, strict=True)}
