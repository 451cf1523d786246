"""Windows of images written out one beside the other, and put together again."""

from __future__ import annotations

import math

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import ANY, NUMBERS, alone, open_sizes, require_dtype
from engine.op import Call, Gradients, Port, attribute, setting
from engine.ops.windowing import LARGEST, WindowWithHoles, window_rank
from engine.spec import UNKNOWN, Spec, same_dim, shape_text
from engine.value import Value
from kernels.generic.windows import each

_WIDE = Sample((2,), "int64", values=[2, 3])


class Im2Col(WindowWithHoles):
    """Write out what lies under each place of a window: batch x places x elements of the window x channels.

    A convolution is the product of this with a matrix of filters.

    Source: Chellapilla, Puri and Simard, High performance convolutional neural networks for document
    processing, 2006.
    """

    inputs = ("x", setting("window"))
    formula = "y[p, k, c] = x[p · stride + k · dilation, c]"
    advice = (
        "To see what a convolution sees, or to compute something else of each window. Also called unfold."
    )
    cases = (
        Case([(2, 3, 4, 2)]),
        Case([(1, 5, 4, 1)], {"window": [3, 2], "strides": [2, 1], "padding": "same"}),
        Case([(1, 5, 6, 1)], {"dilations": [2], "pads": [1, 0, 2, 1]}),
        Case([(1, 5, 2)], {"window": [3], "strides": [2]}),
        Case([(1, 2, 3, 2, 1)], {"padding": "same_lower"}),
        Case([(0, 3, 3, 2)]),
        Case([Sample((1, 3, 3, 1), "int32", -9, 9)], gradient=False),
        Case([(1, 3, 4, 2), _WIDE]),
    )

    def infer(self, x: Spec, window: Spec | None = None) -> Spec:
        require_dtype(x, ANY, "x")
        rank = window_rank(x)
        if x.shape is None or rank is None:
            return x.with_shape((UNKNOWN,) * 4)
        if window is not None:
            return x.with_shape((x.shape[0], UNKNOWN, UNKNOWN, x.shape[-1]))
        self.check_lengths(rank, window=self.window, dilations=self.dilations)
        wide = each(self.window, rank)
        places = self.places(x, wide, self.dilations)
        known = [size for size in places if isinstance(size, int)]
        count = math.prod(known) if len(known) == rank else places[0] if rank == 1 else UNKNOWN
        return x.with_shape((x.shape[0], count, math.prod(wide), x.shape[-1]))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return alone(call, Im2ColGradient(**self.settings())(dy, *call.inputs))


class Im2ColGradient(WindowWithHoles):
    """Each gradient added to the element that lay there."""

    internal = True
    inputs = ("dy", Port("like", shape_only=True), setting("window"))
    cases = (
        Case([(2, 6, 4, 2), (2, 3, 4, 2)]),
        Case([(1, 12, 6, 1), (1, 5, 4, 1)], {"window": [3, 2], "strides": [2, 1], "padding": "same"}),
        Case([(1, 4, 6, 2), (1, 3, 4, 2), _WIDE]),
    )

    def infer(self, dy: Spec, like: Spec, window: Spec | None = None) -> Spec:
        return dy.with_shape(like.shape)

    def gradient(self, call: Call, dz: Value) -> Gradients:
        return alone(call, Im2Col(**self.settings())(dz, *call.inputs[2:]))


class Col2Im(WindowWithHoles):
    """Put windows back to their places, and add up where they overlap: an image of the given sizes."""

    inputs = ("x", setting("sizes"), setting("window"))
    formula = "y[q, c] = sum over p, k with p · stride + k · dilation = q of x[p, k, c]"
    advice = "Takes batch x places x elements of the window x channels, as Im2Col gives it. Also called fold."
    sizes: tuple[int, ...] = attribute(
        default=(8, 8), low=1, high=LARGEST, help="The sizes of the image between batch and channels."
    )
    cases = (
        Case([(2, 6, 4, 2)], {"sizes": [3, 4]}),
        Case([(1, 12, 6, 1)], {"sizes": [5, 4], "window": [3, 2], "strides": [2, 1], "padding": "same"}),
        Case([(1, 2, 3, 2)], {"sizes": [5], "window": [3], "strides": [2]}),
        Case([(0, 4, 4, 1)], {"sizes": [3, 3]}),
        Case([Sample((1, 4, 4, 1), "int32", -9, 9)], {"sizes": [3, 3]}, gradient=False),
        Case([(1, 4, 6, 2), Sample((2,), "int64", values=[3, 4]), _WIDE]),
    )

    def infer(self, x: Spec, sizes: Spec | None = None, window: Spec | None = None) -> Spec:
        require_dtype(x, NUMBERS, "x")
        if x.shape is None:
            return x
        if len(x.shape) != 4:
            raise SpecError(
                f"x is {shape_text(x.shape)}; expected batch x places x elements of the window x channels.",
                hint="Insert Reshape, or connect what Im2Col gives.",
            )
        if sizes is not None:
            found = open_sizes(sizes)
            return x.with_shape(None if found is None else (x.shape[0], *found, x.shape[-1]))
        image = x.with_shape((x.shape[0], *self.sizes, x.shape[-1]))
        if window is None:
            self._check(x.shape[1:3], image)
        return image

    def gradient(self, call: Call, dy: Value) -> Gradients:
        forward = {name: value for name, value in self.settings().items() if name != "sizes"}
        return alone(call, Im2Col(**forward)(dy, *call.inputs[2:]))

    def _check(self, found: tuple[int | str, ...], image: Spec) -> None:
        """Raise SpecError where an image of these sizes has other windows."""
        rank = window_rank(image) or 0
        self.check_lengths(rank, window=self.window, dilations=self.dilations)
        wide = each(self.window, rank)
        count = math.prod(int(size) for size in self.places(image, wide, self.dilations))
        if not same_dim(found[0], count) or not same_dim(found[1], math.prod(wide)):
            raise SpecError(
                f"x has {found[0]} places of {found[1]} elements; an image of {shape_text(self.sizes)} has "
                f"{count} of {math.prod(wide)}.",
                hint="Change sizes, window or strides.",
            )
