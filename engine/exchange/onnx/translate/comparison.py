"""Comparisons, logic, and logic on bits."""

from __future__ import annotations

from engine.exchange.onnx.layout import element_by_element
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.registry import Translation, translates
from engine.exchange.onnx.tensors import Tensor
from engine.op import Op
from engine.ops.bitwise import BitwiseAnd, BitwiseOr, BitwiseXor, LogicalXor, ShiftLeft, ShiftRight
from engine.ops.comparison import Equal, Greater, GreaterEqual, Less, LessEqual, LogicalAnd, LogicalOr
from engine.ops.trigonometry import IsInf

_SAME: dict[str, type[Op]] = {
    "And": LogicalAnd,
    "BitwiseAnd": BitwiseAnd,
    "BitwiseOr": BitwiseOr,
    "BitwiseXor": BitwiseXor,
    "Equal": Equal,
    "Greater": Greater,
    "GreaterOrEqual": GreaterEqual,
    "Less": Less,
    "LessOrEqual": LessEqual,
    "Or": LogicalOr,
    "Xor": LogicalXor,
}


def _same(op: type[Op]) -> Translation:
    def translate(node: OnnxNode) -> Tensor:
        return element_by_element(node, op(), node.tensor(0), node.tensor(1))

    return translate


for _name, _op in _SAME.items():
    translates(_name, since=7)(_same(_op))


@translates("BitShift")
def bit_shift(node: OnnxNode) -> Tensor:
    op = ShiftLeft() if node.get("direction") == "LEFT" else ShiftRight()
    return element_by_element(node, op, node.tensor(0), node.tensor(1))


@translates("IsInf")
def is_inf(node: OnnxNode) -> Tensor:
    negative, positive = bool(node.get("detect_negative", 1)), bool(node.get("detect_positive", 1))
    return element_by_element(node, IsInf(negative=negative, positive=positive), node.tensor(0))
