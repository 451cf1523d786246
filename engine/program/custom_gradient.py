"""Gradients of one's own: the function that is drawn on the way back, and what it must give."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.control import Given
from engine.errors import FlowscopeError, SpecError
from engine.flow import Tensors
from engine.graph.builder import Graph
from engine.graph.tracing import trace_pair
from engine.op import Gradients
from engine.ops.function import CustomGradient, gradient_name
from engine.program.body import builder_of, given, or_zeros
from engine.program.build import ProgramBuilder
from engine.program.drawn import draw_function
from engine.spec import same_shape
from engine.value import Call, Value


def traced_op(
    forward: Callable[..., Tensors], backward: Callable[..., Tensors], inputs: Sequence[Value]
) -> tuple[CustomGradient, Tensors]:
    """The op for two functions that are drawn by Python, and the form in which the first gave its tensors."""
    graph = Graph()
    first, second, form = trace_pair(graph, forward, backward, inputs)
    chosen = {"forward": graph.define("forward", first), "backward": graph.define("backward", second)}
    op = CustomGradient.from_attributes(chosen).bind(graph.definition.functions)
    op.output_specs([value.spec for value in inputs])
    return op, form


def check_backward(op: CustomGradient, inputs: Given, outputs: Given) -> None:
    """Raise SpecError where the backward function does not fit, for tensors of given specs."""
    _, backward = op.bound.functions
    known = {**inputs, **outputs}
    known.update({gradient_name(n): spec for n, spec in outputs.items() if spec.is_differentiable})
    without = next((name for name in backward.inputs if name not in known), None)
    if without is not None:
        raise SpecError(
            f"backward takes {without}, and {without[1:]} is {outputs[without[1:]]}, which has no gradient.",
            hint="Remove that input of backward.",
        )
    builder = ProgramBuilder()
    values = {name: builder.feed(name, spec.as_value()) for name, spec in known.items()}
    try:
        made = draw_function(backward, builder, values)
    except FlowscopeError as error:
        raise SpecError(f"backward: {error.what}", hint=error.hint) from None
    if builder.variables:
        raise SpecError(
            f"backward has a variable of its own, '{next(iter(builder.variables))}'.",
            hint="Let it be an input of forward, from where backward can take it.",
        )
    _check_gradients(inputs, {name: value.spec for name, value in zip(backward.outputs, made, strict=True)})


def _check_gradients(inputs: Given, found: Given) -> None:
    """Each input that has a gradient gets one of its own shape and dtype, and nothing else is given."""
    wanted = {gradient_name(name): name for name, spec in inputs.items() if spec.is_differentiable}
    for gradient, name in wanted.items():
        if gradient not in found:
            raise SpecError(
                f"backward gives no {gradient}, the gradient of {name}.",
                hint=f"Add an output {gradient} to it; zeros where there is none.",
            )
        spec, like = found[gradient], inputs[name]
        if spec.dtype != like.dtype or not same_shape(spec.shape, like.shape):
            raise SpecError(
                f"backward gives {gradient} as {spec.as_value()}, and {name} is {like.as_value()}.",
                hint="A gradient has the shape and dtype of what it belongs to.",
            )
    beyond = next((name for name in found if name not in wanted), None)
    if beyond is not None:
        raise SpecError(
            f"backward gives {beyond}, which is the gradient of no input.",
            hint=f"It gives {', '.join(wanted)}." if wanted else "No input has a gradient.",
        )


def draw_backward(op: CustomGradient, call: Call, dys: Sequence[Value | None]) -> Gradients:
    """The gradients of the inputs: what the backward function gives, drawn where gradients are drawn."""
    _, backward = op.bound.functions
    names = op.bound.inputs
    values = {name: given(value) for name, value in zip(names, call.inputs, strict=False)}
    for name, y, dy in zip(op.bound.outputs, call.outputs, dys, strict=True):
        values[name] = y
        if gradient_name(name) in backward.inputs:
            values[gradient_name(name)] = or_zeros(dy, y)
    found = dict(zip(backward.outputs, draw_function(backward, builder_of(call), values), strict=True))
    gradients = [found.get(gradient_name(name)) for name in names]
    return (*gradients, *[None] * (len(call.inputs) - len(names)))
