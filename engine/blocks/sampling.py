"""Images read between their pixels, at places that the graph computes."""

from __future__ import annotations

import math

import numpy as np

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.op import Block, attribute
from engine.ops.arithmetic import Minimum, Mod
from engine.ops.comparison import LogicalAnd
from engine.ops.conversion import Cast, OnesLike
from engine.ops.cutting import Slice
from engine.ops.elementwise import Floor, Round
from engine.ops.ordering import Reverse
from engine.ops.reduction import ReduceSum
from engine.ops.sampling import GatherRows
from engine.ops.selection import Clip
from engine.ops.shaping import ExpandDims, Reshape
from engine.spec import shape_text
from engine.value import BlockBuilder, Value

KINDS = ("nearest", "linear", "cubic")
PADDINGS = ("zeros", "border", "reflection")
_SMOOTHNESS = -0.75
"""How far cubic curves swing."""

# By how much an element counts is a polynomial of how far the place lies behind the one on its left: for each
# power of that, from the lowest on, the coefficients of all elements that count.
_POLYNOMIALS = {
    "nearest": (np.array([0.0]), np.array([[1.0]])),
    "linear": (np.array([0.0, 1.0]), np.array([[1.0, 0.0], [-1.0, 1.0]])),
    "cubic": (
        np.array([-1.0, 0.0, 1.0, 2.0]),
        np.array(
            [
                [0.0, 1.0, 0.0, 0.0],
                [_SMOOTHNESS, 0.0, -_SMOOTHNESS, 0.0],
                [-2 * _SMOOTHNESS, -(_SMOOTHNESS + 3), 2 * _SMOOTHNESS + 3, _SMOOTHNESS],
                [_SMOOTHNESS, _SMOOTHNESS + 2, -(_SMOOTHNESS + 2), -_SMOOTHNESS],
            ]
        ),
    ),
}


def sampled(
    b: BlockBuilder, x: Value, places: Value, kind: str, padding: str, *, around_middles: bool = False
) -> Value:
    """The elements of batch x sizes x channels at places, which count from 0 along each axis.

    `places` are batch x count x axes; the result is batch x count x channels. What lies outside is zero, the
    nearest element of the border, or mirrored at the edge, or with `around_middles` at the border's middles.
    """
    shape = x.spec.shape or ()
    sizes, channels = [int(size) for size in shape[1:-1]], int(shape[-1])
    count = int((places.spec.shape or ())[1])
    number, weight = None, None
    for axis, size in enumerate(sizes):
        place = Slice(begin=(0, 0, axis), size=(-1, -1, 1))(places, name=f"place_{axis}")
        elements, weights = _around(b, place, size, kind, padding, around_middles)
        if number is None or weight is None:
            number, weight = elements, weights
            continue
        # Every element along one axis meets every element along the other.
        number = ExpandDims(axis=-1)(number * size) + ExpandDims(axis=2)(elements)
        weight = ExpandDims(axis=-1)(weight) * ExpandDims(axis=2)(weights)
        taps = math.prod(int(part) for part in (number.spec.shape or ())[2:])
        number, weight = (Reshape(shape=(-1, count, taps))(part) for part in (number, weight))
    if number is None or weight is None:
        raise SpecError(f"x is {x.spec}; expected axes between batch and channels.")
    rows = GatherRows()(Reshape(shape=(-1, math.prod(sizes), channels))(x), number, name="elements")
    return ReduceSum(axes=(2,))(rows * ExpandDims(axis=-1)(weight))


def _around(
    b: BlockBuilder, place: Value, size: int, kind: str, padding: str, around_middles: bool
) -> tuple[Value, Value]:
    """The numbers of the elements around places along one axis, and by how much each of them counts."""
    dtype = place.spec.dtype
    offsets, polynomial = _POLYNOMIALS[kind]
    first = (Round() if kind == "nearest" else Floor())(place)
    elements = first + b.constant(offsets, dtype)
    weights = OnesLike()(elements) * b.constant(polynomial[-1], dtype)
    for coefficients in polynomial[-2::-1]:
        weights = weights * (place - first) + b.constant(coefficients, dtype)
    if padding == "zeros":
        inside = LogicalAnd()(elements >= 0, elements <= size - 1)
        weights = Cast(dtype=dtype)(inside) * weights
    elif padding == "reflection":
        elements = _mirrored(elements, size, around_middles)
    return Cast(dtype="int64")(Clip(low=0.0, high=float(max(size - 1, 0)))(elements)), weights


