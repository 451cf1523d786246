"""Projects as plain dicts and back. What is read is checked in full; there is no half-read project."""

from __future__ import annotations

from collections.abc import Mapping
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
from engine.project.cards import frame_to_dict, frames_of, note_to_dict, notes_of
from engine.project.durable import FileError
from engine.project.fields import (
    check_characters,
    check_strings,
    end_of,
    extra_of,
    list_of,
    object_of,
    position_of,
    text_of,
    tidy,
)
from engine.project.migrate import FORMAT, VERSION, migrate
from engine.project.named_values import resolved
from engine.project.names import shown
from engine.project.project import (
    TRAINING_ATTRIBUTES,
    Position,
    Project,
    Routes,
    TrainingSettings,
)
from engine.project.route_codec import routes_from_dict, routes_to_dict

_NODE_FIELDS = ("op", "attributes", "expressions", "position", *(each.name for each in POLICY_ATTRIBUTES))
_FUNCTION_FIELDS = ("inputs", "outputs", "nodes", "wires", "routes")
_SIGNATURE_FIELDS = ("inputs", "outputs")
_FIELDS = (
    "format",
    "version",
    "named_values",
    "nodes",
    "wires",
    "routes",
    "functions",
    "signatures",
    "frames",
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
        **_drawing_to_dict(graph, project.positions, project.routes),
    }
    if graph.functions:
        document["functions"] = {
            name: _function_to_dict(
                function, project.layouts.get(name, {}), project.function_routes.get(name, {})
            )
            for name, function in graph.functions.items()
        }
    if graph.signatures:
        document["signatures"] = {
            name: _signature_to_dict(signature) for name, signature in graph.signatures.items()
        }
    if project.frames:
        document["frames"] = [frame_to_dict(frame) for frame in project.frames]
    if project.notes:
        document["notes"] = [note_to_dict(note) for note in project.notes]
    document["training"] = {
        a.name: to_json(getattr(training, a.name))
        for a in TRAINING_ATTRIBUTES
        if not (a.hidden and getattr(training, a.name) == a.default)
    }
    document["training"].update(sorted_keys(training.extra))
    return {**document, **sorted_keys(project.extra)}


def project_from_dict(value: object, what: str) -> Project:
    """The project of a file's content; raises FileError, whose sentence begins with `what`."""
    document = migrate(object_of(value, what), what)
    given = object_of(document.get("functions", {}), f"{what}: field 'functions'", limits.FUNCTIONS)
    check_strings(document, what)
    graph, positions, routes = _drawing(document, what)
    functions, layouts, function_routes = _functions(given, what)
    total = len(graph.nodes) + sum(len(function.graph.nodes) for function in functions.values())
    if total > limits.NODES:
        raise FileError(f"{what} has {total:,} nodes with its functions; the limit is {limits.NODES:,}.")
    notes = notes_of(document, what)
    project = Project(
        graph=replace(graph, functions=functions, signatures=_signatures(document, what)),
        positions=positions,
        layouts=layouts,
        routes=routes,
        function_routes=function_routes,
        notes=notes,
        frames=frames_of(document, notes, what),
        training=_training(document.get("training", {}), what),
        extra=extra_of(document, _FIELDS),
        named_values=_named_values(document.get("named_values", {}), what),
    )
    return resolved(project)  # who changes a number in a file need not compute what follows from it


def _drawing_to_dict(graph: GraphDef, positions: Mapping[str, Position], routes: Routes) -> dict[str, Any]:
    drawing: dict[str, Any] = {
        "nodes": {name: _node_to_dict(node, positions.get(name)) for name, node in graph.nodes.items()},
        "wires": {".".join(target): ".".join(source) for target, source in graph.wires.items()},
    }
    if routes:
        drawing["routes"] = routes_to_dict(routes)
    return drawing


