"""Grids of places in images, and the elements that lie there."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import ANY, alone, operands, require_dtype
from engine.op import Call, Gradients, Op, Port, attribute, setting
from engine.ops.windowing import LARGEST
from engine.spec import FLOATS, INTEGERS, UNKNOWN, Spec, same_dim, shape_text
from engine.value import Value

_PLACES = Sample((2, 2, 3), "int64", values=[[[0, 3, 1], [1, 1, 2]], [[3, 3, 3], [0, 0, 2]]])
_TURNED = Sample(values=[[[0.8, -0.6, 0.1], [0.6, 0.8, -0.2]]])


class GatherRows(Op):
    """Pick rows of each example by their numbers: each example has numbers of its own."""

    category = "Shape"
    internal = True
    inputs = ("x", "indices")
    cases = (
        Case([(2, 4, 3), _PLACES]),
        Case([(2, 4, 1), Sample((2, 0), "int32")]),
        Case([(0, 4, 2), Sample((0, 3), "int64")]),
        Case([(1, 2, 3), Sample((1,), "int64", values=[1])]),
        Case([Sample((2, 4, 3), "bool"), _PLACES], gradient=False),
    )

    def infer(self, x: Spec, indices: Spec) -> Spec:
        require_dtype(x, ANY, "x")
        require_dtype(indices, INTEGERS, "indices")
        if x.shape is None or indices.shape is None:
            return x.with_shape(None)
        if len(x.shape) != 3 or not indices.shape or not same_dim(x.shape[0], indices.shape[0]):
            raise SpecError(
                f"x is {shape_text(x.shape)}, and indices are {shape_text(indices.shape)}; expected batch x "
                "rows x features, and indices for each example.",
                hint="Insert Reshape.",
            )
        return x.with_shape((*indices.shape, x.shape[2]))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, indices = operands(call)
        return ScatterRows()(dy, indices, x), None


class ScatterRows(Op):
    """Zeros in the shape of `like`, to whose rows those of x are added: the way back from GatherRows."""

    category = "Shape"
    internal = True
    inputs = ("x", "indices", Port("like", shape_only=True))
    cases = (
        Case([(2, 2, 3, 3), _PLACES, (2, 4, 3)]),
        Case([(0, 3, 2), Sample((0, 3), "int64"), (0, 4, 2)]),
        Case([(1, 3), Sample((1,), "int64", values=[1]), (1, 2, 3)]),
    )

    def infer(self, x: Spec, indices: Spec, like: Spec) -> Spec:
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        _, indices, _ = operands(call)
        return GatherRows()(dy, indices), None, None


class _Grid(Op, abstract=True):
    """What a grid and its way back share."""

    category = "Layers"
    align_corners: bool = attribute(
        default=False,
        help="Whether -1 and 1 are the middles of the corner elements, instead of the edges of the image.",
    )


class AffineGrid(_Grid):
    """Where each pixel of a new image lies in the old one, when that is moved, turned, stretched or sheared.

    A place is x, then y (then z), from -1 at the one end of the image to 1 at the other. `theta` is a matrix
    for each image: 2 x 3, or 3 x 4 for volumes, whose last column moves.

    Source: Jaderberg et al., Spatial transformer networks, 2015.
    """

    inputs = ("theta", setting("sizes"))
    formula = "y[row, column] = theta · (x, y, 1)"
    advice = "Feed it to GridSample. A theta of [[1, 0, 0], [0, 1, 0]] leaves everything where it is."
    sizes: tuple[int, ...] = attribute(
        default=(8, 8),
        low=0,
        high=LARGEST,
        help="The sizes of the new image: height and width.",
    )
    cases = (
        Case([(2, 2, 3)], {"sizes": [3, 4]}),
        Case([_TURNED], {"sizes": [2, 3], "align_corners": True}),
        Case([(1, 3, 4)], {"sizes": [2, 1, 3]}),
        Case([(1, 2, 3)], {"sizes": [1, 1], "align_corners": True}),
        Case([(0, 2, 3)]),
        Case([(2, 2, 3), Sample((2,), "int64", values=[3, 2])]),
    )

    def infer(self, theta: Spec, sizes: Spec | None = None) -> Spec:
        require_dtype(theta, FLOATS, "theta")
        if theta.shape is None:
            return theta
        rank = len(self.sizes) if sizes is None else theta.shape[1] if len(theta.shape) == 3 else 2
        wanted = (rank, rank + 1) if isinstance(rank, int) else (UNKNOWN, UNKNOWN)
        fits = len(theta.shape) == 3 and all(map(same_dim, theta.shape[1:], wanted))
        if not fits or rank not in (2, 3, UNKNOWN):
            raise SpecError(
                f"theta is {shape_text(theta.shape)}, and there are {rank} sizes; expected batch x 2 x 3 for "
                "images, batch x 3 x 4 for volumes.",
                hint="Insert Reshape, or give two or three sizes.",
            )
        if rank == UNKNOWN:
            return theta.with_shape(None)
        places = self.sizes if sizes is None else (UNKNOWN,) * int(rank)
        return theta.with_shape((theta.shape[0], *places, rank))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return alone(call, AffineGridGradient(align_corners=self.align_corners)(dy))


class AffineGridGradient(_Grid):
    """The gradient of the matrices: how each of their numbers moves all places."""

    internal = True
    inputs = ("dy",)
    cases = (Case([(2, 3, 4, 2)]), Case([(1, 2, 1, 3, 3)], {"align_corners": True}))

    def infer(self, dy: Spec) -> Spec:
        rank = dy.shape[-1] if dy.shape else UNKNOWN
        if dy.shape is None or not isinstance(rank, int):
            return dy.with_shape(None)
        return dy.with_shape((dy.shape[0], rank, rank + 1))

    def gradient(self, call: Call, dz: Value) -> Gradients:
        (dy,) = operands(call)
        sizes = (dy.spec.shape or ())[1:-1]
        if not sizes or not all(isinstance(size, int) for size in sizes):
            raise SpecError(f"dy is {dy.spec}; a second gradient needs known sizes.", hint="Set sizes.")
        made = AffineGrid(sizes=tuple(int(size) for size in sizes), align_corners=self.align_corners)
        return (made(dz),)
