"""Cheaper arithmetic: ops that give the same up to the last digits for less work, or with less error."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.op import Op
from engine.ops.activation import LogSoftmax, Softmax
from engine.ops.arithmetic import Add, Divide, Multiply, Power, Subtract
from engine.ops.cutting import PadLike
from engine.ops.elementwise import Exp, Expm1, Log, Log1p, Reciprocal, Rsqrt, Sqrt, Square
from engine.ops.joining import Concat
from engine.ops.linear import MatMul
from engine.ops.shaping import Transpose
from engine.program.program import Program
from engine.program.rewrite import Rewriter, Rule, rewrite
from engine.program.simplify import axes_of, filled, operand, unless
from engine.spec import FLOATS, UNKNOWN
from engine.value import Call, Value


def cheapen(program: Program) -> Program:
    """Trade powers, quotients and logarithms for what is faster and at least as exact."""
    return rewrite(program, _RULES)


_POWERS: dict[float, Callable[[], Op]] = {2.0: Square, 0.5: Sqrt, -1.0: Reciprocal, -0.5: Rsqrt}


def _known_power(walk: Rewriter, call: Call) -> Value | None:
    x, exponent = operand(call, 0), operand(call, 1)
    if x.spec.dtype not in FLOATS or exponent.spec.shape != ():
        return None
    for power, op in _POWERS.items():
        if filled(walk, exponent, power):
            return walk.emit(op(), x)
    return None


def _by_constant(walk: Rewriter, call: Call) -> Value | None:
    """x / c is x · (1 / c)."""
    divisor = walk.known(call.inputs[1])
    like = operand(call, 1)
    # In a short dtype the rounded factor would be wrong in the last digit far too often.
    if divisor is None or like.spec.dtype not in ("float32", "float64"):
        return None
    with np.errstate(all="ignore"):
        factor = np.reciprocal(divisor)
    # A factor that overflows or has lost digits would lose those of the quotient.
    if not np.all(np.isfinite(factor) & (np.abs(factor) >= np.finfo(factor.dtype).smallest_normal)):
        return None
    return walk.emit(Multiply(), call.inputs[0], walk.constant(factor, like))


def _joined(op: type[Op], join: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Rule:
    """(x · 2) · 3 is x · 6: two constants become one."""

    def rule(walk: Rewriter, call: Call) -> Value | None:
        for position in (0, 1):
            outer, inner = walk.known(call.inputs[1 - position]), walk.maker(call.inputs[position], op)
            if outer is None or inner is None or outer.dtype.kind != "f":
                continue
            for place in (0, 1):
                known, x = walk.known(inner.inputs[place]), operand(inner, 1 - place)
                if known is not None and outer.ndim <= (x.spec.rank or 0) and known.ndim == 0:
                    with np.errstate(all="ignore"):
                        both = join(known, outer)
                    if np.all(np.isfinite(both)):
                        return walk.emit(op(), x, walk.constant(both, operand(call, 1 - position)))
        return None

    return rule


def _after(op: type[Op], made: Callable[[Call], Op]) -> Rule:
    """One op for two, where nothing else needs what is between them: log(softmax(x))."""

    def rule(walk: Rewriter, call: Call) -> Value | None:
        between = operand(call, 0)
        inner = walk.maker(between, op)
        if inner is None or not walk.used_once(between):
            return None
        return walk.emit(made(inner), inner.inputs[0])

    return rule


def _log_of_sum(walk: Rewriter, call: Call) -> Value | None:
    """log(1 + x): exact for small x as well."""
    between = operand(call, 0)
    inner = walk.maker(between, Add)
    if inner is None or not walk.used_once(between):
        return None
    for position in (0, 1):
        x = operand(inner, 1 - position)
        if filled(walk, inner.inputs[position], 1.0) and x.spec.as_value() == between.spec:
            return walk.emit(Log1p(), x)
    return None


def _exp_less_one(walk: Rewriter, call: Call) -> Value | None:
    """exp(x) - 1: exact for small x as well."""
    between = operand(call, 0)
    inner = walk.maker(between, Exp)
    fits = inner is not None and walk.used_once(between) and between.spec == call.outputs[0].spec
    return (
        walk.emit(Expm1(), inner.inputs[0]) if fits and inner and filled(walk, call.inputs[1], 1.0) else None
    )


def _over_root(walk: Rewriter, call: Call) -> Value | None:
    """a / sqrt(x) is a · rsqrt(x)."""
    between = operand(call, 1)
    inner = walk.maker(between, Sqrt)
    if inner is None or not walk.used_once(between):
        return None
    return walk.emit(Multiply(), call.inputs[0], walk.emit(Rsqrt(), inner.inputs[0]))


def _transposed_operand(walk: Rewriter, call: Call) -> Value | None:
    """The product reads a matrix along its other axis, and need not be given it turned."""
    assert isinstance(call.op, MatMul)
    flags = ("transpose_a", "transpose_b")
    for position, flag in enumerate(flags):
        inner = walk.maker(call.inputs[position], Transpose)
        order = None if inner is None else axes_of(inner)
        if inner is None or order is None or len(order) < 2:
            continue
        if order == (*range(len(order) - 2), len(order) - 1, len(order) - 2):
            op = MatMul(**{**call.op.settings(), flag: not getattr(call.op, flag)})
            inputs = [*call.inputs]
            inputs[position] = inner.inputs[0]
            return walk.emit(op, *inputs)
    return None


def _side_by_side(walk: Rewriter, call: Call) -> Value | None:
    """A sum of parts amid zeros that lie beside each other, and fill the whole, is those parts joined."""
    shape = call.outputs[0].spec.shape
    pads = _pads(walk, call)
    if not shape or not isinstance(shape[-1], int) or not pads:
        return None
    found: dict[int, Value] = {}
    for pad in pads:
        assert isinstance(pad.op, PadLike)
        x, begin = operand(pad, 0), pad.op.begin
        if x.spec.shape is None or x.spec.shape[:-1] != shape[:-1] or UNKNOWN in x.spec.shape:
            return None
        if len(begin) != len(shape) or any(begin[:-1]):
            return None
        found[begin[-1] % shape[-1]] = x
    reached = 0
    while reached in found:
        width = (found[reached].spec.shape or (0,))[-1]
        if not isinstance(width, int) or width == 0:
            return None
        reached += width
    fills = reached == shape[-1] and len(found) == len(pads)
    return walk.emit(Concat(axis=-1), *(found[place] for place in sorted(found))) if fills else None


def _pads(walk: Rewriter, call: Call) -> list[Call]:
    """The parts amid zeros that a sum adds up; none where it adds up anything else."""
    found = []
    for value in call.inputs:
        inner = walk.maker(value, PadLike) or walk.maker(value, Add)
        if inner is None or value is None or not walk.used_once(value):
            return []
        pads = [inner] if isinstance(inner.op, PadLike) else _pads(walk, inner)
        if not pads:
            return []
        found += pads
    return found


def _log_softmax(inner: Call) -> Op:
    return LogSoftmax(**inner.op.settings())


_OPS: dict[type[Op], tuple[Rule, ...]] = {
    Add: (unless(0.0, 0, 1), _joined(Add, np.add), _side_by_side),
    Multiply: (_joined(Multiply, np.multiply),),
    Divide: (_over_root, _by_constant),
    Power: (_known_power,),
    Reciprocal: (_after(Sqrt, lambda _: Rsqrt()),),
    Log: (_after(Softmax, _log_softmax), _log_of_sum),
    Subtract: (_exp_less_one,),
    MatMul: (_transposed_operand,),
}
_RULES = {op.__name__: rules for op, rules in _OPS.items()}
