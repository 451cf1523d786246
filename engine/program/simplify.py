"""Algebraic simplification by identities that hold to the last bit, for infinities and NaN as well."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.op import Op
from engine.ops.activation import Relu
from engine.ops.arithmetic import Add, Divide, Maximum, Minimum, Multiply, Power, Subtract
from engine.ops.comparison import LogicalNot
from engine.ops.conversion import Cast
from engine.ops.elementwise import Abs, Negate, Square
from engine.ops.selection import Where
from engine.ops.shaping import Reshape, Transpose
from engine.program.identity import unchanged
from engine.program.program import Program
from engine.program.rewrite import Rewriter, Rule, rewrite
from engine.spec import Spec, part_dtype
from engine.value import Call, Value


def simplify(program: Program) -> Program:
    """Leave out arithmetic that changes nothing, and join pairs of ops that one op can do."""
    return rewrite(program, _RULES)


def filled(walk: Rewriter, value: Value | None, number: float) -> bool:
    """Whether a value is a constant that is this number everywhere."""
    array = walk.known(value)
    return array is not None and array.size > 0 and bool(np.all(array == number))


def operand(call: Call, position: int) -> Value:
    """An input that is always connected."""
    value = call.inputs[position]
    assert value is not None
    return value


def unless(number: float, *positions: int) -> Rule:
    """The other operand, where the one at a position is a constant of that number: x · 1 is x.

    Not for complex numbers, in whose products infinity meets the zero of the other part; and not for -0.
    """

    def rule(walk: Rewriter, call: Call) -> Value | None:
        for position in positions:
            other, known = operand(call, 1 - position), walk.known(call.inputs[position])
            fits = unchanged(other.spec, call.outputs[0].spec) and not other.spec.is_complex
            if fits and known is not None and known.size and np.all((known == number) & ~np.signbit(known)):
                return other
        return None

    return rule


def twice(op: type[Op]) -> Rule:
    """The inner input: -(-x) is x."""

    def rule(walk: Rewriter, call: Call) -> Value | None:
        inner = walk.maker(call.inputs[0], op)
        return None if inner is None else inner.inputs[0]

    return rule


def again(op: type[Op]) -> Rule:
    """The input, because an op applied to its own result changes nothing: ||x|| is |x|."""

    def rule(walk: Rewriter, call: Call) -> Value | None:
        return call.inputs[0] if walk.maker(call.inputs[0], op) else None

    return rule


def through(made: Callable[[], Op], *skipped: type[Op]) -> Rule:
    """The op applied to the inner input, where an op between them makes no difference: |-x| is |x|."""

    def rule(walk: Rewriter, call: Call) -> Value | None:
        for op in skipped:
            inner = walk.maker(call.inputs[0], op)
            # The size of a complex number is a real one, and its square is not that of the number.
            if inner is not None and operand(inner, 0).spec.dtype == inner.outputs[0].spec.dtype:
                return walk.emit(made(), inner.inputs[0])
        return None

    return rule


def with_negated(made: Callable[[], Op]) -> Rule:
    """Add what would be subtracted, and the other way round: a + (-b) is a - b."""

    def rule(walk: Rewriter, call: Call) -> Value | None:
        inner = walk.maker(call.inputs[1], Negate)
        return None if inner is None else walk.emit(made(), call.inputs[0], inner.inputs[0])

    return rule


def _equal_operands(_: Rewriter, call: Call) -> Value | None:
    """max(x, x), min(x, x)."""
    return call.inputs[0] if call.inputs[0] is call.inputs[1] else None


def _square(walk: Rewriter, call: Call) -> Value | None:
    """x · x."""
    x = operand(call, 0)
    fits = x is call.inputs[1] and x.spec.dtype in Square.takes
    return walk.emit(Square(), x) if fits else None


def _equal_branches(_: Rewriter, call: Call) -> Value | None:
    """Where both are the same, the condition does not matter."""
    a, b = operand(call, 1), operand(call, 2)
    return a if a is b and unchanged(a.spec, call.outputs[0].spec) else None


def _transposed_twice(walk: Rewriter, call: Call) -> Value | None:
    inner = walk.maker(call.inputs[0], Transpose)
    if inner is None:
        return None
    first, second = axes_of(inner), axes_of(call)
    if first is None or second is None:
        return None
    order = tuple(first[axis] for axis in second)
    if order == tuple(range(len(order))):
        return inner.inputs[0]
    return walk.emit(Transpose(permutation=order), inner.inputs[0])


def axes_of(call: Call) -> tuple[int, ...] | None:
    """The axes of the input in the order in which a Transpose gives them, if the rank is known."""
    assert isinstance(call.op, Transpose)
    rank = operand(call, 0).spec.rank
    if rank is None:
        return None
    return tuple(axis % rank for axis in call.op.permutation or tuple(reversed(range(rank))))


def _reshaped_twice(walk: Rewriter, call: Call) -> Value | None:
    assert isinstance(call.op, Reshape)
    inner = walk.maker(call.inputs[0], Reshape)
    if inner is None or any(value is not None for value in inner.inputs[1:]):
        return None
    x = operand(inner, 0)
    if unchanged(x.spec, call.outputs[0].spec):
        return x
    # A size that is kept from the input would be taken from another one.
    return None if 0 in call.op.shape else walk.emit(call.op, x, *call.inputs[1:])


def _cast_back(walk: Rewriter, call: Call) -> Value | None:
    """A dtype that holds every number of the first one, and back."""
    inner = walk.maker(call.inputs[0], Cast)
    if inner is None:
        return None
    x = operand(inner, 0)
    wide = inner.outputs[0].spec.dtype
    return x if x.spec.dtype == call.outputs[0].spec.dtype and _holds(wide, x.spec) else None


_EXACT_BITS = {"bfloat16": 8, "float16": 11, "float32": 24, "float64": 53}
"""Up to how many bits a float dtype holds every whole number."""


def _holds(wide: str, narrow: Spec) -> bool:
    """Whether a dtype holds every number of another. NumPy calls int64 to float64 safe, which it is not."""
    x, y = np.dtype(narrow.dtype), np.dtype(wide)
    whole, inexact = x.kind in "iu", y.kind not in "iub"
    fits = not (whole and inexact) or 8 * x.itemsize <= _EXACT_BITS[part_dtype(wide)]
    return fits and np.can_cast(x, y, "safe")


_OPS: dict[type[Op], tuple[Rule, ...]] = {
    Multiply: (unless(1.0, 0, 1), _square),
    Divide: (unless(1.0, 1),),
    Subtract: (unless(0.0, 1), with_negated(Add)),
    Add: (with_negated(Subtract),),
    Power: (unless(1.0, 1),),
    Negate: (twice(Negate),),
    LogicalNot: (twice(LogicalNot),),
    Abs: (again(Abs), through(Abs, Negate)),
    Square: (through(Square, Negate, Abs),),
    Relu: (again(Relu),),
    Maximum: (_equal_operands,),
    Minimum: (_equal_operands,),
    Where: (_equal_branches,),
    Transpose: (_transposed_twice,),
    Reshape: (_reshaped_twice,),
    Cast: (_cast_back,),
}
_RULES = {op.__name__: rules for op, rules in _OPS.items()}
