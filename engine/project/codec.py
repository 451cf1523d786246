"""Projects as plain dicts and back. What is read is checked in full; there is no half-read project."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from engine.attribute import to_json
from engine.errors import AttributeProblem, GraphError
from engine.graph.function import Function
from engine.graph.graph import GraphDef, Node, PortKey, check_name
from engine.graph.signature import Signature
from engine.policy import POLICY_ATTRIBUTES, Policy
from engine.project import limits
from engine.project.canonical_json import sorted_keys
from engine.project.durable import FileError
from engine.project.migrate import FORMAT, VERSION, migrate
from engine.project.named_values import resolved
from engine.project.names import name_problem, shown
from engine.project.project import TRAINING_ATTRIBUTES, Note, Position, Project, TrainingSettings

_PORT = re.compile(r"\w{1,128}(:\d{1,6})?")
_CANVAS = 1e9
"""Coordinates beyond this cannot be told apart on screen any more."""
_NODE_FIELDS = ("op", "attributes", "expressions", "position", *(each.name for each in POLICY_ATTRIBUTES))
_NOTE_FIELDS = ("id", "x", "y", "width", "height", "text")
_FUNCTION_FIELDS = ("inputs", "outputs", "nodes", "wires")
_SIGNATURE_FIELDS = ("inputs", "outputs")
_FIELDS = (
    "format",
    "version",
    "named_values",
    "nodes",
    "wires",
    "functions",
    "signatures",
    "notes",
    "training",
)


def project_to_dict(project: Project) -> dict[str, Any]:
    """The content of a project file. Nodes and notes keep their order, which says what lies in front."""
    graph, training = project.graph, project.training
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        **({"named_values": dict(project.named_values)} if project.named_values else {}),
        **_drawing_to_dict(graph, project.positions),
    }
    if graph.functions:
        document["functions"] = {
            name: _function_to_dict(function, project.layouts.get(name, {}))
            for name, function in graph.functions.items()
        }
    if graph.signatures:
        document["signatures"] = {
            name: _signature_to_dict(signature) for name, signature in graph.signatures.items()
        }
    if project.notes:
        document["notes"] = [_note_to_dict(note) for note in project.notes]
    document["training"] = {
        a.name: to_json(getattr(training, a.name))
        for a in TRAINING_ATTRIBUTES
        if not (a.hidden and getattr(training, a.name) == a.default)
    }
    document["training"].update(sorted_keys(training.extra))
    return {**document, **sorted_keys(project.extra)}


def project_from_dict(value: object, what: str) -> Project:
    """The project of a file's content; raises FileError, whose sentence begins with `what`."""
    document = migrate(_object(value, what), what)
    given = _object(document.get("functions", {}), f"{what}: field 'functions'", limits.FUNCTIONS)
    notes = _list(document.get("notes", []), f"{what}: field 'notes'", limits.NOTES)
    _check_strings(document, what)
    graph, positions = _drawing(document, what)
    functions, layouts = _functions(given, what)
    total = len(graph.nodes) + sum(len(function.graph.nodes) for function in functions.values())
    if total > limits.NODES:
        raise FileError(f"{what} has {total:,} nodes with its functions; the limit is {limits.NODES:,}.")
    project = Project(
        graph=replace(graph, functions=functions, signatures=_signatures(document, what)),
        positions=positions,
        layouts=layouts,
        notes=_notes(notes, what),
        training=_training(document.get("training", {}), what),
        extra=_extra(document, _FIELDS),
        named_values=_named_values(document.get("named_values", {}), what),
    )
    return resolved(project)  # who changes a number in a file need not compute what follows from it


def _drawing_to_dict(graph: GraphDef, positions: Mapping[str, Position]) -> dict[str, Any]:
    return {
        "nodes": {name: _node_to_dict(node, positions.get(name)) for name, node in graph.nodes.items()},
        "wires": {".".join(target): ".".join(source) for target, source in graph.wires.items()},
    }


