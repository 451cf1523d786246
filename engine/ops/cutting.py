"""A part of a tensor by where it begins and how large it is, and the ways back."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import operands, require_rank
from engine.op import Call, Gradients, Op, Port, attribute
from engine.spec import UNKNOWN, Dim, Spec, shape_text
from engine.value import Value

_WHOLE = Sample((2, 3), "int64", -9, 9)


class SliceLike(Op):
    """The part of a tensor that begins at a corner and has the shape of another one."""

    category = "Shape"
    internal = True
    inputs = ("x", Port("like", shape_only=True))
    begin: tuple[int, ...] = attribute(
        default=(), help="Where the part begins; what is left out begins at 0."
    )
    cases = (
        Case([(4, 5), (2, 3)], {"begin": [1, 2]}),
        Case([(4, 5), (2, 5)], {"begin": [-3]}),
        Case([(4,), (0,)], {"begin": [4]}),
    )

    def infer(self, x: Spec, like: Spec) -> Spec:
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, _ = operands(call)
        return PadLike(begin=self.begin)(dy, x), None


class PadLike(Op):
    """Zeros in the shape of another tensor, with x in them at a corner: the way back from a cut."""

    category = "Shape"
    internal = True
    inputs = ("x", Port("like", shape_only=True))
    begin: tuple[int, ...] = attribute(default=(), help="Where x begins; what is left out begins at 0.")
    cases = (
        Case([(2, 3), (4, 5)], {"begin": [1, 2]}),
        Case([(2, 5), (4, 5)], {"begin": [-3]}),
        Case([(0,), (4,)], {"begin": [4]}),
    )

    def infer(self, x: Spec, like: Spec) -> Spec:
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, _ = operands(call)
        return SliceLike(begin=self.begin)(dy, x), None


class Slice(Op):
    """A part of a tensor: from where it begins, so and so many elements along each axis."""

    category = "Shape"
    advice = "Axes at the end that are not mentioned are taken whole."
    begin: tuple[int, ...] = attribute(
        default=(0,), help="Where the part begins along each axis; -1 is the last element."
    )
    size: tuple[int, ...] = attribute(
        default=(-1,), low=-1, help="How many elements along each axis; -1 takes all that follow."
    )
    cases = (
        Case([(4, 5)], {"begin": [1, 2], "size": [2, 3]}),
        Case([(4, 5)], {"begin": [1], "size": [-1]}),
        Case([(4, 5)], {"begin": [-3, -1], "size": [2, -1]}),
        Case([(4,)], {"begin": [4], "size": [0]}),
        Case([(0, 2)]),
        Case([_WHOLE], {"begin": [0, 1], "size": [1, 2]}, gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        if len(self.begin) != len(self.size):
            raise SpecError(
                f"begin has {len(self.begin)} numbers and size has {len(self.size)}; expected as many.",
                hint="Give both for each axis that is cut.",
            )
        require_rank(x, len(self.begin), "x", "Give begin and size for the axes that x has.")
        if x.shape is None:
            return x
        cut = [self._cut(x, axis) for axis in range(len(self.begin))]
        return x.with_shape((*cut, *x.shape[len(cut) :]))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (x,) = operands(call)
        return (PadLike(begin=self.begin)(dy, x),)

    def _cut(self, x: Spec, axis: int) -> Dim:
        """The size of one axis afterwards."""
        begin, size = self.begin[axis], self.size[axis]
        whole = (x.shape or ())[axis]
        if not isinstance(whole, int):
            if begin == 0 and size == -1:
                return whole
            # From the end on, the number of elements is known although the size is not.
            return (-begin if begin < 0 else UNKNOWN) if size == -1 else size
        start = begin + whole if begin < 0 else begin
        if start < 0 or start + max(size, 0) > whole:
            end = "on" if size == -1 else f"to {start + size}"
            raise SpecError(
                f"axis {axis} of {shape_text(x.shape)} has {whole} elements, and from {begin} {end} "
                "is not among them.",
                hint="Take less, or begin earlier.",
            )
        return whole - start if size == -1 else size
