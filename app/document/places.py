"""Where everything of a project lies: the drawing, and each function at the first path that opens it."""

from __future__ import annotations

from collections.abc import Iterator

from engine import registry
from engine.control import Control
from engine.graph.graph import GraphDef, Node


def places(graph: GraphDef) -> dict[str, GraphDef]:
    """The graphs of a project by the path at which they are opened; the drawing has the empty path."""
    found = {"": graph}
    seen: set[str] = set()
    waiting = [""]
    for path in waiting:  # grows while it is walked: a function may use others
        for node in found[path].nodes.values():
            for role, function in functions_of(node):
                if function in graph.functions and function not in seen:
                    seen.add(function)
                    inner = "/".join(part for part in (path, node.name, role) if part)
                    found[inner] = graph.functions[function].graph
                    waiting.append(inner)
    return found


def functions_of(node: Node) -> Iterator[tuple[str, str]]:
    """The functions of a node, each with its step in a path: none where there is only one."""
    kind = registry.find(node.op)
    if kind is None or not issubclass(kind, Control):
        return
    for role in kind.roles:
        name = node.attributes.get(role)
        if isinstance(name, str) and name:
            yield (role if len(kind.roles) > 1 else ""), name
