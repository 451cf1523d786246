"""The graph that is being drawn from a model. At the end nodes get names, and what nobody uses goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from engine.attribute import FunctionName
from engine.control import Control
from engine.exchange.onnx.names import Names
from engine.exchange.onnx.tensors import Known, Tensor
from engine.graph.function import Function, reachable
from engine.graph.graph import GraphDef, Node, PortKey
from engine.op import Op
from engine.ops.shaping import Transpose
from engine.ops.state import Constant, Placeholder, Variable
from engine.spec import Shape
from engine.value import Builder, Value

WRITTEN_DOWN = 64
"""A constant of more elements is kept among the tensors of the project, not written into the graph."""


@dataclass
class Drawn:
    """One node so far. `weights` are its own variables by name; the node itself is "" where it is one."""

    op: Op
    inputs: dict[str, PortKey]
    outputs: tuple[Value, ...]
    label: str
    weights: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Finished:
    """A graph with the values of its variables by path, and the names that its nodes got."""

    graph: GraphDef
    tensors: Mapping[str, np.ndarray]
    names: Mapping[str, str]

    def port(self, value: Value) -> PortKey:
        """The node that makes a value, and where it comes out."""
        number, port = Drawing.key(value)
        return self.names[number], port

    def fetch(self, value: Value) -> str:
        """How a session calls a value."""
        return ".".join(self.port(value))


class Drawing(Builder):
    """Draws like `Graph`, and can look back at what it drew: translations recognise patterns in it."""

    def __init__(self) -> None:
        self._nodes: dict[str, Drawn] = {}
        self._label = ""
        self._known: dict[int, tuple[Known, Value]] = {}
        self.sizes: dict[PortKey, np.ndarray] = {}
        """What is known of values that hold sizes; see `sizes`."""
        self.functions: dict[str, Function] = {}
        """The bodies of nodes that hold some, by name."""

    def inner(self) -> Drawing:
        """A drawing for the body of a node; it defines functions in the same place."""
        made = Drawing()
        made.functions = self.functions
        return made

    def define(self, role: str, function: Function) -> FunctionName:
        """Add a function, named after the node that is being drawn and its role there."""
        names = Names(self.functions)
        name = names.take(f"{self._label}_{role}")
        self.functions[name] = function
        return FunctionName(name)

    # ---- drawing -------------------------------------------------------------------------------------

    def emit(self, op: Op, inputs: Sequence[Value | None], name: str | None = None) -> tuple[Value, ...]:
        kind = type(op)
        if not isinstance(op, Control):
            op = kind.from_attributes(op.to_attributes())
        ports = [port for port in op.ports_for(len(inputs)) if not port.hidden]
        specs = [None if value is None else value.spec for value in inputs]
        found = op.output_specs([*specs, *[None] * sum(port.hidden for port in op.input_ports)])
        number = str(len(self._nodes))
        wires: dict[str, PortKey] = {}
        for port, value in zip(ports, inputs, strict=True):
            if value is not None:
                wires[port.name] = self.key(value)
        made = op.outputs_for(len(specs) + sum(port.hidden for port in op.input_ports))
        outputs = tuple(
            Value(self, (number, port.name), spec) for port, spec in zip(made, found, strict=True)
        )
        self._nodes[number] = Drawn(op, wires, outputs, f"{self._label}_{name}" if name else self._label)
        return outputs

    def placeholder(self, label: str, shape: Shape, dtype: str) -> Value:
        """A tensor that is fed at each run."""
        with self.labelled(label):
            return self.emit(Placeholder(shape=shape, dtype=dtype), ())[0]

    def value(self, tensor: Tensor) -> Value:
        """The tensor as a value of the graph; what is known is drawn once, as a constant or a variable."""
        if isinstance(tensor, Value):
            return tensor
        if id(tensor) not in self._known:
            self._known[id(tensor)] = (tensor, self._draw(tensor))
        return self._known[id(tensor)][1]

    def _draw(self, known: Known) -> Value:
        array = known.array
        with self.labelled(known.name or self._label):
            if _can_be_written(known):
                return self.constant(array.tolist(), array.dtype.name, name=None if known.name else "value")
            op = Variable(shape=tuple(array.shape), dtype=array.dtype.name, trainable=known.trainable)
            value = self.emit(op, (), None if known.name else "value")[0]
        self.node(value).weights[""] = array
        return value

    @contextmanager
    def labelled(self, label: str) -> Iterator[None]:
        """Name what is drawn meanwhile after a node of the model."""
        before, self._label = self._label, label
        try:
            yield
        finally:
            self._label = before

    # ---- looking back --------------------------------------------------------------------------------

    @staticmethod
    def key(value: Value) -> PortKey:
        """The number of the node that a value comes from, and the port where it leaves."""
        assert isinstance(value.key, tuple)
        return value.key

    def number(self, value: Value) -> str:
        """The number of the node that a value comes from."""
        return self.key(value)[0]

    def node(self, value: Value) -> Drawn:
        """The node that a value comes from."""
        return self._nodes[self.number(value)]

    def input(self, drawn: Drawn, port: str) -> Value:
        """The value that enters a node at a port."""
        key = drawn.inputs[port]
        return next(value for value in self._nodes[key[0]].outputs if value.key == key)

    def needed(self, outputs: Sequence[Value]) -> list[Drawn]:
        """The nodes that the outputs need, in the order in which they were drawn."""
        return [self._nodes[number] for number in self._needed(outputs)]

    # ---- finishing -----------------------------------------------------------------------------------

    def finish(self, outputs: Sequence[Value]) -> Finished:
        """The graph of what the outputs need, and of all placeholders."""
        kept = self._needed(outputs)
        names = Names()
        chosen: dict[str, str] = {}
        fed = [number for number in kept if isinstance(self._nodes[number].op, Placeholder)]
        others = [number for number in kept if number not in set(fed)]
        # The last node of a label is what the model's node computes; those before it only prepare it, and
        # exchanges of axes around it only bring its tensors to our order.
        by_weight = sorted(others, key=lambda number: not isinstance(self._nodes[number].op, Transpose))
        last = {self._nodes[number].label: number for number in [*by_weight, *fed]}
        for number in [*fed, *others]:
            drawn = self._nodes[number]
            kind = type(drawn.op).kernel_name()
            whole = last[drawn.label] == number
            chosen[number] = names.take((drawn.label or kind) if whole else f"{drawn.label}_{kind}")
        nodes = {
            chosen[n]: Node(chosen[n], type(self._nodes[n].op).__name__, self._nodes[n].op.to_attributes())
            for n in kept
        }
        wires = {
            (chosen[n], port): (chosen[source], end)
            for n in kept
            for port, (source, end) in self._nodes[n].inputs.items()
        }
        tensors = {
            f"{chosen[n]}/{path}" if path else chosen[n]: array
            for n in kept
            for path, array in self._nodes[n].weights.items()
        }
        return Finished(GraphDef(nodes, wires, self._used(nodes)), tensors, chosen)

    def _used(self, nodes: Mapping[str, Node]) -> dict[str, Function]:
        """The functions that nodes use, and that these use in turn; those of bodies lie with the whole."""
        return reachable(GraphDef(nodes), self.functions)

    def _needed(self, outputs: Sequence[Value]) -> list[str]:
        """The numbers of the nodes that are kept, in the order in which they were drawn."""
        waiting = [self.number(value) for value in outputs]
        waiting += [n for n, drawn in self._nodes.items() if isinstance(drawn.op, Placeholder)]
        seen: set[str] = set()
        while waiting:
            number = waiting.pop()
            if number not in seen:
                seen.add(number)
                waiting += [source for source, _ in self._nodes[number].inputs.values()]
        return [number for number in self._nodes if number in seen]


def _can_be_written(known: Known) -> bool:
    """Whether the value fits into the graph's own text: small, finite, of a shape that nested lists show."""
    array = known.array
    if array.size > WRITTEN_DOWN or (known.trainable and array.ndim):
        return False
    op = Constant(value=array.tolist(), dtype=array.dtype.name)
    finite = array.dtype.kind in "biu" or bool(np.isfinite(np.asarray(array, np.float64)).all())
    return finite and op.infer().shape == array.shape
