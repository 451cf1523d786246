"""A signal cut into frames that may overlap, and frames added up to a signal."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import ARITHMETIC, alone, operands, require_dtype, require_rank
from engine.op import Call, Gradients, Op, Port, attribute, setting
from engine.ops.fourier import LONGEST, FitLike
from engine.spec import UNKNOWN, Dim, Spec
from engine.value import Value


class Frame(Op):
    """Pieces of a signal, each beginning some steps behind the one before. What fills no piece is left out.

    The signal lies along the last axis; the pieces become rows of two axes in its place.
    """

    category = "Shape"
    inputs = ("x", setting("length"), setting("step"))
    formula = "y[i, j] = x[i · step + j]"
    advice = "Short pieces of a sound are nearly periodic: multiply them by a window, then use RFFT."
    aliases = ("unfold", "ExtractFrames")
    length: int = attribute(default=256, low=1, high=LONGEST, help="How long each piece is.")
    step: int = attribute(default=128, low=1, high=LONGEST, help="How far apart the pieces begin.")
    cases = (
        Case([(9,)], {"length": 4, "step": 2}),
        Case([(2, 8)], {"length": 3, "step": 3}),
        Case([(7,)], {"length": 2, "step": 3}),
        Case([(4,)], {"length": 4, "step": 1}),
        Case([(0, 4)], {"length": 2, "step": 1}),
        Case([(6,), Sample((), "int64", values=2), Sample((), "int64", values=3)]),
        Case([Sample((2, 5), "bool")], {"length": 2, "step": 2}, gradient=False),
    )

    def infer(self, x: Spec, length: Spec | None = None, step: Spec | None = None) -> Spec:
        require_rank(x, 1, "x", "A single number has no pieces.")
        if x.shape is None:
            return x
        size = x.shape[-1]
        wide: Dim = self.length if length is None else UNKNOWN
        if isinstance(size, int) and isinstance(wide, int) and size < wide:
            raise SpecError(
                f"x is {x}, and each piece is {wide} long; expected at least one piece.",
                hint="Set length to less, or insert Pad.",
            )
        known = isinstance(size, int) and isinstance(wide, int) and step is None
        count: Dim = (int(size) - int(wide)) // self.step + 1 if known else UNKNOWN
        return x.with_shape((*x.shape[:-1], count, wide))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x = operands(call)[0]
        return alone(call, FitLike()(OverlapAdd(step=self.step)(dy, *call.inputs[2:]), x))


class OverlapAdd(Op):
    """A signal out of pieces that begin some steps behind each other; where they overlap they add up.

    The pieces are the rows of the last two axes.
    """

    category = "Shape"
    inputs = ("x", setting("step"))
    formula = "y[n] = sum of x[i, j] with i · step + j = n"
    advice = "The way back from Frame, once the pieces were multiplied by windows that add up to one."
    step: int = attribute(default=128, low=1, high=LONGEST, help="How far apart the pieces begin.")
    cases = (
        Case([(4, 4)], {"step": 2}),
        Case([(2, 3, 5)], {"step": 2}),
        Case([(2, 2, 3)], {"step": 5}),
        Case([(1, 4)], {"step": 4}),
        Case([(0, 4)], {"step": 2}),
        Case([(2, 0, 2)], {"step": 1}),
        Case([(3, 2), Sample((), "int64", values=1)]),
        Case([Sample((3, 4), "int64", -9, 9)], {"step": 2}, gradient=False),
    )

    def infer(self, x: Spec, step: Spec | None = None) -> Spec:
        require_dtype(x, ARITHMETIC, "x")
        require_rank(x, 2, "x", "Give it pieces as rows, as Frame makes them.")
        if x.shape is None:
            return x
        count, wide = x.shape[-2:]
        size: Dim = UNKNOWN
        if isinstance(count, int) and isinstance(wide, int) and step is None:
            size = (count - 1) * self.step + wide if count else 0
        return x.with_shape((*x.shape[:-2], size))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x = operands(call)[0]
        return alone(call, FramesLike(step=self.step)(dy, x, *call.inputs[1:]))


class FramesLike(Op):
    """Pieces of a signal, as many and as long as those of `like`: the way back from OverlapAdd."""

    category = "Shape"
    internal = True
    inputs = ("x", Port("like", shape_only=True), setting("step"))
    step: int = attribute(default=128, low=1, high=LONGEST, help="How far apart the pieces begin.")
    cases = (
        Case([(10,), (4, 4)], {"step": 2}),
        Case([(2, 8), (2, 2, 3)], {"step": 5}),
        Case([(0,), (0, 4)], {"step": 2}),
        Case([(4,), (3, 2), Sample((), "int64", values=1)]),
    )

    def infer(self, x: Spec, like: Spec, step: Spec | None = None) -> Spec:
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return alone(call, OverlapAdd(step=self.step)(dy, *call.inputs[2:]))
