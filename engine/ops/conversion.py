"""Other dtypes, and tensors that take only the shape and dtype of another one."""

from __future__ import annotations

import numpy as np

import kernels
from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import ANY, Elementwise
from engine.op import Call, Gradients, Op, Port, attribute
from engine.spec import DTYPES, Spec
from engine.value import Value

_BEYOND = Sample(values=[-1e30, -300.5, -1.0, float("nan"), 300.5, 1e30, float("inf")])


class Cast(Elementwise):
    """The same numbers in another dtype.

    Floats become whole numbers by dropping what follows the point; what lies beyond the range gets its end,
    and what is not a number becomes 0. Whole numbers in a smaller dtype keep their last bits, so that they
    wrap. Complex numbers become real by dropping the imaginary part. To bool, all but zero is true.
    """

    category = "Shape"
    takes = ANY
    dtype: str = attribute(default="float32", choices=DTYPES, help="The new type of its elements.")
    advice = (
        "Where dtypes meet, the wider one wins by itself; this node makes it narrower, or of another kind."
    )
    cases = (
        Case([(3, 4)], {"dtype": "float64"}),
        Case([Sample(values=[-2.7, -0.5, 0.5, 2.7])], {"dtype": "int32"}, gradient=False),
        Case([Sample(values=[0.0, 0.5, -1.0])], {"dtype": "bool"}, gradient=False),
        Case([Sample((3,), "bool")], {"dtype": "float64"}, gradient=False),
        Case([Sample((3,), "int64", values=[0, 1, 300])], {"dtype": "uint8"}, gradient=False),
        Case([(0, 2)], {"dtype": "float64"}),
        Case([_BEYOND], {"dtype": "int8"}, gradient=False),
        Case([_BEYOND], {"dtype": "uint64"}, gradient=False),
        Case([_BEYOND], {"dtype": "int64"}, gradient=False),
        Case([(3, 4)], {"dtype": "bfloat16"}, gradient=False),
        Case([Sample((3,), "bfloat16")], {"dtype": "float64"}, gradient=False),
        Case([Sample((3,), "bfloat16", low=-9, high=9)], {"dtype": "int8"}, gradient=False),
        Case([(3,)], {"dtype": "complex128"}),
        Case([Sample((3,), "complex")], {"dtype": "float64"}),
    )

    def infer(self, x: Spec) -> Spec:
        return x.with_dtype(self.dtype)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (x,) = call.inputs
        if x is None or not x.spec.is_differentiable or not dy.spec.is_differentiable:
            return (None,)
        return (Cast(dtype=x.spec.dtype)(dy),)


class BitCast(Elementwise):
    """The same bits read as another dtype of the same width. The number that they stand for is another one.

    As bool, all bits zero are false, and anything else is true.
    """

    category = "Shape"
    takes = ANY
    differentiable = False
    dtype: str = attribute(default="int32", choices=DTYPES, help="The type as which the bits are read.")
    advice = "Cast keeps the number and changes the bits; this node keeps the bits."
    cases = (
        Case([Sample((3, 4), "float32")], {"dtype": "uint32"}, gradient=False),
        Case([Sample((3,), "bfloat16")], {"dtype": "int16"}, gradient=False),
        Case([Sample((3,), "int16", -9, 9)], {"dtype": "bfloat16"}, gradient=False),
        Case([Sample((2,), "uint64", 0, 9)], {"dtype": "complex64"}, gradient=False),
        Case([Sample((), "float64")], {"dtype": "int64"}, gradient=False),
        Case([Sample(values=[0, 1, 7], dtype="uint8")], {"dtype": "bool"}, gradient=False),
        Case([Sample((0, 2), "float16")], {"dtype": "int16"}, gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        if np.dtype(x.dtype).itemsize != np.dtype(self.dtype).itemsize:
            raise SpecError(
                f"x is {x}, and {self.dtype} has another width.", hint="Choose a dtype of as many bits."
            )
        return x.with_dtype(self.dtype)


class Identity(Elementwise):
    """The tensor itself. A place to put a name on, or to look at."""

    category = "Shape"
    formula = "y = x"
    takes = ANY
    is_view = True
    cases = (Case([(3, 4)]), Case([()]), Case([(0,)]), Case([Sample((3,), "bool")], gradient=False))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy


class ZerosLike(Elementwise):
    """Zeros, in the shape and dtype of x."""

    category = "Data"
    inputs = (Port("x", shape_only=True),)
    takes = ANY
    differentiable = False
    cases = (
        Case([(3, 4)], gradient=False),
        Case([()], gradient=False),
        Case([Sample((0, 2), "bool")], gradient=False),
    )


class OnesLike(Elementwise):
    """Ones, in the shape and dtype of x."""

    category = "Data"
    inputs = (Port("x", shape_only=True),)
    takes = ANY
    differentiable = False
    cases = ZerosLike.cases


class CopyTo(Op):
    """The tensor itself, in the memory of a device. Placement inserts it where a tensor crosses."""

    category = "Shape"
    internal = True
    device: str = attribute(
        default=kernels.HOST, choices=tuple(kernels.DEVICES), help="Where it is copied to."
    )
    cases = (Case([(3, 4)]), Case([()]), Case([(0, 2)]), Case([Sample((3,), "bool")], gradient=False))

    def infer(self, x: Spec) -> Spec:
        return x

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return (dy,)
