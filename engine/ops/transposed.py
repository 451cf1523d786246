"""Transposed convolution: it enlarges as a convolution makes smaller."""

from __future__ import annotations

from engine.case import Case
from engine.errors import SpecError
from engine.families import operands
from engine.op import Call, Gradients, attribute
from engine.ops.convolution import Convolution, ConvolutionKernelGradient, Convolving
from engine.ops.cutting import PadLike, SliceLike
from engine.ops.windowing import LARGEST
from engine.spec import UNKNOWN, Dim, Spec, same_dim, shape_text
from engine.value import Value
from kernels.generic.windows import each, pads_of_same, pads_to


class ConvolutionTranspose(Convolving):
    """Spread each element over a window, weighted by a kernel: the way back of a Convolution's sizes.

    The kernel is window x filters of a group x channels. With padding same each size is multiplied by its
    stride; otherwise the windows that begin `stride` apart just have room. Where several sizes lead to one
    under a Convolution, output_padding or sizes choose among them.
    """

    inputs = ("x", "kernel")
    promotes = ("x", "kernel")
    formula = "y[p · stride + k · dilation, f] = sum over p, k, c of x[p, c] · kernel[k, f, c]"
    advice = (
        "Enlarges images in decoders. A window that is a multiple of the stride leaves no chequered pattern."
    )
    output_padding: tuple[int, ...] = attribute(
        default=(0,),
        low=0,
        high=LARGEST,
        help="How much longer the result is behind, by axis; less than its stride or its dilation.",
    )
    sizes: tuple[int, ...] = attribute(
        default=(),
        low=1,
        high=LARGEST,
        help="The sizes of the result between batch and channels; margins on both sides follow from them.",
    )
    cases = (
        Case([(2, 3, 4, 3), (3, 3, 2, 3)]),
        Case([(1, 3, 2, 2), (3, 2, 1, 2)], {"strides": [2, 3], "padding": "same"}),
        Case([(1, 3, 2, 2), (2, 4, 1, 2)], {"strides": [2, 3], "padding": "same_lower"}),
        Case([(1, 3, 3, 2), (2, 3, 1, 2)], {"dilations": [2], "strides": [2], "pads": [1]}),
        Case([(1, 3, 3, 2), (3, 3, 1, 2)], {"strides": [2, 3], "pads": [1], "output_padding": [1, 2]}),
        Case([(1, 3, 3, 2), (3, 2, 1, 2)], {"strides": [2], "padding": "same", "output_padding": [1, 0]}),
        Case([(1, 3, 3, 2), (2, 2, 1, 2)], {"dilations": [3], "pads": [0, 2, 1, 2], "output_padding": [2]}),
        Case([(1, 3, 3, 2), (3, 3, 1, 2)], {"strides": [3, 2], "sizes": [10, 6]}),
        Case([(1, 3, 2), (4, 1, 2)], {"strides": [2], "sizes": [5], "padding": "same_lower"}),
        Case([(2, 3, 3, 6), (2, 2, 2, 6)], {"groups": 2}),
        Case([(2, 3, 3, 3), (2, 2, 1, 3)], {"groups": 3, "strides": [2]}),
        Case([(2, 4, 2), (3, 1, 2)], {"strides": [2]}),
        Case([(1, 2, 2, 2, 1), (2, 2, 2, 1, 1)]),
        Case([(0, 2, 2, 2), (3, 3, 1, 2)]),
    )

    def infer(self, x: Spec, kernel: Spec) -> Spec:
        shapes = self.check(x, kernel)
        if shapes is None:
            return x.with_shape(None)
        (batch, *sizes, channels), (*window, filters, inner) = shapes
        if not same_dim(channels, inner) and isinstance(channels, int) and isinstance(inner, int):
            raise SpecError(
                f"x has {channels} channels, and kernel {shape_text(kernel.shape)} takes {inner}.",
                hint=f"Give kernel {channels} in its last axis.",
            )
        self._check_room(len(sizes))
        made = filters * self.groups if isinstance(filters, int) else UNKNOWN
        found = [
            self._size(x, i, size, wide) for i, (size, wide) in enumerate(zip(sizes, window, strict=True))
        ]
        return x.with_shape((batch, *found, made))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, kernel = operands(call)
        forward = {
            name: value for name, value in self.settings().items() if name not in ("output_padding", "sizes")
        }
        if self.sizes:
            forward["pads"] = self._margins(x.spec, kernel.spec)
        elif any(self.output_padding):
            if self.padding != "valid" and not self.pads:
                forward["pads"] = self._pads_of_same(kernel.spec)
            # On what is longer behind the window may have more places, from which nothing came.
            places = Convolution(**forward)(dy, kernel)
            x = PadLike()(x, places)
            return SliceLike()(places, call.inputs[0]), ConvolutionKernelGradient(**forward)(dy, x, kernel)
        dx = Convolution(**forward)(dy, kernel)
        return dx, ConvolutionKernelGradient(**forward)(dy, x, kernel)

    def _check_room(self, rank: int) -> None:
        """Raise SpecError for an output_padding or sizes that do not go with the window's axes."""
        self.check_lengths(rank, output_padding=self.output_padding)
        settings = (each(numbers, rank) for numbers in (self.output_padding, self.strides, self.dilations))
        for more, stride, dilation in zip(*settings, strict=True):
            if more >= max(stride, dilation):
                raise SpecError(
                    f"output_padding is {more}, the stride is {stride} and the dilation {dilation}; "
                    "expected less than one of them.",
                    hint="Choose a smaller output_padding.",
                )
        if len(self.sizes) not in (0, rank):
            raise SpecError(
                f"sizes has {len(self.sizes)} numbers, and the window has {rank} axes.",
                hint=f"Give {rank} sizes, or none.",
            )

    def _size(self, x: Spec, i: int, size: Dim, window: Dim) -> Dim:
        """The size of one axis afterwards."""
        if not isinstance(size, int) or not isinstance(window, int):
            return self.sizes[i] if self.sizes else UNKNOWN
        rank = len(x.shape or ()) - 2
        axis = self.axis(i, rank, size, window, self.dilations)
        more = each(self.output_padding, rank)[i]
        found = self.sizes[i] if self.sizes else axis.full_size(size, self.padding, self.pads) + more
        if size < 1 or found < 1:
            raise SpecError(
                f"x is {shape_text(x.shape)}; nothing is left of axis {i + 1} without the margins.",
                hint="Choose smaller pads, or connect a larger input.",
            )
        least = (size - 1) * axis.stride + axis.extent
        if self.sizes and not found < least + axis.stride:
            raise SpecError(
                f"axis {i + 1} cannot become {found} long: {size} windows reach over {least}.",
                hint=f"Choose a size below {least + axis.stride}, or a larger stride.",
            )
        return found

    def _pads_of_same(self, kernel: Spec) -> tuple[int, ...]:
        """The margins by padding, which are those of the sizes without output_padding."""
        window = kernel.with_shape(kernel.shape and kernel.shape[:-2]).static_shape
        return pads_of_same(window, self.strides, self.dilations, self.padding)

    def _margins(self, x: Spec, kernel: Spec) -> tuple[int, ...]:
        """The margins that make up the sizes that are given."""
        places, wide = (x.shape or ())[1:-1], (kernel.shape or ())[:-2]
        if not places or not all(isinstance(size, int) for size in (*places, *wide)):
            raise SpecError(
                f"x is {x}; its gradient needs known sizes between batch and channels.",
                hint="Give the placeholder numbers for them.",
            )
        counts, window = (tuple(int(size) for size in part) for part in (places, wide))
        return pads_to(self.sizes, counts, window, self.strides, self.dilations, self.padding)
