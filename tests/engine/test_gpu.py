"""Other devices compute what the CPU computes: every worked case of every op, and a training run."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import kernels
import resources
from engine import Trainer, registry
from engine.case import Case
from engine.op import Block, DataSource, Op, Port
from engine.project.files import read_project
from engine.settings import settle, without_settings
from engine.spec import spec_of

PRIMITIVES = [
    op
    for op in registry.all_ops()
    if not issubclass(op, Block | DataSource) and op.input_ports and op.__module__.startswith("engine.")
]
READING = [op for op in PRIMITIVES if any(p.shape_only or p.host or p.hidden for p in op.input_ports)]


def cases_of(ops: list[type[Op]]) -> list[Any]:
    return [
        pytest.param(op, case, id=f"{op.__name__}-{number}")
        for op in ops
        for number, case in enumerate(op.cases)
    ]


@pytest.fixture(params=["mirror", pytest.param("gpu", marks=pytest.mark.gpu)], autouse=True)
def second_device(request: pytest.FixtureRequest) -> None:
    """The GPU, and what stands for it on machines without one."""
    if request.param == "mirror":
        request.getfixturevalue("mirror")


def compute(op: Op, device: str, arrays: list[Any], *, apart: bool = False) -> list[np.ndarray]:
    """All outputs, after the casts and settings that a program would see to.

    With `apart` inputs lie where placement leaves them: what the host reads on the host, and that of which
    only the shape is read on the other device.
    """
    xp: Any = kernels.array_module(device)
    entry = kernels.find(op.kernel_name(), device)
    casts = op.casts([None if array is None else spec_of(array) for array in arrays])
    arrays = [array if d is None else array.astype(d) for array, d in zip(arrays, casts, strict=True)]
    settled, inputs = settle(op, arrays), without_settings(op, arrays)
    ports = [port for port in op.ports_for(len(arrays)) if not port.setting]
    other = "gpu" if device == "cpu" else "cpu"
    given = [
        None if array is None else kernels.brought(array, _place(port, device, other) if apart else device)
        for port, array in zip(ports, inputs, strict=True)
    ]
    with np.errstate(all="ignore"):
        result = entry.function(xp, *given, **settled.settings())
    results = result if isinstance(result, tuple) else (result,)
    return [np.asarray(kernels.to_host(xp.asarray(y))) for y in results]


def _place(port: Port, device: str, other: str) -> str:
    return kernels.HOST if port.read_on_host else other if port.shape_only else device


@pytest.mark.parametrize("device", ["cpu", "gpu"])
@pytest.mark.parametrize(("op", "case"), cases_of(READING))
def test_shapes_and_counters_are_read_wherever_they_lie(op: type[Op], case: Case, device: str) -> None:
    made = op.from_attributes(case.attributes)
    arrays = case.arrays("float32")
    results = compute(made, device, arrays, apart=True)
    for expected, found in zip(compute(made, "cpu", arrays), results, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("op", "case"), cases_of(PRIMITIVES))
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
