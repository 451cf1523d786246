"""Where the nodes of an imported graph lie: from left to right as the data flow, close to what they read."""

from __future__ import annotations

from collections.abc import Mapping

from engine.graph.graph import GraphDef
from engine.project.project import Position

COLUMN = 260.0
ROW = 150.0


def arranged(graph: GraphDef) -> dict[str, Position]:
    """A position for every node. Each lies to the right of all that it reads."""
    columns = _columns(graph)
    sources: dict[str, list[str]] = {name: [] for name in graph.nodes}
    for (target, _), (source, _) in graph.wires.items():
        sources[target].append(source)
    filled: dict[int, list[str]] = {}
    for name in graph.order():
        filled.setdefault(columns[name], []).append(name)
    rows: dict[str, float] = {}
    for column in sorted(filled):
        wished = {
            name: _mean([rows[source] for source in sources[name] if source in rows])
            for name in filled[column]
        }
        for row, name in _spread(wished):
            rows[name] = row
    return {name: (columns[name] * COLUMN, rows[name] * ROW) for name in graph.nodes}


def _columns(graph: GraphDef) -> Mapping[str, int]:
    """The column of each node: behind the last of its sources; what has none, just before who reads it."""
    order = graph.order()
    depth = dict.fromkeys(order, 0)
    consumers = graph.consumers()
    for name in order:
        for target in consumers[name]:
            depth[target] = max(depth[target], depth[name] + 1)
    fed = {target for target, _ in graph.wires}
    for name in order:
        if name not in fed and consumers[name]:
            depth[name] = min(depth[target] for target in consumers[name]) - 1
    return depth


def _mean(rows: list[float]) -> float:
    return sum(rows) / len(rows) if rows else 0.0


def _spread(wished: Mapping[str, float]) -> list[tuple[float, str]]:
    """Rows near the wished ones, at least one apart, in the order of the wishes."""
    placed: list[tuple[float, str]] = []
    for name, row in sorted(wished.items(), key=lambda item: item[1]):
        placed.append((max(row, placed[-1][0] + 1.0) if placed else row, name))
    return placed
