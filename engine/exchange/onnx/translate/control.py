"""Branches and loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from onnx import GraphProto, TensorProto

from engine.exchange.onnx.bodies import Bodies
from engine.exchange.onnx.drawing import Drawing
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.problems import Unsupported
from engine.exchange.onnx.registry import Results, translates
from engine.exchange.onnx.tensors import Known, Tensor, array_of
from engine.ops.branching import PREDICATE, If
from engine.ops.comparison import LogicalAnd
from engine.ops.creation import Range
from engine.ops.looping import While
from engine.ops.ordering import Reverse
from engine.ops.scanning import Map, Scan
from engine.ops.selection import Where
from engine.ops.shaping import Reshape, Transpose
from engine.spec import Spec
from engine.value import Value

_LIMIT = 1_000_000
"""After so many iterations a loop whose model names no limit fails."""


@translates("If")
def if_(node: OnnxNode) -> Results:
    """Where the model says which branch is taken, that one is drawn in the place of the node."""
    then, otherwise = node.get("then_branch"), node.get("else_branch")
    known = node.known(0)
    if known is not None:
        return tuple(node.graphs.inline(then if bool(known) else otherwise))
    bodies = Bodies(node.drawing)
    bodies.port(PREDICATE, _single(node[0]))
    for graph in (then, otherwise):
        _add_branch(node, bodies, graph)
    return bodies.emit(If())


def _add_branch(node: OnnxNode, bodies: Bodies, graph: GraphProto) -> None:
    def draw(inner: Drawing, formal: list[Value], outside: Mapping[str, Tensor]) -> Sequence[Tensor]:
        return node.graphs.draw(inner, graph, formal, outside)

    bodies.add({}, node.graphs.outside(graph), draw)


@translates("Loop")
def loop(node: OnnxNode) -> Results:
    """A loop whose condition never changes is one over counted steps, and can stack up what each gives."""
    graph = node.get("body")
    if node.has(0) and _goes_on(graph):
        return _counted(node, graph)
    if len(graph.output) - 1 > len(node) - 2:
        raise Unsupported("it stacks up values for as long as a condition holds")
    return _conditional(node, graph)


def _counted(node: OnnxNode, graph: GraphProto) -> Results:
    bodies = Bodies(node.drawing)
    count: Tensor = node.tensor(0)
    if node.has(1) and node.known(1) is None:
        count = Where()(_single(node[1]), _single(node[0]), node.drawing.constant(0, "int64"))
    elif node.has(1) and not bool(node.fixed(1, "condition")):
        count = Known(np.zeros((), np.int64))
    steps = _range(node.drawing, count)
    states = [bodies.port(v.name, node.tensor(i)) for i, v in enumerate(graph.input[2:], start=2)]
    step = bodies.port(graph.input[0].name, steps)
    inputs = {name: bodies.given[name].spec.as_value() for name in states}
    inputs[step] = Spec("int64", ())

    def draw(inner: Drawing, formal: list[Value], outside: Mapping[str, Tensor]) -> Sequence[Tensor]:
        entering = [_like(formal[-1], graph, 0), _like(Known(np.asarray(True)), graph, 1), *formal[:-1]]
        return node.graphs.draw(inner, graph, entering, outside)[1:]

    bodies.add(inputs, node.graphs.outside(graph), draw)
    return bodies.emit(Scan(carried=len(states), sequences=1))


def _conditional(node: OnnxNode, graph: GraphProto) -> Results:
    """Step count and condition are carried along with the values."""
    bodies = Bodies(node.drawing)
    count = node.known(0) if node.has(0) else None
    step = bodies.port(graph.input[0].name, Known(np.zeros((), np.int64)))
    holds = node.tensor(1) if node.has(1) else Known(np.asarray(True))
    going = bodies.port(graph.input[1].name, _single(node.drawing.value(holds)))
    states = [bodies.port(v.name, node.tensor(i)) for i, v in enumerate(graph.input[2:], start=2)]
    inputs = {name: bodies.given[name].spec.as_value() for name in (step, going, *states)}

    def condition(inner: Drawing, formal: list[Value], outside: Mapping[str, Tensor]) -> Sequence[Tensor]:
        if not outside:
            return [formal[1]]
        return [LogicalAnd()(formal[1], formal[0] < inner.value(outside["count"]))]

    def body(inner: Drawing, formal: list[Value], outside: Mapping[str, Tensor]) -> Sequence[Tensor]:
        entering = [_like(formal[0], graph, 0), _like(formal[1], graph, 1), *formal[2:]]
        going_on, *rest = node.graphs.draw(inner, graph, entering, outside)
        return [formal[0] + 1, _single(inner.value(going_on)), *rest]

    limit = node.tensor(0) if node.has(0) else None
    bodies.add(inputs, {} if limit is None else {"count": limit}, condition)
    bodies.add(inputs, node.graphs.outside(graph), body)
    most = _LIMIT if count is None else min(max(int(count), 1), 10_000_000)
    return bodies.emit(While(limit=most))[2:]


@translates("Scan", since=9)
def scan(node: OnnxNode) -> Results:
    """Each sequence may have an axis and a direction of its own."""
    graph, sequences = node.get("body"), node.get("num_scan_inputs")
    states = len(node) - sequences
    ways = [_way(node, "scan_input", place) for place in range(sequences)]
    tensors = [node.tensor(index) for index in range(len(node))]
    results = _scanned(node.drawing, node, tensors, ways, node.graphs.outside(graph))
    stacked = [
        _back(value, *_way(node, "scan_output", place)) for place, value in enumerate(results[states:])
    ]
    return (*results[:states], *stacked)


@translates("Scan")
def scan_of_batches(node: OnnxNode) -> Results:
    """Before opset 9 each example of a batch is scanned on its own, along its first axis."""
    if node.has(0):
        raise Unsupported("its sequences have lengths of their own")
    graph, directions = node.get("body"), node.get("directions")
    sequences = node.get("num_scan_inputs")
    ways = [(0, bool(directions[place] if directions else 0)) for place in range(sequences)]
    bodies = Bodies(node.drawing)
    inputs: dict[str, Spec] = {}
    for index, formal in enumerate(graph.input, start=1):
        name = bodies.port(formal.name, node.tensor(index))
        inputs[name] = _slice(bodies.given[name])

    def draw(inner: Drawing, formal: list[Value], outside: Mapping[str, Tensor]) -> Sequence[Tensor]:
        return _scanned(inner, node, formal, ways, outside)

    bodies.add(inputs, node.graphs.outside(graph), draw)
    return bodies.emit(Map(sequences=len(inputs)))


def _scanned(
    drawing: Drawing,
    node: OnnxNode,
    tensors: Sequence[Tensor],
    ways: Sequence[tuple[int, bool]],
    outside: Mapping[str, Tensor],
) -> tuple[Value, ...]:
    """Draw a scan over sequences, which are all brought to the first axis, forwards."""
    graph, states = node.get("body"), len(tensors) - len(ways)
    bodies = Bodies(drawing)
    inputs: dict[str, Spec] = {}
    for index, (formal, tensor) in enumerate(zip(graph.input, tensors, strict=True)):
        if index < states:
            name = bodies.port(formal.name, tensor)
            inputs[name] = bodies.given[name].spec.as_value()
        else:
            name = bodies.port(formal.name, _first(drawing.value(tensor), *ways[index - states]))
            inputs[name] = _slice(bodies.given[name])

    def draw(inner: Drawing, formal: list[Value], known: Mapping[str, Tensor]) -> Sequence[Tensor]:
        return node.graphs.draw(inner, graph, formal, known)

    bodies.add(inputs, outside, draw)
    return bodies.emit(Scan(carried=states, sequences=len(ways)))


def _slice(value: Value) -> Spec:
    """The spec of an entry of the first axis."""
    shape = value.spec.shape
    return value.spec.as_value().with_shape(None if shape is None else shape[1:])


def _way(node: OnnxNode, what: str, place: int) -> tuple[int, bool]:
    """The axis and the direction of one sequence."""
    axes, directions = node.get(f"{what}_axes"), node.get(f"{what}_directions")
    return (axes[place] if axes else 0), bool(directions[place] if directions else 0)


def _first(value: Value, axis: int, backwards: bool) -> Value:
    """With an axis brought to the front."""
    rank = value.spec.rank or 1
    axis %= rank
    if axis:
        value = Transpose(permutation=(axis, *(i for i in range(rank) if i != axis)))(value)
    return Reverse(axes=(0,))(value) if backwards else value


def _back(value: Value, axis: int, backwards: bool) -> Value:
    """With the first axis brought to where it belongs."""
    rank = value.spec.rank or 1
    axis %= rank
    if backwards:
        value = Reverse(axes=(0,))(value)
    others = list(range(1, rank))
    return Transpose(permutation=(*others[:axis], 0, *others[axis:]))(value) if axis else value


def _goes_on(graph: GraphProto) -> bool:
    """Whether the condition that a body gives is the one that it got, or always true."""
    name, source = graph.output[0].name, graph.input[1].name
    made = {output: child for child in graph.node for output in child.output}
    while name != source and name in made and made[name].op_type in ("Identity", "Cast"):
        name = made[name].input[0]
    if name == source:
        return True
    constants = {tensor.name: tensor for tensor in graph.initializer}
    if name in made and made[name].op_type == "Constant":
        return any(a.name == "value" and bool(array_of(a.t).all()) for a in made[name].attribute)
    tensor: TensorProto | None = constants.get(name)
    return tensor is not None and bool(array_of(tensor).all())


def _single(value: Value) -> Value:
    """A tensor of one element as a single number."""
    return value if value.spec.shape == () else Reshape(shape=())(value)


def _like(tensor: Tensor, graph: GraphProto, index: int) -> Tensor:
    """A single number with as many axes as a body's input declares: some exporters give it one."""
    declared = graph.input[index].type.tensor_type
    if not (declared.HasField("shape") and len(declared.shape.dim) == 1):
        return tensor
    if isinstance(tensor, Known):
        return Known(tensor.array.reshape(1))
    return Reshape(shape=(1,))(tensor)


def _range(drawing: Drawing, count: Tensor) -> Value:
    """The numbers of the steps."""
    if isinstance(count, Known):
        return drawing.emit(Range(limit=float(count.array.item())), [None, None, None])[0]
    return drawing.emit(Range(), [None, _single(count), None])[0]
