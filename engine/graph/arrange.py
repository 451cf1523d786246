"""Automatic layout from left to right: layers by the longest way from a source, order by neighbours."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from engine.graph.check import input_ports
from engine.graph.graph import GraphDef

Point = tuple[float, float]
Size = tuple[float, float]

GAP_X, GAP_Y, RASTER = 72.0, 40.0, 8.0
SWEEPS = 6
DEFAULT_SIZE: Size = (156.0, 120.0)


def edges_of(graph: GraphDef) -> list[tuple[str, str]]:
    """Which nodes wires join; those that end in one node in the order of its inputs."""
    place = {(name, port.name): k for name in graph.nodes for k, port in enumerate(input_ports(graph, name))}
    wires = sorted(graph.wires.items(), key=lambda wire: place.get(wire[0], 0))
    return [(source, target) for (target, _), (source, _) in wires]


def arrange(
    names: Sequence[str],
    edges: Iterable[tuple[str, str]],
    sizes: Mapping[str, Size] | None = None,
    fixed: Mapping[str, Point] | None = None,
    origin: Point = (0.0, 0.0),
) -> dict[str, Point]:
    """Top left corners for all names; `fixed` ones stay where they are, and new ones keep clear of them.

    The result depends only on the order of `names` and the edges, never on chance: edges that end in one
    node come in the order of its inputs, from above.
    """
    sizes, fixed = sizes or {}, fixed or {}
    known = set(names)
    links = [(a, b) for a, b in dict.fromkeys(edges) if a in known and b in known and a != b]
    layers = _layers(names, links)
    _order(layers, links)
    places = _places(layers, links, {name: sizes.get(name, DEFAULT_SIZE) for name in names}, origin)
    return _around_fixed(places, sizes, fixed)


def _layers(names: Sequence[str], links: list[tuple[str, str]]) -> list[list[str]]:
    """Every node one layer right of its last predecessor; edges that close a cycle are not counted."""
    after: defaultdict[str, list[str]] = defaultdict(list)
    for a, b in links:
        after[a].append(b)
    depth = dict.fromkeys(names, 0)
    for name in _topological(names, after):
        for follower in after[name]:
            depth[follower] = max(depth[follower], depth[name] + 1)
    before: defaultdict[str, list[str]] = defaultdict(list)
    for a, b in links:
        before[b].append(a)
    for name in reversed(names):  # a source stands right before its first consumer
        if not before[name] and after[name]:
            depth[name] = max(min(depth[b] for b in after[name]) - 1, 0)
    layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in names:
        layers[depth[name]].append(name)
    return [layer for layer in layers if layer]


def _topological(names: Sequence[str], after: defaultdict[str, list[str]]) -> list[str]:
    """Sources first; drops the edges that lead back, from `after` too."""
    done: dict[str, bool] = {}
    result: list[str] = []
    for start in names:
        if start in done:
            continue
        done[start] = False
        stack = [(start, iter(list(after[start])))]
        while stack:
            name, rest = stack[-1]
            follower = next(rest, None)
            if follower is None:
                stack.pop()
                done[name] = True
                result.append(name)
            elif follower not in done:
                done[follower] = False
                stack.append((follower, iter(list(after[follower]))))
            elif not done[follower]:
                after[name].remove(follower)
    return result[::-1]


def _order(layers: list[list[str]], links: list[tuple[str, str]]) -> None:
    """Sorts each layer by the mean place of its neighbours, to and fro, so that few wires cross."""
    before: defaultdict[str, list[str]] = defaultdict(list)
    after: defaultdict[str, list[str]] = defaultdict(list)
    layer_of = {name: i for i, layer in enumerate(layers) for name in layer}
    for link in links:
        left, right = sorted(link, key=layer_of.__getitem__)
        after[left].append(right)
        before[right].append(left)
    share = {name: (k + 0.5) / len(layer) for layer in layers for k, name in enumerate(layer)}
    # What feeds the upper input of a node lies above what feeds a lower one.
    slot = {
        (left, right): ((k + 0.5) / len(feeding) - 0.5) / len(layers[layer_of[right]])
        for right, feeding in before.items()
        for k, left in enumerate(feeding)
    }
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        neighbours = before if forward else after
        for layer in layers if forward else reversed(layers):
            means = {
                name: _mean([share[n] + slot.get((name, n), 0.0) for n in neighbours[name]], share[name])
                for name in layer
            }
            layer.sort(key=means.__getitem__)
            share.update({name: (k + 0.5) / len(layer) for k, name in enumerate(layer)})


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _places(
    layers: list[list[str]], links: list[tuple[str, str]], sizes: Mapping[str, Size], origin: Point
) -> dict[str, Point]:
    """Columns as wide as their widest node; in a column, each node as near its predecessors as it may be."""
    before: defaultdict[str, list[str]] = defaultdict(list)
    for a, b in links:
        before[b].append(a)
    places: dict[str, Point] = {}
    x = origin[0]
    for layer in layers:
        tops: dict[str, float] = {}
        least = float("-inf")
        pushed = []
        for name in layer:
            placed = [places[other][1] for other in before[name] if other in places]
            wish = _mean(placed, max(least, origin[1]))
            tops[name] = max(wish, least)
            least = tops[name] + sizes[name][1] + GAP_Y
            if placed:
                pushed.append(tops[name] - wish)
        up = _mean(pushed, 0.0)  # what was pushed down pulls the whole column up by the mean
        for name, top in tops.items():
            places[name] = (_raster(x), _raster(top - up))
        x += max(sizes[name][0] for name in layer) + GAP_X
    highest = min((y for _, y in places.values()), default=0.0) - _raster(origin[1])
    return {name: (x, y - highest) for name, (x, y) in places.items()}


def _around_fixed(
    places: dict[str, Point], sizes: Mapping[str, Size], fixed: Mapping[str, Point]
) -> dict[str, Point]:
    """Shifts the layout to the fixed nodes, leaves those where they are, and moves others out of the way."""
    kept = [name for name in fixed if name in places]
    if not kept:
        return places
    dx = sum(fixed[name][0] - places[name][0] for name in kept) / len(kept)
    dy = sum(fixed[name][1] - places[name][1] for name in kept) / len(kept)
    result: dict[str, Point] = {name: fixed[name] for name in kept}
    for name, (x, y) in places.items():
        if name not in result:
            spot = (_raster(x + dx), _raster(y + dy))
            while hit := _covered(name, spot, result, sizes):
                spot = (spot[0], _raster(result[hit][1] + sizes.get(hit, DEFAULT_SIZE)[1] + GAP_Y))
            result[name] = spot
    return {name: result[name] for name in places}


def _covered(name: str, spot: Point, placed: Mapping[str, Point], sizes: Mapping[str, Size]) -> str | None:
    """The placed node that a node would cover at a spot."""
    w, h = sizes.get(name, DEFAULT_SIZE)
    for other, (x, y) in placed.items():
        ow, oh = sizes.get(other, DEFAULT_SIZE)
        if spot[0] < x + ow and x < spot[0] + w and spot[1] < y + oh and y < spot[1] + h:
            return other
    return None


def _raster(value: float) -> float:
    """The nearest place on the raster, upwards from halves so that nodes never come closer than the gap."""
    return math.ceil(value / RASTER) * RASTER
