"""From a checked graph to what the canvas draws: nodes, ports, wires and notes as looks."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from app.presenters import text
from engine import registry
from engine.control import Control
from engine.errors import FlowscopeError
from engine.graph.check import Checked, Problem, input_ports, make_op, output_ports
from engine.graph.graph import GraphDef, Node, PortKey
from engine.graph.muting import is_bypassed
from engine.op import Block, Op, Port
from engine.ops.python import Python
from engine.ops.state import Gradients
from engine.policy import INHERIT
from engine.project.project import Note, Position, Route, Routes
from engine.spec import Spec, shape_text
from widgets.canvas.looks import NodeLook, NoteLook, PortLook, WireLook, WireState

UNKNOWN_OP = "Math"
"""The category whose colour a node has when nobody knows its op."""

_STRAIGHT = Route()
_PICTURED = ("Data", "Layers", "Math", "Activation", "Loss", "Metrics", "State", "Control")
_PLAIN = ("Dropout", "DecisionBoundary")


def node_look(
    graph: GraphDef, checked: Checked, node: Node, at: Position, problems: Mapping[str, Problem]
) -> NodeLook:
    """One node, at its position, with its first problem."""
    kind = registry.find(node.op)
    takes_part = node.name in checked.graph.nodes
    op = checked.ops.get(node.name) if takes_part else _alone(graph, node)
    problem = problems.get(node.name)
    ends = [(port, (node.name, port.name)) for port in input_ports(graph, node.name)]
    inputs = [_port_look(port, checked.inputs.get(end), end in graph.wires) for port, end in ends]
    tucked = [port.optional and not port.many and end not in graph.wires for port, end in ends]
    is_wired = any(end in graph.wires for _, end in ends)
    outputs = tuple(
        _port_look(port, checked.outputs.get((node.name, port.name)), True)
        for port in output_ports(graph, node.name)
    )
    return NodeLook(
        name=node.name,
        op=node.op,
        category=kind.category if kind is not None else UNKNOWN_OP,
        x=at[0],
        y=at[1],
        settings=text.settings(op) if op is not None else "",
        inputs=tuple(look for look, is_tucked in zip(inputs, tucked, strict=True) if not is_tucked),
        outputs=outputs,
        tucked=tuple(look for look, is_tucked in zip(inputs, tucked, strict=True) if is_tucked),
        is_block=kind is not None and can_open(kind) and not (kind is Gradients and not is_wired),
        state="normal" if problem is None else "error" if problem.stops else "warning",
        message="" if problem is None else _message(problem, node, [port.name for port, _ in ends]),
        has_thumbnail=has_thumbnail(node.op) and bool(outputs),
        muted=not takes_part,
        bypassed=takes_part and is_bypassed(node),
        device="" if node.policy.device == INHERIT else node.policy.device.upper(),
        detail=kind.documentation().partition("\n\n")[0].replace("\n", " ") if kind is not None else "",
    )


def _alone(graph: GraphDef, node: Node) -> Op | None:
    """The op of a node that the check has left out."""
    try:
        return make_op(node, graph.functions)
    except FlowscopeError:
        return None


def can_open(kind: type[Op]) -> bool:
    """Whether there is something to see inside a node: what it is made of, or its code."""
    return issubclass(kind, Block | Control) or kind is Python


def has_thumbnail(op: str) -> bool:
    """Whether a node of that op shows what leaves it."""
    kind = registry.find(op)
    return kind is not None and kind.category in _PICTURED and op not in _PLAIN


def wire_looks(graph: GraphDef, checked: Checked, routes: Routes | None = None) -> dict[PortKey, WireLook]:
    """All wires by the input they end in; one that ends in a refused input is drawn as an error."""
    routes = routes or {}
    refused = {(problem.node, problem.port) for problem in checked.problems if problem.port}
    here = checked.graph.nodes
    looks = {}
    for target, source in graph.wires.items():
        spec = checked.outputs.get(source)
        route = routes.get(target, _STRAIGHT)
        looks[target] = WireLook(
            *source,
            *target,
            dtype=dtype_of(spec),
            shape_text=shape_of(spec),
            state=_wire_state(target in refused, source[0] in here and target[0] in here),
            cast=checked.casts.get(target, ""),
            dots=route.dots,
            portal=route.portal,
        )
    return looks


def _wire_state(refused: bool, takes_part: bool) -> WireState:
    return "error" if refused else "normal" if takes_part else "muted"


def note_look(note: Note) -> NoteLook:
    """A note as the canvas shows it."""
    return NoteLook(note.id, note.x, note.y, note.width, note.height, note.text)


def dtype_of(spec: Spec | None) -> str:
    """The word that colours a wire: a dtype, `variable`, or nothing where it is not known."""
    if spec is None:
        return ""
    return "variable" if spec.variable else spec.dtype


def shape_of(spec: Spec | None) -> str:
    """The shape as text, or nothing where the spec is not known."""
    return "" if spec is None else shape_text(spec.shape)


def _message(problem: Problem, node: Node, ports: Collection[str]) -> str:
    """The sentence for below the node; it need not name the node that it stands at."""
    said = str(problem).removeprefix(f"{node.op} '{node.name}': ")
    return said if said.partition(" ")[0] in ports else said[:1].upper() + said[1:]


def _port_look(port: Port, spec: Spec | None, connected: bool) -> PortLook:
    return PortLook(
        name=port.name,
        dtype=dtype_of(spec) or ("variable" if port.variable else ""),
        rank=None if spec is None else spec.rank,
        shape_text=shape_of(spec),
        optional=port.optional or (port.many and not connected),
        connected=connected,
    )
