"""What differs between two projects: nodes, wires, attributes, settings, variables, notes, functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from engine import registry
from engine.attribute import to_json
from engine.graph.graph import GraphDef, Node
from engine.policy import POLICY_ATTRIBUTES
from engine.project.project import TRAINING_ATTRIBUTES, Note, Project

Kind = Literal["added", "removed", "changed"]
What = Literal[
    "node", "wire", "attribute", "setting", "variable", "note", "frame", "function", "signature", "place"
]
K = TypeVar("K")
T = TypeVar("T")
LONGEST = 60
"""Characters of a value that are told."""


@dataclass(frozen=True)
class Difference:
    """One thing that is new, gone or another. `node` is the node that shows it, where there is one."""

    kind: Kind
    what: What
    name: str
    before: str = ""
    after: str = ""
    node: str = ""


def differences(old: Project, new: Project) -> tuple[Difference, ...]:
    """All that differs, in the order in which one looks at a graph."""
    return tuple(_differences(old, new))


def _differences(old: Project, new: Project) -> Iterator[Difference]:
    yield from _in_graph(old.graph, new.graph)
    yield from _named("variable", old.named_values, new.named_values)
    for declared in TRAINING_ATTRIBUTES:
        before, after = (getattr(project.training, declared.name) for project in (old, new))
        if before != after:
            yield Difference("changed", "setting", declared.name, _text(before), _text(after))
    for name, kind, was, now in _pairs(old.graph.functions, new.graph.functions):
        if was is None or now is None:
            yield Difference(kind, "function", name)
        else:
            yield from _in_graph(was.graph, now.graph, f"{name}/")
    for name, kind, _, _ in _pairs(old.graph.signatures, new.graph.signatures):
        yield Difference(kind, "signature", name)
    yield from _named("note", _texts(old.notes), _texts(new.notes))
    yield from _named("frame", *({f.id: f"{f.title}, {f.colour}" for f in p.frames} for p in (old, new)))
    for end, kind, _, _ in _pairs(old.routes, new.routes):
        yield Difference(kind, "place", f"way of the wire to {'.'.join(end)}", node=end[0])
    places = old.positions.keys() & new.positions.keys()
    if count := sum(old.positions[name] != new.positions[name] for name in places):
        yield Difference("changed", "place", f"{count} moved" if count > 1 else "1 moved")


def _in_graph(old: GraphDef, new: GraphDef, inside: str = "") -> Iterator[Difference]:
    for name, kind, was, now in _pairs(old.nodes, new.nodes):
        here = "" if inside else name
        if was is None or now is None:
            there = was or now
            assert there is not None
            ops = (there.op if was else "", there.op if now else "")
            yield Difference(kind, "node", inside + name, *ops, node=here)
        else:
            yield from _in_node(was, now, inside, here)
    wires = [{end: ".".join(start) for end, start in graph.wires.items()} for graph in (old, new)]
    for end, kind, source, now_source in _pairs(*wires):
        name = inside + ".".join(end)
        yield Difference(kind, "wire", name, source or "", now_source or "", "" if inside else end[0])


def _in_node(old: Node, new: Node, inside: str, here: str) -> Iterator[Difference]:
    if old.op != new.op:
        yield Difference("changed", "node", inside + old.name, old.op, new.op, here)
        return
    for name in dict.fromkeys([*old.attributes, *new.attributes, *old.expressions, *new.expressions]):
        before, after = _value(old, name), _value(new, name)
        if before != after:
            yield Difference("changed", "attribute", f"{inside}{old.name}.{name}", before, after, here)
    for declared in POLICY_ATTRIBUTES:
        before, after = (getattr(node.policy, declared.name) for node in (old, new))
        if before != after:
            yield Difference(
                "changed", "attribute", f"{inside}{old.name}.{declared.name}", before, after, here
            )


def _value(node: Node, name: str) -> str:
    """An attribute as it is written: its expression, its value, or the default."""
    if name in node.expressions:
        return node.expressions[name]
    if name in node.attributes:
        return _text(node.attributes[name])
    op = registry.find(node.op)
    declared = next((each for each in op.attributes() if each.name == name), None) if op is not None else None
    return "" if declared is None else _text(declared.default)


def _named(what: What, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    for name, kind, before, after in _pairs(old, new):
        yield Difference(kind, what, name, _text(before or ""), _text(after or ""))


def _pairs(old: Mapping[K, T], new: Mapping[K, T]) -> Iterator[tuple[K, Kind, T | None, T | None]]:
    """What is under each key before and after, where it differs; what is gone comes where it was."""
    for key in dict.fromkeys([*old, *new]):
        before, after = old.get(key), new.get(key)
        if before != after:
            kind: Kind = "added" if key not in old else "removed" if key not in new else "changed"
            yield key, kind, before, after


def _texts(notes: tuple[Note, ...]) -> dict[str, str]:
    return {note.id: note.text for note in notes}


def _text(value: object) -> str:
    text = str(to_json(value)) if not isinstance(value, str) else " ".join(value.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
