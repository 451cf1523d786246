"""Tensors as a safetensors file. One that is read is checked first: limits, duplicates, names, sizes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import save

from engine.project import limits, strict_json
from engine.project.durable import FileError
from engine.project.names import name_problem, shown

Array = NDArray[Any]

_DTYPES = {
    code: np.dtype(dtype)
    for code, dtype in {
        "BOOL": "bool",
        "U8": "uint8",
        "I8": "int8",
        "U16": "uint16",
        "I16": "int16",
        "F16": "float16",
        "BF16": ml_dtypes.bfloat16,
        "U32": "uint32",
        "I32": "int32",
        "F32": "float32",
        "U64": "uint64",
        "I64": "int64",
        "F64": "float64",
        "C64": "complex64",
    }.items()
}


def encode_tensors(tensors: Mapping[str, Array]) -> bytes:
    """Tensors by name as the content of a safetensors file."""
    for name, array in tensors.items():
        if problem := name_problem(name):
            raise FileError(f"Variable '{shown(name)}' cannot be saved: its name {problem}.")
        if array.dtype not in _DTYPES.values():
            raise FileError(
                f"Variable '{shown(name)}' cannot be saved: a file of variables holds no {array.dtype}. "
                "Give the variable another dtype."
            )
    try:
        return bytes(save({name: np.asarray(array, order="C") for name, array in tensors.items()}))
    except (SafetensorError, KeyError, ValueError) as error:
        raise FileError(f"The variables cannot be saved: {error}.") from error


def decode_tensors(data: bytes, what: str) -> dict[str, Array]:
    """Read tensors from a source that may be hostile; raises FileError, whose sentence begins with `what`."""
    header, start = _header(data, what)
    end = start
    spans = []
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        spans.append((*_span(name, entry, what), name))
    for first, last, name in sorted(spans):
        if first + start != end:
            raise FileError(
                f"{what}: tensor '{shown(name)}' overlaps another one, or leaves a gap before it."
            )
        end = last + start
    if end != len(data):
        raise FileError(f"{what}: its tensors end at byte {end:,}, but the file has {len(data):,} bytes.")
    # The library's own reader for NumPy knows no bfloat16.
    return {name: _array(data, start + first, header[name]) for first, _, name in spans}


def _header(data: bytes, what: str) -> tuple[dict[str, Any], int]:
    if len(data) < 8:
        raise FileError(f"{what} is cut off within the length of its header.")
    length = int.from_bytes(data[:8], "little")
    if length > limits.TENSOR_HEADER_BYTES:
        raise FileError(
            f"{what} declares a header of {length:,} bytes; the limit is {limits.TENSOR_HEADER_BYTES:,}."
        )
    if 8 + length > len(data):
        raise FileError(f"{what} declares a header of {length:,} bytes, but has {len(data):,} in all.")
    header = strict_json.parse(data[8 : 8 + length], f"{what}: the header")
    if not isinstance(header, dict):
        raise FileError(f"{what}: the header is not an object.")
    if len(header) > limits.TENSORS:
        raise FileError(f"{what} has {len(header):,} tensors; the limit is {limits.TENSORS:,}.")
    return header, 8 + length


def _span(name: str, entry: object, what: str) -> tuple[int, int]:
    """From where to where a tensor's bytes lie, after a check that this is as much as its shape needs."""
    where = f"{what}: tensor '{shown(name)}'"
    if problem := name_problem(name):
        raise FileError(f"{where}: the name {problem}.")
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise FileError(f"{where} is not described by dtype, shape and data_offsets.")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in _DTYPES:
        raise FileError(f"{where} has the dtype {shown(repr(dtype))}; expected one of {', '.join(_DTYPES)}.")
    if not _are_sizes(shape) or len(shape) > limits.TENSOR_RANK:
        raise FileError(f"{where} has no valid shape; expected up to {limits.TENSOR_RANK} whole numbers.")
    if not _are_sizes(offsets) or len(offsets) != 2 or offsets[0] > offsets[1]:
        raise FileError(f"{where} does not say validly where its data lie.")
    if math.prod(max(size, 1) for size in shape) * _DTYPES[dtype].itemsize > limits.TENSOR_BYTES:
        raise FileError(
            f"{where} has the shape {' x '.join(map(str, shape))}, which is larger than any memory."
        )
    needed = math.prod(shape) * _DTYPES[dtype].itemsize
    if offsets[1] - offsets[0] != needed:
        raise FileError(f"{where}: {needed:,} bytes expected, {offsets[1] - offsets[0]:,} present.")
    return offsets[0], offsets[1]


def _array(data: bytes, offset: int, entry: Mapping[str, Any]) -> Array:
    """A copy of the tensor that a checked entry of the header describes."""
    shape = entry["shape"]
    return np.frombuffer(data, _DTYPES[entry["dtype"]], math.prod(shape), offset).reshape(shape).copy()


def _are_sizes(value: object) -> bool:
    return isinstance(value, list) and all(type(size) is int and size >= 0 for size in value)
