"""Tensors out of nothing: constants, ranges, zeros and unit matrices."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from engine.exchange.onnx.external import tensor_array
from engine.exchange.onnx.limits import FOLDED_BYTES
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.problems import Unsupported
from engine.exchange.onnx.registry import translates
from engine.exchange.onnx.tensors import Known, Tensor, array_of, dtype_name


@translates("Constant")
def constant(node: OnnxNode) -> Tensor:
    name = node.proto.output[0]
    if isinstance(value := node.get("value"), TensorProto):
        return Known(tensor_array(value, None), name)
    for key, dtype in (
        ("value_float", np.float32),
        ("value_floats", np.float32),
        ("value_int", np.int64),
        ("value_ints", np.int64),
    ):
        if (number := node.get(key)) is not None:
            return Known(np.asarray(number, dtype), name)
    raise Unsupported("constants that are neither numbers nor dense tensors are not supported")


@translates("ConstantOfShape")
def constant_of_shape(node: OnnxNode) -> Tensor:
    shape = tuple(int(size) for size in node.fixed(0, "shape").reshape(-1))
    given = node.get("value")
    value = np.zeros((1,), np.float32) if given is None else array_of(given)
    check_size(shape, value.dtype)
    return Known(np.full(shape, value.reshape(-1)[0], value.dtype))


def check_size(shape: tuple[int, ...], dtype: np.dtype) -> None:
    """Raise Unsupported for a tensor that is larger than what may be made while importing."""
    total = dtype.itemsize
    for size in shape:
        if size < 0:
            raise Unsupported(f"a size is {size}")
        total *= size
    if total > FOLDED_BYTES:
        raise Unsupported(
            f"it makes a tensor of {total / 2**30:,.0f} GiB; the limit is {FOLDED_BYTES / 2**30:,.0f} GiB"
        )


@translates("Range")
def range_(node: OnnxNode) -> Tensor:
    start, limit, step = (
        node.fixed(i, what).reshape(()) for i, what in enumerate(("start", "limit", "step"))
    )
    if step == 0:
        raise Unsupported("its step is zero")
    count = max(int(np.ceil((float(limit) - float(start)) / float(step))), 0)
    check_size((count,), start.dtype)
    return Known((start + np.arange(count) * step).astype(start.dtype))


@translates("EyeLike")
def eye_like(node: OnnxNode) -> Tensor:
    rows, columns = node.spec(0).static_shape
    dtype = np.dtype(dtype_name(node.get("dtype")) if node.get("dtype") else node.spec(0).dtype)
    check_size((rows, columns), dtype)
    return Known(np.eye(rows, columns, node.get("k", 0), dtype))
