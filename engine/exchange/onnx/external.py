"""Weights that lie in files beside the model: only there, and only where their description fits them."""

from __future__ import annotations

import math
import os
from pathlib import Path, PurePosixPath, PureWindowsPath

import numpy as np
from onnx import TensorProto

from engine.exchange.onnx import limits
from engine.exchange.onnx.problems import ImportRefused
from engine.exchange.onnx.tensors import array_of, dtype_name
from engine.project.durable import reason
from engine.project.files import open_regular

_KEYS = {"location", "offset", "length", "checksum", "basepath"}


def tensor_array(proto: TensorProto, folder: Path | None) -> np.ndarray:
    """The value of a tensor of the model; raises ImportRefused where its data are not what it says."""
    if proto.data_location == TensorProto.EXTERNAL:
        return _External(proto, folder).read()
    try:
        return array_of(proto)
    except (ValueError, TypeError, OverflowError):
        raise ImportRefused(
            f"The tensor '{proto.name}' is damaged: its data do not fit its shape "
            f"{' x '.join(map(str, proto.dims)) or 'scalar'}."
        ) from None


class _External:
    """One tensor whose data lie in another file."""

    def __init__(self, proto: TensorProto, folder: Path | None) -> None:
        self._proto = proto
        self._folder = folder
        self._says = {entry.key: entry.value for entry in proto.external_data}
        self._where = f"The external data of '{proto.name}'"

    def read(self) -> np.ndarray:
        dtype = np.dtype(dtype_name(self._proto.data_type))
        shape = tuple(self._proto.dims)
        if any(size < 0 for size in shape):
            raise ImportRefused(f"{self._where}: the tensor has a negative size.")
        needed = math.prod(shape) * dtype.itemsize
        if needed > limits.TENSOR_BYTES:
            raise ImportRefused(f"{self._where}: {needed:,} bytes; the limit is {limits.TENSOR_BYTES:,}.")
        offset = self._number("offset", 0)
        length = self._number("length", needed)
        if length != needed:
            raise ImportRefused(f"{self._where}: {needed:,} bytes expected, {length:,} declared.")
        data = self._bytes(self._path(), offset, length)
        return np.frombuffer(data, dtype.newbyteorder("<") if dtype.kind in "iufc" else dtype).reshape(shape)

    def _number(self, key: str, default: int) -> int:
        unknown = sorted(set(self._says) - _KEYS)
        if unknown:
            raise ImportRefused(f"{self._where} has the unknown field '{unknown[0][:40]}'.")
        text = self._says.get(key, str(default))
        if not (text.isascii() and text.isdigit() and len(text) < 20):
            raise ImportRefused(f"{self._where}: {key} is '{text[:40]}'; expected a whole number from 0.")
        return int(text)

    def _path(self) -> Path:
        """Where the file lies, after a check that this is inside the model's folder."""
        location = self._says.get("location", "")
        if self._folder is None:
            raise ImportRefused(
                f"{self._where} lie in '{location[:80]}', and the model was not read from a folder.",
                hint="Open the model's file.",
            )
        parts = PurePosixPath(location.replace("\\", "/")).parts
        outside = not parts or ".." in parts or "\0" in location
        if outside or PurePosixPath(location).is_absolute() or PureWindowsPath(location).drive:
            raise ImportRefused(f"{self._where} would lie in '{location[:80]}', outside the model's folder.")
        path = self._folder
        for part in parts:
            path = path / part
            if path.is_symlink():
                raise ImportRefused(
                    f"{self._where}: '{location[:80]}' is a symbolic link, which may lead out of the "
                    "model's folder.",
                    hint="Put a copy of the file in its place.",
                )
        return path

    def _bytes(self, path: Path, offset: int, length: int) -> bytes:
        try:
            with open_regular(path, limits.TENSOR_BYTES) as file:
                found = os.fstat(file.fileno())
                if found.st_nlink > 1 or not os.path.samestat(found, path.lstat()):
                    raise ImportRefused(
                        f"{self._where}: '{path.name}' has several hard links, one of which may lie outside.",
                        hint="Put a copy of the file in its place.",
                    )
                if offset + length > found.st_size:
                    raise ImportRefused(
                        f"{self._where} reach to byte {offset + length:,}, and '{path.name}' has "
                        f"{found.st_size:,}."
                    )
                file.seek(offset)
                return file.read(length)
        except OSError as error:
            raise ImportRefused(
                f"{self._where} cannot be read from '{path.name}': {reason(error)}."
            ) from None
