"""Tensors out of nothing: constants, ranges, zeros and unit matrices."""

from __future__ import annotations

import math

import numpy as np
from onnx import TensorProto

from engine.exchange.onnx.external import tensor_array
from engine.exchange.onnx.limits import FOLDED_BYTES
from engine.exchange.onnx.names import value_label
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.problems import Unsupported
from engine.exchange.onnx.registry import translates
from engine.exchange.onnx.tensors import Known, Tensor, array_of, dtype_name
from engine.ops.creation import Fill, Range


@translates("Constant")
def constant(node: OnnxNode) -> Tensor:
    name = value_label(node.proto.output[0], "Constant")
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
    given = node.get("value")
    value = np.zeros((1,), np.float32) if given is None else array_of(given)
    if node.known(0) is None:
        dtype = value.dtype.name
        fill = Fill(dtype=dtype, value=float(value.reshape(-1)[0]))
        return fill(node[0])
    shape = tuple(int(size) for size in node.fixed(0, "shape").reshape(-1))
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
    dtype = node.spec(0).dtype
    known = [node.known(i) for i in range(3)]
    if any(number is None for number in known):
        return node.settled(Range, [], {"start": 0, "limit": 1, "delta": 2}, dtype=dtype)
    start, limit, step = (number.item() for number in known if number is not None)
    if step == 0:
        raise Unsupported("its step is zero")
    count = max(math.ceil((limit - start) / step), 0)
    check_size((count,), np.dtype(dtype))
    return Known((start + np.arange(count) * step).astype(dtype))


@translates("EyeLike")
def eye_like(node: OnnxNode) -> Tensor:
    rows, columns = node.spec(0).static_shape
    dtype = np.dtype(dtype_name(node.get("dtype")) if node.get("dtype") else node.spec(0).dtype)
    check_size((rows, columns), dtype)
    return Known(np.eye(rows, columns, node.get("k", 0), dtype))
