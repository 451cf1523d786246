"""Layout: exchanges of axes move behind the ops that do not care about them, where they meet and cancel.

A network that was drawn for channels in front and is computed with channels behind is full of such pairs.
"""

from __future__ import annotations

from engine.families import Broadcasting, Elementwise
from engine.ops.shaping import Transpose
from engine.program.program import Program
from engine.program.rewrite import Rewriter, Rules, rewrite
from engine.program.simplify import axes_of, operand
from engine.registry import all_ops
from engine.value import Call, Value


def move_transposes(program: Program) -> Program:
    """Let each Transpose sink through elementwise ops; the pass that simplifies removes the pairs."""
    return rewrite(program, _rules())


def _rules() -> Rules:
    found: Rules = {
        op.__name__: (_sink_one,) if issubclass(op, Elementwise) else (_sink_two,)
        for op in all_ops()
        if issubclass(op, Elementwise | Broadcasting)
        and not {"axis", "axes"} & {a.name for a in op.attributes()}
    }
    return found


def _turned(walk: Rewriter, value: Value | None) -> tuple[Value, tuple[int, ...]] | None:
    """What a Transpose that nothing else reads was given, and its order of axes."""
    inner = walk.maker(value, Transpose)
    order = None if inner is None else axes_of(inner)
    if inner is None or value is None or order is None or not walk.used_once(value):
        return None
    return operand(inner, 0), order


def _sink_one(walk: Rewriter, call: Call) -> Value | None:
    """f(transpose(x)) is transpose(f(x))."""
    found = _turned(walk, call.inputs[0])
    if found is None or len(call.inputs) > 1 or call.op.is_view:
        return None
    x, order = found
    return walk.emit(Transpose(permutation=order), walk.emit(call.op, x))


def _sink_two(walk: Rewriter, call: Call) -> Value | None:
    """The same for two operands that are turned alike, or with a single number beside one that is turned."""
    found = [_turned(walk, value) for value in call.inputs]
    first = next((pair for pair in found if pair is not None), None)
    if first is None:
        return None
    order = first[1]
    inputs = []
    for pair, value in zip(found, call.inputs, strict=True):
        if pair is not None and pair[1] == order:
            inputs.append(pair[0])
        elif value is not None and value.spec.shape == ():
            inputs.append(value)
        elif value is not None and (known := walk.known(value)) is not None and known.ndim <= len(order):
            whole = known.reshape((1,) * (len(order) - known.ndim) + known.shape)
            back = sorted(range(len(order)), key=order.__getitem__)
            inputs.append(walk.constant(whole.transpose(back), value))
        else:
            return None
    return walk.emit(Transpose(permutation=order), walk.emit(call.op, *inputs))
