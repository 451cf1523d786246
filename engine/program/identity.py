"""Identity removal: what hands its input on unchanged is left out."""

from __future__ import annotations

from engine.op import Op
from engine.ops.conversion import Cast, Identity
from engine.ops.cutting import Slice
from engine.ops.joining import Concat
from engine.ops.padding import Pad
from engine.ops.reduction import SumTo
from engine.ops.shaping import Reshape, Squeeze, Transpose
from engine.ops.state import StopGradient
from engine.ops.tiling import BroadcastTo, Tile
from engine.program.program import Program
from engine.program.rewrite import Rewriter, Rule, rewrite
from engine.spec import UNKNOWN, Spec
from engine.value import Call, Value


def remove_identities(program: Program) -> Program:
    """Leave out copies, casts to the same dtype, and changes of shape that change nothing.

    It runs when gradients have been drawn, so that a StopGradient has done its work.
    """
    return rewrite(program, _RULES)


def unchanged(x: Spec, y: Spec) -> bool:
    """Whether two tensors surely have the same dtype and sizes."""
    return x.shape is not None and UNKNOWN not in x.shape and x.as_value() == y.as_value()


def _always(_: Rewriter, call: Call) -> Value | None:
    return call.inputs[0]


def _same_spec(_: Rewriter, call: Call) -> Value | None:
    """Right for ops that can change nothing but the sizes or the dtype."""
    x = call.inputs[0]
    return x if x is not None and unchanged(x.spec, call.outputs[0].spec) else None


def _same_order(_: Rewriter, call: Call) -> Value | None:
    assert isinstance(call.op, Transpose)
    rank = None if call.inputs[0] is None else call.inputs[0].spec.rank
    if rank is None:
        return None
    order = call.op.permutation or tuple(reversed(range(rank)))
    return call.inputs[0] if tuple(axis % rank for axis in order) == tuple(range(rank)) else None


def _alone(_: Rewriter, call: Call) -> Value | None:
    return call.inputs[0] if len(call.inputs) == 1 else None


def _no_margin(walk: Rewriter, call: Call) -> Value | None:
    """Margins of opposite signs keep the sizes and move the elements."""
    assert isinstance(call.op, Pad)
    return None if any((*call.op.before, *call.op.after)) else _same_spec(walk, call)


_OPS: dict[type[Op], Rule] = {
    Identity: _always,
    StopGradient: _always,
    Cast: _same_spec,
    Reshape: _same_spec,
    BroadcastTo: _same_spec,
    SumTo: _same_spec,
    Squeeze: _same_spec,
    Tile: _same_spec,
    Pad: _no_margin,
    Slice: _same_spec,
    Transpose: _same_order,
    Concat: _alone,
}
_RULES = {op.__name__: (rule,) for op, rule in _OPS.items()}
