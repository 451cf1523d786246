"""A convolution over the steps of a sequence that sees no step before its time, and keeps the last ones."""

from __future__ import annotations

from engine.blocks.parts import features, narrowed, widened
from engine.errors import SpecError
from engine.op import Block, Case, Port, attribute
from engine.ops.activation import Silu
from engine.ops.convolution import Convolution
from engine.ops.cutting import Slice
from engine.ops.joining import Concat
from engine.ops.padding import Pad
from engine.ops.shaping import ExpandDims, ReshapeLike
from engine.spec import same_shape, shape_text
from engine.value import BlockBuilder, Value


class CausalConvolution(Block):
    """Each channel is a weighted sum of its last few steps, the present one among them.

    The kernel is given, window x channels, and with it the steps that came before, if there were any. What
    the next part of a sequence has to know of this one is the second output, so that a long one can be read
    in parts.

    Source: Gu and Dao, Mamba: linear-time sequence modeling with selective state spaces, 2023.
    """

    category = "Layers"
    inputs = (
        Port("x", help="batch x steps x channels."),
        Port("kernel", help="window x channels; its last row belongs to the present step."),
        Port("bias", optional=True, help="One number for each channel."),
        Port("past", optional=True, help="batch x (window - 1) x channels: the steps before, else zeros."),
    )
    outputs = (
        Port("y", help="batch x steps x channels."),
        Port("present", help="batch x (window - 1) x channels: the last steps, for the part that follows."),
    )
    aliases = ("CausalConvWithState",)
    formula = "y[s, c] = bias[c] + sum over k of x[s - window + 1 + k, c] · kernel[k, c]"
    advice = "In front of LinearAttention, so that neighbouring steps know of each other. Take four rows."
    activation: str = attribute(
        default="linear", choices=("linear", "silu"), help="What is applied to the result."
    )
    cases = (
        Case([(2, 5, 4), (3, 4)]),
        Case([(2, 5, 4), (3, 4), (4,), (2, 2, 4)], {"activation": "silu"}),
        Case([(2, 1, 4), (3, 4), None, (2, 2, 4)]),
        Case([(2, 3, 4), (1, 4)]),
        Case([(0, 3, 4), (2, 4)]),
    )

    def expand(
        self,
        b: BlockBuilder,
        x: Value,
        kernel: Value,
        bias: Value | None = None,
        past: Value | None = None,
    ) -> tuple[Value, Value]:
        channels = features("x", x.spec, 3)
        shape = kernel.spec.shape
        if shape is None or len(shape) != 2 or not isinstance(shape[0], int) or shape[0] < 1:
            raise SpecError(
                f"kernel is {kernel.spec}; expected window x {channels}.", hint="Connect a matrix."
            )
        before = shape[0] - 1
        _fits("kernel", kernel, (shape[0], channels))
        _fits("bias", bias, (channels,))
        _fits("past", past, ((x.spec.shape or ("?",))[0], before, channels))
        if past is None:
            whole = Pad(before=(0, before), after=(0, 0))(x, name="whole")
        else:
            whole = Concat(axis=1)(past, x, name="whole")
        y = Convolution(groups=channels)(widened(whole), ExpandDims(axis=1)(widened(kernel)))
        y = y if bias is None else y + widened(bias)
        y = narrowed(Silu()(y) if self.activation == "silu" else y, x)
        return ReshapeLike()(y, x), Slice(begin=(0, -before), size=(-1, before))(whole, name="present")


def _fits(port: str, value: Value | None, wanted: tuple[int | str, ...]) -> None:
    """Raise SpecError where a tensor has another shape than it must."""
    if value is not None and not same_shape(value.spec.shape, wanted):
        raise SpecError(
            f"{port} is {value.spec}; expected {shape_text(wanted)}.",
            hint="All have the channels of x in their last axis.",
        )
