"""What the passes do to the program of a project, for the window to show."""

from __future__ import annotations

import functools
from dataclasses import replace

import kernels
from engine.control import acts
from engine.errors import FlowscopeError
from engine.graph.check import check
from engine.graph.graph import GraphDef
from engine.program.build import build
from engine.program.passes import explain, report, run_inside
from engine.program.precision import PRECISION, lower_precision
from engine.program.program import Program
from engine.worker import stored
from engine.worker.messages import ExplainPasses, PassesExplained


def explained(query: ExplainPasses) -> PassesExplained:
    """Run the passes of a project, one after the other, and tell what each did."""
    try:
        project = stored.project_from_bytes(query.project)
        settings = project.training
        lower = functools.partial(lower_precision, policy=settings.precision)
        whole = replace(_whole(project.graph), device=_device(settings.device))
        lowered = run_inside(lower, whole)
        reports = (report(PRECISION, whole, lowered), *explain(lowered, settings.without))
    except FlowscopeError as error:
        return PassesExplained(query.request, (), str(error))
    return PassesExplained(query.request, reports)


def _device(wanted: str) -> str:
    """Where the project runs; where what it wants is not there, as if it left the choice."""
    try:
        return kernels.choose(wanted)[0]
    except ValueError:
        return kernels.choose("auto")[0]


def _whole(graph: GraphDef) -> Program:
    """What a step of training runs; of a graph that does not train, all that leads to its ends."""
    checked = check(graph)
    used = set(graph.wires.values())
    ends = [".".join(port) for port in checked.outputs if port not in used]
    trains = any(acts(op) for op in checked.ops.values())
    return build(graph, ends, training=trains, effects=trains)
