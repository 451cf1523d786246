"""The inside of a block as a graph to look at: opening a node shows what it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.control import Control
from engine.errors import GraphError
from engine.graph.check import check
from engine.graph.function import Function
from engine.graph.graph import GraphDef, Node, PortKey
from engine.op import Op, Port
from engine.ops.state import Placeholder, Variable
from engine.policy import Policy
from engine.program.build import build_nodes
from engine.program.describe import value_names
from engine.program.inline import inline
from engine.program.program import Body, Program, number
from engine.program.prune import prune
from engine.program.scope import Scope, find_scope
from engine.registry import get
from engine.spec import UNKNOWN, Spec
from engine.value import Value


@dataclass(frozen=True)
class Inside:
    """The graph inside a block or a function.

    `tensors` says under which name the tensor at each output port is fetched; inside a loop it is that of the
    last iteration. `function` names the function whose drawing this is, and
    `given` holds the specs that its inputs have at this place.
    """

    graph: GraphDef
    tensors: Mapping[PortKey, str]
    function: str = ""
    given: Mapping[str, Spec] = field(default_factory=dict)
    ends: tuple[str, ...] = ()
    """The nodes at which a block's results leave."""


@dataclass(frozen=True)
class _Child:
    """A call, a block or a variable that lies directly inside the opened block."""

    op: Op
    inputs: Sequence[Value | None]
    outputs: Sequence[Value]
    policy: Policy
    bodies: Sequence[Body] = ()


def open_block(graph: GraphDef, path: str, *, training: bool = True) -> Inside:
    """Look inside the block at a path, `adam` or `adam/gradients`, as it is within its graph.

    What comes from outside enters through a Placeholder named after the block's port, or after where it was
    made. Raises GraphError where there is no block, and the sentence of the first problem that hides it.
    """
    written = inline(build_nodes(graph, check(graph), {path.partition("/")[0]}, training=training))
    scope = find_scope(written, path)
    if scope is None:
        raise GraphError(f"'{path}' cannot be opened.", hint="It is computed by one kernel.")
    return outline(scope, path)


def outline(scope: Scope, path: str) -> Inside:
    """Draw what lies directly in a scope, with the functions of the branches and loops among it."""
    outputs = {str(i): value for i, value in enumerate(scope.outputs)}
    program = prune(replace(scope.program, outputs=outputs))
    children = _children(program, f"{path}/")
    where = {
        number(value): (name, _plain(port.name) if isinstance(child.op, Control) else port.name)
        for name, child in children.items()
        for port, value in zip(child.op.outputs_for(len(child.inputs)), child.outputs, strict=True)
    }
    drawing = _Drawing(program, path, scope, where, set(children))
    for name, child in children.items():
        drawing.place(name, child)
    ends = drawing.mark_outputs()
    graph = GraphDef(drawing.nodes, drawing.wires, drawing.functions)
    return Inside(graph, drawing.tensors, ends=ends)


def as_function(scope: Scope, path: str, specs: Mapping[str, Spec]) -> Function:
    """What lies in a scope as a function that one can look at, with inputs of given specs."""
    inside = outline(scope, path)
    nodes = dict(inside.graph.nodes)
    for name, spec in specs.items():
        nodes.setdefault(_plain(name), _entry(_plain(name), spec))
    graph = replace(inside.graph, nodes=nodes)
    ends = zip(scope.results, inside.ends, strict=True)
    return Function(graph, tuple(map(_plain, specs)), {port.name: (end, "y") for port, end in ends})


def _plain(port: str) -> str:
    return port.replace(":", "_")


def _entry(name: str, spec: Spec) -> Node:
    """Where something comes from outside."""
    kind = Variable if spec.variable else Placeholder
    shape = [f"size_{i}" if size == UNKNOWN else size for i, size in enumerate(spec.shape or ())]
    given = kind.from_attributes({"shape": shape, "dtype": spec.dtype})
    return Node(name, kind.__name__, given.to_attributes())


def _children(program: Program, prefix: str) -> dict[str, _Child]:
    children: dict[str, _Child] = {}
    for path, read in program.variables.items():
        name = path.removeprefix(prefix)
        if name != path and "/" not in name:
            children[name] = _Child(read.op, (), (read.value,), read.policy)
    for call in program.calls:
        if call.path.startswith(prefix):
            name, _, deeper = call.path.removeprefix(prefix).partition("/")
            if not deeper:
                children[name] = _Child(call.op, call.inputs, call.outputs, call.policy, call.bodies)
            elif name not in children:
                block = program.blocks[prefix + name]
                children[name] = _Child(block.op, block.inputs, block.outputs, block.policy)
    return children


