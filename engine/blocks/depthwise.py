"""Layers that look at each channel by itself first, so that few weights are learned."""

from __future__ import annotations

from engine.blocks.convolutional import WindowedLayer, channels_of
from engine.errors import SpecError
from engine.op import Case, attribute
from engine.ops.convolution import Convolution
from engine.ops.windowing import LARGEST
from engine.value import BlockBuilder, Value


class _Depthwise(WindowedLayer, abstract=True):
    """What layers share that look at each channel by itself."""

    depth_multiplier: int = attribute(
        default=1, low=1, high=LARGEST, help="How many patterns it looks for in each channel."
    )

    def by_channel(self, b: BlockBuilder, x: Value, name: str) -> tuple[Value, int]:
        """The convolution of each channel with kernels of its own, and how many channels that makes."""
        channels = channels_of(x.spec, self.rank)
        if channels == 0:
            raise SpecError(f"x is {x.spec}: it has no channels.", hint="Connect images with channels.")
        made = channels * self.depth_multiplier
        kernel = self.variable(b, name, (*self.window(), 1, made), x.spec.dtype)
        return Convolution(**self.settings_of_op(groups=channels))(x, kernel), made


class _DepthwiseConv(_Depthwise, abstract=True):
    """What DepthwiseConv1D and DepthwiseConv2D share."""

    formula = "y = activation(convolution of each channel of x and its own kernel + bias)"

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        y, made = self.by_channel(b, x, "kernel")
        return self.finish(b, y, made)


class DepthwiseConv1D(_DepthwiseConv):
    """Look for patterns in each channel of a signal by itself: few weights, and no channel sees another."""

    rank = 1
    advice = "For sensors whose channels have little to do with one another."
    cases = (
        Case([(2, 6, 3)]),
        Case([(1, 7, 2)], {"depth_multiplier": 2, "padding": "same", "strides": [2]}),
    )


class DepthwiseConv2D(_DepthwiseConv):
    """Look for patterns in each channel by itself: few weights, and no channel sees another.

    A Conv2D with a window of 1 behind it mixes the channels; both together are a SeparableConv2D.
    """

    advice = "With a 1 x 1 Conv2D behind it, it is nearly as good as a Conv2D and has far fewer weights."
    cases = (
        Case([(2, 5, 5, 3)]),
        Case([(1, 5, 6, 2)], {"depth_multiplier": 2, "padding": "same", "strides": [2]}),
    )


class _SeparableConv(_Depthwise, abstract=True):
    """What SeparableConv1D and SeparableConv2D share."""

    formula = "y = activation(pointwise kernel · (convolution of each channel and its own kernel) + bias)"
    filters: int = attribute(
        quick=True, default=16, low=1, high=LARGEST, help="How many patterns it looks for."
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        found, made = self.by_channel(b, x, "depthwise_kernel")
        mixing = self.variable(b, "pointwise_kernel", (*[1] * self.rank, made, self.filters), x.spec.dtype)
        return self.finish(b, Convolution()(found, mixing, name="mix"), self.filters)


class SeparableConv1D(_SeparableConv):
    """Look for patterns along a signal in two steps: in each channel by itself, then across the channels."""

    rank = 1
    advice = "In the place of a Conv1D with many channels, of whose weights it needs a small part."
    cases = (
        Case([(2, 6, 3)], {"filters": 2}),
        Case([(1, 7, 2)], {"filters": 3, "depth_multiplier": 2, "padding": "same", "activation": "tanh"}),
    )


class SeparableConv2D(_SeparableConv):
    """Look for patterns in images in two steps: in each channel by itself, then across the channels.

    Source: Chollet, Xception: deep learning with depthwise separable convolutions, 2017.
    """

    advice = "In the place of a Conv2D with many channels, of whose weights it needs a small part."
    cases = (
        Case([(2, 5, 5, 3)], {"filters": 2}),
        Case([(1, 5, 4, 2)], {"filters": 3, "depth_multiplier": 2, "strides": [2], "use_bias": False}),
    )
