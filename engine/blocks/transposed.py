"""Layers of transposed convolution: they enlarge signals, images and volumes, and learn how."""

from __future__ import annotations

from typing import Any

from engine.blocks.convolutional import WindowedLayer, channels_of
from engine.op import Case, attribute
from engine.ops.transposed import ConvolutionTranspose
from engine.ops.windowing import LARGEST
from engine.value import BlockBuilder, Value


class _ConvTranspose(WindowedLayer, abstract=True):
    """What Conv1DTranspose, Conv2DTranspose and Conv3DTranspose share."""

    formula = "y = activation(transposed convolution of x and kernel + bias)"
    filters: int = attribute(
        quick=True, default=16, low=1, high=LARGEST, help="How many channels the result has."
    )
    output_padding: tuple[int, ...] = attribute(
        default=(0,),
        low=0,
        high=LARGEST,
        help="How much longer the result is behind, by axis; less than its stride or its dilation.",
    )

    def settings_of_op(self, **more: Any) -> dict[str, Any]:
        return super().settings_of_op(output_padding=self.output_padding, **more)

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        channels = channels_of(x.spec, self.rank)
        kernel = self.variable(b, "kernel", (*self.window(), self.filters, channels), x.spec.dtype)
        return self.finish(b, ConvolutionTranspose(**self.settings_of_op())(x, kernel), self.filters)


class Conv1DTranspose(_ConvTranspose):
    """Lengthen signals: every element spreads its filters over a window. The sizes of a Conv1D, backwards."""

    rank = 1
    advice = "With strides 2 and padding same it doubles the length, as decoders of sound do."
    cases = (
        Case([(2, 4, 2)], {"filters": 3}),
        Case([(1, 4, 2)], {"filters": 2, "strides": [2], "output_padding": [1]}),
    )


class Conv2DTranspose(_ConvTranspose):
    """Enlarge images: every element spreads its filters over a window. The sizes of a Conv2D, backwards."""

    advice = "With strides 2 and padding same it doubles height and width, as decoders and generators do."
    cases = (
        Case([(2, 3, 4, 2)], {"filters": 3}),
        Case([(1, 3, 3, 2)], {"filters": 2, "strides": [2], "padding": "same", "activation": "tanh"}),
    )


class Conv3DTranspose(_ConvTranspose):
    """Enlarge volumes: every element spreads its filters over a window. The sizes of a Conv3D, backwards."""

    rank = 3
    advice = "Memory grows with the third power of the size: begin with few filters."
    cases = (
        Case([(1, 2, 2, 3, 2)], {"filters": 2, "kernel_size": [2]}),
        Case([(1, 2, 2, 2, 1)], {"filters": 2, "strides": [2], "padding": "same"}),
    )
