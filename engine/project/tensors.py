"""The header of a safetensors file, checked before the library reads it: limits, duplicates, names, sizes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from engine.project import limits, strict_json
from engine.project.durable import FileError
from engine.project.names import name_problem, shown

Array = NDArray[Any]

_ITEM_BYTES = {
    "BOOL": 1,
    "U8": 1,
    "I8": 1,
    "U16": 2,
    "I16": 2,
    "F16": 2,
    "U32": 4,
    "I32": 4,
    "F32": 4,
    "U64": 8,
    "I64": 8,
    "F64": 8,
}


def encode_tensors(tensors: Mapping[str, Array]) -> bytes:
    """Tensors by name as the content of a safetensors file."""
    for name in tensors:
        if problem := name_problem(name):
            raise FileError(f"Variable '{shown(name)}' cannot be saved: its name {problem}.")
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
    # What is refused here the library would refuse as well, but not in words for the user.
    for first, last, name in sorted(spans):
        if first + start != end:
            raise FileError(
                f"{what}: tensor '{shown(name)}' overlaps another one, or leaves a gap before it."
            )
        end = last + start
    if end != len(data):
        raise FileError(f"{what}: its tensors end at byte {end:,}, but the file has {len(data):,} bytes.")
    try:
        return dict(load(data))
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise FileError(f"{what} is damaged: {error}.") from error


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
    if not isinstance(dtype, str) or dtype not in _ITEM_BYTES:
        raise FileError(
            f"{where} has the dtype {shown(repr(dtype))}; expected one of {', '.join(_ITEM_BYTES)}."
        )
    if not _are_sizes(shape) or len(shape) > limits.TENSOR_RANK:
        raise FileError(f"{where} has no valid shape; expected up to {limits.TENSOR_RANK} whole numbers.")
    if not _are_sizes(offsets) or len(offsets) != 2 or offsets[0] > offsets[1]:
        raise FileError(f"{where} does not say validly where its data lie.")
    if math.prod(max(size, 1) for size in shape) * _ITEM_BYTES[dtype] > limits.TENSOR_BYTES:
        raise FileError(
            f"{where} has the shape {' x '.join(map(str, shape))}, which is larger than any memory."
        )
    needed = math.prod(shape) * _ITEM_BYTES[dtype]
    if offsets[1] - offsets[0] != needed:
        raise FileError(f"{where}: {needed:,} bytes expected, {offsets[1] - offsets[0]:,} present.")
    return offsets[0], offsets[1]


def _are_sizes(value: object) -> bool:
    return isinstance(value, list) and all(type(size) is int and size >= 0 for size in value)
