"""Arithmetic on two and more tensors."""

from __future__ import annotations

from engine.blocks.formulas import AddN, AverageN, MaximumN, MinimumN
from engine.exchange.onnx.layout import element_by_element
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.registry import Translation, translates
from engine.exchange.onnx.tensors import Tensor
from engine.op import Op
from engine.ops.arithmetic import (
    Add,
    Divide,
    FloorDivide,
    Fmod,
    Maximum,
    Minimum,
    Mod,
    Multiply,
    Power,
    Subtract,
)
from engine.ops.conversion import Cast
from engine.ops.elementwise import Abs, Sign
from engine.ops.selection import Clip, Where
from engine.spec import FLOATS
from engine.value import Value

_SAME: dict[str, type[Op]] = {"Add": Add, "Sub": Subtract, "Mul": Multiply}


def _same(op: type[Op]) -> Translation:
    def translate(node: OnnxNode) -> Tensor:
        return element_by_element(node, op(), node.tensor(0), node.tensor(1))

    return translate


for _name, _op in _SAME.items():
    translates(_name, since=7)(_same(_op))


@translates("Div", since=7)
def divide(node: OnnxNode) -> Tensor:
    apply = Divide() if node.spec(0).dtype in FLOATS else _truncated
    return element_by_element(node, apply, node.tensor(0), node.tensor(1))


def _truncated(a: Value, b: Value) -> Value:
    """The quotient of whole numbers, rounded towards zero."""
    if a.spec.dtype.startswith("uint"):
        return FloorDivide()(a, b)
    return FloorDivide()(Abs()(a), Abs()(b)) * (Sign()(a) * Sign()(b))


@translates("Mod")
def mod(node: OnnxNode) -> Tensor:
    apply = Fmod() if node.get("fmod", 0) else Mod()
    return element_by_element(node, apply, node.tensor(0), node.tensor(1))


@translates("Pow", since=7)
def power(node: OnnxNode) -> Tensor:
    return element_by_element(node, _power, node.tensor(0), node.tensor(1))


def _power(a: Value, b: Value) -> Value:
    """a to the power of b, in the dtype of a; a whole number to that of a float is computed in floats."""
    if a.spec.dtype == b.spec.dtype:
        return Power()(a, b)
    if a.spec.is_float or not b.spec.is_float:
        return Power()(a, Cast(dtype=a.spec.dtype)(b))
    return Cast(dtype=a.spec.dtype)(Power()(Cast(dtype="float64")(a), Cast(dtype="float64")(b)))


def _of_many(pair: Op | None, many: Op) -> Translation:
    def translate(node: OnnxNode) -> Tensor:
        tensors = [node.tensor(i) for i in range(len(node))]
        if len(tensors) == 1:
            return tensors[0]
        return element_by_element(node, pair if pair and len(tensors) == 2 else many, *tensors)

    return translate


translates("Max", since=6)(_of_many(Maximum(), MaximumN()))
translates("Min", since=6)(_of_many(Minimum(), MinimumN()))
translates("Sum", since=6)(_of_many(Add(), AddN()))
translates("Mean", since=6)(_of_many(None, AverageN()))


@translates("Clip", since=6)
def clip(node: OnnxNode) -> Tensor:
    """Limits are attributes, known numbers, or tensors; a lower limit above the upper one gives way."""
    x, low, high = node.tensor(0), _limit(node, 1, "min"), _limit(node, 2, "max")
    if x.spec.is_float and isinstance(low, float) and isinstance(high, float) and low <= high:
        return element_by_element(node, Clip(low=low, high=high), x)
    for limit, op in ((low, Maximum()), (high, Minimum())):
        if limit is not None:
            bound = limit if isinstance(limit, Value) else node.drawing.constant(limit, x.spec.dtype)
            x = element_by_element(node, op, x, bound)
    return x


def _limit(node: OnnxNode, index: int, name: str) -> float | int | Value | None:
    known = node.known(index)
    if known is not None:
        return float(known) if known.dtype.kind == "f" else int(known)
    return node[index] if node.has(index) else node.get(name)


@translates("Where")
def where(node: OnnxNode) -> Tensor:
    return element_by_element(node, Where(), node.tensor(0), node.tensor(1), node.tensor(2))