class _Drawing:
    """The nodes and wires so far; what comes from outside gets its entry when it is first met."""

    def __init__(
        self, program: Program, path: str, scope: Scope, where: dict[int, PortKey], taken: set[str]
    ) -> None:
        self.functions: dict[str, Function] = {}
        self.nodes: dict[str, Node] = {}
        self.wires: dict[PortKey, PortKey] = {}
        self.tensors: dict[PortKey, str] = {}
        self._where = where
        self._scope = scope
        self._prefix = f"{path}/"
        drawn = {number(value): f"{node}.{port}" for (node, port), value in program.nodes.items()}
        entering = {
            number(value): f"{scope.place}/{name}" for name, value in program.feeds.items() if scope.place
        }
        self._names = {**value_names(program), **entering, **drawn}
        self._taken = taken
        self._program = program

    def place(self, name: str, child: _Child) -> None:
        ports = child.op.ports_for(len(child.inputs))
        for port, value in zip(ports, child.inputs, strict=True):
            if value is not None and not port.hidden:
                shown = _plain(port.name) if isinstance(child.op, Control) else port.name
                self.wires[name, shown] = self._source(value)
        chosen = self._define(name, child.op, child) if isinstance(child.op, Control) else {}
        attributes = {**child.op.to_attributes(), **chosen}
        self.nodes[name] = Node(name, type(child.op).__name__, attributes, policy=child.policy)
        outputs = child.op.outputs_for(len(child.inputs))
        for port in outputs:
            shown = _plain(port.name) if isinstance(child.op, Control) else port.name
            end = f".{port.name}" if len(outputs) > 1 else ""
            self.tensors[name, shown] = f"{self._prefix}{name}{end}"

    def _define(self, name: str, op: Control, child: _Child) -> dict[str, str]:
        """Make functions of the bodies of a branch or a loop; returns what its attributes say then."""
        chosen = {role: f"{name}_{role}" for role in op.roles}
        specs = [value.spec.as_value() for value in child.inputs if value is not None]
        own = dict(zip(op.bound.inputs, specs, strict=False))
        names = [port.name for port in op.ports_for(len(specs))]
        for index, (role, taken) in enumerate(zip(op.body_roles, op.body_specs(own), strict=True)):
            path = f"{self._prefix}{name}" if len(op.roles) == 1 else f"{self._prefix}{name}/{role}"
            given = {**taken, **dict(zip(names[len(own) :], specs[len(own) :], strict=True))}
            self.functions[chosen[role]] = as_function(self._scope_of(child, op, index), path, given)
        for role, function in list(zip(op.roles, op.bound.functions, strict=False))[len(op.body_roles) :]:
            self.functions.update({**function.graph.functions, chosen[role]: function})
        return chosen

    def _scope_of(self, child: _Child, op: Control, index: int) -> Scope:
        """One body of a call; where it was written out, what now stands in the place of the call."""
        ports = [Port(_plain(port.name)) for port in op.ports_for(len(child.inputs))]
        results = [Port(_plain(name)) for name in op.bound.outputs]
        if not child.bodies:
            return Scope(self._program, ports, child.inputs, results, child.outputs, self._scope.place)
        body = child.bodies[index]
        return Scope(body.program, ports, body.feeds, results[: len(body.outputs)], body.outputs)

    def mark_outputs(self) -> tuple[str, ...]:
        """Draw where the block's results leave; returns the nodes there."""
        ends = []
        sources = [self._source(value) for value in self._scope.outputs]
        self._taken.update(_plain(port.name) for port in self._scope.ports)  # also of inputs without use
        for port, source in zip(self._scope.results, sources, strict=True):
            name = self._free(_plain(port.name))
            self.wires[name, "x"] = source
            self.nodes[name] = Node(name, get("Identity").__name__)
            if self.wires[name, "x"] in self.tensors:
                self.tensors[name, "y"] = self.tensors[self.wires[name, "x"]]
            ends.append(name)
        return tuple(ends)

    def _source(self, value: Value) -> PortKey:
        key = number(value)
        if key not in self._where:
            outside = self._names.get(key, "outside")
            name = self._free(
                self._port_of(value) or outside.replace("/", "_").replace(".", "_").replace(":", "_")
            )
            self.nodes[name] = _entry(name, value.spec)
            self._where[key] = (name, "y")
            if outside != "outside":
                self.tensors[name, "y"] = outside
        return self._where[key]

    def _port_of(self, value: Value) -> str:
        pairs = zip(self._scope.ports, self._scope.inputs, strict=True)
        names = [port.name for port, given in pairs if given is not None and number(given) == number(value)]
        return names[0].replace(":", "_") if names else ""

    def _free(self, wanted: str) -> str:
        name, count = wanted, 0
        while name in self._taken:
            count += 1
            name = f"{wanted}_{count}"
        self._taken.add(name)
        return name
