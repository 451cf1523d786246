"""Logic on the bits of whole numbers, shifts of them, and the exclusive or."""

from __future__ import annotations

from typing import ClassVar

from engine.case import Case, Sample
from engine.families import BOOL, Broadcasting, Elementwise
from engine.spec import INTEGERS

_BITS = (
    Case([Sample((3, 4), "int64", -99, 99), Sample((4,), "int64", -99, 99)], gradient=False),
    Case([Sample((3,), "uint8", values=[0, 170, 255]), Sample((), "uint8", values=15)], gradient=False),
    Case([Sample((2,), "int8", values=[-128, 127]), Sample((2,), "int8", values=[-1, 1])], gradient=False),
    Case([Sample((0,), "int32"), Sample((), "int32", 0, 9)], gradient=False),
)
_SHIFTS = (
    Case([Sample((3, 4), "int64", -99, 99), Sample((4,), "int64", 0, 9)], gradient=False),
    Case([Sample((3,), "uint8", values=[1, 170, 255]), Sample((), "uint8", values=7)], gradient=False),
    # A shift by the width of the number or more, and one by a negative number.
    Case(
        [
            Sample((5,), "int32", values=[1, -1, -5, 5, -5]),
            Sample((5,), "int32", values=[32, 40, 33, -1, -1]),
        ],
        gradient=False,
    ),
    Case([Sample((3,), "int8", values=[-128, 127, -1]), Sample((), "int8", values=1)], gradient=False),
    Case([Sample((0,), "int32"), Sample((), "int32", 0, 9)], gradient=False),
)


class _Bits(Broadcasting, abstract=True):
    """What the ops on the bits of two whole numbers share."""

    takes: ClassVar[tuple[str, ...]] = INTEGERS
    differentiable = False
    cases: ClassVar[tuple[Case, ...]] = _BITS


class BitwiseAnd(_Bits):
    """The bits that are set in both whole numbers: what a mask leaves."""

    formula = "y = a and b, bit by bit"
    advice = "For true and false use LogicalAnd."


class BitwiseOr(_Bits):
    """The bits that are set in at least one of both whole numbers."""

    formula = "y = a or b, bit by bit"
    advice = "For true and false use LogicalOr."


class BitwiseXor(_Bits):
    """The bits in which both whole numbers differ."""

    formula = "y = either a or b, bit by bit"
    advice = "For true and false use LogicalXor."


class BitwiseNot(Elementwise):
    """All bits of a whole number turned round. Of a signed one it is -x - 1."""

    formula = "y = not x, bit by bit"
    advice = "For true and false use LogicalNot."
    takes = INTEGERS
    differentiable = False
    cases = (
        Case([Sample((4,), "int64", values=[-2, -1, 0, 5])], gradient=False),
        Case([Sample((3,), "uint8", values=[0, 170, 255])], gradient=False),
        Case([Sample((2,), "int8", values=[-128, 127])], gradient=False),
        Case([Sample((0,), "int32")], gradient=False),
    )


class ShiftLeft(_Bits):
    """The bits of a moved up by b places; zeros come in, and what leaves at the top is lost.

    A shift by the width of the number or more gives zero, and so does one by a negative number.
    """

    formula = "y = a · 2^b, without what leaves at the top"
    cases = _SHIFTS


class ShiftRight(_Bits):
    """The bits of a moved down by b places; a signed number keeps its sign.

    A shift by the width of the number or more, or by a negative number, leaves only the sign: 0 or -1.
    """

    formula = "y = floor(a / 2^b)"
    cases = _SHIFTS


class LogicalXor(Broadcasting):
    """Whether exactly one of both is true."""

    formula = "y = (a != b)"
    takes = BOOL
    differentiable = False
    cases = (
        Case([Sample((3, 4), "bool"), Sample((4,), "bool")], gradient=False),
        Case([Sample((0,), "bool"), Sample((), "bool")], gradient=False),
    )
