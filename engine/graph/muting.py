"""What of a drawn graph takes part: muted nodes are left out, and bypassed ones hand on what enters."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import GraphError
from engine.graph.graph import Node, PortKey
from engine.op import Op
from engine.policy import BYPASSED, MUTED
from engine.spec import Spec


def is_muted(node: Node) -> bool:
    return node.policy.flow == MUTED


def is_bypassed(node: Node) -> bool:
    return node.policy.flow == BYPASSED


def passed_on(
    node: Node,
    op: Op,
    specs: tuple[Spec | None, ...],
    sources: Mapping[str, PortKey],
    found: Mapping[str, Spec],
) -> dict[PortKey, PortKey]:
    """For each output of a bypassed node the tensor that takes its place: its first input that is alike.

    `specs` are those at the input ports, `found` those of the outputs; `sources` says where wires begin.
    Raises GraphError where no input is like an output.
    """
    ports = op.ports_for(len(specs))
    given = [
        (sources[port.name], spec.as_value())
        for port, spec in zip(ports, specs, strict=True)
        if spec is not None and port.name in sources and not port.variable and not port.setting
    ]
    if not found or not given:
        raise GraphError(
            f"cannot be bypassed: it has no {'outputs' if given else 'inputs'}.",
            hint="Mute it instead.",
        )
    passed = {}
    for port_name, wanted in found.items():
        source = next((start for start, spec in given if spec == wanted.as_value()), None)
        if source is None:
            entering = " and ".join(dict.fromkeys(str(spec) for _, spec in given))
            raise GraphError(
                f"cannot be bypassed: {port_name} is {wanted}, and what enters is {entering}.",
                hint="Mute it instead, or bypass what follows as well.",
            )
        passed[node.name, port_name] = source
    return passed
