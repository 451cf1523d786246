"""A part of a tensor by starts, ends and steps, as Python cuts a list, and the way back."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import alone, normalize_axes
from engine.op import Call, Gradients, Op, Port, attribute, setting
from engine.spec import UNKNOWN, Dim, Spec, normalize_axis
from engine.value import Value

_SETTINGS = (setting("starts"), setting("ends"), setting("axes"), setting("steps"))
_FAR = 2**31 - 1
"""An end from here on is the end of any axis."""


class _Strided(Op, abstract=True):
    """The settings of a cut and of its way back."""

    category = "Shape"
    starts: tuple[int, ...] = attribute(
        default=(0,), help="Where the part begins along each axis; -1 is the last element."
    )
    ends: tuple[int, ...] = attribute(
        default=(_FAR,), help="Where it ends, itself left out; what lies outside means to the end."
    )
    axes: tuple[int, ...] = attribute(default=(), help="The axes that are cut. Empty means the first ones.")
    steps: tuple[int, ...] = attribute(
        default=(), help="How far apart the elements are; negative goes backwards. Empty means 1."
    )

    def cuts(self, rank: int) -> dict[int, slice]:
        """How each axis that is named is cut; raises SpecError where the settings do not fit."""
        axes = self.axes or tuple(range(len(self.starts)))
        steps = self.steps or (1,) * len(self.starts)
        if not len(self.starts) == len(self.ends) == len(axes) == len(steps):
            counts = f"{len(self.starts)} starts, {len(self.ends)} ends, {len(axes)} axes, {len(steps)} steps"
            raise SpecError(f"there are {counts}; expected as many of each.", hint="Give one for each axis.")
        if 0 in steps:
            raise SpecError("a step is 0: it would never reach the end.", hint="Set it to 1.")
        normalize_axes(axes, rank)
        found = [normalize_axis(axis, rank, "axes") for axis in axes]
        return dict(zip(found, map(slice, self.starts, self.ends, steps), strict=True))


class StridedSlice(_Strided):
    """A part of a tensor: from a start to an end, in steps. What lies outside moves to the edge."""

    inputs = ("x", *_SETTINGS)
    formula = "y = x[start:end:step], along each axis"
    advice = "Slice takes a number of elements instead of an end. To turn an axis round use Reverse."
    cases = (
        Case([(4, 5)], {"starts": [1, 0], "ends": [3, 5], "steps": [1, 2]}),
        Case([(6,)], {"starts": [-1], "ends": [-100], "steps": [-2]}),
        Case([(2, 3, 4)], {"starts": [-3, 1], "ends": [-1, 100], "axes": [-1, 0]}),
        Case([(4,)], {"starts": [7], "ends": [9]}),
        Case([(4,)], {"starts": [3], "ends": [1]}),
        Case([()], {"starts": [], "ends": []}),
        Case([(0, 2)]),
        Case([Sample((2, 3), "bool")], {"steps": [-1], "starts": [1], "ends": [-9]}, gradient=False),
        Case([(4, 5), *(Sample((1,), "int64", values=[v]) for v in (-1, 0, 1, -2))]),
        Case([(4,), Sample((1,), "int32", values=[1])]),
    )

    def infer(self, x: Spec, *wired: Spec | None) -> Spec:
        if any(spec is not None for spec in wired):
            return x.with_shape(None if x.rank is None else (UNKNOWN,) * x.rank)
        if x.shape is None:
            return x
        shape = list(x.shape)
        for axis, cut in self.cuts(len(shape)).items():
            shape[axis] = _cut(shape[axis], cut)
        return x.with_shape(tuple(shape))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return alone(call, StridedPlace(**self.settings())(dy, *call.inputs))


class StridedPlace(_Strided):
    """Zeros shaped as `like`, with x where StridedSlice has cut: the way back from it."""

    internal = True
    inputs = ("x", Port("like", shape_only=True), *_SETTINGS)
    cases = (
        Case([(2, 3), (4, 5)], {"starts": [1, 0], "ends": [3, 5], "steps": [1, 2]}),
        Case([(3,), (6,)], {"starts": [-1], "ends": [-100], "steps": [-2]}),
        Case([(0,), (4,)], {"starts": [7], "ends": [9]}),
        Case([(2, 1), (2, 3), *(Sample((1,), "int64", values=[v]) for v in (1, 2, -1, 1))]),
    )

    def infer(self, x: Spec, like: Spec, *_: Spec | None) -> Spec:
        if like.rank is not None:
            self.cuts(like.rank)
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return alone(call, StridedSlice(**self.settings())(dy, *call.inputs[2:]))


def _cut(size: Dim, cut: slice) -> Dim:
    """The size of one axis afterwards."""
    if isinstance(size, int):
        return len(range(*cut.indices(size)))
    return size if (cut.start, cut.step) == (0, 1) and cut.stop >= _FAR else UNKNOWN
