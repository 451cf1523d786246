"""Sums, means and extremes along axes, the ways back from them, and running sums."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import (
    ARITHMETIC,
    BOOL,
    INEXACT,
    NUMBERS,
    Elementwise,
    Reduction,
    alone,
    normalize_axes,
    operands,
    require_dtype,
    require_rank,
    static_size,
    unbroadcast,
)
from engine.op import Call, Gradients, Op, Port, attribute, setting
from engine.ops.comparison import Equal
from engine.ops.conversion import Cast
from engine.spec import Spec, normalize_axis
from engine.value import Value

_AXES = (
    Case([(3, 4)]),
    Case([(2, 3, 4)], {"axes": [-1]}),
    Case([(2, 3, 4)], {"axes": [0, -1], "keep_dims": True}),
    Case([(1, 4)], {"axes": [0]}),
    Case([()]),
    Case([(0, 4)], {"axes": [0]}),
)
_WHOLE = Case([Sample((3, 4), "int8", low=-100, high=100)], {"axes": [0]}, gradient=False)
_COMPLEX = (Case([Sample((3, 4), "complex")], {"axes": [0]}), Case([Sample((0, 2), "complex")]))
_PLACES = Sample((2,), "int64", values=[0, -1])
_WIRED = (
    Case([(2, 3, 4), _PLACES], gradient=False),
    Case([(2, 3, 4), _PLACES], {"keep_dims": True}, gradient=False),
    Case([(2, 3), Sample((0,), "int32")], gradient=False),
)
_TIES = Case([Sample(values=[[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])], {"axes": [1]}, gradient=False)
_TRUTHS = (
    Case([Sample((3, 4), "bool")], {"axes": [-1]}, gradient=False),
    Case([Sample((3, 4), "bool")], {"keep_dims": True}, gradient=False),
    Case([Sample((0, 2), "bool")], {"axes": [0]}, gradient=False),
)


class SumTo(Op):
    """Sum a tensor to the shape of another one, which was broadcast to its shape."""

    category = "Math"
    internal = True
    inputs = ("x", Port("like", shape_only=True))
    cases = (
        Case([(3, 4), (4,)]),
        Case([(2, 3, 4), (3, 1)]),
        Case([(3, 4), ()]),
        Case([(3, 4), (3, 4)]),
        Case([(0, 4), (4,)]),
    )

    def infer(self, x: Spec, like: Spec) -> Spec:
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, _ = operands(call)
        return BroadcastLike(keep_dims=True)(dy, x), None


class BroadcastLike(Op):
    """Repeat a reduced tensor along the axes of `like` that were reduced: the way back from a reduction."""

    category = "Math"
    internal = True
    inputs = ("x", Port("like", shape_only=True))
    axes: tuple[int, ...] = attribute(default=(), help="The axes of `like` that were reduced. Empty: all.")
    keep_dims: bool = attribute(default=False, help="Whether x still has them, with size 1.")
    cases = (
        Case([(4,), (3, 4)], {"axes": [0]}),
        Case([(3, 1), (3, 4)], {"axes": [-1], "keep_dims": True}),
        Case([(), (2, 3)]),
        Case([(4,), (3, 4)], {"keep_dims": True}),
        Case([(3,), (3, 0)], {"axes": [1]}),
    )

    def infer(self, x: Spec, like: Spec) -> Spec:
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, _ = operands(call)
        if self.keep_dims:
            return unbroadcast(dy, x), None
        return ReduceSum(axes=self.axes)(dy), None


def spread(y: Value, x: Value, reduction: Reduction) -> Value:
    """Repeat a reduced value along the axes of x that were reduced."""
    return BroadcastLike(axes=reduction.axes, keep_dims=reduction.keep_dims)(y, x)


class ElementCount(Op):
    """How many elements lie along the axes, as a number of the dtype of x: what a mean divides by."""

    category = "Math"
    internal = True
    differentiable = False
    inputs = (Port("x", shape_only=True),)
    axes: tuple[int, ...] = attribute(default=(), help="The axes that are counted. Empty means all of them.")
    cases = (
        Case([(3, 4)], gradient=False),
        Case([(3, 4)], {"axes": [-1]}, gradient=False),
        Case([(0, 4)], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        require_dtype(x, INEXACT, "x")
        if x.rank is not None:
            normalize_axes(self.axes, x.rank)
        return Spec(x.dtype, ())


class ReduceSum(Reduction):
    """The sum of the elements along axes. Of no elements it is zero."""

    formula = "y = sum of x"
    takes = ARITHMETIC
    cases = (*_AXES, *_COMPLEX, _WHOLE, *_WIRED, Case([(1000,)], low=1e3, high=1e4, gradient=False))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return spread(dy, x, self)


class ReduceMean(Reduction):
    """The mean of the elements along axes. Of no elements it is not a number."""

    formula = "y = (sum of x) / (number of elements)"
    takes = INEXACT
    cases = (*_AXES, _COMPLEX[0], Case([(1000,)], low=1e3, high=1e4, gradient=False))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        shape = x.spec.shape
        count = None if shape is None else static_size(shape, normalize_axes(self.axes, len(shape)))
        return spread(dy / (ElementCount(axes=self.axes)(x) if count is None else count), x, self)


class _Extreme(Reduction, abstract=True):
    """What ReduceMax and ReduceMin share."""

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        chosen = Cast(dtype=dy.spec.dtype)(Equal()(x, spread(y, x, self)))
        ties = ReduceSum(axes=self.axes, keep_dims=self.keep_dims)(chosen)
        return chosen * spread(dy / ties, x, self)


class ReduceMax(_Extreme):
    """The largest element along axes; equal ones share the gradient. Of no elements it is minus infinity."""

    formula = "y = max of x"
    cases = (*_AXES, _WHOLE, _TIES)


class ReduceMin(_Extreme):
    """The smallest element along axes; equal ones share the gradient. Of no elements it is infinity."""

    formula = "y = min of x"
    cases = (*_AXES, _WHOLE, _TIES)


class ReduceAny(Reduction):
    """Whether at least one element along axes is true. Of no elements it is false."""

    formula = "y = x[0] or x[1] or ..."
    takes = BOOL
    differentiable = False
    cases = _TRUTHS


class ReduceAll(Reduction):
    """Whether all elements along axes are true. Of no elements it is true."""

    formula = "y = x[0] and x[1] and ..."
    takes = BOOL
    differentiable = False
    cases = _TRUTHS


class _ArgExtreme(Op, abstract=True):
    """What ArgMax and ArgMin share."""

    category = "Math"
    differentiable = False
    axis: int = attribute(default=-1, help="The axis that is searched; -1 is the last.")
    keep_dims: bool = attribute(default=False, help="Keep the axis that is searched, with size 1.")
    last: bool = attribute(default=False, help="Of equal ones take the last instead of the first.")
    cases = (
        Case([(3, 4)], gradient=False),
        Case([(3, 4)], {"axis": 0}, gradient=False),
        Case([(3, 4)], {"axis": 0, "keep_dims": True}, gradient=False),
        Case([Sample(values=[[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])], gradient=False),
        Case([Sample(values=[[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])], {"last": True}, gradient=False),
        Case([(1,)], gradient=False),
        Case([(0, 4)], gradient=False),
        Case([Sample((3, 4), "int64", low=-9, high=9)], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        require_dtype(x, NUMBERS, "x")
        require_rank(x, 1, "x", "A single number has no position.")
        if x.shape is None:
            return Spec("int64", None)
        axis = normalize_axis(self.axis, len(x.shape))
        if x.shape[axis] == 0:
            raise SpecError(f"x is {x}: axis {self.axis} has no elements.", hint="Choose another axis.")
        return Spec("int64", (*x.shape[:axis], *([1] if self.keep_dims else []), *x.shape[axis + 1 :]))


class ArgMax(_ArgExtreme):
    """Where along an axis the largest element lies; of equal ones the first. Of logits it is the class."""

    formula = "y = the index i with x[i] = max of x"


class ArgMin(_ArgExtreme):
    """Where along an axis the smallest element lies; of equal ones the first."""

    formula = "y = the index i with x[i] = min of x"


class CumSum(Elementwise):
    """The running sum along an axis: each element is the sum of those up to it."""

    inputs = ("x", setting("axis"))
    formula = "y[i] = x[0] + ... + x[i]"
    takes = NUMBERS
    axis: int = attribute(default=-1, help="The axis along which it runs; -1 is the last.")
    exclusive: bool = attribute(default=False, help="Leave the element itself out of its sum.")
    reverse: bool = attribute(default=False, help="Run from the end to the beginning.")
    cases = (
        Case([(3, 4)]),
        Case([(3, 4)], {"axis": 0, "exclusive": True}),
        Case([(3, 4)], {"reverse": True}),
        Case([(2, 3)], {"axis": -2, "exclusive": True, "reverse": True}),
        Case([(1,)], {"exclusive": True}),
        Case([(0, 4)], {"axis": 0, "exclusive": True}),
        Case([Sample((4,), "int8", low=-9, high=9)], gradient=False),
        Case([(3, 4), Sample((), "int32", values=-2)], {"exclusive": True}),
    )

    def infer(self, x: Spec, axis: Spec | None = None) -> Spec:
        require_rank(x, 1, "x", "A single number has no running sum.")
        if x.rank is not None:
            normalize_axis(self.axis, x.rank)
        return super().infer(x)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        back = CumSum(axis=self.axis, exclusive=self.exclusive, reverse=not self.reverse)
        return alone(call, back(dy, *call.inputs[1:]))
