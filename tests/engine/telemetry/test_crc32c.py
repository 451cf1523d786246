"""The checksum of event files, against known values and TensorBoard's own."""

import random

import numpy as np
import pytest
from tensorboard.compat.tensorflow_stub import pywrap_tensorflow

from engine.telemetry.crc32c import crc32c, crc32c_rows, masked


def test_the_published_values() -> None:
    assert crc32c(b"") == 0
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43


@pytest.mark.parametrize("length", [1, 8, 255, 256, 257, 2047, 2048, 2049, 4096, 70_001])
def test_any_length_agrees_with_tensorboard(length: int) -> None:
    data = random.Random(length).randbytes(length)
    assert crc32c(data) == pywrap_tensorflow.crc32c(data)
    assert masked(np.array([crc32c(data)], np.uint32))[0] == pywrap_tensorflow.masked_crc32c(data)


def test_rows_agree_with_single_checksums() -> None:
    rows = np.random.default_rng(0).integers(0, 256, (50, 37), dtype=np.uint8)
    assert crc32c_rows(rows).tolist() == [crc32c(row.tobytes()) for row in rows]
    assert crc32c_rows(rows[:, :8]).tolist() == [crc32c(row[:8].tobytes()) for row in rows]