def _function_to_dict(function: Function, positions: Mapping[str, Position]) -> dict[str, Any]:
    return {
        "inputs": list(function.inputs),
        "outputs": {name: ".".join(port) for name, port in function.outputs.items()},
        **_drawing_to_dict(function.graph, positions),
        **sorted_keys(function.extra),
    }


def _signature_to_dict(signature: Signature) -> dict[str, Any]:
    return {
        "inputs": {name: ".".join(port) for name, port in signature.inputs.items()},
        "outputs": {name: ".".join(port) for name, port in signature.outputs.items()},
        **sorted_keys(signature.extra),
    }


def _node_to_dict(node: Node, position: Position | None) -> dict[str, Any]:
    result: dict[str, Any] = {"op": node.op}
    if node.attributes:
        result["attributes"] = sorted_keys(node.attributes)
    if node.expressions:
        result["expressions"] = sorted_keys(node.expressions)
    if position is not None:
        result["position"] = [_tidy(part) for part in position]
    for each in POLICY_ATTRIBUTES:
        if getattr(node.policy, each.name) != each.default:
            result[each.name] = getattr(node.policy, each.name)
    return {**result, **sorted_keys(node.extra)}


def _note_to_dict(note: Note) -> dict[str, Any]:
    x, y, width, height = (_tidy(part) for part in (note.x, note.y, note.width, note.height))
    known = {"id": note.id, "x": x, "y": y, "width": width, "height": height, "text": note.text}
    return {**known, **sorted_keys(note.extra)}


def _tidy(coordinate: float) -> float:
    """A whole coordinate without its point and zero, as one would write it by hand."""
    return int(coordinate) if math.isfinite(coordinate) and coordinate == int(coordinate) else coordinate


def _drawing(fields: Mapping[str, Any], what: str) -> tuple[GraphDef, dict[str, Position]]:
    """The nodes and wires of a project or a function, and where the nodes lie."""
    nodes = _object(fields.get("nodes", {}), f"{what}: field 'nodes'", limits.NODES)
    wires = _object(fields.get("wires", {}), f"{what}: field 'wires'", limits.WIRES)
    positions: dict[str, Position] = {}
    for name, node in nodes.items():
        if "position" in _object(node, f"{what}: node '{shown(name)}'"):
            positions[name] = _position(node["position"], f"{what}: node '{shown(name)}': field 'position'")
    return _graph({name: _node(name, node, what) for name, node in nodes.items()}, wires, what), positions


def _functions(
    given: Mapping[str, Any], what: str
) -> tuple[dict[str, Function], dict[str, Mapping[str, Position]]]:
    functions: dict[str, Function] = {}
    layouts: dict[str, Mapping[str, Position]] = {}
    for name, value in given.items():
        where = f"{what}: function '{shown(name)}'"
        _check_node_name(name, what, where)
        fields = _object(value, where)
        graph, positions = _drawing(fields, where)
        functions[name] = _function(graph, fields, where)
        if positions:
            layouts[name] = positions
    return functions, layouts


def _function(graph: GraphDef, fields: Mapping[str, Any], where: str) -> Function:
    most = limits.PORTS_PER_FUNCTION
    inputs = [
        _text(name, f"{where}: an input")
        for name in _list(fields.get("inputs", []), f"{where}: field 'inputs'", most)
    ]
    for name in inputs:
        if name not in graph.nodes or graph.nodes[name].op != "Placeholder" or inputs.count(name) > 1:
            raise FileError(
                f"{where}: the input '{shown(name)}' is not one of its placeholders, named once.",
                hint="Each input is the name of another Placeholder among the nodes of the function.",
            )
    outputs = {}
    for name, port in _object(fields.get("outputs", {}), f"{where}: field 'outputs'", most).items():
        end = f"{where}: output '{shown(name)}'"
        _check_node_name(name, where, end)
        outputs[name] = _port(_text(port, end), graph.nodes, end)
    return Function(graph, tuple(inputs), outputs, _extra(fields, _FUNCTION_FIELDS))


