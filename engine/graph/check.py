"""All problems of a drawn graph at once, each with its node; and the specs of what is in order."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine import registry
from engine.control import Control
from engine.errors import AttributeProblem, FlowscopeError
from engine.graph.function import Function
from engine.graph.graph import GraphDef, Node, PortKey
from engine.graph.muting import is_bypassed, is_muted, passed_on
from engine.graph.signing import signature_problems
from engine.op import Op, Port
from engine.settings import settled_by
from engine.spec import Spec


@dataclass(frozen=True)
class Problem:
    """What is wrong with a node, in a sentence, and what to do. `port` is set where one input is at fault."""

    node: str
    what: str
    hint: str = ""
    port: str = ""
    stops: bool = True
    """Whether the graph cannot run before this is mended; an open input of an unused node is a warning."""

    def __str__(self) -> str:
        return f"{self.what} {self.hint}".strip()


@dataclass(frozen=True)
class Checked:
    """What `check` found: problems, the ops of the nodes, and the specs at their ports."""

    problems: tuple[Problem, ...]
    ops: Mapping[str, Op]
    inputs: Mapping[PortKey, Spec]
    outputs: Mapping[PortKey, Spec]
    casts: Mapping[PortKey, str] = field(default_factory=dict)
    """The dtype to which the tensor at an input port is brought, where it has another one."""
    graph: GraphDef = field(default_factory=GraphDef)
    """What of the graph takes part: without muted nodes, and without those that need them."""
    passed: Mapping[PortKey, PortKey] = field(default_factory=dict)
    """For each output of a bypassed node the tensor that takes its place."""

    @property
    def runs(self) -> bool:
        return not any(problem.stops for problem in self.problems)


def check(graph: GraphDef, given: Mapping[str, Spec] | None = None) -> Checked:
    """Walk the graph in order and infer every spec; what depends on a problem stays unknown, not wrong.

    Nodes that are left out have neither specs nor problems.

    `given` are the specs of what a function is called with, by the names of its inputs.
    """
    drawn, graph = graph, taking_part(graph)
    problems: list[Problem] = []
    passed: dict[PortKey, PortKey] = {}
    ops: dict[str, Op] = {}
    inputs: dict[PortKey, Spec] = {}
    outputs: dict[PortKey, Spec] = {}
    casts: dict[PortKey, str] = {}
    wires: dict[str, dict[str, PortKey]] = {name: {} for name in graph.nodes}
    for (target, end), source in graph.wires.items():
        wires.setdefault(target, {})[end] = source
    try:
        order = graph.order()
    except FlowscopeError as error:
        cycle = graph.cycle() or []
        problems.append(
            Problem(cycle[0] if cycle else "", f"{error.what[:1].upper()}{error.what[1:]}", error.hint)
        )
        order = [name for name in graph.nodes if name not in graph.downstream(cycle)]
    for name in order:
        node = graph.nodes[name]
        try:
            op = make_op(node, graph.functions)
        except FlowscopeError as error:
            problems.append(Problem(name, error.what, error.hint))
            continue
        ops[name] = op
        try:
            node.policy.check()
        except FlowscopeError as error:
            problems.append(Problem(name, error.at(name, node.op).what, error.hint))
        if given is not None and name in given:
            outputs[name, op.output_ports[0].name] = given[name]
            continue
        specs = _input_specs(node, op, wires[name], graph, outputs, inputs, problems)
        if specs is None:
            continue
        try:
            op, specs = _settled(op, specs, graph, ops, name)
            found = _infer(op, specs)
            if is_bypassed(node):
                outs = {port.name: spec for port, spec in zip(op.outputs_for(len(specs)), found, strict=True)}
                passed.update(passed_on(node, op, specs, wires[name], outs))
        except FlowscopeError as error:
            problems.append(Problem(name, error.at(name, node.op).what, error.hint))
            continue
        for port, spec in zip(op.outputs_for(len(specs)), found, strict=True):
            outputs[name, port.name] = spec
        for port, dtype in zip(op.ports_for(len(specs)), op.casts(specs), strict=True):
            if dtype is not None:
                casts[name, port.name] = dtype
    for signature in drawn.signatures.values():
        for fault in signature_problems(drawn, signature, outputs.keys()):
            problems.append(Problem(fault.node, fault.what, fault.hint, stops=False))
    return Checked(tuple(problems), ops, inputs, outputs, casts, graph, passed)


def taking_part(graph: GraphDef) -> GraphDef:
    """The graph without muted nodes and without what cannot do without them; other wires close up."""
    muted = [name for name, node in graph.nodes.items() if is_muted(node)]
    if not muted:
        return graph
    gone: set[str] = set()
    for name in muted:  # grows while it is walked
        if name in gone:
            continue
        gone.add(name)
        lost = [end for end, (source, _) in graph.wires.items() if source == name and end[0] not in gone]
        for target, end in sorted(lost, key=lambda lost: _number(lost[1]), reverse=True):
            ports = input_ports(graph, target, spare=False)
            port = next((each for each in ports if each.name == end), None)
            needs_one = port is None or not (port.optional or port.many)
            graph = graph.disconnect((target, end))
            if needs_one or (port is not None and port.many and not _has_any(graph, target, end)):
                muted.append(target)
    return replace(
        graph,
        nodes={name: node for name, node in graph.nodes.items() if name not in gone},
        wires={e: s for e, s in graph.wires.items() if e[0] not in gone and s[0] not in gone},
    )


def _number(port: str) -> int:
    return int(port.partition(":")[2] or 0)


def _has_any(graph: GraphDef, target: str, end: str) -> bool:
    """Whether a port that takes any number of wires has one."""
    stem = end.partition(":")[0]
    return any(node == target and port.partition(":")[0] == stem for node, port in graph.wires)


def make_op(node: Node, functions: Mapping[str, Function]) -> Op:
    """The op that a node stands for, with the functions that it names.

    Raises FlowscopeError when there is no such op, setting or function.
    """
    op = registry.find(node.op)
    if op is None:
        raise FlowscopeError(
            f"'{node.name}' is a {node.op}, which this version of Flowscope does not know.",
            node=node.name,
            hint="Remove it, or open the project with the version that made it.",
        )
    try:
        for attribute, expression in node.expressions.items():
            if node.attributes.get(attribute) == expression:
                raise AttributeProblem(
                    f"{attribute} is {expression}, which has no value.",
                    hint="Correct the expression, or define the project variables that it names.",
                )
        made = op.from_attributes(node.attributes)
        return made.bind(functions) if isinstance(made, Control) else made
    except FlowscopeError as error:
        raise error.at(node.name, node.op) from None


def can_connect(graph: GraphDef, checked: Checked, source: PortKey, target: PortKey) -> str:
    """Why a wire cannot be drawn, as a short reason for the pointer; empty when it can."""
    if source[0] == target[0]:
        return "a node cannot feed itself"
    if source[0] in graph.downstream([target[0]]):
        return "this would form a cycle"
    op = checked.ops.get(target[0])
    spec = checked.outputs.get(source)
    port = next((p for p in input_ports(graph, target[0]) if p.name == target[1]), None)
    if port is None:
        return f"'{target[0]}' has no input {target[1]}"
    if port.variable and spec is not None and not spec.variable:
        return "needs a variable"
    if op is None or spec is None:
        return ""
    trial = replace(graph, wires={**graph.wires, target: source})
    specs: list[Spec | None] = []
    for given in input_ports(trial, target[0], spare=False):
        start = trial.wires.get((target[0], given.name))
        known = checked.outputs.get(start) if start else None
        if known is None and not given.optional:
            return ""  # other inputs are still open: nothing certain can be said
        specs.append(known)
    try:
        _infer(*_settled(op, tuple(specs), trial, checked.ops, target[0]))
    except FlowscopeError as error:
        return str(error)
    return ""


def input_ports(graph: GraphDef, name: str, *, spare: bool = True) -> tuple[Port, ...]:
    """The input ports of a node as drawn: a variadic port once for each wire, and once more for the next."""
    op = _for_ports(graph, name)
    if op is None:
        return tuple(Port(port) for port in graph.inputs_of(name))
    if op.own_ports:
        return op.ports_for(0)
    many = next((port.name for port in op.input_ports if port.many), None)
    if many is None:
        return tuple(port for port in op.input_ports if not port.hidden)
    wired = sum(1 for node, port in graph.wires if node == name and port.partition(":")[0] == many)
    return op.ports_for(len(op.input_ports) - 1 + wired + (1 if spare else 0))


def output_ports(graph: GraphDef, name: str) -> tuple[Port, ...]:
    """The output ports of a node as drawn."""
    op = _for_ports(graph, name)
    if op is None:
        return tuple(Port(p) for p in dict.fromkeys(p for n, p in graph.wires.values() if n == name))
    return op.outputs_for(len(input_ports(graph, name, spare=False)))


def _for_ports(graph: GraphDef, name: str) -> Op | None:
    """An op with the ports of a node. Its attributes are read only where they decide these.

    Where they cannot be read, the wires alone say which ports there are.
    """
    node = graph.nodes[name]
    kind = registry.find(node.op)
    if kind is None:
        return None
    if not kind.own_ports:
        return _plain(kind)
    try:
        made = make_op(node, graph.functions)
        made.ports_for(0)
    except FlowscopeError:
        return None
    return made


@functools.cache
def _plain(kind: type[Op]) -> Op:
    return kind()


def _input_specs(
    node: Node,
    op: Op,
    wires: Mapping[str, PortKey],
    graph: GraphDef,
    outputs: Mapping[PortKey, Spec],
    inputs: dict[PortKey, Spec],
    problems: list[Problem],
) -> tuple[Spec | None, ...] | None:
    """The specs of a node's inputs, or None where one is missing."""
    specs: list[Spec | None] = []
    whole = True
    ports = input_ports(graph, node.name, spare=False)
    for extra in [port for port in wires if port not in {p.name for p in ports}]:
        problems.append(
            Problem(node.name, f"{node.op} '{node.name}' has no input {extra}.", "Remove the wire.", extra)
        )
        whole = False
    many = next((p for p in op.input_ports if p.many and not p.optional), None)
    if many is not None and not any(":" in p.name for p in ports):
        problems.append(_open_input(node, many.name))
        whole = False
    for port in ports:
        source = wires.get(port.name)
        spec = outputs.get(source) if source is not None else None
        if source is None and not port.optional:
            problems.append(_open_input(node, port.name))
            whole = False
        elif source is not None and spec is None:
            whole = False  # the node that it comes from has its own problem
            if source[0] not in graph.nodes or source[1] not in {
                p.name for p in output_ports(graph, source[0])
            }:
                problems.append(
                    Problem(
                        node.name,
                        f"{node.op} '{node.name}': {source[0]} has no output {source[1]}.",
                        "Remove the wire.",
                        port.name,
                    )
                )
        elif spec is not None and port.variable and not spec.variable:
            problems.append(
                Problem(
                    node.name,
                    f"{node.op} '{node.name}': {port.name} is no variable.",
                    "Connect the output of a Variable.",
                    port.name,
                )
            )
            whole = False
        if spec is not None:
            inputs[node.name, port.name] = spec
        specs.append(spec)
    return tuple(specs) if whole else None


def _open_input(node: Node, port: str) -> Problem:
    return Problem(
        node.name, f"{node.op} '{node.name}': nothing is connected to {port}.", "Draw a wire to it.", port
    )


def _settled(
    op: Op, specs: tuple[Spec | None, ...], graph: GraphDef, ops: Mapping[str, Op], name: str
) -> tuple[Op, tuple[Spec | None, ...]]:
    """The op with the constants that are connected to its settings in their place: they decide its sizes.

    Raises FlowscopeError for a value that the setting cannot have.
    """
    if not any(port.setting for port in op.input_ports):
        return op, specs
    wires = [graph.wires.get((name, port.name)) for port in input_ports(graph, name, spare=False)]
    settled, left = settled_by(
        op, wires, lambda source: ops[source[0]].constant() if source[0] in ops else None
    )
    return settled, tuple(spec if wire else None for spec, wire in zip(specs, left, strict=True))


@functools.lru_cache(maxsize=16384)
def _infer(op: Op, specs: tuple[Spec | None, ...]) -> tuple[Spec, ...]:
    hidden = sum(1 for port in op.input_ports if port.hidden)
    return op.output_specs([*specs, *[None] * hidden])
