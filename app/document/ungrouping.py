"""Ungrouping: the nodes of a function take the place of a call of it, and compute what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.document.functions import INPUT
from app.document.routing import shifted
from engine.errors import GraphError
from engine.graph.function import Function
from engine.graph.graph import GraphDef, PortKey
from engine.ops.function import Call
from engine.project.project import Position, Project, Route


def ungrouped(project: Project, call: str) -> tuple[Project, tuple[str, ...]]:
    """Write a called function out; returns the project and the names of the nodes that came.

    Raises GraphError for a node that calls no function.
    """
    node = project.graph.nodes[call]
    function = project.graph.functions.get(str(node.attributes.get("function", "")))
    if node.op != Call.__name__ or function is None:
        raise GraphError(
            f"'{call}' calls no function.", hint="Select a Call; the functions of a loop stay in it."
        )
    graph, names = _renamed(project.graph.remove([call]), function)
    given = project.graph.inputs_of(call)

    def outside(source: PortKey) -> PortKey | None:
        """Where a tensor inside lies now; None for an input that nothing is connected to."""
        name, port = source
        return given.get(name) if name in function.inputs else (names[name], port)

    ends = {(call, name): end for name, port in function.outputs.items() if (end := outside(port))}
    inner = {
        (names[target], port): outside(source)
        for (target, port), source in function.graph.wires.items()
        if target in names
    }
    wires = {end: start for end, start in inner.items() if start is not None}
    wires.update({end: ends[start] for end, start in project.graph.wires.items() if start in ends})
    signed = {name: signature.moved(ends) for name, signature in project.graph.signatures.items()}
    graph = replace(graph, wires={**graph.wires, **wires}, signatures=signed)
    positions = {name: at for name, at in project.positions.items() if name != call}
    positions.update(_placed(project, call, names))
    routes = {**project.routes, **_routed(project, call, names, positions)}
    return replace(project, graph=graph, positions=positions, routes=routes), tuple(names.values())


def _renamed(graph: GraphDef, function: Function) -> tuple[GraphDef, dict[str, str]]:
    """The graph with the nodes of a function, and the names that these got there."""
    names: dict[str, str] = {}
    for name, node in function.graph.nodes.items():
        if node.op != INPUT:
            names[name] = graph.free_name(name)
            graph = graph.add(replace(node, name=names[name]))
    return graph, names


def _placed(project: Project, call: str, names: Mapping[str, str]) -> dict[str, Position]:
    """Where the nodes come to lie: as in the function, its first node at the place of the call."""
    layout = project.layouts.get(str(project.graph.nodes[call].attributes["function"]), {})
    places = {names[name]: at for name, at in layout.items() if name in names}
    if not places or call not in project.positions:
        return {}
    left, top = min(x for x, _ in places.values()), min(y for _, y in places.values())
    x, y = project.positions[call]
    return {name: (x + at[0] - left, y + at[1] - top) for name, at in places.items()}


def _routed(
    project: Project, call: str, names: Mapping[str, str], positions: Mapping[str, Position]
) -> dict[PortKey, Route]:
    """The routes of the wires inside, moved as the nodes that they end in."""
    function = str(project.graph.nodes[call].attributes["function"])
    layout = project.layouts.get(function, {})
    routes = {}
    for (target, port), route in project.function_routes.get(function, {}).items():
        if target in names:
            (x, y), (old_x, old_y) = positions.get(names[target], (0, 0)), layout.get(target, (0, 0))
            routes[names[target], port] = shifted(route, x - old_x, y - old_y)
    return routes
