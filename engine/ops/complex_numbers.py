"""Complex numbers: made of two parts, and taken apart again."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.families import INEXACT, Broadcasting, Elementwise, number_like
from engine.ops.arithmetic import Divide
from engine.ops.conversion import Cast, ZerosLike
from engine.ops.elementwise import Square
from engine.ops.selection import Where
from engine.spec import FLOATS, Spec, complex_dtype, part_dtype
from engine.value import Value

_CASES = (
    Case([Sample((3, 4), "complex")]),
    Case([Sample((), "complex")]),
    Case([Sample((0, 2), "complex")]),
    Case([Sample((2,), "complex", 1e18, 1e19)], gradient=False),
    Case([(3,)]),
)


class Complex(Broadcasting):
    """A complex number out of its real and its imaginary part."""

    formula = "y = a + i · b"
    takes = FLOATS
    advice = "Parts of float64 make complex128, all others complex64."
    cases = (
        Case([(3, 4), (4,)]),
        Case([(), ()]),
        Case([(0,), ()]),
        Case([Sample(values=[float("nan"), 1.0]), Sample(values=[0.0, float("inf")])], gradient=False),
    )

    def infer(self, a: Spec, b: Spec) -> Spec:
        common = super().infer(a, b)
        return common.with_dtype(complex_dtype(common.dtype))

    def pullback(self, dy: Value, a: Value, b: Value, y: Value) -> tuple[Value, Value]:
        to = Cast(dtype=a.spec.dtype)
        return to(Real()(dy)), to(Imaginary()(dy))


class Real(Elementwise):
    """The real part of a complex number. A real number is its own."""

    formula = "y = re(x)"
    takes = INEXACT
    cases = _CASES

    def infer(self, x: Spec) -> Spec:
        return super().infer(x).with_dtype(part_dtype(x.dtype))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return Cast(dtype=x.spec.dtype)(dy)


class Imaginary(Elementwise):
    """The imaginary part of a complex number: what i is multiplied by. Of a real number it is zero."""

    formula = "y = im(x)"
    takes = INEXACT
    cases = _CASES

    def infer(self, x: Spec) -> Spec:
        return super().infer(x).with_dtype(part_dtype(x.dtype))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return Complex()(ZerosLike()(dy), dy) if x.spec.is_complex else ZerosLike()(x)


class Conjugate(Elementwise):
    """The complex number with the opposite imaginary part. A real number stays what it is."""

    formula = "y = re(x) - i · im(x)"
    takes = INEXACT
    cases = _CASES

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return Conjugate()(dy)


class Angle(Elementwise):
    """The angle between a complex number and the positive real axis, from -pi to pi.

    Of a negative real number it is pi, of any other zero. At zero its gradient is zero.
    """

    formula = "y = atan2(im(x), re(x))"
    takes = INEXACT
    cases = (
        Case([Sample((3, 4), "complex", low=0.1)]),
        Case([Sample((3,), "complex", low=-2.0, high=-0.1)]),
        Case([Sample((0,), "complex")]),
        Case([Sample((2,), "complex", values=[0.0, -1.0])], gradient=False),
        Case([Sample(values=[-2.0, 0.5, 3.0])]),
        Case([Sample(values=[0.0, float("nan"), -1e30])], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        return super().infer(x).with_dtype(part_dtype(x.dtype))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        if not x.spec.is_complex:
            return ZerosLike()(x)
        re, im = Real()(x), Imaginary()(x)
        distance = Square()(re) + Square()(im)
        zero, one = number_like(distance, 0.0), number_like(distance, 1.0)
        slope = Divide()(dy, Where()(distance > zero, distance, one))
        return Complex()(-(slope * im), slope * re)
