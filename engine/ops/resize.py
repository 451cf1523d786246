"""Resizing of images, and of anything else, along any of its axes."""

from __future__ import annotations

from collections.abc import Sequence

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import ANY, alone, normalize_axes, require_dtype
from engine.op import Call, Gradients, Op, Port, attribute, setting
from engine.ops.windowing import LARGEST
from engine.spec import FLOATS, UNKNOWN, Dim, Shape, Spec, shape_text
from engine.value import Value
from kernels.generic.interpolation import stretches

INTERPOLATIONS = ("nearest", "linear", "cubic", "area")
COORDINATES = (
    "half_pixel",
    "half_pixel_symmetric",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
    "crop_and_resize",
)
ROUNDINGS = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
ASPECTS = ("stretch", "not_larger", "not_smaller")
_SETTINGS = (setting("sizes"), setting("scales"), setting("region"))
_KINDS = (
    {"interpolation": "linear", "sizes": [5, 7]},
    {"interpolation": "linear", "sizes": [3, 2], "coordinates": "align_corners"},
    {"interpolation": "linear", "scales": [0.6, 1.7], "coordinates": "half_pixel_symmetric"},
    {"interpolation": "linear", "sizes": [1, 3], "coordinates": "pytorch_half_pixel"},
    {"interpolation": "linear", "scales": [0.6, 0.5], "antialias": True},
    {"interpolation": "cubic", "sizes": [6, 3], "coordinates": "asymmetric"},
    {"interpolation": "cubic", "scales": [1.5, 0.75], "coefficient": -0.5, "exclude_outside": True},
    {"interpolation": "cubic", "scales": [0.6, 0.6], "antialias": True, "exclude_outside": True},
    {"interpolation": "nearest", "sizes": [7, 3]},
    {"interpolation": "nearest", "scales": [0.6, 2.0], "rounding": "ceil", "coordinates": "asymmetric"},
    {"interpolation": "area", "sizes": [3, 5]},
    {
        "interpolation": "linear",
        "sizes": [4, 3],
        "coordinates": "crop_and_resize",
        "region": [0.2, -0.5, 0.8, 1.5],
        "extrapolation": 9.0,
    },
)


class _Resizing(Op, abstract=True):
    """What resizing and its way back share."""

    category = "Layers"
    axes: tuple[int, ...] = attribute(
        default=(), help="The axes that are resized; empty: all between the first and the last."
    )
    sizes: tuple[int, ...] = attribute(
        default=(),
        low=0,
        high=LARGEST,
        help="The new sizes, by axis. One number is for all; empty: as the scales say.",
    )
    scales: tuple[float, ...] = attribute(
        default=(2.0,), low=1e-6, high=LARGEST, help="Times what the sizes are taken. One number is for all."
    )
    aspect: str = attribute(
        default="stretch",
        choices=ASPECTS,
        help="Stretch: each axis gets its size. Otherwise all axes get one scale, with which none becomes "
        "larger, or none smaller, than its size.",
    )
    interpolation: str = attribute(
        default="linear",
        choices=INTERPOLATIONS,
        help="Nearest repeats elements, linear and cubic draw lines and smooth curves through them, area "
        "takes the mean of what a new element covers.",
    )
    coordinates: str = attribute(
        default="half_pixel",
        choices=COORDINATES,
        help="Where new elements lie among the old ones. Half_pixel: the edges of both images meet. "
        "Align_corners: the middles of the corner elements do. Crop_and_resize: a region becomes the image.",
    )
    rounding: str = attribute(
        default="round_prefer_floor", choices=ROUNDINGS, help="Which element is the nearest one."
    )
    coefficient: float = attribute(
        default=-0.75, low=-1.0, high=0.0, help="How far cubic curves swing; -0.5 is the other usual value."
    )
    exclude_outside: bool = attribute(
        default=False, help="Whether what lies beyond the ends counts nothing, instead of as the end."
    )
    antialias: bool = attribute(
        default=False, help="Whether a smaller image takes all elements into account, against false patterns."
    )
    region: tuple[float, ...] = attribute(
        default=(),
        low=-1e6,
        high=1e6,
        help="For crop_and_resize: where it begins by axis, then where it ends, as parts of the whole. "
        "Empty: the whole.",
    )
    extrapolation: float = attribute(
        default=0.0, help="For crop_and_resize: what stands where the region leaves the image."
    )

    def chosen(self, x: Spec) -> Sequence[int] | None:
        """The axes that change, or None where the rank is not known."""
        if x.shape is None:
            return None
        if self.axes:
            axes = normalize_axes(self.axes, len(x.shape))
            if len(axes) != len(self.axes) or any(
                a % len(x.shape) != b for a, b in zip(self.axes, axes, strict=True)
            ):
                raise SpecError(f"axes {list(self.axes)} do not ascend.", hint="Name them in order.")
            return axes
        if len(x.shape) < 3:
            raise SpecError(
                f"x is {shape_text(x.shape)}; expected axes between batch and channels.",
                hint="Say with axes which are resized.",
            )
        return range(1, len(x.shape) - 1)


