"""Random numbers. Each run draws new ones; the seed is that of the session."""

from __future__ import annotations

from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.registry import Translation, translates
from engine.exchange.onnx.tensors import Tensor, dtype_name
from engine.op import Op
from engine.ops.conversion import Cast
from engine.ops.random import RandomBernoulli, RandomCategorical, RandomNormal, RandomUniform

_FLOAT = 1
_INT32 = 6
_KINDS: dict[str, tuple[type[Op], dict[str, tuple[str, float]]]] = {
    "RandomNormal": (RandomNormal, {"mean": ("mean", 0.0), "deviation": ("scale", 1.0)}),
    "RandomUniform": (RandomUniform, {"low": ("low", 0.0), "high": ("high", 1.0)}),
}
"""Our op, and for each setting of ours the attribute and its default."""


def _of_shape(kind: type[Op], names: dict[str, tuple[str, float]]) -> Translation:
    def translate(node: OnnxNode) -> Tensor:
        settings = {ours: node.get(*theirs) for ours, theirs in names.items()}
        op = kind.from_attributes(
            {**settings, "shape": list(node.get("shape")), "dtype": dtype_name(node.get("dtype", _FLOAT))}
        )
        return node.drawing.emit(op, [None])[0]

    return translate


def _like(kind: type[Op], names: dict[str, tuple[str, float]]) -> Translation:
    def translate(node: OnnxNode) -> Tensor:
        settings = {ours: node.get(*theirs) for ours, theirs in names.items()}
        like = node[0]
        if node.get("dtype") and dtype_name(node.get("dtype")) != like.spec.dtype:
            like = Cast(dtype=dtype_name(node.get("dtype")))(like)
        return kind.from_attributes(settings)(like)

    return translate


for _name, (_kind, _names) in _KINDS.items():
    translates(_name)(_of_shape(_kind, _names))
    translates(f"{_name}Like")(_like(_kind, _names))


@translates("Bernoulli")
def bernoulli(node: OnnxNode) -> Tensor:
    y = RandomBernoulli()(node[0])
    dtype = dtype_name(node.get("dtype")) if node.get("dtype") else node.spec(0).dtype
    return y if y.spec.dtype == dtype else Cast(dtype=dtype)(y)


@translates("Multinomial")
def multinomial(node: OnnxNode) -> Tensor:
    y = RandomCategorical(samples=node.get("sample_size", 1))(node[0])
    dtype = dtype_name(node.get("dtype", _INT32))
    return y if y.spec.dtype == dtype else Cast(dtype=dtype)(y)
