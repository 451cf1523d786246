"""The inside of a block as a graph to look at: opening a node shows what it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.errors import GraphError
from engine.graph.check import check
from engine.graph.graph import GraphDef, Node, PortKey
from engine.op import Op
from engine.ops.state import Placeholder, Variable
from engine.program.build import build_nodes
from engine.program.describe import value_names
from engine.program.program import Program, number
from engine.program.prune import prune
from engine.registry import get
from engine.value import Value


@dataclass(frozen=True)
class Inside:
    """The graph inside a block. `tensors` says under which name the tensor at each output port is fetched."""

    graph: GraphDef
    tensors: Mapping[PortKey, str]


@dataclass(frozen=True)
class _Child:
    """A call, a block or a variable that lies directly inside the opened block."""

    op: Op
    inputs: Sequence[Value | None]
    outputs: Sequence[Value]


def open_block(graph: GraphDef, path: str, *, training: bool = True) -> Inside:
    """Look inside the block at a path, `adam` or `adam/gradients`, as it is within its graph.

    What comes from outside enters through a Placeholder named after the block's port, or after where it was
    made. Raises GraphError where there is no block, and the sentence of the first problem that hides it.
    """
    program = build_nodes(graph, check(graph), {path.partition("/")[0]}, training=training)
    block = program.blocks.get(path)
    if block is None:
        raise GraphError(f"'{path}' cannot be opened.", hint="It is computed by one kernel.")
    program = prune(replace(program, outputs={str(i): value for i, value in enumerate(block.outputs)}))
    children = _children(program, f"{path}/")
    where = {
        number(value): (name, port.name)
        for name, child in children.items()
        for port, value in zip(child.op.outputs_for(len(child.inputs)), child.outputs, strict=True)
    }
    drawing = _Drawing(program, path, where, set(children))
    for name, child in children.items():
        drawing.place(name, child)
    drawing.mark_outputs()
    return Inside(GraphDef(drawing.nodes, drawing.wires), drawing.tensors)


def _children(program: Program, prefix: str) -> dict[str, _Child]:
    children: dict[str, _Child] = {}
    for path, read in program.variables.items():
        name = path.removeprefix(prefix)
        if name != path and "/" not in name:
            children[name] = _Child(read.op, (), (read.value,))
    for call in program.calls:
        if call.path.startswith(prefix):
            name, _, deeper = call.path.removeprefix(prefix).partition("/")
            if not deeper:
                children[name] = _Child(call.op, call.inputs, call.outputs)
            elif name not in children:
                block = program.blocks[prefix + name]
                children[name] = _Child(block.op, block.inputs, block.outputs)
    return children


class _Drawing:
    """The nodes and wires so far; what comes from outside gets its entry when it is first met."""

    def __init__(self, program: Program, path: str, where: dict[int, PortKey], taken: set[str]) -> None:
        self.nodes: dict[str, Node] = {}
        self.wires: dict[PortKey, PortKey] = {}
        self.tensors: dict[PortKey, str] = {}
        self._where = where
        self._block = program.blocks[path]
        self._prefix = f"{path}/"
        drawn = {number(value): f"{node}.{port}" for (node, port), value in program.nodes.items()}
        self._names = {**value_names(program), **drawn}
        self._taken = taken

    def place(self, name: str, child: _Child) -> None:
        ports = child.op.ports_for(len(child.inputs))
        for port, value in zip(ports, child.inputs, strict=True):
            if value is not None and not port.hidden:
                self.wires[name, port.name] = self._source(value)
        self.nodes[name] = Node(name, type(child.op).__name__, child.op.to_attributes())
        outputs = child.op.outputs_for(len(child.inputs))
        for port in outputs:
            self.tensors[name, port.name] = f"{self._prefix}{name}" + (
                f".{port.name}" if len(outputs) > 1 else ""
            )

    def mark_outputs(self) -> None:
        """Draw where the block's results leave."""
        ports = self._block.op.outputs_for(len(self._block.inputs))
        for port, value in zip(ports, self._block.outputs, strict=True):
            name = self._free(port.name.replace(":", "_"))
            self.wires[name, "x"] = self._source(value)
            self.nodes[name] = Node(name, get("Identity").__name__)
            if self.wires[name, "x"] in self.tensors:
                self.tensors[name, "y"] = self.tensors[self.wires[name, "x"]]

    def _source(self, value: Value) -> PortKey:
        key = number(value)
        if key not in self._where:
            outside = self._names.get(key, "outside")
            name = self._free(
                self._port_of(value) or outside.replace("/", "_").replace(".", "_").replace(":", "_")
            )
            shape = value.spec.shape if value.spec.shape is not None else ()
            entry = Variable if value.spec.variable else Placeholder
            given = entry.from_attributes({"shape": list(shape), "dtype": value.spec.dtype})
            self.nodes[name] = Node(name, entry.__name__, given.to_attributes())
            self._where[key] = (name, "y")
            if outside != "outside":
                self.tensors[name, "y"] = outside
        return self._where[key]

    def _port_of(self, value: Value) -> str:
        ports = self._block.op.ports_for(len(self._block.inputs))
        names = [port.name for port, given in zip(ports, self._block.inputs, strict=True) if given is value]
        return names[0].replace(":", "_") if names else ""

    def _free(self, wanted: str) -> str:
        name, count = wanted, 0
        while name in self._taken:
            count += 1
            name = f"{wanted}_{count}"
        self._taken.add(name)
        return name
