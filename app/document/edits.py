"""The edits of a project: pure functions from project to project. What is impossible raises GraphError."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from app.document import framing, routing, starters
from app.document.functions import brought, calling
from app.document.grid import snap
from app.document.naming import needed_values, with_needed_values
from engine.errors import AttributeProblem, GraphError
from engine.graph.function import reachable
from engine.graph.graph import Node, PortKey
from engine.op import Op
from engine.project.named_values import resolved
from engine.project.project import Note, Position, Project, TrainingSettings
from engine.registry import find


def add_node(project: Project, op: str, x: float, y: float) -> tuple[Project, str]:
    """Add a node for an op, named after it; returns the project and the name.

    A branch or a loop comes with functions to begin with.
    """
    kind = find(op)
    if kind is None:
        raise GraphError(f"there is no op called '{op}'.")
    name = project.graph.free_name(_called(kind))
    project, attributes = starters.with_functions(project, op, name)
    graph = project.graph.add(Node(name, op, attributes))
    return replace(project, graph=graph, positions={**project.positions, name: snap(x, y)}), name


def delete(
    project: Project, nodes: Iterable[str], wires: Iterable[PortKey] = (), notes: Iterable[str] = ()
) -> Project:
    """Remove nodes with their wires, single wires, notes, and frames without what lies in them."""
    gone, gone_notes = set(nodes), set(notes)
    project = framing.removed(project, gone_notes)
    graph = project.graph
    for target in wires:
        graph = graph.disconnect(target)
    return replace(
        project,
        graph=graph.remove(gone),
        positions={name: at for name, at in project.positions.items() if name not in gone},
        notes=tuple(note for note in project.notes if note.id not in gone_notes),
    )


def _called(kind: type[Op]) -> str:
    """What a new node is called: a MaxPooling2D max_pooling2d, an LSTMSequence lstm_sequence."""
    if kind.__name__ == "RMSprop":
        return "rmsprop"  # its last word is written small
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])", "_", kind.__name__).lower()


def move(
    project: Project, positions: Mapping[str, Position], cards: Mapping[str, Position] | None = None
) -> Project:
    """Put nodes, by name, and notes and frames, by id, somewhere else."""
    placed = cards or {}
    project = framing.moved(project, placed)
    notes = tuple(
        replace(note, x=placed[note.id][0], y=placed[note.id][1]) if note.id in placed else note
        for note in project.notes
    )
    moved = {name: at for name, at in positions.items() if name in project.graph.nodes}
    routes = routing.carried(project, moved)
    return replace(project, positions={**project.positions, **moved}, notes=notes, routes=routes)


def rename(project: Project, old: str, new: str) -> Project:
    """Give a node another name; wires and position follow."""
    _must_be_there(project, old)
    graph = project.graph.rename(old, new)
    positions = {new if name == old else name: at for name, at in project.positions.items()}
    routes = {(new if end[0] == old else end[0], end[1]): route for end, route in project.routes.items()}
    return replace(project, graph=graph, positions=positions, routes=routes)


def connect(project: Project, source: PortKey, target: PortKey) -> Project:
    """Draw a wire; one that ended in the same input is replaced, and how it ran is forgotten."""
    kept = project.routes
    if project.graph.wires.get(target) != source:
        kept = {end: route for end, route in project.routes.items() if end != target}
    return replace(project, graph=project.graph.connect(source, target), routes=kept)


def disconnect(project: Project, target: PortKey) -> Project:
    """Remove the wire that ends in an input."""
    return replace(project, graph=project.graph.disconnect(target))


def swap(project: Project, node: str, first: str, second: str) -> Project:
    """Let the wires at two inputs of a node change places; either may be open."""
    _must_be_there(project, node)
    graph = project.graph
    sources = {port: graph.wires.get((node, port)) for port in (first, second)}
    graph = graph.disconnect((node, first)).disconnect((node, second))
    for port, source in ((first, sources[second]), (second, sources[first])):
        if source is not None:
            graph = graph.connect(source, (node, port))
    ends = {(node, first): (node, second), (node, second): (node, first)}
    routes = {ends.get(end, end): route for end, route in project.routes.items()}
    return replace(project, graph=graph, routes=routes)


def set_attribute(project: Project, node: str, attribute: str, value: object) -> Project:
    """Set an attribute of a node; raises AttributeProblem for a value that cannot be."""
    _must_be_there(project, node)
    return replace(project, graph=project.graph.set_attribute(node, attribute, _as_json(value)))


def set_attributes(project: Project, nodes: Iterable[str], attribute: str, value: object) -> Project:
    """Set an attribute that some nodes share; where one refuses the value, none is changed."""
    for node in nodes:
        project = set_attribute(project, node, attribute, value)
    return project


def set_policy(project: Project, nodes: Iterable[str], setting: str, value: object) -> Project:
    """Say for some nodes where or how they run; raises AttributeProblem for a value that cannot be."""
    graph = project.graph
    for name in nodes:
        _must_be_there(project, name)
        node = graph.nodes[name]
        graph = graph.replace_node(replace(node, policy=node.policy.changed(setting, value)))
    return replace(project, graph=graph)


def set_training(project: Project, setting: str, value: object) -> Project:
    """Set one of the training settings; raises AttributeProblem for a value that cannot be."""
    known = {field for field in TrainingSettings.__dataclass_fields__ if field != "extra"}
    if setting not in known:
        raise AttributeProblem(f"there is no training setting {setting!r}.")
    change: dict[str, Any] = {setting: value}
    return replace(project, training=replace(project.training, **change))


def add_note(project: Project, x: float, y: float, text: str) -> tuple[Project, str]:
    """Put a note on the canvas; returns the project and the note's id."""
    taken = {card.id for card in project.cards}
    number = next(n for n in range(1, len(taken) + 2) if f"note_{n}" not in taken)
    left, top = snap(x, y)
    note = Note(f"note_{number}", left, top, 240.0, 120.0, text)
    return replace(project, notes=(*project.notes, note)), note.id


