"""What helps where a wire is refused: a node between that brings the tensor into the form that is wanted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.document import edits
from app.document.inserting import OnWire, Ports, put_between
from engine.graph.check import Checked
from engine.graph.graph import PortKey
from engine.project.project import Project
from engine.spec import INTEGERS, Spec

MOST = 4
"""More remedies than this are a list to read, and no help."""
_FEW = 1 << 20


@dataclass(frozen=True)
class Remedy:
    """A node to put between: its op, its attributes, and the ports that the wire runs through."""

    op: str
    attributes: Mapping[str, object]
    ports: Ports
    title: str


def remedies(project: Project, checked: Checked, source: PortKey, target: PortKey) -> tuple[Remedy, ...]:
    """What can be put between an output and an input that refuses it, the likeliest first."""
    spec = checked.outputs.get(source)
    # Around a cycle no node leads.
    if spec is None or source[0] in project.graph.downstream([target[0]]):
        return ()
    trial = OnWire(project, checked, source, target)
    others = [
        known
        for end in project.graph.wires
        if end[0] == target[0] and end != target and (known := checked.inputs.get(end)) is not None
    ]
    found: list[Remedy] = []
    for op, attributes, title in _candidates(spec, others):
        if (ports := trial.op(op, attributes)) is not None:
            found.append(Remedy(op, attributes, ports, title))
    # The mean of all fits almost everywhere, and is meant only where a single number is wanted.
    return tuple(found[:-1] if len(found) > 1 and found[-1].op == "ReduceMean" else found)[:MOST]


def mended(
    project: Project, remedy: Remedy, source: PortKey, target: PortKey, x: float, y: float
) -> tuple[Project, str]:
    """The project with the remedy between the two ports, and the name of its node."""
    project, name = edits.add_node(project, remedy.op, x, y)
    for attribute, value in remedy.attributes.items():
        project = edits.set_attribute(project, name, attribute, value)
    return put_between(project, name, source, target, remedy.ports), name


def _candidates(spec: Spec, others: list[Spec]) -> Iterator[tuple[str, dict[str, object], str]]:
    """Each op that may help, with its attributes and what the menu calls it."""
    for dtype in dict.fromkeys([*(other.dtype for other in others), "float32", "int64", "bool"]):
        if dtype != spec.dtype:
            yield "Cast", {"dtype": dtype}, f"Cast to {dtype}"
    yield "ExpandDims", {"axis": -1}, "ExpandDims, a last axis of size 1"
    yield "Flatten", {}, "Flatten, all but the batch in one axis"
    for shape in dict.fromkeys(_shapes(spec, others)):
        text = " x ".join("batch" if size == -1 else str(size) for size in shape)
        yield "Reshape", {"shape": list(shape)}, f"Reshape to {text}"
    if spec.dtype in INTEGERS:
        sizes = [other.shape[-1] for other in others if other.shape]
        known = [size for size in sizes if isinstance(size, int) and 0 < size < _FEW]
        for depth in dict.fromkeys(known or [10]):
            yield "OneHot", {"depth": depth}, f"OneHot with {depth} classes"
    yield "ReduceMean", {}, "ReduceMean, the mean of all elements"


def _shapes(spec: Spec, others: list[Spec]) -> Iterator[tuple[int, ...]]:
    """Shapes that may be meant: that of another input, or a square picture out of a row."""
    for other in others:
        sizes = tuple(size if isinstance(size, int) else -1 for size in other.shape or ())
        if sizes and sizes.count(-1) <= 1 and _known(other) == _known(spec):
            yield sizes
    if spec.shape is not None and len(spec.shape) == 2 and isinstance(spec.shape[1], int):
        side = math.isqrt(spec.shape[1])
        if side > 1 and side * side == spec.shape[1]:
            yield -1, side, side, 1


def _known(spec: Spec) -> int:
    """The product of the sizes that are numbers."""
    return math.prod(size for size in spec.shape or () if isinstance(size, int))
