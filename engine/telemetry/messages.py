"""Recorded events as TensorBoard's protobuf messages; and such messages, of any program, as values."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2

from engine.telemetry.events import Event, Histogram, Image, Scalar, Text
from engine.telemetry.png import encode_png

FILE_VERSION = "brain.Event:2"

_NUMBERS = {
    types_pb2.DT_FLOAT: ("float_val", "<f4"),
    types_pb2.DT_DOUBLE: ("double_val", "<f8"),
    types_pb2.DT_INT32: ("int_val", "<i4"),
    types_pb2.DT_INT64: ("int64_val", "<i8"),
}
_MOST_NUMBERS = 1 << 20
_COLOURSPACES = {1: 1, 3: 3, 4: 4}


@dataclass(frozen=True)
class Number:
    """A point of a curve, as read."""

    value: float


@dataclass(frozen=True, eq=False)
class Bins:
    """A histogram, as read: `counts[i]` numbers between `edges[i]` and `edges[i + 1]`."""

    counts: NDArray[np.float64]
    edges: NDArray[np.float64]


@dataclass(frozen=True)
class Picture:
    """An image, as read: the bytes of a PNG file."""

    width: int
    height: int
    png: bytes


@dataclass(frozen=True)
class Words:
    """A text, as read."""

    text: str


Read = Number | Bins | Picture | Words


@dataclass(frozen=True)
class Point:
    """One value of one tag at one step, as read from a file."""

    tag: str
    step: int
    wall_time: float
    value: Read


def version_message(wall_time: float) -> bytes:
    """The event that every file begins with."""
    return bytes(event_pb2.Event(wall_time=wall_time, file_version=FILE_VERSION).SerializeToString())


def encode(event: Event) -> bytes:
    """A recorded event as the bytes of a message."""
    value = summary_pb2.Summary.Value(tag=event.tag)
    match event:
        case Scalar():
            value.simple_value = _as_float32(event.value)
        case Histogram():
            _fill_histogram(value.histo, event)
        case Image():
            _fill_image(value.image, event.pixels)
        case Text():
            value.metadata.plugin_data.plugin_name = "text"
            value.tensor.CopyFrom(
                tensor_pb2.TensorProto(
                    dtype=types_pb2.DT_STRING,
                    tensor_shape=tensor_shape_pb2.TensorShapeProto(),
                    string_val=[event.text.encode("utf-8", errors="replace")],
                )
            )
    summary = summary_pb2.Summary(value=[value])
    message = event_pb2.Event(wall_time=event.wall_time, step=event.step, summary=summary)
    return bytes(message.SerializeToString())


def step_of(payload: bytes) -> int:
    """The step of a message; one that cannot be read counts as the first."""
    try:
        return int(event_pb2.Event.FromString(payload).step)
    except DecodeError:
        return 0


def decode(payload: bytes, plugins: dict[str, str]) -> Iterator[Point]:
    """The values in a message that are of a kind we can show; raises ValueError for no message at all.

    `plugins` remembers from call to call which kind a tag is of: some programs say it only the first time.
    """
    try:
        message = event_pb2.Event.FromString(payload)
    except DecodeError as error:
        raise ValueError("a record is not an event") from error
    step, wall_time = message.step, message.wall_time
    for value in message.summary.value:
        kind = value.WhichOneof("value")
        if kind == "simple_value":
            yield Point(value.tag, step, wall_time, Number(value.simple_value))
            continue
        if value.metadata.plugin_data.plugin_name:
            plugins.setdefault(value.tag, value.metadata.plugin_data.plugin_name)
        read = _read_value(kind, value, plugins.get(value.tag, ""))
        if read is not None:
            yield Point(value.tag, step, wall_time, read)


def _as_float32(value: float) -> float:
    """The value as the format can hold it: beyond the range of float32 it is infinite."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def _fill_histogram(message: Any, event: Histogram) -> None:
    """TensorBoard counts up to each upper limit; an empty bin in front tells where the first begins."""
    message.min, message.max = float(event.edges[0]), float(event.edges[-1])
    message.num = float(event.counts.sum())
    message.sum, message.sum_squares = event.total, event.total_of_squares
    message.bucket_limit.extend(event.edges.tolist())
    message.bucket.extend([0.0, *event.counts.astype(np.float64).tolist()])


def _fill_image(message: Any, pixels: NDArray[np.uint8]) -> None:
    message.height, message.width = pixels.shape[:2]
    message.colorspace = _COLOURSPACES[pixels.shape[2] if pixels.ndim == 3 else 1]
    message.encoded_image_string = encode_png(pixels)


def _read_value(kind: str | None, value: Any, plugin: str) -> Read | None:
    if kind == "histo":
        edges = np.array(value.histo.bucket_limit, dtype=np.float64)
        return _bins(value.histo.min, edges, np.array(value.histo.bucket, dtype=np.float64))
    if kind == "image":
        return Picture(value.image.width, value.image.height, value.image.encoded_image_string)
    if kind != "tensor":
        return None
    if value.tensor.dtype == types_pb2.DT_STRING:
        return _read_texts(list(value.tensor.string_val), plugin)
    numbers = _read_numbers(value.tensor)
    if numbers is None or not numbers.size:
        return None
    if plugin == "histograms":
        rows = numbers.reshape(-1, 3) if numbers.size % 3 == 0 else numbers[:0].reshape(0, 3)
        # Each row says: from where, to where, how many.
        return Bins(rows[:, 2], np.append(rows[:, 0], rows[-1:, 1])) if len(rows) else None
    return Number(float(numbers[0])) if numbers.size == 1 else None


def _bins(low: float, limits: NDArray[np.float64], counts: NDArray[np.float64]) -> Bins | None:
    if not len(limits) or len(limits) != len(counts):
        return None
    if counts[0] == 0 and len(limits) > 1:
        return Bins(counts[1:], limits)
    return Bins(counts, np.append(min(low, limits[0]), limits))


def _read_texts(parts: list[bytes], plugin: str) -> Read | None:
    if plugin == "images" and len(parts) > 2:
        width, height = parts[0], parts[1]
        return Picture(int(width), int(height), parts[2]) if width.isdigit() and height.isdigit() else None
    if plugin == "text" and parts:
        return Words(b"\n".join(parts).decode("utf-8", errors="replace"))
    return None


def _read_numbers(tensor: Any) -> NDArray[np.float64] | None:
    """The numbers of a tensor, which are packed as bytes or listed; None for a dtype we do not know."""
    if tensor.dtype not in _NUMBERS:
        return None
    field, dtype = _NUMBERS[tensor.dtype]
    packed = tensor.tensor_content
    if packed:
        if len(packed) % np.dtype(dtype).itemsize:
            return None
        return np.frombuffer(packed, dtype=dtype)[:_MOST_NUMBERS].astype(np.float64)
    return np.array(getattr(tensor, field)[:_MOST_NUMBERS], dtype=np.float64)