def edit_note(project: Project, note_id: str, text: str) -> Project:
    """Give a note another text."""
    notes = tuple(replace(note, text=text) if note.id == note_id else note for note in project.notes)
    return replace(project, notes=notes)


def resize_note(project: Project, note_id: str, width: float, height: float) -> Project:
    """Give a note another size."""
    notes = tuple(
        replace(note, width=width, height=height) if note.id == note_id else note for note in project.notes
    )
    return replace(project, notes=notes)


def merge(project: Project, part: Project, dx: float, dy: float) -> tuple[Project, tuple[str, ...]]:
    """Add the nodes, wires and notes of another project, moved by (dx, dy), renamed where names are taken."""
    project, functions = brought(with_needed_values(project, part), part)
    graph, positions = project.graph, dict(project.positions)
    names: dict[str, str] = {}
    for name, node in part.graph.nodes.items():
        names[name] = graph.free_name(name)
        graph = graph.add(replace(calling(node, functions), name=names[name]))
        x, y = part.positions.get(name, (0.0, 0.0))
        positions[names[name]] = snap(x + dx, y + dy)
    for (target, port), (source, output) in part.graph.wires.items():
        if target in names and source in names:
            graph = graph.connect((names[source], output), (names[target], port))
    routes = {
        (names[end[0]], end[1]): routing.shifted(route, dx, dy)
        for end, route in part.routes.items()
        if end[0] in names
    }
    routes = {**project.routes, **routes}
    merged = resolved(replace(project, graph=graph, positions=positions, routes=routes))
    for note in part.notes:
        merged, new_id = add_note(merged, note.x + dx, note.y + dy, note.text)
        notes = tuple(
            replace(n, width=note.width, height=note.height) if n.id == new_id else n for n in merged.notes
        )
        merged = replace(merged, notes=notes)
    return framing.merged(merged, part, dx, dy), tuple(names.values())


def part_of(project: Project, nodes: Iterable[str], notes: Iterable[str] = ()) -> Project:
    """The chosen nodes with the wires among them and the functions they use, as a project of their own.

    `notes` are the ids of notes and frames.
    """
    chosen, chosen_notes = set(nodes), set(notes)
    others = [name for name in project.graph.nodes if name not in chosen]
    graph = project.graph.remove(others)
    graph = replace(graph, functions=reachable(graph, project.graph.functions), signatures={})
    positions = {name: at for name, at in project.positions.items() if name in chosen}
    layouts = {name: layout for name, layout in project.layouts.items() if name in graph.functions}
    kept = tuple(note for note in project.notes if note.id in chosen_notes)
    frames = tuple(frame for frame in project.frames if frame.id in chosen_notes)
    needed = needed_values(project, graph)
    return Project(
        graph,
        positions,
        kept,
        layouts=layouts,
        routes=project.routes,
        function_routes=project.function_routes,
        named_values=needed,
        frames=frames,
    )


def _must_be_there(project: Project, node: str) -> None:
    if node not in project.graph.nodes:
        raise GraphError(f"there is no node called '{node}'.")


def _as_json(value: object) -> object:
    """Forms speak in tuples, files in lists."""
    return [_as_json(part) for part in value] if isinstance(value, tuple) else value
