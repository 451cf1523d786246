"""Grouping: some nodes become a function, and a call of it takes their place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.document.functions import INPUT
from engine.errors import GraphError
from engine.graph.check import Checked, output_ports
from engine.graph.function import Function
from engine.graph.graph import GraphDef, Node, PortKey, free_name
from engine.op import DataSource
from engine.project.project import Position, Project
from engine.registry import find
from engine.spec import UNKNOWN, Spec

COLUMN, ROW = 240.0, 144.0


def grouped(project: Project, nodes: Iterable[str], checked: Checked) -> tuple[Project, str]:
    """Make a function of some nodes; returns the project and the name of the node that calls it.

    Raises GraphError where that cannot be: data come in among them, or a wire leaves them and comes back.
    """
    graph = project.graph
    chosen = {name: graph.nodes[name] for name in graph.nodes if name in set(nodes)}
    _check(graph, chosen)
    inputs = _inputs(graph, chosen, checked)
    outputs = _outputs(graph, chosen)
    entries = {name: Node(name, INPUT, attributes) for name, attributes in inputs.values()}
    inner = {end: start for end, start in graph.wires.items() if end[0] in chosen and start[0] in chosen}
    inner.update({e: (inputs[s][0], "y") for e, s in graph.wires.items() if e[0] in chosen and s in inputs})
    function = Function(
        GraphDef({**entries, **chosen}, inner), tuple(entries), {name: port for port, name in outputs.items()}
    )
    name = free_name(graph.functions, "function")
    call = graph.remove(chosen).free_name(name)
    moved = {port: (call, end) for port, end in outputs.items()}
    signatures = {name: signature.moved(moved) for name, signature in graph.signatures.items()}
    left = replace(graph, signatures=signatures).remove(chosen)
    wires = dict(left.wires)
    wires.update({(call, port): source for source, (port, _) in inputs.items()})
    wires.update(
        {
            end: (call, outputs[start])
            for end, start in graph.wires.items()
            if start in outputs and end[0] not in chosen
        }
    )
    left = replace(left, wires=wires, nodes={**left.nodes, call: Node(call, "Call", {"function": name})})
    places = {node: at for node, at in project.positions.items() if node in chosen}
    layouts = {**project.layouts, name: _layout(places, entries)}
    positions = {node: at for node, at in project.positions.items() if node not in chosen}
    if places:
        positions[call] = min(places.values())
    return (
        replace(
            project,
            graph=left.define(name, function),
            positions=positions,
            layouts=layouts,
            function_routes={**project.function_routes, name: project.routes},
        ),
        call,
    )


def _check(graph: GraphDef, chosen: Mapping[str, Node]) -> None:
    if not chosen:
        raise GraphError("no node is selected.", hint="Select the nodes that the function is to hold.")
    for node in chosen.values():
        kind = find(node.op)
        if node.op == INPUT or (kind is not None and issubclass(kind, DataSource)):
            raise GraphError(
                f"'{node.name}' brings data in, and cannot lie in a function.", hint="Leave it out."
            )
    between = (graph.downstream(chosen) & graph.upstream(chosen)) - set(chosen)
    if between:
        raise GraphError(
            f"'{min(between)}' lies between the selected nodes.", hint="Select it as well, or fewer nodes."
        )


def _inputs(
    graph: GraphDef, chosen: Mapping[str, Node], checked: Checked
) -> dict[PortKey, tuple[str, dict[str, object]]]:
    """What enters, each with the name of its input and the attributes of the placeholder there."""
    taken = GraphDef(dict(chosen))
    found: dict[PortKey, tuple[str, dict[str, object]]] = {}
    for (target, _), source in graph.wires.items():
        if target in chosen and source[0] not in chosen and source not in found:
            spec = checked.outputs.get(source)
            if spec is None or spec.shape is None:
                raise GraphError(
                    f"what enters from '{source[0]}' is not known yet.", hint="Mend its problem first."
                )
            name = taken.free_name(source[0])
            taken = taken.add(Node(name, INPUT))
            found[source] = (name, _declared(spec))
    return found


def _declared(spec: Spec) -> dict[str, object]:
    shape = [f"size_{i}" if size == UNKNOWN else size for i, size in enumerate(spec.shape or ())]
    return {"shape": shape, "dtype": spec.dtype} if spec.dtype != "float32" else {"shape": shape}


def _outputs(graph: GraphDef, chosen: Mapping[str, Node]) -> dict[PortKey, str]:
    """What leaves, leads nowhere, or is in a signature, each with the name of its output."""
    inside = {start for end, start in graph.wires.items() if end[0] in chosen}
    outside = {start for end, start in graph.wires.items() if end[0] not in chosen}
    for signature in graph.signatures.values():
        outside.update(signature.outputs.values())
    found: dict[PortKey, str] = {}
    for name in chosen:
        ports = [port.name for port in output_ports(graph, name)]
        for port in ports:
            if (name, port) in outside or (name, port) not in inside:
                plain = port.replace(":", "_")
                found[name, port] = name if len(ports) == 1 else f"{name}_{plain}"
    return found


def _layout(places: Mapping[str, Position], entries: Iterable[str]) -> dict[str, Position]:
    """The nodes where they lay, and the inputs in a column before them."""
    left = min((x for x, _ in places.values()), default=0.0) - COLUMN
    top = min((y for _, y in places.values()), default=0.0)
    column = {name: (left, top + ROW * row) for row, name in enumerate(entries)}
    return {**column, **places}
