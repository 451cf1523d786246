"""Convolution, and the ways back to its input and to its kernel."""

from __future__ import annotations

from engine.case import Case
from engine.errors import SpecError
from engine.families import operands, require_dtype
from engine.op import Call, Gradients, Port, attribute
from engine.ops.windowing import LARGEST, Windowed, window_rank
from engine.spec import FLOATS, Dim, Shape, Spec, common_dtype, shape_text
from engine.value import Value


class Convolving(Windowed, abstract=True):
    """What convolutions share: a window with holes, and groups of channels."""

    dilations: tuple[int, ...] = attribute(
        default=(1,),
        low=1,
        high=LARGEST,
        help="How far apart the elements of the window lie, by axis. One number is for all.",
    )
    groups: int = attribute(
        default=1,
        low=1,
        high=LARGEST,
        help="Into how many groups the channels are divided, each with filters of its own.",
    )

    def check(self, x: Spec, kernel: Spec) -> tuple[Shape, Shape] | None:
        """Both shapes, or None where one is not known; raises SpecError where they do not fit."""
        require_dtype(x, FLOATS, "x")
        require_dtype(kernel, FLOATS, "kernel")
        common_dtype(x, kernel)
        rank = window_rank(x)
        if x.shape is None or kernel.shape is None or rank is None:
            return None
        if len(kernel.shape) != rank + 2:
            raise SpecError(
                f"x is {shape_text(x.shape)}, and kernel is {shape_text(kernel.shape)}; expected a window "
                f"of {rank} {'axis' if rank == 1 else 'axes'}, and two axes of channels.",
                hint="Give x and kernel equally many axes.",
            )
        if 0 in kernel.shape[:-2]:
            raise SpecError(f"kernel is {shape_text(kernel.shape)}: its window is empty.", hint="Enlarge it.")
        self.check_lengths(rank, dilations=self.dilations)
        self.check_divisible(kernel.shape[-1], "filters")
        return x.shape, kernel.shape

    def check_divisible(self, channels: Dim, what: str) -> None:
        if isinstance(channels, int) and channels % self.groups:
            raise SpecError(
                f"{channels} {what} cannot be divided into {self.groups} groups.",
                hint=f"Choose groups so that it divides {channels}.",
            )


class Convolution(Convolving):
    """Slide filters over the input: each gives, at each place, the weighted sum of what lies under it.

    One, two or three axes lie between batch and channels. The kernel is window x channels of a group x
    filters. With as many groups as channels each channel has filters of its own: a depthwise convolution.
    """

    inputs = ("x", "kernel")
    promotes = ("x", "kernel")
    formula = "y[p, f] = sum over k, c of x[p · stride + k · dilation, c] · kernel[k, c, f]"
    advice = "Conv2D brings a kernel and a bias of its own; take this op to give it a kernel."
    cases = (
        Case([(2, 5, 6, 2), (3, 3, 2, 3)]),
        Case([(2, 5, 4, 2), (3, 2, 2, 3)], {"padding": "same"}),
        Case([(1, 7, 6, 1), (3, 2, 1, 2)], {"strides": [2, 3], "padding": "same"}),
        Case([(1, 6, 7, 1), (2, 3, 1, 2)], {"dilations": [2], "pads": [1, 0, 2, 1], "strides": [2]}),
        Case([(2, 4, 4, 4), (2, 2, 2, 6)], {"groups": 2}),
        Case([(2, 4, 4, 3), (3, 3, 1, 6)], {"groups": 3, "pads": [1]}),
        Case([(2, 5, 6, 3), (2, 3, 1, 3)], {"groups": 3, "strides": [2, 1], "padding": "same_lower"}),
        Case([(2, 7, 3), (3, 3, 2)], {"strides": [2]}),
        Case([(1, 3, 4, 3, 2), (2, 2, 2, 2, 2)], {"padding": "same"}),
        Case([(0, 4, 4, 1), (3, 3, 1, 2)]),
        Case([(1, 1, 1, 1), (1, 1, 1, 1)]),
        Case([(2, 3, 3, 0), (2, 2, 0, 2)]),
        Case([(1, 4, 4, 1), (2, 2, 1, 1)], low=1e12, high=1e13, gradient=False),
    )

    def infer(self, x: Spec, kernel: Spec) -> Spec:
        shapes = self.check(x, kernel)
        if shapes is None:
            return x.with_shape(None)
        (batch, *_, channels), (*window, inner, filters) = shapes
        self.check_divisible(channels, "channels")
        if isinstance(channels, int) and isinstance(inner, int) and channels != inner * self.groups:
            raise SpecError(
                f"x has {channels} channels, and kernel {shape_text(kernel.shape)} takes {inner} in each of "
                f"{self.groups} {'group' if self.groups == 1 else 'groups'}.",
                hint=f"Give kernel {channels // self.groups} in its last axis but one.",
            )
        return x.with_shape((batch, *self.places(x, window, self.dilations), filters))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, kernel = operands(call)
        dx = ConvolutionInputGradient(**self.settings())(dy, kernel, x)
        return dx, ConvolutionKernelGradient(**self.settings())(x, dy, kernel)


class ConvolutionInputGradient(Convolving):
    """The gradient of a convolution's input: every place gives back to what lay under the window."""

    internal = True
    inputs = ("dy", "kernel", Port("like", shape_only=True))
    cases = (
        Case([(2, 3, 4, 3), (3, 3, 2, 3), (2, 5, 6, 2)]),
        Case([(1, 4, 2, 2), (3, 2, 1, 2), (1, 7, 6, 1)], {"strides": [2, 3], "padding": "same"}),
        Case([(1, 3, 2, 2), (2, 3, 1, 2), (1, 6, 6, 1)], {"dilations": [2], "strides": [2], "pads": [1]}),
        Case([(2, 3, 3, 6), (2, 2, 2, 6), (2, 4, 4, 4)], {"groups": 2}),
        Case([(0, 2, 2, 2), (3, 3, 1, 2), (0, 4, 4, 1)]),
    )

    def infer(self, dy: Spec, kernel: Spec, like: Spec) -> Spec:
        return dy.with_shape(like.shape)

    def gradient(self, call: Call, dz: Value) -> Gradients:
        dy, kernel, _ = operands(call)
        dkernel = ConvolutionKernelGradient(**self.settings())(dz, dy, kernel)
        return Convolution(**self.settings())(dz, kernel), dkernel, None


class ConvolutionKernelGradient(Convolving):
    """The gradient of a convolution's kernel: what lay under each weight, weighted by the gradient there."""

    internal = True
    inputs = ("x", "dy", Port("like", shape_only=True))
    cases = (
        Case([(2, 5, 6, 2), (2, 3, 4, 3), (3, 3, 2, 3)]),
        Case([(1, 7, 6, 1), (1, 4, 2, 2), (3, 2, 1, 2)], {"strides": [2, 3], "padding": "same"}),
        Case([(1, 6, 6, 1), (1, 3, 2, 2), (2, 3, 1, 2)], {"dilations": [2], "strides": [2], "pads": [1]}),
        Case([(2, 4, 4, 4), (2, 3, 3, 6), (2, 2, 2, 6)], {"groups": 2}),
        Case([(0, 4, 4, 1), (0, 2, 2, 2), (3, 3, 1, 2)]),
    )

    def infer(self, x: Spec, dy: Spec, like: Spec) -> Spec:
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dz: Value) -> Gradients:
        x, dy, _ = operands(call)
        dx = ConvolutionInputGradient(**self.settings())(dy, dz, x)
        return dx, Convolution(**self.settings())(x, dz), None
