"""Functions: named subgraphs with a signature of their own, which nodes refer to by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from engine import registry
from engine.errors import GraphError, SpecError
from engine.graph.graph import GraphDef, Node, PortKey
from engine.spec import UNKNOWN, Spec

DEEPEST = 64
"""Functions within functions, at most."""
LARGEST = 100_000
"""Nodes of a function with all functions that it uses, at most: a file must not unfold without end."""


@dataclass(frozen=True)
class Function:
    """A graph that takes tensors and gives tensors, to be used in several places.

    `inputs` are Placeholder nodes of the graph, in order; what is given must fit their shape and dtype.
    `outputs` name ports of the graph, in order. `extra` holds fields of a file that this version does not
    know.
    """

    graph: GraphDef
    inputs: tuple[str, ...] = ()
    outputs: Mapping[str, PortKey] = field(default_factory=dict)
    extra: Mapping[str, object] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.inputs, tuple(self.outputs)))


def closed(functions: Mapping[str, Function], name: str) -> Function:
    """The function of that name, whose graph carries the functions that it uses itself.

    Raises GraphError where one is missing, where a function uses itself, or where there are too many.
    """
    known: dict[str, _Measure] = {}
    _measure(functions, name, [], known)
    function = functions[name]
    inner = {used: functions[used] for used in functions if used in known and used != name}
    return replace(function, graph=replace(function.graph, functions=inner))


def fit(function: Function, given: Mapping[str, Spec], declared: Mapping[str, Spec]) -> None:
    """Check what a function is called with against what its inputs declare; raises SpecError for a misfit."""
    sizes: dict[str, int] = {}
    for name in function.inputs:
        spec, wanted = given[name], declared[name].bind(sizes)
        if spec.dtype != wanted.dtype or not _fits(wanted, spec):
            raise SpecError(
                f"{name} is {spec}, and the function takes {declared[name]}.",
                hint=f"Change what is connected, or the placeholder '{name}' inside.",
            )
        for size, found in zip(wanted.shape or (), spec.shape or (), strict=False):
            if isinstance(size, str) and isinstance(found, int) and size != UNKNOWN:
                sizes[size] = found


def _fits(wanted: Spec, spec: Spec) -> bool:
    if wanted.shape is None or spec.shape is None:
        return True
    pairs = zip(wanted.shape, spec.shape, strict=False)
    return len(wanted.shape) == len(spec.shape) and all(
        isinstance(size, str) or isinstance(found, str) or size == found for size, found in pairs
    )


def used_by(node: Node) -> Iterator[tuple[str, str]]:
    """The attributes of a node that name functions, each with the name; nothing for one that is not set."""
    op = registry.find(node.op)
    for declared in op.attributes() if op is not None else ():
        name = node.attributes.get(declared.name)
        if declared.kind == "function" and isinstance(name, str) and name:
            yield declared.name, name


def reachable(graph: GraphDef, functions: Mapping[str, Function]) -> dict[str, Function]:
    """The functions that a graph uses, and those that they use in turn; missing ones are left out."""
    found: dict[str, Function] = {}
    waiting = [graph]
    while waiting:
        for node in waiting.pop().nodes.values():
            for _, name in used_by(node):
                if name in functions and name not in found:
                    found[name] = functions[name]
                    waiting.append(functions[name].graph)
    return {name: function for name, function in functions.items() if name in found}


@dataclass(frozen=True)
class _Measure:
    """How deep functions lie below one, and how many nodes it has when all of them are written out."""

    depth: int
    nodes: int


def _measure(
    functions: Mapping[str, Function], name: str, path: list[str], known: dict[str, _Measure]
) -> _Measure:
    if name in path:
        circle = " -> ".join([*path[path.index(name) :], name])
        raise GraphError(
            f"the function '{name}' uses itself: {circle}.", hint="Repeat with a While or a Scan instead."
        )
    if name not in functions:
        raise GraphError(
            f"there is no function called '{name}'.",
            hint=f"There are {', '.join(functions)}." if functions else "This project has no functions yet.",
        )
    if name not in known:
        nodes = functions[name].graph.nodes.values()
        inner = [
            _measure(functions, used, [*path, name], known) for node in nodes for _, used in used_by(node)
        ]
        depth = 1 + max((measure.depth for measure in inner), default=0)
        known[name] = _Measure(depth, len(nodes) + sum(measure.nodes for measure in inner))
    if len(path) + known[name].depth > DEEPEST:
        raise GraphError(f"functions lie more than {DEEPEST} deep in each other.", hint="Use fewer of them.")
    if known[name].nodes > LARGEST:
        raise GraphError(
            f"the function '{name}' has more than {LARGEST:,} nodes when all that it uses is written out.",
            hint="Repeat with a Scan or a While instead.",
        )
    return known[name]