def _signatures(document: Mapping[str, Any], what: str) -> dict[str, Signature]:
    """The signatures of a file. Whether the graph has what they name is left to its check."""
    given = _object(document.get("signatures", {}), f"{what}: field 'signatures'", limits.SIGNATURES)
    found = {}
    for name, value in given.items():
        where = f"{what}: signature '{shown(name)}'"
        _check_node_name(name, what, where, "a signature")
        fields = _object(value, where)
        inputs, outputs = (_named_ports(fields.get(side, {}), side, where) for side in _SIGNATURE_FIELDS)
        found[name] = Signature(name, inputs, outputs, _extra(fields, _SIGNATURE_FIELDS))
    return found


def _named_ports(value: object, side: str, where: str) -> dict[str, PortKey]:
    """The inputs or the outputs of a signature."""
    ports = {}
    for name, port in _object(value, f"{where}: field '{side}'", limits.PORTS_PER_SIGNATURE).items():
        end = f"{where}: {side.removesuffix('s')} '{shown(name)}'"
        _check_name(name, end)
        ports[name] = _end(_text(port, end), end)
        _check_node_name(ports[name][0], where, end)
    return ports


def _check_node_name(name: str, what: str, where: str, kind: str = "a node") -> None:
    try:
        check_name(name, kind)
    except GraphError as error:
        raise FileError(f"{what}: {error.what}", hint=error.hint) from error
    _check_name(name, where)


def _node(name: str, value: Mapping[str, object], what: str) -> Node:
    where = f"{what}: node '{shown(name)}'"
    _check_node_name(name, what, where)
    if "op" not in value:
        raise FileError(f"{where} has no field 'op'.")
    op = _text(value["op"], f"{where}: field 'op'")
    _check_name(op, f"{where}: op '{shown(op)}'")
    attributes = _object(
        value.get("attributes", {}), f"{where}: field 'attributes'", limits.ATTRIBUTES_PER_NODE
    )
    for attribute in attributes:
        _check_name(attribute, f"{where}: attribute '{shown(attribute)}'")
    expressions = _object(
        value.get("expressions", {}), f"{where}: field 'expressions'", limits.ATTRIBUTES_PER_NODE
    )
    for attribute, expression in expressions.items():
        _check_name(attribute, f"{where}: expression '{shown(attribute)}'")
        _text(expression, f"{where}: expression '{shown(attribute)}'")
    chosen = {
        each.name: _text(value[each.name], f"{where}: field '{each.name}'")
        for each in POLICY_ATTRIBUTES
        if each.name in value
    }
    return Node(name, op, attributes, _extra(value, _NODE_FIELDS), Policy(**chosen), expressions)


def _named_values(value: object, what: str) -> dict[str, str]:
    """The project variables. Whether each has a value is left to who looks at them."""
    given = _object(value, f"{what}: field 'named_values'", limits.NAMED_VALUES)
    for name, expression in given.items():
        where = f"{what}: project variable '{shown(name)}'"
        if not name.isidentifier():
            raise FileError(f"{where}: the name is not a word of letters, digits and underscores.")
        _check_name(name, where)
        _text(expression, where)
    return given


def _graph(nodes: Mapping[str, Node], wires: Mapping[str, object], what: str) -> GraphDef:
    """Join nodes and wires; ports that an op does not have are left to the check of the graph."""
    ends = {}
    for target, source in wires.items():
        where = f"{what}: wire to '{shown(target)}'"
        ends[_port(target, nodes, where)] = _port(_text(source, where), nodes, where)
    graph = GraphDef(nodes, ends)
    cycle = graph.cycle()
    if cycle is not None:
        path = cycle if len(cycle) <= 8 else [*cycle[:7], "..."]
        raise FileError(
            f"{what}: the wires form a cycle of {len(cycle)} nodes: {' -> '.join([*path, cycle[0]])}.",
            hint="A value cannot depend on itself; remove one of these wires from the file.",
        )
    return graph


