"""What lies around each node of one graph, found once, so that many questions about wires are quick."""

from __future__ import annotations

from collections import defaultdict

from engine.graph.graph import GraphDef, PortKey


class Nearby:
    """Asked again and again while a wire is dragged; the graph is the same all that time."""

    def __init__(self, graph: GraphDef) -> None:
        self.graph = graph
        self._into: defaultdict[str, dict[PortKey, PortKey]] = defaultdict(dict)
        for end, start in graph.wires.items():
            self._into[end[0]][end] = start
        self._before: dict[str, set[str]] = {}

    def part(self, target: str, *others: str) -> GraphDef:
        """A node with the wires that end in it, the nodes that these come from, and other nodes."""
        wires = dict(self._into.get(target, {}))
        names = {target, *others, *(start[0] for start in wires.values())}
        nodes = {name: self.graph.nodes[name] for name in names if name in self.graph.nodes}
        return GraphDef(nodes, wires, self.graph.functions)

    def would_cycle(self, source: str, target: str) -> bool:
        """Whether a wire from one node to another would close a circle."""
        if source not in self._before:
            self._before[source] = self._upstream(source)
        return target in self._before[source]

    def _upstream(self, name: str) -> set[str]:
        found, waiting = {name}, [name]
        while waiting:
            for start in self._into.get(waiting.pop(), {}).values():
                if start[0] not in found:
                    found.add(start[0])
                    waiting.append(start[0])
        return found
