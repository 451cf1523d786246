"""Regions of images: read at one size each, and freed of those that overlap."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import number_like, operands, require_dtype
from engine.op import Call, Gradients, Op, Port, attribute, setting
from engine.ops.arithmetic import Maximum
from engine.ops.ordering import AddAlong
from engine.ops.selection import Where
from engine.ops.shaping import Reshape, ReshapeLike
from engine.ops.windowing import LARGEST
from engine.spec import FLOATS, INTEGERS, UNKNOWN, Dim, Spec, common_dtype, merge_dim, same_dim, shape_text
from engine.value import Value

_BOXES = Sample(values=[[0.4, 0.3, 3.6, 2.7], [-1.3, 0.9, 1.8, 4.2], [2.2, 2.1, 2.9, 2.4]])
_IMAGES = Sample((3,), "int64", values=[1, 0, 1])
_NO_BOXES = (Sample((0, 4)), Sample((0,), "int64"))


class _Regions(Op, abstract=True):
    """What ops share that read regions of images: the size that each becomes, and the scale of the boxes."""

    category = "Layers"
    size: tuple[int, ...] = attribute(
        default=(7, 7), low=1, high=LARGEST, help="The height and the width of each result."
    )
    scale: float = attribute(
        default=1.0, low=1e-6, high=1e6, help="What the corners of boxes are multiplied by to become pixels."
    )

    def regions(self, x: Spec, boxes: Spec, images: Spec) -> Dim:
        """How many boxes there are; raises SpecError where the inputs do not fit."""
        require_dtype(x, FLOATS, "x")
        require_dtype(boxes, FLOATS, "boxes")
        require_dtype(images, INTEGERS, "images")
        common_dtype(x, boxes)
        if len(self.size) != 2:
            raise SpecError(f"size has {len(self.size)} numbers.", hint="Give a height and a width.")
        for spec, wanted, name in ((x, 4, "x"), (boxes, 2, "boxes"), (images, 1, "images")):
            if spec.shape is not None and len(spec.shape) != wanted:
                raise SpecError(
                    f"{name} is {shape_text(spec.shape)}; expected images batch x height x width x channels, "
                    "boxes as rows of 4 corners, and the number of its image for each of them.",
                    hint="Insert Reshape.",
                )
        rows, corners = boxes.shape or (UNKNOWN, 4)
        count = (images.shape or (UNKNOWN,))[0]
        if not same_dim(corners, 4) or not same_dim(rows, count):
            raise SpecError(
                f"boxes are {shape_text(boxes.shape)}, and images are {shape_text(images.shape)}; expected "
                "rows of 4 corners, and one image for each row.",
                hint="Connect as many images as boxes.",
            )
        if x.shape is not None and 0 in x.shape[1:3] and rows != 0:
            raise SpecError(f"x is {shape_text(x.shape)}: its images have no pixels.", hint="Enlarge them.")
        return merge_dim(rows, count)


class _Aligning(_Regions, abstract=True):
    """What RoiAlign and its way back share: which places of a box are read."""

    samples: int = attribute(
        default=2, low=0, high=64, help="How many places are read along each axis; 0: one for each pixel."
    )
    half_pixel: bool = attribute(
        default=True, help="Whether the middle of the first pixel lies at one half, instead of at 0."
    )


class RoiAlign(_Aligning):
    """Read regions of images between their pixels, so that each becomes an image of one size.

    A box is left, top, right, bottom. Each new pixel is the mean of what is read at regular places in its
    part of the box, or the largest of the pixels around these places, each times its weight there. The image
    gets a gradient, the boxes get none.

    Source: He et al., Mask R-CNN, 2017.
    """

    inputs = ("x", "boxes", "images")
    formula = "y[box, row, column] = mean of x at the places in that part of the box"
    advice = "Behind a network that finds boxes; their contents go on to a network that names them."
    reduction: str = attribute(
        default="mean", choices=("mean", "max"), help="What is made out of the places that are read."
    )
    cases = (
        Case([(2, 4, 5, 2), _BOXES, _IMAGES], {"size": [2, 3]}, gradient=False),
        Case(
            [(2, 4, 5, 1), _BOXES, _IMAGES],
            {"size": [2, 2], "samples": 0, "half_pixel": False},
            gradient=False,
        ),
        Case([(2, 4, 5, 1), _BOXES, _IMAGES], {"size": [1, 2], "scale": 0.5}, gradient=False),
        Case([(2, 4, 5, 1), _BOXES, _IMAGES], {"size": [2, 2], "reduction": "max"}, gradient=False),
        Case([(2, 4, 5, 1), *_NO_BOXES]),
    )

    def infer(self, x: Spec, boxes: Spec, images: Spec) -> Spec:
        rows = self.regions(x, boxes, images)
        return x.with_shape((rows, *self.size, UNKNOWN if x.shape is None else x.shape[3]))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, boxes, images = operands(call)
        settings = {name: value for name, value in self.settings().items() if name != "reduction"}
        if self.reduction == "mean":
            return RoiAlignGradient(**settings)(dy, boxes, images, x), None, None
        places, weights = RoiAlignPlaces(**settings).apply(x, boxes, images)
        return _given_back(dy * weights, places, x), None, None


class RoiAlignGradient(_Aligning):
    """Each gradient given to the pixels that its places were read from."""

    internal = True
    inputs = ("dy", "boxes", "images", Port("like", shape_only=True))
    cases = (
        Case([(3, 2, 3, 2), _BOXES, _IMAGES, (2, 4, 5, 2)], {"size": [2, 3]}, gradient=False),
        Case([(3, 2, 2, 1), _BOXES, _IMAGES, (2, 4, 5, 1)], {"size": [2, 2], "samples": 0}, gradient=False),
    )

    def infer(self, dy: Spec, boxes: Spec, images: Spec, like: Spec) -> Spec:
        return dy.with_shape(like.shape)

    def gradient(self, call: Call, dz: Value) -> Gradients:
        _, boxes, images, _ = operands(call)
        return RoiAlign(**self.settings())(dz, boxes, images), None, None, None


class RoiAlignPlaces(_Aligning):
    """Which pixel is the largest of each part, counted over all images, and its weight there."""

    internal = True
    differentiable = False
    inputs = ("x", "boxes", "images")
    outputs = ("places", "weights")
    cases = (
        Case([(2, 4, 5, 2), _BOXES, _IMAGES], {"size": [2, 3]}, gradient=False),
        Case([(2, 4, 5, 1), _BOXES, _IMAGES], {"size": [2, 2], "samples": 0}, gradient=False),
        Case([(2, 4, 5, 1), *_NO_BOXES], gradient=False),
    )

    def infer(self, x: Spec, boxes: Spec, images: Spec) -> tuple[Spec, ...]:
        rows = self.regions(x, boxes, images)
        weights = x.with_shape((rows, *self.size, UNKNOWN if x.shape is None else x.shape[3]))
        return weights.with_dtype("int64"), weights


class RoiPool(_Regions):
    """Divide regions of images into parts, and keep the largest pixel of each part.

    A box is left, top, right, bottom, rounded to whole pixels. `places` says which pixel it was, counted over
    all images, or -1 where a part has none; such a part is 0. The image gets a gradient, the boxes get none.

    Source: Girshick, Fast R-CNN, 2015.
    """

    inputs = ("x", "boxes", "images")
    outputs = ("y", "places")
    formula = "y[box, row, column] = max of x in that part of the box"
    advice = "RoiAlign, which does not round, places things more exactly."
    cases = (
        Case([(2, 4, 5, 2), _BOXES, _IMAGES], {"size": [2, 3]}, gradient=False),
        Case([(2, 4, 5, 1), _BOXES, _IMAGES], {"size": [3, 3], "scale": 0.4}, gradient=False),
        Case([(2, 4, 5, 1), *_NO_BOXES]),
    )

    def infer(self, x: Spec, boxes: Spec, images: Spec) -> tuple[Spec, ...]:
        rows = self.regions(x, boxes, images)
        y = x.with_shape((rows, *self.size, UNKNOWN if x.shape is None else x.shape[3]))
        return y, y.with_dtype("int64")

    def gradient(self, call: Call, dy: Value, _: Value | None) -> Gradients:
        places = call.outputs[1]
        given = Where()(places >= 0, dy, number_like(dy, 0.0))
        return _given_back(given, Maximum()(places, 0), operands(call)[0]), None, None


class NonMaxSuppression(Op):
    """Of boxes that overlap keep the one with the best score: the others show the same thing.

    For each image and class the boxes are taken from the best score down; one that overlaps a kept one too
    much is dropped. The result has one row for each kept box: its image, its class, its number.

    Source: Girshick et al., Rich feature hierarchies for accurate object detection and semantic segmentation,
    2014.
    """

    category = "Layers"
    inputs = ("boxes", "scores", setting("count"), setting("overlap"), setting("least_score"))
    formula = "overlap of two boxes = their common area / the area that they cover together"
    advice = "Behind a network that finds boxes. How many rows there are is known only when the graph runs."
    differentiable = False
    sizes_depend_on_values = True
    count: int = attribute(
        default=100, low=0, help="How many boxes are kept at most for each image and class."
    )
    overlap: float = attribute(
        default=0.5, low=0.0, high=1.0, help="Boxes that overlap a kept one by more than this are dropped."
    )
    least_score: float = attribute(default=-1e30, help="Boxes are kept only above this score.")
    corners: bool = attribute(
        default=True,
        help="Whether a box is two opposite corners, y x y x, instead of middle and size, x y width height.",
    )
    cases = (
        Case([(1, 5, 4), (1, 2, 5)], {"overlap": 0.2}, gradient=False),
        Case([(2, 4, 4), (2, 1, 4)], {"corners": False, "count": 2, "least_score": 0.1}, gradient=False),
        Case([(1, 0, 4), (1, 1, 0)], gradient=False),
        Case([(1, 3, 4), (1, 1, 3)], {"count": 0}, gradient=False),
        Case([(1, 3, 4), (1, 1, 3), Sample((1,), "int64", values=[2]), Sample(values=[0.3])], gradient=False),
    )

    def infer(
        self,
        boxes: Spec,
        scores: Spec,
        count: Spec | None = None,
        overlap: Spec | None = None,
        least_score: Spec | None = None,
    ) -> Spec:
        require_dtype(boxes, FLOATS, "boxes")
        require_dtype(scores, FLOATS, "scores")
        known, given = boxes.shape, scores.shape
        if known is not None and given is not None:
            right = len(known) == 3 == len(given) and same_dim(known[2], 4)
            if not right or not same_dim(known[0], given[0]) or not same_dim(known[1], given[2]):
                raise SpecError(
                    f"boxes are {shape_text(known)}, and scores are {shape_text(given)}; expected batch x "
                    "boxes x 4, and batch x classes x boxes.",
                    hint="Insert Reshape or Transpose.",
                )
        return Spec("int64", (UNKNOWN, 3))


def _given_back(dy: Value, places: Value, x: Value) -> Value:
    """Each gradient added to the pixel of x at its place, which is counted over all images."""
    channels = (x.spec.shape or (UNKNOWN,))[-1]
    if not isinstance(channels, int):
        raise SpecError(f"x is {x.spec}; its gradient needs a known number of channels.", hint="Give one.")
    rows = Reshape(shape=(-1, channels))
    return ReshapeLike()(AddAlong(axis=0)(rows(dy), rows(places), rows(x)), x)
