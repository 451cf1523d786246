"""The Python way to draw a graph: `g = Graph(); x = g.placeholder(...); y = x @ w + b`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from engine import registry
from engine.attribute import FunctionName
from engine.control import Control
from engine.errors import FlowscopeError, GraphError, SpecError
from engine.flow import Draw, Tensors, formed
from engine.graph.check import make_op
from engine.graph.function import Function
from engine.graph.graph import GraphDef, Node, PortKey, free_name
from engine.graph.signature import Signature
from engine.graph.signing import giving, signature_problems
from engine.op import Op
from engine.policy import INHERIT, NO_POLICY, Policy
from engine.settings import settled_by
from engine.spec import Dim, Spec
from engine.value import Builder, Value


class Graph(Builder):
    """Draws a graph step by step. `definition` is the graph so far, as a frozen value.

    What does not fit is refused at once, with the sentence that the canvas would show.
    """

    def __init__(self) -> None:
        self.definition = GraphDef()
        self._policy = NO_POLICY

    def emit(self, op: Op, inputs: Sequence[Value | None], name: str | None = None) -> tuple[Value, ...]:
        if self.drawing is not None:
            return self.innermost.emit(op, inputs, name)
        return self.place(op, [value and self.own(value) for value in inputs], name)

    def place(self, op: Op, inputs: Sequence[Value | None], name: str | None = None) -> tuple[Value, ...]:
        """Add a node to this very graph, also while a body inside it is being drawn."""
        if isinstance(op, Control):
            op = self._bound(op, name or type(op).kernel_name())
            _check_inputs(op, len(inputs))
        node_name = self.definition.free_name(name or type(op).kernel_name())
        visible = [port for port in op.ports_for(len(inputs)) if not port.hidden]
        hidden = len(op.input_ports) - len([port for port in op.input_ports if not port.hidden])
        specs = [None if value is None else value.spec for value in inputs] + [None] * hidden
        for port, value in zip(visible, inputs, strict=True):
            if port.variable and value is not None and not value.spec.variable:
                raise GraphError(
                    f"{type(op).__name__} '{node_name}': {port.name} is no variable.",
                    hint="Give it what g.variable() returned.",
                )
        try:
            # A script's settings are checked as those of a file are.
            if not isinstance(op, Control):
                op = type(op).from_attributes(op.to_attributes())
            settled, left = settled_by(op, inputs, self._constant)
            known = [None if value is None else value.spec for value in left]
            found = settled.output_specs([*known, *[None] * hidden])
        except FlowscopeError as error:
            raise error.at(node_name, type(op).__name__) from None
        node = Node(node_name, type(op).__name__, op.to_attributes(), policy=self._policy)
        definition = self.definition.add(node)
        for port, value in zip(visible, inputs, strict=True):
            if value is not None:
                assert isinstance(value.key, tuple)
                definition = definition.connect(value.key, (node_name, port.name))
        self.definition = definition
        outputs = op.outputs_for(len(specs))
        return tuple(
            Value(self, (node_name, port.name), spec) for port, spec in zip(outputs, found, strict=True)
        )

    def _constant(self, value: Value) -> np.ndarray | None:
        """What a value holds, where a node of this graph says it."""
        node = self.definition.nodes.get(value.key[0]) if isinstance(value.key, tuple) else None
        return make_op(node, {}).constant() if node is not None and node.op == "Constant" else None

    def structure(
        self,
        op: Control,
        names: Sequence[str],
        inputs: Sequence[Value],
        bodies: Sequence[Draw],
        name: str | None = None,
    ) -> tuple[Value, ...]:
        if self.drawing is not None:
            return self.innermost.structure(op, names, inputs, bodies, name)
        from engine.graph.tracing import trace_bodies  # a body is drawn by a graph of its own

        node = self.definition.free_name(name or type(op).kernel_name())
        given = [self.own(value) for value in inputs]
        try:
            functions, captured = trace_bodies(self, op, names, given, bodies)
        except SpecError as error:
            raise error if error.node else error.at(node, type(op).__name__) from None
        chosen = {role: self.define(f"{node}_{role}", f) for role, f in zip(op.roles, functions, strict=True)}
        by_name = {**dict(zip(names, given, strict=True)), **captured}
        bound = self._bound(type(op).from_attributes({**op.to_attributes(), **chosen}), node)
        return self.emit(bound, [by_name[name] for name in bound.bound.inputs], node)

    def custom_gradient(
        self,
        forward: Callable[..., Tensors],
        backward: Callable[..., Tensors],
        *inputs: Value,
        name: str | None = None,
    ) -> Tensors:
        if self.drawing is not None:
            return self.innermost.custom_gradient(forward, backward, *inputs, name=name)
        from engine.graph.tracing import trace_pair

        node = self.definition.free_name(name or "custom_gradient")
        given = [self.own(value) for value in inputs]
        try:
            first, second, form = trace_pair(self, forward, backward, given)
        except SpecError as error:
            raise error if error.node else error.at(node, "CustomGradient") from None
        chosen = {
            "forward": self.define(f"{node}_forward", first),
            "backward": self.define(f"{node}_backward", second),
        }
        op = registry.get("CustomGradient").from_attributes(chosen)
        return formed(form, self.emit(op, given, node))

    def own(self, value: Value) -> Value:
        """The value as nodes of this graph may use it; a body captures what lies outside of it."""
        return value

    @property
    def root(self) -> Graph:
        """The graph that holds the functions."""
        return self

    def define(self, wanted: str, function: Function) -> FunctionName:
        """Add a function under the wanted name, or under the first free one; returns the name."""
        root = self.root
        name = free_name(root.definition.functions, wanted)
        root.definition = root.definition.define(name, function)
        return FunctionName(name)

    def function(self, name: str, draw: Callable[..., Tensors], *inputs: Spec) -> Callable[..., Tensors]:
        """A function, drawn once for inputs of given specs, to be called in as many places as one likes.

        What `draw` uses from outside is handed over at each call.
        """
        from engine.graph.tracing import trace_function

        return trace_function(self, name, draw, inputs)

    def _bound(self, op: Control, node: str) -> Control:
        """The op with the functions that its attributes name."""
        try:
            return type(op).from_attributes(op.to_attributes()).bind(self.root.definition.functions)
        except FlowscopeError as error:
            raise error.at(node, type(op).__name__) from None

    @contextmanager
    def policy(self, *, device: str = INHERIT, precision: str = INHERIT) -> Iterator[None]:
        """Nodes that are drawn meanwhile run on a device, or in a precision; the innermost setting counts."""
        drawing = self.innermost
        assert isinstance(drawing, Graph)
        before = drawing._policy
        drawing._policy = Policy(device=device, precision=precision).inside(before)
        drawing._policy.check()
        try:
            yield
        finally:
            drawing._policy = before

    def placeholder(self, name: str, shape: Sequence[Dim], dtype: str = "float32") -> Value:
        """A tensor that is fed at each run. A size may be a name: `("batch", 784)`."""
        op = registry.get("Placeholder").from_attributes({"shape": list(shape), "dtype": dtype})
        return self.emit(op, (), name)[0]

    def source(self, op: Op, name: str | None = None) -> tuple[Value, ...]:
        """A node without inputs, such as a data set; returns all its outputs."""
        return self.emit(op, (), name)

    def gradients(
        self,
        y: Value,
        xs: Sequence[Value],
        upstream: Value | None = None,
        stop: Sequence[Value] = (),
    ) -> tuple[Value, ...]:
        """dy/dx for each x; with `upstream` as the gradient of y. What is in `stop` counts as constant."""
        if upstream is not None:
            return registry.get("VectorJacobianProduct")().apply(y, upstream, *xs)[: len(xs)]
        held = list(range(len(xs), len(xs) + len(stop)))
        op = registry.get("Gradients").from_attributes({"stop": held})
        return op.apply(y, *xs, *stop)[: len(xs)]

    def minimize(
        self,
        loss: Value,
        optimizer: Op | None = None,
        name: str | None = None,
        variables: Sequence[Value] = (),
    ) -> str:
        """Draw an optimizer (Adam if none is given) at the loss; returns its node's name, to be fetched.

        It changes the variables that are given, or else all that the loss depends on.
        """
        chosen = optimizer if optimizer is not None else registry.get("Adam")()
        chosen.apply(loss, *variables, name=name)
        return list(self.definition.nodes)[-1]

    def signature(
        self, name: str, outputs: Mapping[str, Value], inputs: Mapping[str, Value] | None = None
    ) -> None:
        """Name what the graph gives and what it is given, for whoever runs, serves or exports it.

        Without `inputs` these are what the outputs need, under the names that they have in the drawing.
        """
        ends = {key: self._port(value) for key, value in outputs.items()}
        given = {key: self._port(value) for key, value in (inputs or {}).items()}
        signature = Signature(name, given, ends)
        if inputs is None:
            signature = giving(self.definition, signature, ends.values())
        for problem in signature_problems(self.definition, signature, ()):
            raise problem
        self.definition = self.definition.sign(signature)

    def _port(self, value: Value) -> PortKey:
        if value.builder is not self or not isinstance(value.key, tuple):
            raise GraphError(
                "a signature names values of its own graph, and this is of another.",
                hint="Return it from the function that draws it, and name what the call gives.",
            )
        return value.key


def _check_inputs(op: Control, given: int) -> None:
    names = op.bound.inputs
    if given != len(names):
        raise GraphError(
            f"{type(op).__name__} was given {given} {'tensor' if given == 1 else 'tensors'}.",
            hint=f"It takes {', '.join(names)}." if names else "It takes none.",
        )
