"""The edits of signatures: pure functions from project to project. What is impossible raises GraphError."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from engine.errors import GraphError
from engine.graph.check import output_ports
from engine.graph.graph import GraphDef, PortKey, check_name, free_name
from engine.graph.signature import SERVING_DEFAULT, Ports, Signature
from engine.graph.signing import can_be_given, giving
from engine.project.names import name_problem
from engine.project.project import Project

Side = Literal["inputs", "outputs"]


def outputs_of(graph: GraphDef, nodes: Iterable[str], wires: Iterable[PortKey] = ()) -> tuple[PortKey, ...]:
    """All that selected nodes and wires compute, as outputs of a signature. What is fed computes nothing."""
    ports = [(node, port.name) for node in nodes for port in output_ports(graph, node)]
    ports += [graph.wires[wire] for wire in wires]
    found = tuple(dict.fromkeys(port for port in ports if not can_be_given(graph, port[0])))
    if not found:
        raise GraphError(
            "nothing is selected that computes a tensor.",
            hint="Select the nodes or wires whose tensors the signature is to give.",
        )
    return found


def add_signature(project: Project, outputs: Iterable[PortKey]) -> tuple[Project, str]:
    """Add a signature that gives some ports, and takes what they need; returns the project and its name."""
    name = free_name(project.graph.signatures, SERVING_DEFAULT)
    return _with(project, giving(project.graph, Signature(name), outputs)), name


def extend_signature(project: Project, name: str, outputs: Iterable[PortKey]) -> Project:
    """Let a signature give more ports, and take what these need."""
    return _with(project, giving(project.graph, project.graph.signatures[name], outputs))


def remove_signature(project: Project, name: str) -> Project:
    """Remove a signature; the graph stays as it is."""
    left = {other: signature for other, signature in project.graph.signatures.items() if other != name}
    return replace(project, graph=replace(project.graph, signatures=left))


def rename_signature(project: Project, old: str, new: str) -> Project:
    """Give a signature another name, in its place among the others."""
    check_name(new, "a signature")
    if new != old and new in project.graph.signatures:
        raise GraphError(f"there is already a signature called '{new}'.", hint="Choose another name.")
    signatures = {
        new if name == old else name: replace(signature, name=new) if name == old else signature
        for name, signature in project.graph.signatures.items()
    }
    return replace(project, graph=replace(project.graph, signatures=signatures))


def rename_entry(project: Project, signature: str, side: Side, old: str, new: str) -> Project:
    """Give an input or an output another name, in its place among the others."""
    found = project.graph.signatures[signature]
    ports: Ports = getattr(found, side)
    if problem := name_problem(new):
        raise GraphError(f"the name {problem}.", hint="Choose another name.")
    if new != old and new in ports:
        what = side.removesuffix("s")
        raise GraphError(f"'{signature}' has an {what} called '{new}' already.", hint="Choose another name.")
    return _with_side(project, found, side, {new if n == old else n: port for n, port in ports.items()})


def remove_entry(project: Project, signature: str, side: Side, name: str) -> Project:
    """Remove an input or an output; a signature whose last output goes, goes with it."""
    found = project.graph.signatures[signature]
    left = {other: port for other, port in getattr(found, side).items() if other != name}
    if side == "outputs" and not left:
        return remove_signature(project, signature)
    return _with_side(project, found, side, left)


def dropped(before: GraphDef, after: GraphDef) -> str:
    """What an edit took from signatures, in a sentence; empty where it took nothing."""
    lost = []
    for name, signature in before.signatures.items():
        left = after.signatures.get(name, Signature(name))
        for side, old, new in (
            ("input", signature.inputs, left.inputs),
            ("output", signature.outputs, left.outputs),
        ):
            lost += [f"{side} '{entry}' of '{name}'" for entry in old if entry not in new]
    return f"Gone from the signatures: {', '.join(lost)}. Undo brings it back." if lost else ""


def _with(project: Project, signature: Signature) -> Project:
    return replace(project, graph=project.graph.sign(signature))


def _with_side(project: Project, signature: Signature, side: Side, ports: Ports) -> Project:
    changed = replace(signature, inputs=ports) if side == "inputs" else replace(signature, outputs=ports)
    return _with(project, changed)
