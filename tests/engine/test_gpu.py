"""Other devices compute what the CPU computes: every worked case of every op, and a training run."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import kernels
import resources
from engine import Trainer, registry
from engine.case import Case
from engine.op import Block, DataSource, Op
from engine.project.files import read_project
from engine.settings import settle, without_settings
from engine.spec import spec_of

PRIMITIVES = [
    op
    for op in registry.all_ops()
    if not issubclass(op, Block | DataSource) and op.input_ports and op.__module__.startswith("engine.")
]
CASES = [
    pytest.param(op, case, id=f"{op.__name__}-{number}")
    for op in PRIMITIVES
    for number, case in enumerate(op.cases)
]


@pytest.fixture(params=["mirror", pytest.param("gpu", marks=pytest.mark.gpu)], autouse=True)
def second_device(request: pytest.FixtureRequest) -> None:
    """The GPU, and what stands for it on machines without one."""
    if request.param == "mirror":
        request.getfixturevalue("mirror")


def compute(op: Op, device: str, arrays: list[Any]) -> list[np.ndarray]:
    """All outputs, after the casts and settings that a program would see to."""
    xp: Any = kernels.array_module(device)
    entry = kernels.find(op.kernel_name(), device)
    casts = op.casts([None if array is None else spec_of(array) for array in arrays])
    arrays = [array if d is None else array.astype(d) for array, d in zip(arrays, casts, strict=True)]
    settled, inputs = settle(op, arrays), without_settings(op, arrays)
    given = [None if array is None else xp.asarray(array) for array in inputs]
    with np.errstate(all="ignore"):
        result = entry.function(xp, *given, **settled.settings())
    results = result if isinstance(result, tuple) else (result,)
    return [np.asarray(kernels.to_host(xp.asarray(y))) for y in results]


@pytest.mark.parametrize(("op", "case"), CASES)
def test_devices_agree(op: type[Op], case: Case) -> None:
    made = op.from_attributes(case.attributes)
    arrays = case.arrays("float32")
    results = zip(compute(made, "cpu", arrays), compute(made, "gpu", arrays), strict=True)
    for expected, found in results:
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_a_network_learns_on_the_gpu_as_on_the_cpu() -> None:
    path = next(demo for demo in resources.demo_files() if demo.stem == "digits-mlp")
    project = read_project(path).project
    results = {}
    for device in ("cpu", "gpu"):
        trainer = Trainer(project.graph, replace(project.training, epochs=3, device=device))
        results[device] = trainer.fit().test["accuracy"]
        assert trainer.session.device == device
    assert results["gpu"] == pytest.approx(results["cpu"], abs=0.03)