def _end(text: str, where: str) -> PortKey:
    node, _, port = text.partition(".")
    if not _PORT.fullmatch(port):
        raise FileError(f"{where}: '{shown(text)}' is not an end of a wire; expected 'node.port'.")
    return node, port


def _port(text: str, nodes: Mapping[str, Node], where: str) -> PortKey:
    node, port = _end(text, where)
    if node not in nodes:
        raise FileError(f"{where}: there is no node called '{shown(node)}'.")
    return node, port


def _notes(values: list[Any], what: str) -> tuple[Note, ...]:
    notes = []
    seen: set[str] = set()
    for index, value in enumerate(values):
        where = f"{what}: note {index + 1}"
        fields = _object(value, where)
        missing = [name for name in _NOTE_FIELDS if name not in fields]
        if missing:
            raise FileError(f"{where} has no field '{missing[0]}'.")
        note_id = _text(fields["id"], f"{where}: field 'id'")
        _check_name(note_id, f"{where}: id '{shown(note_id)}'")
        if note_id in seen:
            raise FileError(f"{where}: the id '{note_id}' is that of another note, too.")
        seen.add(note_id)
        x, y, width, height = (_number(fields[key], f"{where}: field '{key}'") for key in _NOTE_FIELDS[1:5])
        text = _text(fields["text"], f"{where}: field 'text'")
        notes.append(Note(note_id, x, y, width, height, text, _extra(fields, _NOTE_FIELDS)))
    return tuple(notes)


def _training(value: object, what: str) -> TrainingSettings:
    fields = _object(value, f"{what}: field 'training'")
    names = [attribute.name for attribute in TRAINING_ATTRIBUTES]
    known: dict[str, Any] = {name: fields[name] for name in names if name in fields}
    try:
        return TrainingSettings(**known, extra=_extra(fields, names))
    except AttributeProblem as error:
        raise FileError(f"{what}: training settings: {error.what}", hint=error.hint) from error


def _extra(fields: Mapping[str, object], known: Collection[str]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if name not in known}


def _position(value: object, where: str) -> Position:
    parts = _list(value, where, 2)
    if len(parts) != 2:
        raise FileError(f"{where} has {len(parts)} numbers; expected 2.")
    return _number(parts[0], where), _number(parts[1], where)


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FileError(f"{where} is {_kind(value)}; expected a number.")
    if not abs(value) <= _CANVAS:
        raise FileError(f"{where} is {value:g}; expected a number up to {_CANVAS:g}.")
    return float(value)


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise FileError(f"{where} is {_kind(value)}; expected a text.")
    return value


def _object(value: object, where: str, limit: int = limits.FIELDS_PER_OBJECT) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FileError(f"{where} is {_kind(value)}; expected an object.")
    if len(value) > limit:
        raise FileError(f"{where} has {len(value):,} parts; the limit is {limit:,}.")
    return value


def _list(value: object, where: str, limit: int) -> list[Any]:
    if not isinstance(value, list):
        raise FileError(f"{where} is {_kind(value)}; expected a list.")
    if len(value) > limit:
        raise FileError(f"{where} has {len(value):,} parts; the limit is {limit:,}.")
    return value


def _check_name(name: str, where: str) -> None:
    problem = name_problem(name)
    if problem:
        raise FileError(f"{where}: the name {problem}.")


def _check_strings(document: Mapping[str, object], what: str) -> None:
    """Refuse a text that no field of the window could show."""
    waiting: list[object] = [document]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting.extend(part.keys())
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, str) and len(part) > limits.STRING_CHARACTERS:
            raise FileError(
                f"{what} has a text of {len(part):,} characters; the limit is {limits.STRING_CHARACTERS:,}."
            )


def _kind(value: object) -> str:
    """What a JSON value is, as a word for a message."""
    words = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return words.get(type(value), "a number")
