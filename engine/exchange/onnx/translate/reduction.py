"""Sums, means and extremes along axes."""

from __future__ import annotations

from collections.abc import Callable

from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.registry import Translation, translates
from engine.exchange.onnx.tensors import Tensor
from engine.families import Reduction
from engine.ops.elementwise import Abs, Log, Sqrt, Square
from engine.ops.products import CumProd, ReduceProd
from engine.ops.reduction import (
    ArgMax,
    ArgMin,
    CumSum,
    ReduceAll,
    ReduceAny,
    ReduceMax,
    ReduceMean,
    ReduceMin,
    ReduceSum,
)
from engine.ops.statistics import ReduceLogSumExp
from engine.value import Value

Change = Callable[[Value], Value]


def _same(x: Value) -> Value:
    return x


_REDUCTIONS: dict[str, tuple[Change, type[Reduction], Change]] = {
    "ReduceSum": (_same, ReduceSum, _same),
    "ReduceMean": (_same, ReduceMean, _same),
    "ReduceProd": (_same, ReduceProd, _same),
    "ReduceMax": (_same, ReduceMax, _same),
    "ReduceMin": (_same, ReduceMin, _same),
    "ReduceLogSumExp": (_same, ReduceLogSumExp, _same),
    "ReduceL1": (Abs(), ReduceSum, _same),
    "ReduceL2": (Square(), ReduceSum, Sqrt()),
    "ReduceLogSum": (_same, ReduceSum, Log()),
    "ReduceSumSquare": (Square(), ReduceSum, _same),
}
"""What is done to each element, how they are reduced, and what is done to the result."""
_OF_TRUTHS: dict[type[Reduction], type[Reduction]] = {ReduceMax: ReduceAny, ReduceMin: ReduceAll}


def _reduction(before: Change, kind: type[Reduction], after: Change) -> Translation:
    def translate(node: OnnxNode) -> Tensor:
        """Axes are an attribute or an input. Without any all are meant, or none where the node says so."""
        axes = node.get("axes") or ()
        open_axes = node.has(1) and node.spec(1).shape != (0,)
        x = before(node[0])
        if not node.rank() or (node.get("noop_with_empty_axes", 0) and not axes and not open_axes):
            return after(x)
        op = _OF_TRUTHS.get(kind, kind) if x.spec.dtype == "bool" else kind
        settings = {"axes": 1} if open_axes else {}
        keep = bool(node.get("keepdims", 1))
        return after(node.settled(op, [x], settings, axes=list(axes), keep_dims=keep))

    return translate


for _name, _steps in _REDUCTIONS.items():
    translates(_name)(_reduction(*_steps))


def _arg_extreme(op: type[ArgMax] | type[ArgMin]) -> Translation:
    def translate(node: OnnxNode) -> Tensor:
        keep, last = bool(node.get("keepdims", 1)), bool(node.get("select_last_index", 0))
        return op(axis=node.get("axis", 0), keep_dims=keep, last=last)(node[0])

    return translate


translates("ArgMax")(_arg_extreme(ArgMax))
translates("ArgMin")(_arg_extreme(ArgMin))


@translates("CumSum")
def cum_sum(node: OnnxNode) -> Tensor:
    settings = {"exclusive": bool(node.get("exclusive", 0)), "reverse": bool(node.get("reverse", 0))}
    return node.settled(CumSum, [node[0]], {"axis": 1}, **settings)


@translates("CumProd")
def cum_prod(node: OnnxNode) -> Tensor:
    settings = {"exclusive": bool(node.get("exclusive", 0)), "reverse": bool(node.get("reverse", 0))}
    return node.settled(CumProd, [node[0]], {"axis": 1}, **settings)
