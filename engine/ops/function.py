"""Functions of the project in use: called as they are, or with a gradient of one's own."""

from __future__ import annotations

from collections.abc import Sequence

from engine.attribute import FunctionName
from engine.control import Control, Given, Specs
from engine.errors import SpecError
from engine.graph.function import Function
from engine.op import Call as OpCall
from engine.op import Gradients, attribute
from engine.spec import Spec
from engine.value import Value


class Call(Control):
    """Use a function of the project. Opening the node shows the function, with the tensors of this place.

    Variables inside belong to the node, so that two calls of one function learn apart.
    """

    roles = ("function",)
    assigning = roles
    formula = "y = function(...)"
    function: FunctionName = attribute(default="", help="The function that is called.")

    def body_specs(self, given: Given) -> tuple[Given, ...]:
        return (given,)

    def results(self, given: Given, bodies: Sequence[Specs]) -> Specs:
        return bodies[0]


class CustomGradient(Control):
    """Use a function of the project, and another one as its gradient: a gradient of one's own.

    `backward` takes what it needs by name: the inputs of `forward`, its outputs, and the gradients of these,
    each called like its output with a d before it. For every input x with a gradient it gives an output dx.
    So a step may have a slope, and a formula that is exact on the way there can be stable on the way back.

    Neither function has variables of its own: let those be inputs, so that they get gradients, too. The
    backward function is drawn into the gradient graph, where it can be differentiated again.

    Source: Bengio et al., Estimating or propagating gradients through stochastic neurons, 2013.
    """

    roles = ("forward", "backward")
    keeps_variables = False
    formula = "y = forward(x);  dx = backward(x, y, dy)"
    advice = "A rounding with dx = dy is the straight-through estimator."
    aliases = ("custom_gradient", "custom_vjp", "autograd function", "straight-through")
    forward: FunctionName = attribute(default="", help="The function that is computed.")
    backward: FunctionName = attribute(default="", help="The function that gives the gradients.")

    @property
    def body_roles(self) -> tuple[str, ...]:
        return self.roles[:1]

    def signature(self, functions: tuple[Function, ...]) -> tuple[Sequence[str], Sequence[str]]:
        forward, backward = functions
        known = [*forward.inputs, *forward.outputs, *map(gradient_name, forward.outputs)]
        twice = next((name for name in known if known.count(name) > 1), None)
        if twice is not None:
            raise SpecError(
                f"what backward can take has the name {twice} twice.",
                hint="Rename an input or an output of forward: an output y has the gradient dy.",
            )
        unknown = next((name for name in backward.inputs if name not in known), None)
        if unknown is not None:
            raise SpecError(
                f"backward takes {unknown}, which forward has not.",
                hint=f"It can take {', '.join(known)}.",
            )
        return forward.inputs, tuple(forward.outputs)

    def body_specs(self, given: Given) -> tuple[Given, ...]:
        return (given,)

    def results(self, given: Given, bodies: Sequence[Specs]) -> Specs:
        return bodies[0]

    def infer(self, *inputs: Spec | None) -> Specs:
        from engine.program.custom_gradient import check_backward

        outputs = super().infer(*inputs)
        given = {name: spec for name, spec in zip(self.bound.inputs, inputs, strict=True) if spec is not None}
        check_backward(self, given, dict(zip(self.bound.outputs, outputs, strict=True)))
        return outputs

    def gradient(self, call: OpCall, *dys: Value | None) -> Gradients:
        from engine.program.custom_gradient import draw_backward

        return draw_backward(self, call, dys)


def gradient_name(port: str) -> str:
    """What the gradient of a tensor is called where a function takes it or gives it."""
    return f"d{port}"
