"""A tensor with a margin around it, and the way back."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import alone, normalize_axes, require_held, require_rank
from engine.op import Call, Gradients, Op, Port, attribute, setting
from engine.spec import UNKNOWN, Dim, Spec, normalize_axis, shape_text
from engine.value import Value

_WHOLE = Sample((2, 3), "int64", -9, 9)
MODES = ("constant", "reflect", "symmetric", "edge", "wrap")


class _Margins(Op, abstract=True):
    """The settings of a margin and of its way back."""

    category = "Shape"
    before: tuple[int, ...] = attribute(
        default=(0,), help="How wide the margin is in front, by axis; a negative number cuts off."
    )
    after: tuple[int, ...] = attribute(
        default=(0,), help="How wide the margin is behind, by axis; a negative number cuts off."
    )
    axes: tuple[int, ...] = attribute(default=(), help="The axes that are meant. Empty means the first ones.")
    mode: str = attribute(
        default="constant",
        choices=MODES,
        help="What stands in the margin: one value; the inside mirrored at the last element (reflect) or "
        "behind it (symmetric); the last element again (edge); or the other end (wrap).",
    )

    def margins(self, rank: int) -> dict[int, tuple[int, int]]:
        """The margins in front and behind by axis; raises SpecError where the settings do not fit."""
        axes = self.axes or tuple(range(len(self.before)))
        if not len(self.before) == len(self.after) == len(axes):
            named = f", and axes are {len(self.axes)}" if self.axes else ""
            raise SpecError(
                f"before has {len(self.before)} numbers and after has {len(self.after)}{named}; "
                "expected as many.",
                hint="Give both for each axis that gets a margin.",
            )
        normalize_axes(axes, rank)
        found = [normalize_axis(axis, rank, "axes") for axis in axes]
        return dict(zip(found, zip(self.before, self.after, strict=True), strict=True))


class Pad(_Margins):
    """A tensor with a margin around it, of one value or continued from the inside."""

    inputs = ("x", setting("before"), setting("after"), setting("axes"), setting("value"))
    formula = "constant: v v | a b c d | v v; reflect: c b | a b c d | c b; symmetric: b a | a b c d | d c"
    advice = "Axes at the end that are not mentioned get no margin."
    value: float = attribute(default=0.0, help="What the margin is filled with, if mode is constant.")
    cases = (
        Case([(2, 3)], {"before": [1, 0], "after": [0, 2]}),
        Case([(2, 3)], {"before": [1], "after": [1], "value": -1.5}),
        Case([(2, 3)], {"before": [1], "after": [2], "axes": [-1]}),
        Case([(4, 5)], {"before": [-1, 1], "after": [1, -2], "value": 2.0}),
        Case([(4, 5)], {"before": [2, -1], "after": [0, 3], "mode": "reflect"}),
        Case([(4, 2)], {"before": [1, 2], "after": [3, 1], "mode": "symmetric"}),
        Case([(4, 1)], {"before": [-2, 3], "after": [1, 2], "mode": "edge"}),
        Case([(3, 2)], {"before": [4, 1], "after": [1, 0], "mode": "wrap"}),
        Case([(0, 2)], {"before": [2], "after": [1]}),
        Case([()], {"before": [], "after": []}),
        Case([_WHOLE], {"before": [1, 1], "after": [1, 1], "value": 2}, gradient=False),
        Case([Sample((3,), "bool")], {"before": [1], "after": [0], "mode": "edge"}, gradient=False),
        Case([(4, 3), *(Sample((1,), "int64", values=[v]) for v in (-1, 2, 1))]),
        Case([(3,), None, None, None, Sample((), "int64", values=7)], {"before": [1]}),
    )

    def infer(self, x: Spec, *wired: Spec | None) -> Spec:
        if any(spec is not None for spec in wired[:3]):
            return x.with_shape(None if x.rank is None else (UNKNOWN,) * x.rank)
        require_rank(x, len(self.before), "x", "Give before and after for the axes that x has.")
        require_held(self.value, x.dtype, "value")
        if x.shape is None:
            return x
        shape = list(x.shape)
        for axis, margin in self.margins(len(shape)).items():
            shape[axis] = self._padded(x, axis, *margin)
        return x.with_shape(tuple(shape))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, *wired = call.inputs
        settings = {name: value for name, value in self.settings().items() if name != "value"}
        return alone(call, PadBack(**settings)(dy, x, *wired[:3]))

    def _padded(self, x: Spec, axis: int, before: int, after: int) -> Dim:
        size = (x.shape or ())[axis]
        if not isinstance(size, int):
            return size if before == after == 0 else UNKNOWN
        kept = size + min(before, 0) + min(after, 0)
        if kept < 0:
            raise SpecError(
                f"axis {axis} of {shape_text(x.shape)} has {size} elements; expected at least {size - kept}, "
                "which are cut off.",
                hint="Cut off less.",
            )
        if self.mode != "constant" and max(before, after) > 0 and kept < (2 if self.mode == "reflect" else 1):
            raise SpecError(
                f"axis {axis} of {shape_text(x.shape)} has too few elements to be continued.",
                hint="Set mode to constant.",
            )
        return size + before + after


class PadBack(_Margins):
    """The sum of what Pad has made of each element, in the shape of `like`: the way back from it."""

    internal = True
    inputs = ("x", Port("like", shape_only=True), setting("before"), setting("after"), setting("axes"))
    cases = (
        Case([(4, 6), (4, 5)], {"before": [-1, 1], "after": [1, 0]}),
        Case([(6, 7), (4, 5)], {"before": [2, -1], "after": [0, 3], "mode": "reflect"}),
        Case([(3, 6), (4, 1)], {"before": [-2, 3], "after": [1, 2], "mode": "edge"}),
        Case([(3,), (0,)], {"before": [2], "after": [1]}),
        Case([(4, 4), (4, 3), *(Sample((1,), "int64", values=[v]) for v in (-1, 2, 1))]),
    )

    def infer(self, x: Spec, like: Spec, *_: Spec | None) -> Spec:
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return alone(call, Pad(**self.settings())(dy, *call.inputs[2:]))
