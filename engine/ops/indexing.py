"""Rows picked by number, and numbers turned into rows."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.families import operands, require_dtype, require_held, require_rank
from engine.op import Call, Gradients, Op, Port, attribute, setting
from engine.spec import DTYPES, INTEGERS, UNKNOWN, Spec, normalize_axis
from engine.value import Value

_ROWS = Sample((2, 3), "int64", values=[[0, 3, 1], [1, 1, 2]])
_FEW = Sample((3,), "int32", values=[2, 0, 2])


class Gather(Op):
    """Pick slices of a tensor by their numbers. Picking rows of a table of vectors is an embedding.

    A negative number counts from the end.
    """

    category = "Shape"
    inputs = ("x", "indices")
    formula = "y[i] = x[indices[i]]"
    axis: int = attribute(default=0, help="The axis along which slices are counted; -1 is the last.")
    cases = (
        Case([(4, 5), _ROWS]),
        Case([(2, 4, 3), _FEW], {"axis": 1}),
        Case([(2, 3), Sample((3,), "int32", values=[2, -3, -1])], {"axis": -1}),
        Case([(4,), Sample((), "int64", values=3)]),
        Case([(4, 2), Sample((0,), "int64")]),
        Case([Sample((3,), "bool"), _FEW], gradient=False),
    )

    def infer(self, x: Spec, indices: Spec) -> Spec:
        require_dtype(indices, INTEGERS, "indices")
        require_rank(x, 1, "x", "A single number has no slices.")
        if x.shape is None or indices.shape is None:
            return x.with_shape(None)
        axis = normalize_axis(self.axis, len(x.shape))
        return x.with_shape((*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, indices = operands(call)
        return ScatterAdd(axis=self.axis)(dy, indices, x), None


class ScatterAdd(Op):
    """Zeros in the shape of `like`, to whose slices those of x are added: the way back from Gather."""

    category = "Shape"
    internal = True
    inputs = ("x", "indices", Port("like", shape_only=True))
    axis: int = attribute(default=0, help="The axis along which slices are counted.")
    cases = (
        Case([(2, 3, 5), _ROWS, (4, 5)]),
        Case([(2, 3, 3), _FEW, (2, 4, 3)], {"axis": 1}),
        Case([(2, 3), _FEW, (2, 3)], {"axis": -1}),
        Case([(), Sample((), "int64", values=3), (4,)]),
        Case([(0, 2), Sample((0,), "int64"), (4, 2)]),
    )

    def infer(self, x: Spec, indices: Spec, like: Spec) -> Spec:
        require_dtype(indices, INTEGERS, "indices")
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        _, indices, _ = operands(call)
        return Gather(axis=self.axis)(dy, indices), None, None


class OneHot(Op):
    """Turn each whole number into a row of zeros with a single one, at the place that it names.

    A number outside the row gives a row of zeros.
    """

    category = "Shape"
    inputs = ("indices", setting("depth"), setting("on"), setting("off"))
    formula = "y[i, j] = on if j = indices[i] else off"
    aliases = ("CategoryEncoding", "to_categorical")
    differentiable = False
    depth: int = attribute(default=10, low=1, help="How long each row is: the number of classes.")
    dtype: str = attribute(default="float32", choices=DTYPES, help="The type of the zeros and ones.")
    axis: int = attribute(default=-1, help="Where the axis of the classes stands in the result; -1 is last.")
    wrap: bool = attribute(default=False, help="Let a negative number count from the end of the row.")
    on: float = attribute(default=1.0, help="What stands at the place.")
    off: float = attribute(default=0.0, help="What stands everywhere else.")
    cases = (
        Case([_ROWS], {"depth": 4}, gradient=False),
        Case([_ROWS], {"depth": 4, "axis": 1, "on": 2.5, "off": -1.0}, gradient=False),
        Case([Sample((3,), "int64", values=[-1, 4, 2])], {"depth": 4, "dtype": "float64"}, gradient=False),
        Case([Sample((3,), "int8", values=[-1, -5, 2])], {"depth": 4, "wrap": True}, gradient=False),
        Case([Sample((), "uint8", values=2)], {"depth": 3, "dtype": "bool"}, gradient=False),
        Case([Sample((0,), "int64")], {"depth": 1}, gradient=False),
        Case([_ROWS, Sample((), "int64", values=5), Sample((), "float64", values=3)], gradient=False),
    )

    def infer(
        self, indices: Spec, depth: Spec | None = None, on: Spec | None = None, off: Spec | None = None
    ) -> Spec:
        require_dtype(indices, INTEGERS, "indices")
        require_held(self.on, self.dtype, "on")
        require_held(self.off, self.dtype, "off")
        if indices.shape is None:
            return Spec(self.dtype, None)
        axis = normalize_axis(self.axis, len(indices.shape) + 1)
        size = self.depth if depth is None else UNKNOWN
        return Spec(self.dtype, (*indices.shape[:axis], size, *indices.shape[axis:]))
