"""How wires are drawn, as plain dicts and back."""

from __future__ import annotations

from typing import Any

from engine.graph.graph import PortKey
from engine.project import limits
from engine.project.canonical_json import sorted_keys
from engine.project.fields import (
    check_characters,
    end_of,
    extra_of,
    list_of,
    object_of,
    position_of,
    text_of,
    tidy,
)
from engine.project.names import shown
from engine.project.project import Route, Routes

_FIELDS = ("dots", "portal")


def routes_to_dict(routes: Routes) -> dict[str, Any]:
    """The routes by the end of their wire, as `node.port`."""
    return {".".join(target): _route_to_dict(route) for target, route in routes.items()}


def routes_from_dict(value: object, what: str) -> Routes:
    """The routes of a file. One whose wire is gone was left by a version that does not know of routes."""
    given = object_of(value, f"{what}: field 'routes'", limits.WIRES)
    return dict(_route(end, route, what) for end, route in given.items())


def _route_to_dict(route: Route) -> dict[str, Any]:
    dots = [[tidy(part) for part in dot] for dot in route.dots]
    known = {"dots": dots, "portal": route.portal}
    return {**{name: value for name, value in known.items() if value}, **sorted_keys(route.extra)}


def _route(target: str, value: object, what: str) -> tuple[PortKey, Route]:
    where = f"{what}: route to '{shown(target)}'"
    fields = object_of(value, where)
    dots = list_of(fields.get("dots", []), f"{where}: field 'dots'", limits.DOTS_PER_WIRE)
    portal = text_of(fields.get("portal", ""), f"{where}: field 'portal'")
    if portal:
        check_characters(portal, f"{where}: field 'portal'")
    places = tuple(position_of(dot, f"{where}: a dot") for dot in dots)
    return end_of(target, where), Route(places, portal, extra_of(fields, _FIELDS))
