"""`flowscope check`: all problems of a graph, and its signatures."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from app.command_line import output
from engine.errors import FlowscopeError
from engine.graph.check import Problem, check
from engine.graph.graph import GraphDef, PortKey
from engine.program.build import build
from engine.project.files import read_project


def check_command(options: Namespace) -> int:
    """List all problems of a graph, and its signatures."""
    graph = read_project(options.file).project.graph
    problems = all_problems(graph)
    stops = any(problem.stops for problem in problems)
    if options.json:
        listed = [
            {"node": p.node, "port": p.port, "what": p.what, "hint": p.hint, "stops": p.stops}
            for p in problems
        ]
        output.as_json({"runs": not stops, "problems": listed, "signatures": _signatures(graph)})
    else:
        for problem in problems:
            print(problem)
        if not problems:
            print(f"No problems. {len(graph.nodes)} nodes, ready to run.")
        _tell_signatures(graph)
    return 1 if stops else 0


def all_problems(graph: GraphDef) -> tuple[Problem, ...]:
    """The problems of the nodes, or if there are none, the one that the whole program has."""
    checked = check(graph)
    if checked.runs and graph.nodes:
        try:
            build(graph, training=True, effects=True)
        except FlowscopeError as error:
            return (*checked.problems, Problem(error.node, error.what, error.hint))
    return checked.problems


def _tell_signatures(graph: GraphDef) -> None:
    checked = check(graph)
    for signature in graph.signatures.values():
        print(f"Signature {signature.name}")
        for side, ports in (("input", signature.inputs), ("output", signature.outputs)):
            for name, port in ports.items():
                print(f"  {side} {name}: {'.'.join(port)}, {output.spec(checked.outputs.get(port))}")


def _signatures(graph: GraphDef) -> dict[str, Any]:
    checked = check(graph)

    def described(ports: Mapping[str, PortKey]) -> dict[str, Any]:
        found = {}
        for name, port in ports.items():
            spec = checked.outputs.get(port)
            found[name] = {
                "port": ".".join(port),
                "dtype": spec and spec.dtype,
                "shape": None if spec is None or spec.shape is None else list(spec.shape),
            }
        return found

    return {
        signature.name: {"inputs": described(signature.inputs), "outputs": described(signature.outputs)}
        for signature in graph.signatures.values()
    }
