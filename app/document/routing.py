"""How wires are drawn, as pure edits: dots that they run through, and portals that stand for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.document.grid import snap
from engine.errors import GraphError
from engine.graph.graph import PortKey
from engine.project import limits
from engine.project.names import name_problem
from engine.project.project import Position, Project, Route, Routes


def add_dot(project: Project, wire: PortKey, index: int, at: Position) -> Project:
    """Lead a wire through one more dot, before the one of that index."""
    route = _route(project, wire)
    if len(route.dots) >= limits.DOTS_PER_WIRE:
        raise GraphError(f"a wire runs through at most {limits.DOTS_PER_WIRE} dots.")
    return _with(project, wire, replace(route, dots=(*route.dots[:index], snap(*at), *route.dots[index:])))


def move_dot(project: Project, wire: PortKey, index: int, at: Position) -> Project:
    """Put a dot elsewhere."""
    route = _route(project, wire)
    dots = tuple(snap(*at) if i == index else dot for i, dot in enumerate(route.dots))
    return _with(project, wire, replace(route, dots=dots))


def remove_dot(project: Project, wire: PortKey, index: int) -> Project:
    """Take one dot away."""
    route = _route(project, wire)
    dots = tuple(dot for i, dot in enumerate(route.dots) if i != index)
    return _with(project, wire, replace(route, dots=dots))


def straighten(project: Project, wires: Iterable[PortKey]) -> Project:
    """Take all dots off some wires."""
    for wire in wires:
        if wire in project.routes:
            project = _with(project, wire, replace(project.routes[wire], dots=()))
    return project


def set_portals(project: Project, wires: Iterable[PortKey], on: bool) -> Project:
    """Name wires at both ends instead of drawing them, or draw them again.

    All portals of one output have one name: that of the output, made unique.
    """
    for wire in wires:
        route = _route(project, wire)
        name = (route.portal or _portal_of(project, wire)) if on else ""
        project = _with(project, wire, replace(route, portal=name))
    return project


def name_portal(project: Project, wire: PortKey, name: str) -> Project:
    """Give the portals of a wire's output another name; raises GraphError for one that cannot be."""
    name = name.strip()
    if problem := name_problem(name):
        raise GraphError(f"the name {problem}.", hint="Choose another name.")
    source = project.graph.wires[wire]
    for end, route in project.routes.items():
        if route.portal == name and project.graph.wires[end] != source:
            raise GraphError(f"there is already a portal called '{name}'.", hint="Choose another name.")
    for end in _siblings(project, wire):
        project = _with(project, end, replace(project.routes[end], portal=name))
    return project


def carried(project: Project, moved: Mapping[str, Position]) -> Routes:
    """The routes after nodes moved: dots go with a wire whose two nodes move by the same way."""
    if not project.routes:
        return project.routes
    steps = {
        name: (at[0] - before[0], at[1] - before[1])
        for name, at in moved.items()
        if (before := project.positions.get(name)) is not None
    }
    routes = dict(project.routes)
    for end, route in project.routes.items():
        step = steps.get(end[0])
        if step is not None and step == steps.get(project.graph.wires[end][0]):
            routes[end] = shifted(route, *step)
    return routes


def shifted(route: Route, dx: float, dy: float) -> Route:
    """A route whose dots lie elsewhere."""
    return replace(route, dots=tuple((x + dx, y + dy) for x, y in route.dots))


def _route(project: Project, wire: PortKey) -> Route:
    if wire not in project.graph.wires:
        raise GraphError(f"no wire ends in '{wire[0]}.{wire[1]}'.")
    return project.routes.get(wire, Route())


def _with(project: Project, wire: PortKey, route: Route) -> Project:
    return replace(project, routes={**project.routes, wire: route})


def _siblings(project: Project, wire: PortKey) -> list[PortKey]:
    """The portals that begin at the same output."""
    source = project.graph.wires[wire]
    return [
        end for end, route in project.routes.items() if route.portal and project.graph.wires[end] == source
    ]


def _portal_of(project: Project, wire: PortKey) -> str:
    """The name of the other portals of the same output; for the first one that of the output."""
    if siblings := _siblings(project, wire):
        return project.routes[siblings[0]].portal
    node, port = project.graph.wires[wire]
    taken = {route.portal for route in project.routes.values()}
    return port if port not in taken | {"y"} else node if node not in taken else f"{node} {port}"
