"""Devices: what there is, and a sentence about what there is not."""

import importlib.util
from collections.abc import Iterator

import numpy as np
import pytest

import kernels
from kernels import devices


@pytest.fixture
def without_cupy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    devices.gpu_status.cache_clear()
    yield
    devices.gpu_status.cache_clear()


@pytest.mark.usefixtures("without_cupy")
def test_without_cupy_the_cpu_is_used_and_the_reason_told() -> None:
    device, reason = kernels.choose("auto")
    assert device == "cpu"
    assert reason.startswith("GPU off: CuPy is not installed.")
    with pytest.raises(ValueError, match="GPU off"):
        kernels.choose("gpu")


def test_the_cpu_can_be_asked_for() -> None:
    assert kernels.choose("cpu") == ("cpu", "GPU off: the CPU was chosen.")
    assert kernels.array_module("cpu") is np


def test_what_lies_on_the_host_is_not_copied() -> None:
    array = np.zeros(3)
    assert kernels.to_host(array) is array
