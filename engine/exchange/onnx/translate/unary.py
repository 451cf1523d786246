"""Functions of one number, element by element."""

from __future__ import annotations

from engine.blocks.activations import HardSwish, Mish
from engine.exchange.onnx.layout import element_by_element
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.registry import Translation, translates
from engine.exchange.onnx.tensors import Tensor
from engine.op import Op
from engine.ops.activation import Relu, Sigmoid, Softsign, Tanh
from engine.ops.bitwise import BitwiseNot
from engine.ops.comparison import LogicalNot
from engine.ops.elementwise import (
    Abs,
    Ceil,
    Cos,
    Erf,
    Exp,
    Floor,
    Log,
    Negate,
    Reciprocal,
    Round,
    Sign,
    Sin,
    Sqrt,
    Tan,
)
from engine.ops.trigonometry import Acos, Acosh, Asin, Asinh, Atan, Atanh, Cosh, IsNan, Sinh

_SAME: dict[str, type[Op]] = {
    "Abs": Abs,
    "Acos": Acos,
    "Acosh": Acosh,
    "Asin": Asin,
    "Asinh": Asinh,
    "Atan": Atan,
    "Atanh": Atanh,
    "BitwiseNot": BitwiseNot,
    "Ceil": Ceil,
    "Cos": Cos,
    "Cosh": Cosh,
    "Erf": Erf,
    "Exp": Exp,
    "Floor": Floor,
    "HardSwish": HardSwish,
    "IsNaN": IsNan,
    "Log": Log,
    "Mish": Mish,
    "Neg": Negate,
    "Not": LogicalNot,
    "Reciprocal": Reciprocal,
    "Relu": Relu,
    "Round": Round,
    "Sigmoid": Sigmoid,
    "Sign": Sign,
    "Sin": Sin,
    "Sinh": Sinh,
    "Softsign": Softsign,
    "Sqrt": Sqrt,
    "Tan": Tan,
    "Tanh": Tanh,
}
"""Operators that mean the same as an op of ours, and have no attributes."""


def _same(op: type[Op]) -> Translation:
    def translate(node: OnnxNode) -> Tensor:
        return element_by_element(node, op(), node.tensor(0))

    return translate


for _name, _op in _SAME.items():
    translates(_name)(_same(_op))


@translates("Identity")
def identity(node: OnnxNode) -> Tensor:
    return node.tensor(0)
