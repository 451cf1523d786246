"""The drawn graph as a frozen value. An edit is a function from graph to graph; the impossible is refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine import registry
from engine.errors import GraphError
from engine.graph.signature import Signature
from engine.policy import NO_POLICY, Policy

if TYPE_CHECKING:
    from engine.graph.function import Function

PortKey = tuple[str, str]
"""A node's name and the name of one of its ports."""


@dataclass(frozen=True)
class Node:
    """One drawn op: its name, which op it is, and the attributes that differ from the defaults.

    The attributes are plain JSON values and may be wrong; `check` tells. `extra` holds fields of a file that
    this version does not know.
    """

    name: str
    op: str
    attributes: Mapping[str, object] = field(default_factory=dict)
    extra: Mapping[str, object] = field(default_factory=dict)
    policy: Policy = NO_POLICY
    """On which device and in which precision it is run; it may be wrong as well."""
    expressions: Mapping[str, str] = field(default_factory=dict)
    """What attributes are computed from, some of them: `2*hidden`. One without a value is its own value."""


@dataclass(frozen=True)
class GraphDef:
    """Nodes by name, in the order in which they were added; wires by the input port that they end in.

    `functions` are the subgraphs that nodes refer to by name; they may refer to each other. `signatures` say,
    by name, what the graph is given and gives.
    """

    nodes: Mapping[str, Node] = field(default_factory=dict)
    wires: Mapping[PortKey, PortKey] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    signatures: Mapping[str, Signature] = field(default_factory=dict)

    # ---- reading -------------------------------------------------------------------------------------

    def inputs_of(self, name: str) -> dict[str, PortKey]:
        """The wires that end in a node: input port to (source node, output port)."""
        return {port: source for (node, port), source in self.wires.items() if node == name}

    def consumers(self) -> dict[str, list[str]]:
        """For each node the nodes that its wires lead to; one that takes two wires stands there twice."""
        found: dict[str, list[str]] = {name: [] for name in self.nodes}
        for (target, _), (source, _) in self.wires.items():
            if source in found:
                found[source].append(target)
        return found

    def upstream(self, names: Iterable[str]) -> set[str]:
        """The named nodes and all that their inputs depend on."""
        sources: dict[str, list[str]] = {}
        for (target, _), (source, _) in self.wires.items():
            sources.setdefault(target, []).append(source)
        return _reach(names, sources)

    def downstream(self, names: Iterable[str]) -> set[str]:
        """The named nodes and all that depends on them."""
        return _reach(names, self.consumers())

    def order(self) -> list[str]:
        """The nodes so that each comes after those it depends on; raises GraphError naming a cycle."""
        consumers = self.consumers()
        waiting = dict.fromkeys(self.nodes, 0)
        for targets in consumers.values():
            for target in targets:
                if target in waiting:
                    waiting[target] += 1
        ready = [name for name, count in waiting.items() if count == 0]
        ordered: list[str] = []
        for name in ready:  # grows while it is walked: each node enters once its last input has been met
            ordered.append(name)
            for target in consumers[name]:
                waiting[target] -= 1
                if waiting[target] == 0:
                    ready.append(target)
        if len(ordered) < len(self.nodes):
            cycle = self.cycle() or []
            raise GraphError(
                f"the wires form a cycle: {' -> '.join([*cycle, *cycle[:1]])}.",
                hint="Remove one of its wires.",
            )
        return ordered

    def cycle(self) -> list[str] | None:
        """The nodes of one cycle, or None."""
        consumers = self.consumers()
        state: dict[str, int] = {}
        for start in self.nodes:
            path: list[str] = []
            stack: list[tuple[str, Iterator[str]]] = []
            if start not in state:
                state[start] = 1
                path.append(start)
                stack.append((start, iter(consumers[start])))
            while stack:
                name, targets = stack[-1]
                target = next(targets, None)
                if target is None:
                    state[name] = 2
                    stack.pop()
                    path.pop()
                elif state.get(target) == 1:
                    return path[path.index(target) :]
                elif target in consumers and target not in state:
                    state[target] = 1
                    path.append(target)
                    stack.append((target, iter(consumers[target])))
        return None

    def free_name(self, wanted: str) -> str:
        """The wanted name, or the first free one of wanted_1, wanted_2..."""
        return free_name(self.nodes, wanted)

    # ---- editing -------------------------------------------------------------------------------------

    def add(self, node: Node) -> GraphDef:
        """Add a node; raises GraphError when its name is taken or cannot be one."""
        check_name(node.name)
        if node.name in self.nodes:
            raise GraphError(f"there is already a node called '{node.name}'.", hint="Choose another name.")
        return replace(self, nodes={**self.nodes, node.name: node})

    def remove(self, names: Iterable[str]) -> GraphDef:
        """Remove nodes with their wires and places in signatures; a signature without outputs goes, too."""
        gone = set(names)
        signatures = {name: signature.without(gone) for name, signature in self.signatures.items()}
        return replace(
            self,
            nodes={name: node for name, node in self.nodes.items() if name not in gone},
            wires={e: start for e, start in self.wires.items() if e[0] not in gone and start[0] not in gone},
            signatures={name: signature for name, signature in signatures.items() if signature.outputs},
        )

    def rename(self, old: str, new: str) -> GraphDef:
        """Give a node another name; its wires and signatures follow."""
        if old == new:
            return self
        check_name(new)
        if new in self.nodes:
            raise GraphError(f"there is already a node called '{new}'.", hint="Choose another name.")
        moved = {old: new}
        return replace(
            self,
            nodes={
                moved.get(name, name): replace(node, name=new) if name == old else node
                for name, node in self.nodes.items()
            },
            wires={
                (moved.get(end[0], end[0]), end[1]): (moved.get(start[0], start[0]), start[1])
                for end, start in self.wires.items()
            },
            signatures={name: signature.renamed(old, new) for name, signature in self.signatures.items()},
        )

    def set_attribute(self, name: str, attribute: str, value: object) -> GraphDef:
        """Set one attribute of a node to a JSON value; its default value is not written down.

        It is computed from nothing any more.
        """
        node = self.nodes[name]
        attributes = {**node.attributes, attribute: value}
        op = registry.find(node.op)
        if op is not None:
            declared = next((a for a in op.attributes() if a.name == attribute), None)
            if declared is not None and declared.is_default(declared.parse(value)):
                del attributes[attribute]
        expressions = {name: text for name, text in node.expressions.items() if name != attribute}
        return self.replace_node(replace(node, attributes=attributes, expressions=expressions))

    def define(self, name: str, function: Function) -> GraphDef:
        """Add a function, or put another in the place of the one of that name."""
        check_name(name, "a function")
        return replace(self, functions={**self.functions, name: function})

    def sign(self, signature: Signature) -> GraphDef:
        """Add a signature, or put another in the place of the one that has its name."""
        check_name(signature.name, "a signature")
        return replace(self, signatures={**self.signatures, signature.name: signature})

    def replace_node(self, node: Node) -> GraphDef:
        """Put another node in the place of the one that has its name."""
        return replace(self, nodes={**self.nodes, node.name: node})

    def connect(self, source: PortKey, target: PortKey) -> GraphDef:
        """Draw a wire from an output to an input; a wire that ended there is replaced. Refuses a cycle."""
        for name, _ in (source, target):
            if name not in self.nodes:
                raise GraphError(f"there is no node called '{name}'.")
        if source[0] in self.downstream([target[0]]):
            raise GraphError(
                f"a wire from '{source[0]}' to '{target[0]}' would form a cycle.",
                hint="Use a variable to carry a value to the next step.",
            )
        return replace(self, wires={**self.wires, target: source})

    def disconnect(self, target: PortKey) -> GraphDef:
        """Remove the wire that ends in an input; the wires of a variadic port close up."""
        wires = {end: start for end, start in self.wires.items() if end != target}
        stem, _, index = target[1].partition(":")
        if index.isdigit():
            shifted = {}
            for end, start in wires.items():
                port, _, number = end[1].partition(":")
                moves = end[0] == target[0] and port == stem and number.isdigit() and int(number) > int(index)
                shifted[(end[0], f"{stem}:{int(number) - 1}") if moves else end] = start
            wires = shifted
        return replace(self, wires=wires)


def free_name(taken: Collection[str], wanted: str) -> str:
    """The wanted name, or the first free one of wanted_1, wanted_2..."""
    base = re.sub(r"\W", "_", wanted).strip("_") or "node"
    if base not in taken:
        return base
    stem = re.sub(r"_\d+$", "", base)
    number = 1
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def check_name(name: str, what: str = "a node") -> None:
    """Refuse a name that no path or file could carry: it must be letters, digits and underscores."""
    if not re.fullmatch(r"\w{1,128}", name):
        raise GraphError(
            f"'{name[:40]}' cannot be the name of {what}.", hint="Use letters, digits and underscores."
        )


def _reach(names: Iterable[str], neighbours: Mapping[str, list[str]]) -> set[str]:
    seen = set(names)
    waiting = list(seen)
    while waiting:
        for name in neighbours.get(waiting.pop(), ()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen
