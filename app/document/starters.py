"""The functions that a branch or a loop begins with, so that it runs before it is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from engine.graph.builder import Graph
from engine.graph.function import Function
from engine.graph.graph import free_name
from engine.ops.arithmetic import Add
from engine.ops.conversion import Identity
from engine.ops.elementwise import Negate, Round, Square
from engine.project.project import Project
from engine.value import Value

Draw = Callable[[Graph], Mapping[str, Value]]


def with_functions(project: Project, op: str, node: str) -> tuple[Project, dict[str, object]]:
    """The project with the functions for a new node of an op, and the attributes that name them."""
    functions = dict(project.graph.functions)
    if op == "Call" and functions:
        return project, {"function": next(iter(functions))}
    attributes: dict[str, object] = {}
    for role, draw in _STARTERS.get(op, {}).items():
        name = free_name(functions, f"{node}_{role}")
        functions[name] = _drawn(draw)
        attributes[role] = name
    return replace(project, graph=replace(project.graph, functions=functions)), attributes


def _drawn(draw: Draw) -> Function:
    graph = Graph()
    ends = {}
    for name, value in draw(graph).items():
        result = Identity()(value, name=name)
        assert isinstance(result.key, tuple)
        ends[name] = result.key
    nodes = graph.definition.nodes.values()
    return Function(graph.definition, tuple(n.name for n in nodes if n.op == "Placeholder"), ends)


def _same(g: Graph) -> Mapping[str, Value]:
    return {"y": g.placeholder("x", ())}


def _negated(g: Graph) -> Mapping[str, Value]:
    return {"y": Negate()(g.placeholder("x", ()))}


def _squared(g: Graph) -> Mapping[str, Value]:
    return {"y": Square()(g.placeholder("x", ()))}


def _rounded(g: Graph) -> Mapping[str, Value]:
    return {"y": Round()(g.placeholder("x", ()))}


def _straight_through(g: Graph) -> Mapping[str, Value]:
    return {"dx": g.placeholder("dy", ())}


def _below_hundred(g: Graph) -> Mapping[str, Value]:
    return {"goes_on": g.placeholder("x", ()) < 100.0}


def _doubled(g: Graph) -> Mapping[str, Value]:
    return {"next": g.placeholder("x", ()) * 2.0}


def _running_sum(g: Graph) -> Mapping[str, Value]:
    total = Add()(g.placeholder("total", ()), g.placeholder("x", ()))
    return {"sum": total, "sums": total}


_STARTERS: Mapping[str, Mapping[str, Draw]] = {
    "Call": {"function": _squared},
    "CustomGradient": {"forward": _rounded, "backward": _straight_through},
    "If": {"then": _same, "otherwise": _negated},
    "While": {"condition": _below_hundred, "body": _doubled},
    "Scan": {"body": _running_sum},
    "Map": {"body": _squared},
}