def _mirrored(elements: Value, size: int, around_middles: bool) -> Value:
    """Numbers outside mirrored to the inside, as often as needed."""
    last = float(size - 1)
    if around_middles:
        steps = Mod()(elements, max(2 * last, 1.0))
        return Minimum()(steps, 2 * last - steps)
    steps = Mod()(elements, 2.0 * size)
    return Minimum()(steps, 2 * last + 1 - steps)


class GridSample(Block):
    """Read images at places of a grid, and between their pixels: a new image, moved or bent as the grid says.

    A place is x, then y (then z for volumes), from -1 at the one end of the image to 1 at the other.

    Source: Jaderberg et al., Spatial transformer networks, 2015.
    """

    category = "Layers"
    inputs = ("x", "grid")
    formula = "y[row, column] = x at the place grid[row, column]"
    advice = "AffineGrid makes grids that move, turn and stretch. Both the image and the grid get gradients."
    interpolation: str = attribute(
        default="linear",
        choices=KINDS,
        help="Nearest takes the nearest pixel; linear and cubic draw lines and smooth curves through them.",
    )
    padding: str = attribute(
        default="zeros",
        choices=PADDINGS,
        help="What lies outside: zeros, the nearest pixel of the border, or the image mirrored.",
    )
    align_corners: bool = attribute(
        default=False,
        help="Whether -1 and 1 are the middles of the corner pixels, instead of the edges of the image.",
    )
    cases = (
        Case([(2, 3, 4, 2), (2, 2, 3, 2)]),
        Case([(1, 3, 4, 1), (1, 5, 2)], {"interpolation": "nearest"}, low=-1.5, high=1.5),
        Case(
            [(1, 4, 3, 1), (1, 2, 2, 2)], {"interpolation": "cubic", "padding": "border"}, low=-1.5, high=1.5
        ),
        Case([(1, 4, 3, 1), (1, 2, 3, 2)], {"padding": "reflection"}, low=-2.5, high=2.5),
        Case(
            [(1, 4, 3, 1), (1, 2, 3, 2)],
            {"padding": "reflection", "align_corners": True, "interpolation": "cubic"},
            low=-2.5,
            high=2.5,
        ),
        Case([(1, 2, 3, 2, 1), (1, 2, 1, 2, 3)], {"align_corners": True}),
        Case([(1, 5, 2), (1, 3, 1)]),
        Case([(0, 3, 4, 2), (0, 2, 3, 2)]),
        Case([(1, 2, 2, 1), Sample((1, 2, 2), low=3.0, high=4.0)], {"padding": "border"}),
    )

    def expand(self, b: BlockBuilder, x: Value, grid: Value) -> Value:
        rank = self._rank(x, grid)
        sizes = [float(size) for size in (x.spec.shape or ())[1:-1]]
        shape = grid.spec.shape or ()
        inner = tuple(int(size) for size in shape[1:-1])
        # Rows come first among axes, and x first among places.
        places = Reshape(shape=(-1, math.prod(inner), rank))(Reverse(axes=(-1,))(grid))
        if self.align_corners:
            scale, shift = [(size - 1) / 2 for size in sizes], [(size - 1) / 2 for size in sizes]
        else:
            scale, shift = [size / 2 for size in sizes], [(size - 1) / 2 for size in sizes]
        dtype = x.spec.dtype
        places = places * b.constant(scale, dtype) + b.constant(shift, dtype)
        y = sampled(b, x, places, self.interpolation, self.padding, around_middles=self.align_corners)
        return Reshape(shape=(-1, *inner, int((x.spec.shape or ())[-1])))(y)

    def _rank(self, x: Value, grid: Value) -> int:
        """How many axes a place has; raises SpecError where x and grid do not fit."""
        shape, places = x.spec.shape or (), grid.spec.shape or ()
        rank = len(shape) - 2
        if not x.spec.is_float or x.spec.dtype != grid.spec.dtype:
            raise SpecError(
                f"x is {x.spec}, and grid is {grid.spec}; expected one float dtype.", hint="Insert Cast."
            )
        known = all(isinstance(size, int) for size in (*shape[1:], *places[1:]))
        if rank not in (1, 2, 3) or not known or len(places) < 3 or places[-1] != rank:
            raise SpecError(
                f"x is {shape_text(x.spec.shape)}, and grid is {shape_text(grid.spec.shape)}; expected "
                "images batch x height x width x channels and places batch x ... x 2, of known sizes.",
                hint="Give the last axis of grid as many numbers as lie between batch and channels of x.",
            )
        return rank
