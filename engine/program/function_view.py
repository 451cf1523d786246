"""Opening a function from a node that uses it: its own drawing, with the specs that it has at this place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine import registry
from engine.control import Control
from engine.errors import FlowscopeError
from engine.graph.check import check, output_ports
from engine.graph.function import Function
from engine.graph.graph import GraphDef, Node, PortKey
from engine.ops.function import Call, CustomGradient
from engine.program.build import build_nodes
from engine.program.outline import Inside, open_block
from engine.program.program import Program
from engine.program.scope import bodies_of
from engine.spec import Spec


def look_inside(graph: GraphDef, path: str) -> Inside:
    """What one sees at a path: the drawing of a function, the functions of a node, or a block's inside.

    Raises GraphError where nothing can be opened.
    """
    place = _walk(graph, path)
    if place is None:
        return open_block(graph, path)
    if not place.function:
        return Inside(_side_by_side(graph, place.roles), {})
    function = graph.functions[place.function]
    shown = replace(function.graph, functions=graph.functions)
    return Inside(shown, _tensors(shown, function, path, place.sources), place.function, _given(graph, path))


@dataclass(frozen=True)
class _Place:
    """Where a walk ended: in a function, or at a node with several, which are named by role.

    `sources` says which tensors the inputs are.
    """

    function: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


def _walk(graph: GraphDef, path: str) -> _Place | None:
    """Follow a path through drawn nodes; None where it leads into a block, or nowhere."""
    here, place, prefix = graph, _Place(), ""
    steps = path.split("/")
    while steps:
        name = steps.pop(0)
        node = here.nodes.get(name)
        kind = None if node is None else registry.find(node.op)
        if node is None or kind is None or not issubclass(kind, Control):
            return None
        chosen = {role: _name(node, role) for role in kind.roles}
        if any(function not in graph.functions for function in chosen.values()):
            return None
        if len(chosen) > 1 and not steps:
            return _Place(roles=chosen)
        role = steps.pop(0) if len(chosen) > 1 else kind.roles[0]
        if role not in chosen:
            return None
        inside = f"{prefix}{name}/{role}" if len(chosen) > 1 else f"{prefix}{name}"
        sources = {port: f"{inside}/{port}" for port in graph.functions[chosen[role]].inputs}
        if _runs_once(kind, role):  # is written out, so that what enters has no name of its own
            for port, start in here.inputs_of(name).items():
                sources[port] = place.sources.get(start[0], f"{prefix}{start[0]}.{start[1]}")
        place = _Place(chosen[role], {}, sources)
        here, prefix = graph.functions[chosen[role]].graph, f"{inside}/"
    return place


def _runs_once(kind: type[Control], role: str) -> bool:
    """Whether a function runs exactly once whenever its node does."""
    return issubclass(kind, Call) or (issubclass(kind, CustomGradient) and role == "forward")


def _name(node: Node, role: str) -> str:
    found = node.attributes.get(role)
    return found if isinstance(found, str) else ""


def _side_by_side(graph: GraphDef, roles: Mapping[str, str]) -> GraphDef:
    """The functions of a node, each as a node to be opened, at the inputs that they share."""
    nodes: dict[str, Node] = {}
    wires: dict[PortKey, PortKey] = {}
    for name in roles.values():
        function = graph.functions[name]
        for port in function.inputs:
            nodes.setdefault(port, function.graph.nodes[port])
    for role, name in roles.items():
        shown = GraphDef(nodes).free_name(role)
        nodes[shown] = Node(shown, Call.__name__, {"function": name})
        for port in graph.functions[name].inputs:
            wires[shown, port] = (port, "y")
    return GraphDef(nodes, wires, graph.functions)


def _tensors(
    shown: GraphDef, function: Function, path: str, sources: Mapping[str, str]
) -> dict[PortKey, str]:
    """Under which names the tensors of a function are fetched: those that its outputs need."""
    needed = shown.upstream(node for node, _ in function.outputs.values())
    return {
        (name, port.name): sources.get(name, "") if name in function.inputs else f"{path}/{name}.{port.name}"
        for name in shown.nodes
        if name in needed
        for port in output_ports(shown, name)
    }


def _given(graph: GraphDef, path: str) -> dict[str, Spec]:
    """What the inputs of the function at a path are; nothing where the graph is not in order."""
    try:
        program = build_nodes(graph, check(graph), {path.partition("/")[0]}, training=True)
    except FlowscopeError:
        return {}
    return _feeds(program, path)


def _feeds(program: Program, path: str) -> dict[str, Spec]:
    for call in program.calls:
        for place, body in bodies_of(call):
            if path == place:
                return {name: value.spec.as_value() for name, value in body.program.feeds.items()}
            if path.startswith(f"{place}/"):
                return _feeds(body.program, path)
    return {}
