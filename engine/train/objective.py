"""What training a graph means: which nodes run for their effect, and which numbers are told of each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.blocks.loss_scaling import SCALE
from engine.blocks.optimizing import Optimizer
from engine.control import acts
from engine.errors import FlowscopeError, GraphError
from engine.graph.check import Checked, check
from engine.graph.graph import GraphDef
from engine.op import DataSource
from engine.ops.state import Gradients, Placeholder

_TOLD = ("Loss", "Metrics")


@dataclass(frozen=True)
class Objective:
    """The checked graph, and the numbers that are told: what each is called, and what is fetched for it.

    `scales` are the variables that hold by how much optimizers multiply their loss; they are told as well.
    """

    graph: GraphDef
    checked: Checked
    scalars: Mapping[str, str]
    scales: tuple[str, ...] = ()


def objective(graph: GraphDef) -> Objective:
    """Find out what to train; raises the first problem that stops it, or that there is nothing to train."""
    checked = check(graph)
    effects = [name for name, op in checked.ops.items() if acts(op)]
    needed = checked.graph.upstream(effects)
    for problem in checked.problems:
        if problem.stops and (problem.node in needed or not problem.node):
            raise FlowscopeError(problem.what, node=problem.node, hint=problem.hint)
    if not effects:
        raise GraphError(
            "There is nothing to train: the graph has no optimizer and assigns to no variable.",
            hint="Connect the loss to an optimizer, such as Adam.",
        )
    for name in sorted(needed):
        if isinstance(checked.ops[name], Placeholder):
            raise GraphError(
                f"Placeholder '{name}' is fed from outside, and training has nothing to feed it.",
                node=name,
                hint="Put a data node, such as Digits, in its place.",
            )
    scaling = [name for name, op in checked.ops.items() if isinstance(op, Optimizer) and op.loss_scale]
    return Objective(graph, checked, _scalars(graph, checked), tuple(f"{name}/{SCALE}" for name in scaling))


def fed_nodes(checked: Checked) -> set[str]:
    """The data nodes: what they give is fed, and not computed."""
    return {name for name, op in checked.ops.items() if isinstance(op, DataSource)}


def _scalars(graph: GraphDef, checked: Checked) -> dict[str, str]:
    """The scalars of losses and metrics, and what drawn Gradients are taken of, by the name of the curve."""
    found: list[tuple[str, str]] = []
    for (node, port), spec in checked.outputs.items():
        if checked.ops[node].category in _TOLD and spec.shape == ():
            found.append((node, port))
    for name, op in checked.ops.items():
        source = graph.wires.get((name, "y")) if isinstance(op, Gradients) else None
        if source is not None and source not in found:
            described = checked.outputs.get(source)
            if described is not None and described.shape == ():
                found.append(source)
    return {_tag(checked, node, port): f"{node}.{port}" for node, port in found}


def _tag(checked: Checked, node: str, port: str) -> str:
    return node if sum(name == node for name, _ in checked.outputs) == 1 else f"{node}.{port}"
