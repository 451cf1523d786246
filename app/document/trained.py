"""Trained variables follow their nodes, which may be renamed, grouped, or written out of a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from app.document.functions import INPUT
from engine.graph.function import used_by
from engine.graph.graph import GraphDef, Node
from engine.ops.function import Call

T = TypeVar("T")
Paths = Mapping[str, str]


def followed(variables: Mapping[str, T], old: GraphDef, new: GraphDef) -> Mapping[str, T]:
    """The variables under the paths that they have after an edit; the same mapping where nothing moved."""
    move = moved(old, new)
    if move is None:
        return variables
    return {move(path): value for path, value in variables.items()}


def moved(old: GraphDef, new: GraphDef) -> Callable[[str], str] | None:
    """Tells for each path of the old graph what it is in the new one; None where no node has moved."""
    outside = _between(old, new, old, new)
    inside = {
        name: paths
        for name, function in old.functions.items()
        if name in new.functions
        and function.graph is not new.functions[name].graph
        and (paths := _between(function.graph, new.functions[name].graph, old, new))
    }
    if not outside and not inside:
        return None
    return lambda path: _moved(path, old, outside, inside)


def _between(before: GraphDef, after: GraphDef, old: GraphDef, new: GraphDef) -> Paths:
    """Which nodes of one drawing are called otherwise, lie in a function now, or no longer do.

    `old` and `new` are the graphs that hold the functions.
    """
    gone = [node for name, node in before.nodes.items() if name not in after.nodes]
    come = [node for name, node in after.nodes.items() if name not in before.nodes]
    if not gone or not come:
        return {}
    first, last = gone[0].name, come[0].name
    held = _held(come[0], new)
    if len(come) == 1 and held and all(held.get(node.name) == node for node in gone):
        return {node.name: f"{last}/{node.name}" for node in gone}
    held = _held(gone[0], old)
    if len(gone) == 1 and len(held) == len(come) and all(map(_is_alike, held.values(), come)):
        return {f"{first}/{name}": node.name for name, node in zip(held, come, strict=True)}
    return {first: last} if len(gone) == len(come) == 1 and _is_alike(gone[0], come[0]) else {}


def _held(node: Node, graph: GraphDef) -> dict[str, Node]:
    """The nodes of the function that a node calls, without its inputs."""
    function = graph.functions.get(str(node.attributes.get("function", "")))
    if node.op != Call.__name__ or function is None:
        return {}
    return {name: inner for name, inner in function.graph.nodes.items() if inner.op != INPUT}


def _is_alike(one: Node, other: Node) -> bool:
    return one.op == other.op and one.attributes == other.attributes


def _moved(path: str, old: GraphDef, outside: Paths, inside: Mapping[str, Paths]) -> str:
    """Follow a path from the main drawing through calls into functions, as far as there are drawn nodes."""
    here, paths, steps = old, outside, path.split("/")
    found: list[str] = []
    while steps:
        both = "/".join(steps[:2])
        if both in paths:
            found.append(paths[both])
            here = old.functions[str(here.nodes[steps[0]].attributes["function"])].graph
            steps = steps[1:]
        else:
            found.append(paths.get(steps[0], steps[0]))
        node = here.nodes.get(steps[0])
        steps = steps[1:]
        roles = dict(used_by(node)) if node is not None else {}
        if len(roles) > 1 and steps:
            found.append(steps[0])
            function = roles.get(steps.pop(0), "")
        else:
            function = next(iter(roles.values()), "")
        if function not in old.functions:
            break
        here, paths = old.functions[function].graph, inside.get(function, {})
    return "/".join([*found, *steps])