class Resize(_Resizing):
    """Make images larger or smaller: each new element is a weighted mean of the old ones around its place."""

    inputs = ("x", *_SETTINGS)
    formula = "y = rows · x · columns, with a matrix of weights for each axis"
    advice = "Antialias, or area, suits images that become much smaller. Only nearest takes whole numbers."
    cases = (
        Case([(2, 3, 4, 2)]),
        *(Case([(2, 5, 4, 1)], settings) for settings in _KINDS),
        Case([(1, 6, 4, 1)], {"sizes": [3, 3], "aspect": "not_larger"}),
        Case([(1, 6, 4, 1)], {"sizes": [3, 3], "aspect": "not_smaller", "interpolation": "cubic"}),
        Case([(2, 3)], {"axes": [-1], "scales": [1.5]}),
        Case([(2, 3, 4, 1)], {"sizes": [3, 4]}),
        Case([(0, 2, 2, 1)]),
        Case([(1, 1, 1, 1)], {"sizes": [3]}),
        Case([Sample((1, 2, 3, 1), "int64", -9, 9)], {"interpolation": "nearest"}, gradient=False),
        Case([(2, 3, 4, 1), Sample((2,), "int64", values=[4, 5])]),
        Case([(2, 3, 4, 1), None, Sample((2,), "float32", values=[1.5, 0.5])]),
        Case(
            [(2, 3, 4, 1), None, None, Sample((4,), "float32", values=[0.5, 0.0, 1.0, 0.5])],
            {"coordinates": "crop_and_resize", "sizes": [2]},
        ),
    )

    def infer(
        self, x: Spec, sizes: Spec | None = None, scales: Spec | None = None, region: Spec | None = None
    ) -> Spec:
        require_dtype(x, ANY if self.interpolation == "nearest" else FLOATS, "x")
        axes = self.chosen(x)
        if x.shape is None or axes is None:
            return x
        open_to_values = sizes is not None or (scales is not None and not self.sizes)
        if not open_to_values:
            self._check_lengths(len(axes))
        found = [UNKNOWN] * len(axes) if open_to_values else self._sizes(x.shape, axes)
        shape = [*x.shape]
        for axis, size in zip(axes, found, strict=True):
            shape[axis] = size
        return x.with_shape(tuple(shape))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return alone(call, ResizeGradient(**self.settings())(dy, *call.inputs))

    def _check_lengths(self, count: int) -> None:
        name, numbers = ("sizes", self.sizes) if self.sizes else ("scales", self.scales)
        if len(numbers) not in (1, count):
            raise SpecError(
                f"{name} has {len(numbers)} numbers, and {count} axes are resized.",
                hint=f"Give one number, or {count}.",
            )
        if len(self.region) not in (0, 2 * count):
            raise SpecError(
                f"region has {len(self.region)} numbers, and {count} axes are resized.",
                hint=f"Give {count} starts, then {count} ends.",
            )

    def _sizes(self, shape: Shape, axes: Sequence[int]) -> Sequence[Dim]:
        """The sizes of the axes afterwards."""
        before = [shape[axis] for axis in axes]
        if not all(isinstance(size, int) for size in before):
            if self.sizes and self.aspect == "stretch":
                return self.sizes * len(axes) if len(self.sizes) == 1 else self.sizes
            return [UNKNOWN] * len(axes)
        known = [size if isinstance(size, int) else 0 for size in shape]
        changes = stretches(known, axes, self.sizes, self.scales, self.aspect, self.region)
        for change in changes:
            if not change.size and change.wanted:
                raise SpecError(
                    f"x is {shape_text(shape)}; nothing cannot be enlarged.", hint="Connect an image."
                )
            if change.wanted > LARGEST:
                raise SpecError(
                    f"axis {change.axis} would become {change.wanted} long; expected at most {LARGEST}.",
                    hint="Choose smaller scales.",
                )
        return [change.wanted for change in changes]


class ResizeGradient(_Resizing):
    """Each gradient given to the elements that its place was made of, by their weights."""

    internal = True
    inputs = ("dy", Port("like", shape_only=True), *_SETTINGS)
    cases = (
        Case([(1, 6, 8, 2), (1, 3, 4, 2)]),
        Case([(1, 7, 3, 1), (1, 5, 4, 1)], {"interpolation": "nearest", "sizes": [7, 3]}),
        Case([(1, 6, 3, 1), (1, 4, 4, 1)], {"interpolation": "cubic", "scales": [1.5, 0.75]}),
        Case([(0, 4, 4, 1), (0, 2, 2, 1)]),
        Case([(1, 4, 5, 1), (1, 3, 4, 1), Sample((2,), "int64", values=[4, 5])]),
    )

    def infer(
        self,
        dy: Spec,
        like: Spec,
        sizes: Spec | None = None,
        scales: Spec | None = None,
        region: Spec | None = None,
    ) -> Spec:
        return dy.with_shape(like.shape)

    def gradient(self, call: Call, dz: Value) -> Gradients:
        forward = Resize(**{**self.settings(), "extrapolation": 0.0})
        return alone(call, forward(dz, *call.inputs[2:]))
