"""Layers of convolution: filters that look for the same pattern everywhere in a signal, image or volume."""

from __future__ import annotations

from typing import Any, ClassVar

from engine import registry
from engine.blocks.layers import ACTIVATIONS
from engine.errors import SpecError
from engine.op import Block, Case, attribute
from engine.ops.convolution import Convolution
from engine.ops.state import INITIALIZERS
from engine.ops.windowing import LARGEST, PADDING_HELP, PADDINGS, PADS_HELP
from engine.spec import Spec, shape_text
from engine.value import BlockBuilder, Value
from kernels.generic.windows import each

AXES = {1: "length", 2: "height x width", 3: "depth x height x width"}
"""What lies between batch and channels."""


def channels_of(x: Spec, rank: int) -> int:
    """The number of channels of a batch of floats with so many axes between; raises SpecError otherwise."""
    if not x.is_float:
        raise SpecError(f"x is {x}; expected a float dtype.", hint="Insert Cast to float32.")
    if x.shape is None or len(x.shape) != rank + 2 or not isinstance(x.shape[-1], int):
        raise SpecError(
            f"x is {shape_text(x.shape)}; expected batch x {AXES[rank]} x channels.",
            hint="Insert ExpandDims with axis -1 where there are no channels yet, or a Reshape.",
        )
    return x.shape[-1]


class WindowedLayer(Block, abstract=True):
    """What layers with a kernel share: window, stride, padding, bias and activation."""

    category = "Layers"
    rank: ClassVar[int] = 2
    kernel_size: tuple[int, ...] = attribute(
        quick=True,
        default=(3,),
        low=1,
        high=LARGEST,
        help="How wide the window is, by axis. One number is for all.",
    )
    strides: tuple[int, ...] = attribute(
        default=(1,), low=1, high=LARGEST, help="How far the window moves, by axis. One number is for all."
    )
    padding: str = attribute(default="valid", choices=PADDINGS, help=PADDING_HELP)
    pads: tuple[int, ...] = attribute(default=(), low=0, high=LARGEST, help=PADS_HELP)
    dilation: tuple[int, ...] = attribute(
        default=(1,),
        low=1,
        high=LARGEST,
        help="How far apart the elements of the window lie, by axis. One number is for all.",
    )
    activation: str = attribute(
        quick=True,
        default="linear",
        choices=tuple(ACTIVATIONS),
        help="What is applied to the result. Linear applies nothing.",
    )
    use_bias: bool = attribute(default=True, help="Whether a bias is added for each filter.")
    kernel_initializer: str = attribute(
        default="glorot_uniform", choices=INITIALIZERS, help="How the first values of the kernel are drawn."
    )
    bias_initializer: str = attribute(
        default="zeros", choices=INITIALIZERS, help="How the first values of the bias are drawn."
    )
    trainable: bool = attribute(default=True, help="Whether optimizers change kernel and bias.")

    def window(self) -> tuple[int, ...]:
        """The window's sizes; raises SpecError where there are neither one nor as many as axes."""
        if len(self.kernel_size) not in (1, self.rank):
            raise SpecError(
                f"kernel_size has {len(self.kernel_size)} numbers, and there are {self.rank} axes.",
                hint="Give kernel_size one number, or one for each axis.",
            )
        return each(self.kernel_size, self.rank)

    def settings_of_op(self, **more: Any) -> dict[str, Any]:
        """What the primitive below takes."""
        return {
            "strides": self.strides,
            "padding": self.padding,
            "pads": self.pads,
            "dilations": self.dilation,
            **more,
        }

    def variable(self, b: BlockBuilder, name: str, shape: tuple[int, ...], dtype: str) -> Value:
        """A variable of the layer."""
        initializer = self.bias_initializer if name == "bias" else self.kernel_initializer
        return b.variable(name, shape, dtype=dtype, initializer=initializer, trainable=self.trainable)

    def finish(self, b: BlockBuilder, y: Value, filters: int) -> Value:
        """Add the bias, and apply the activation."""
        if self.use_bias:
            y = y + self.variable(b, "bias", (filters,), y.spec.dtype)
        op = ACTIVATIONS[self.activation]
        return registry.get(op)()(y) if op else y


class _Conv(WindowedLayer, abstract=True):
    """What Conv1D, Conv2D and Conv3D share."""

    filters: int = attribute(
        quick=True, default=16, low=1, high=LARGEST, help="How many patterns it looks for."
    )
    groups: int = attribute(
        default=1,
        low=1,
        high=LARGEST,
        help="Into how many groups the channels are divided, each with filters of its own.",
    )
    formula = "y = activation(convolution of x and kernel + bias)"

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        channels = channels_of(x.spec, self.rank)
        if channels % self.groups:
            raise SpecError(
                f"{channels} channels cannot be divided into {self.groups} groups.",
                hint=f"Choose groups so that it divides {channels}.",
            )
        shape = (*self.window(), channels // self.groups, self.filters)
        kernel = self.variable(b, "kernel", shape, x.spec.dtype)
        y = Convolution(**self.settings_of_op(groups=self.groups))(x, kernel)
        return self.finish(b, y, self.filters)


class Conv1D(_Conv):
    """Look for patterns along a signal or a sequence.

    Each filter slides over the steps and gives, at each, the weighted sum of all channels under it.
    """

    rank = 1
    advice = "For sound, sensors and text. Padding same keeps the length."
    cases = (
        Case([(2, 7, 2)], {"filters": 3}),
        Case([(2, 7, 2)], {"filters": 2, "strides": [2], "padding": "same", "activation": "tanh"}),
        Case([(1, 7, 4)], {"filters": 4, "dilation": [2], "groups": 2, "use_bias": False}),
    )


class Conv2D(_Conv):
    """Look for patterns in images: edges and spots first, in deeper layers parts and whole things.

    Each filter slides over the image and gives, at each place, the weighted sum of all channels under it.
    """

    advice = (
        "Begin with 8 to 32 filters of 3 x 3 and relu, followed by MaxPooling2D; double the filters as "
        "the image shrinks."
    )
    cases = (
        Case([(2, 5, 6, 2)], {"filters": 3}),
        Case([(2, 5, 4, 2)], {"filters": 2, "kernel_size": [3, 2], "padding": "same", "activation": "tanh"}),
        Case([(1, 6, 6, 4)], {"filters": 4, "strides": [2], "groups": 2, "bias_initializer": "normal"}),
        Case([(1, 6, 6, 1)], {"filters": 2, "dilation": [2], "use_bias": False}),
        Case([(1, 5, 6, 1)], {"filters": 2, "strides": [2], "pads": [1, 0, 2, 1]}),
        Case([(0, 4, 4, 1)], {"filters": 2}),
    )


class Conv3D(_Conv):
    """Look for patterns in volumes, or in images that follow one another.

    Each filter slides over all three axes and gives, at each place, the weighted sum of what lies under it.
    """

    rank = 3
    advice = "Memory grows with the third power of the size: begin with few filters."
    cases = (
        Case([(1, 3, 4, 3, 2)], {"filters": 2, "kernel_size": [2]}),
        Case([(1, 3, 3, 3, 1)], {"filters": 2, "padding": "same", "strides": [1, 2, 2]}),
    )
