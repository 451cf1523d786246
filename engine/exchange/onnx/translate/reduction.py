"""Sums, means and extremes along axes."""

from __future__ import annotations

from collections.abc import Callable

from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.registry import Translation, translates
from engine.exchange.onnx.tensors import Tensor
from engine.ops.elementwise import Abs, Log, Sqrt, Square
from engine.ops.ordering import Reverse
from engine.ops.reduction import (
    ArgMax,
    ArgMin,
    CumSum,
    ReduceAll,
    ReduceAny,
    ReduceMax,
    ReduceMean,
    ReduceMin,
    ReduceProd,
    ReduceSum,
)
from engine.ops.shaping import ExpandDims
from engine.ops.statistics import ReduceLogSumExp
from engine.value import Value

Reduce = Callable[[Value, tuple[int, ...], bool], Value]


def _sum(x: Value, axes: tuple[int, ...], keep: bool) -> Value:
    return ReduceSum(axes=axes, keep_dims=keep)(x)


def _mean(x: Value, axes: tuple[int, ...], keep: bool) -> Value:
    return ReduceMean(axes=axes, keep_dims=keep)(x)


def _prod(x: Value, axes: tuple[int, ...], keep: bool) -> Value:
    return ReduceProd(axes=axes, keep_dims=keep)(x)


def _max(x: Value, axes: tuple[int, ...], keep: bool) -> Value:
    kind = ReduceAny if x.spec.dtype == "bool" else ReduceMax
    return kind(axes=axes, keep_dims=keep)(x)


def _min(x: Value, axes: tuple[int, ...], keep: bool) -> Value:
    kind = ReduceAll if x.spec.dtype == "bool" else ReduceMin
    return kind(axes=axes, keep_dims=keep)(x)


def _log_sum_exp(x: Value, axes: tuple[int, ...], keep: bool) -> Value:
    return ReduceLogSumExp(axes=axes, keep_dims=keep)(x)


_REDUCTIONS: dict[str, Reduce] = {
    "ReduceSum": _sum,
    "ReduceMean": _mean,
    "ReduceProd": _prod,
    "ReduceMax": _max,
    "ReduceMin": _min,
    "ReduceLogSumExp": _log_sum_exp,
    "ReduceL1": lambda x, axes, keep: _sum(Abs()(x), axes, keep),
    "ReduceL2": lambda x, axes, keep: Sqrt()(_sum(Square()(x), axes, keep)),
    "ReduceLogSum": lambda x, axes, keep: Log()(_sum(x, axes, keep)),
    "ReduceSumSquare": lambda x, axes, keep: _sum(Square()(x), axes, keep),
}
_OF_NO_AXES: dict[str, Callable[[Value], Value]] = {
    "ReduceL1": Abs(),
    "ReduceL2": Abs(),
    "ReduceLogSum": Log(),
    "ReduceSumSquare": Square(),
}
"""What is left of a reduction that has no axis to reduce along."""


def _alone(name: str, x: Value) -> Value:
    return _OF_NO_AXES[name](x) if name in _OF_NO_AXES else x


def _reduction(name: str, reduce: Reduce) -> Translation:
    def translate(node: OnnxNode) -> Tensor:
        axes = node.ints("axes", 1) or ()
        if not axes and node.get("noop_with_empty_axes", 0):
            return _alone(name, node[0])
        rank = node.rank()
        normal = tuple(axis % rank for axis in axes)
        if not rank:
            return _alone(name, node[0])
        return reduce(node[0], normal, bool(node.get("keepdims", 1)))

    return translate


for _name, _reduce in _REDUCTIONS.items():
    translates(_name)(_reduction(_name, _reduce))


def _arg_extreme(op: type[ArgMax] | type[ArgMin]) -> Translation:
    def translate(node: OnnxNode) -> Tensor:
        x, axis = node[0], node.get("axis", 0) % node.rank()
        if node.get("select_last_index", 0):
            last = int(node.spec(0).static_shape[axis]) - 1
            y = last - op(axis=axis)(Reverse(axes=(axis,))(x))
        else:
            y = op(axis=axis)(x)
        return ExpandDims(axis=axis)(y) if node.get("keepdims", 1) else y

    return translate


translates("ArgMax")(_arg_extreme(ArgMax))
translates("ArgMin")(_arg_extreme(ArgMin))


@translates("CumSum")
def cum_sum(node: OnnxNode) -> Tensor:
    axis = int(node.fixed(1, "axis").reshape(()))
    settings = {"exclusive": bool(node.get("exclusive", 0)), "reverse": bool(node.get("reverse", 0))}
    return CumSum(axis=axis, **settings)(node[0])
