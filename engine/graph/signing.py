"""The signatures of a graph: one is found by its name, made from what is to be computed, and checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from engine import registry
from engine.errors import FeedError, GraphError
from engine.graph.graph import GraphDef, PortKey, free_name
from engine.graph.signature import Ports, Signature
from engine.op import DataSource


def find_signature(graph: GraphDef, name: str) -> Signature:
    """The signature of that name; raises FeedError where there is none."""
    if name not in graph.signatures:
        raise FeedError(
            f"there is no signature called '{name}'.",
            hint=f"There are {', '.join(graph.signatures)}."
            if graph.signatures
            else "This project has none yet: name what is to be computed, under Signatures.",
        )
    return graph.signatures[name]


def giving(graph: GraphDef, signature: Signature, outputs: Iterable[PortKey]) -> Signature:
    """The signature with more outputs, and the inputs that they need, under names taken from the drawing."""
    ends = tuple(outputs)
    return replace(
        signature,
        inputs=_named(graph, signature.inputs, needed_inputs(graph, ends)),
        outputs=_named(graph, signature.outputs, ends),
    )


def needed_inputs(graph: GraphDef, outputs: Collection[PortKey]) -> tuple[PortKey, ...]:
    """The placeholders and the columns of data that some ports depend on."""
    needed = graph.upstream(node for node, _ in outputs)
    used = [*outputs, *(start for end, start in graph.wires.items() if end[0] in needed)]
    return tuple(dict.fromkeys(port for port in used if can_be_given(graph, port[0])))


def can_be_given(graph: GraphDef, node: str) -> bool:
    """Whether a node brings in what comes from outside."""
    return node in graph.nodes and (graph.nodes[node].op == "Placeholder" or _is_data(graph, node))


def signature_problems(
    graph: GraphDef, signature: Signature, ports: Collection[PortKey]
) -> Iterator[GraphError]:
    """What a signature says that the graph does not have, each with the node that is to be looked at.

    `ports` are the outputs that are known; nothing is said of the ports of a node that has a problem itself.
    """
    known = {node for node, _ in ports}
    title = f"Signature '{signature.name}'"
    for side, named in (("input", signature.inputs), ("output", signature.outputs)):
        for name, (node, port) in named.items():
            what = f"{title}: its {side} '{name}' is {port} of '{node}'"
            if node not in graph.nodes:
                yield GraphError(f"{what}, and there is no such node.", hint=f"Remove this {side}.")
            elif node in known and (node, port) not in ports:
                yield GraphError(
                    f"{what}, and this node has no such output.", node=node, hint=f"Remove this {side}."
                )
            elif side == "input" and not can_be_given(graph, node):
                yield GraphError(
                    f"{what}, which is neither a placeholder nor data.", node=node, hint="Remove this input."
                )
    twice = [port for port, count in Counter(signature.inputs.values()).items() if count > 1]
    for node, port in twice:
        yield GraphError(
            f"{title}: two of its inputs are {port} of '{node}'.", node=node, hint="Remove one of them."
        )
    for node, port in needed_inputs(graph, signature.outputs.values()):
        if (node, port) not in signature.inputs.values():
            yield GraphError(
                f"{title}: its outputs need {port} of '{node}', which is none of its inputs.",
                node=node,
                hint="Add it to the inputs.",
            )


def _named(graph: GraphDef, known: Ports, more: Collection[PortKey]) -> Ports:
    """The known ports and more: a column of data is named after itself, another port after its node."""
    named = dict(known)
    count = Counter(node for node, _ in more)
    for node, port in dict.fromkeys(more):
        if (node, port) not in named.values():
            wanted = port if _is_data(graph, node) else node if count[node] == 1 else f"{node}_{port}"
            named[free_name(named, wanted)] = (node, port)
    return named


def _is_data(graph: GraphDef, node: str) -> bool:
    kind = registry.find(graph.nodes[node].op) if node in graph.nodes else None
    return kind is not None and issubclass(kind, DataSource)
