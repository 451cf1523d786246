"""The Python way to draw a graph: `g = Graph(); x = g.placeholder(...); y = x @ w + b`."""

from __future__ import annotations

from collections.abc import Sequence

from engine import registry
from engine.errors import FlowscopeError, GraphError
from engine.graph.graph import GraphDef, Node
from engine.op import Op
from engine.spec import Dim
from engine.value import Builder, Value


class Graph(Builder):
    """Draws a graph step by step. `definition` is the graph so far, as a frozen value.

    What does not fit is refused at once, with the sentence that the canvas would show.
    """

    def __init__(self) -> None:
        self.definition = GraphDef()

    def emit(self, op: Op, inputs: Sequence[Value | None], name: str | None = None) -> tuple[Value, ...]:
        node_name = self.definition.free_name(name or type(op).kernel_name())
        visible = [port for port in type(op).ports_for(len(inputs)) if not port.hidden]
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
            op = type(op).from_attributes(op.to_attributes())
            found = op.output_specs(specs)
        except FlowscopeError as error:
            raise error.at(node_name, type(op).__name__) from None
        definition = self.definition.add(Node(node_name, type(op).__name__, op.to_attributes()))
        for port, value in zip(visible, inputs, strict=True):
            if value is not None:
                assert isinstance(value.key, tuple)
                definition = definition.connect(value.key, (node_name, port.name))
        self.definition = definition
        outputs = type(op).outputs_for(len(specs))
        return tuple(
            Value(self, (node_name, port.name), spec) for port, spec in zip(outputs, found, strict=True)
        )

    def placeholder(self, name: str, shape: Sequence[Dim], dtype: str = "float32") -> Value:
        """A tensor that is fed at each run. A size may be a name: `("batch", 784)`."""
        op = registry.get("Placeholder").from_attributes({"shape": list(shape), "dtype": dtype})
        return self.emit(op, (), name)[0]

    def source(self, op: Op, name: str | None = None) -> tuple[Value, ...]:
        """A node without inputs, such as a data set; returns all its outputs."""
        return self.emit(op, (), name)

    def gradients(self, y: Value, xs: Sequence[Value]) -> tuple[Value, ...]:
        """dy/dx for each x."""
        return registry.get("Gradients")().apply(y, *xs)

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