def _function_to_dict(
    function: Function, positions: Mapping[str, Position], routes: Routes
) -> dict[str, Any]:
    return {
        "inputs": list(function.inputs),
        "outputs": {name: ".".join(port) for name, port in function.outputs.items()},
        **_drawing_to_dict(function.graph, positions, routes),
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
        result["position"] = [tidy(part) for part in position]
    for each in POLICY_ATTRIBUTES:
        if getattr(node.policy, each.name) != each.default:
            result[each.name] = getattr(node.policy, each.name)
    return {**result, **sorted_keys(node.extra)}


def _drawing(fields: Mapping[str, Any], what: str) -> tuple[GraphDef, dict[str, Position], Routes]:
    """The nodes and wires of a project or a function, and where both lie."""
    nodes = object_of(fields.get("nodes", {}), f"{what}: field 'nodes'", limits.NODES)
    wires = object_of(fields.get("wires", {}), f"{what}: field 'wires'", limits.WIRES)
    positions: dict[str, Position] = {}
    for name, node in nodes.items():
        if "position" in object_of(node, f"{what}: node '{shown(name)}'"):
            positions[name] = position_of(node["position"], f"{what}: node '{shown(name)}': field 'position'")
    graph = _graph({name: _node(name, node, what) for name, node in nodes.items()}, wires, what)
    return graph, positions, routes_from_dict(fields.get("routes", {}), what)


def _functions(
    given: Mapping[str, Any], what: str
) -> tuple[dict[str, Function], dict[str, Mapping[str, Position]], dict[str, Routes]]:
    functions: dict[str, Function] = {}
    layouts: dict[str, Mapping[str, Position]] = {}
    routes: dict[str, Routes] = {}
    for name, value in given.items():
        where = f"{what}: function '{shown(name)}'"
        _check_node_name(name, what, where)
        fields = object_of(value, where)
        graph, positions, routes[name] = _drawing(fields, where)
        functions[name] = _function(graph, fields, where)
        if positions:
            layouts[name] = positions
    return functions, layouts, routes


def _function(graph: GraphDef, fields: Mapping[str, Any], where: str) -> Function:
    most = limits.PORTS_PER_FUNCTION
    inputs = [
        text_of(name, f"{where}: an input")
        for name in list_of(fields.get("inputs", []), f"{where}: field 'inputs'", most)
    ]
    for name in inputs:
        if name not in graph.nodes or graph.nodes[name].op != "Placeholder" or inputs.count(name) > 1:
            raise FileError(
                f"{where}: the input '{shown(name)}' is not one of its placeholders, named once.",
                hint="Each input is the name of another Placeholder among the nodes of the function.",
            )
    outputs = {}
    for name, port in object_of(fields.get("outputs", {}), f"{where}: field 'outputs'", most).items():
        end = f"{where}: output '{shown(name)}'"
        _check_node_name(name, where, end)
        outputs[name] = _port(text_of(port, end), graph.nodes, end)
    return Function(graph, tuple(inputs), outputs, extra_of(fields, _FUNCTION_FIELDS))


def _signatures(document: Mapping[str, Any], what: str) -> dict[str, Signature]:
    """The signatures of a file. Whether the graph has what they name is left to its check."""
    given = object_of(document.get("signatures", {}), f"{what}: field 'signatures'", limits.SIGNATURES)
    found = {}
    for name, value in given.items():
        where = f"{what}: signature '{shown(name)}'"
        _check_node_name(name, what, where, "a signature")
        fields = object_of(value, where)
        inputs, outputs = (_named_ports(fields.get(side, {}), side, where) for side in _SIGNATURE_FIELDS)
        found[name] = Signature(name, inputs, outputs, extra_of(fields, _SIGNATURE_FIELDS))
    return found


def _named_ports(value: object, side: str, where: str) -> dict[str, PortKey]:
    """The inputs or the outputs of a signature."""
    ports = {}
    for name, port in object_of(value, f"{where}: field '{side}'", limits.PORTS_PER_SIGNATURE).items():
        end = f"{where}: {side.removesuffix('s')} '{shown(name)}'"
        check_characters(name, end)
        ports[name] = end_of(text_of(port, end), end)
        _check_node_name(ports[name][0], where, end)
    return ports


def _check_node_name(name: str, what: str, where: str, kind: str = "a node") -> None:
    try:
        check_name(name, kind)
    except GraphError as error:
        raise FileError(f"{what}: {error.what}", hint=error.hint) from error
    check_characters(name, where)


def _node(name: str, value: Mapping[str, object], what: str) -> Node:
    where = f"{what}: node '{shown(name)}'"
    _check_node_name(name, what, where)
    if "op" not in value:
        raise FileError(f"{where} has no field 'op'.")
    op = text_of(value["op"], f"{where}: field 'op'")
    check_characters(op, f"{where}: op '{shown(op)}'")
    attributes = object_of(
        value.get("attributes", {}), f"{where}: field 'attributes'", limits.ATTRIBUTES_PER_NODE
    )
    for attribute in attributes:
        check_characters(attribute, f"{where}: attribute '{shown(attribute)}'")
    expressions = object_of(
        value.get("expressions", {}), f"{where}: field 'expressions'", limits.ATTRIBUTES_PER_NODE
    )
    for attribute, expression in expressions.items():
        check_characters(attribute, f"{where}: expression '{shown(attribute)}'")
        text_of(expression, f"{where}: expression '{shown(attribute)}'")
    chosen = {
        each.name: text_of(value[each.name], f"{where}: field '{each.name}'")
        for each in POLICY_ATTRIBUTES
        if each.name in value
    }
    return Node(name, op, attributes, extra_of(value, _NODE_FIELDS), Policy(**chosen), expressions)


def _named_values(value: object, what: str) -> dict[str, str]:
    """The project variables. Whether each has a value is left to who looks at them."""
    given = object_of(value, f"{what}: field 'named_values'", limits.NAMED_VALUES)
    for name, expression in given.items():
        where = f"{what}: project variable '{shown(name)}'"
        if not name.isidentifier():
            raise FileError(f"{where}: the name is not a word of letters, digits and underscores.")
        check_characters(name, where)
        text_of(expression, where)
    return given


def _graph(nodes: Mapping[str, Node], wires: Mapping[str, object], what: str) -> GraphDef:
    """Join nodes and wires; ports that an op does not have are left to the check of the graph."""
    ends = {}
    for target, source in wires.items():
        where = f"{what}: wire to '{shown(target)}'"
        ends[_port(target, nodes, where)] = _port(text_of(source, where), nodes, where)
    graph = GraphDef(nodes, ends)
    cycle = graph.cycle()
    if cycle is not None:
        path = cycle if len(cycle) <= 8 else [*cycle[:7], "..."]
        raise FileError(
            f"{what}: the wires form a cycle of {len(cycle)} nodes: {' -> '.join([*path, cycle[0]])}.",
            hint="A value cannot depend on itself; remove one of these wires from the file.",
        )
    return graph


def _port(text: str, nodes: Mapping[str, Node], where: str) -> PortKey:
    node, port = end_of(text, where)
    if node not in nodes:
        raise FileError(f"{where}: there is no node called '{shown(node)}'.")
    return node, port


def _training(value: object, what: str) -> TrainingSettings:
    fields = object_of(value, f"{what}: field 'training'")
    names = [attribute.name for attribute in TRAINING_ATTRIBUTES]
    known: dict[str, Any] = {name: fields[name] for name in names if name in fields}
    try:
        return TrainingSettings(**known, extra=extra_of(fields, names))
    except AttributeProblem as error:
        raise FileError(f"{what}: training settings: {error.what}", hint=error.hint) from error
