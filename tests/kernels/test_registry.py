"""The registry of kernels: fallback, clashes, and devices that agree."""

from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - its cases are the inputs that devices must agree on
import kernels
from engine import registry as ops
from kernels import registry

OWN = sorted({name for name in registry.names() if registry.find(name, "cpu").device == "cpu"})


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry that forgets what the test adds."""
    monkeypatch.setattr(registry, "_kernels", dict(registry._kernels))


@pytest.mark.usefixtures("scratch")
def test_a_device_without_its_own_kernel_gets_the_generic_one() -> None:
    @registry.kernel()
    def probe(xp: Any, x: Any) -> Any:
        return x

    @registry.kernel("moon")
    def other(xp: Any, x: Any, *, out: Any = None) -> Any:
        return x

    assert registry.find("probe", "moon").function is probe
    assert not registry.find("probe", "moon").takes_out
    assert registry.find("other", "moon").takes_out
    with pytest.raises(KeyError, match="no kernel 'other' for 'cpu'"):
        registry.find("other", "cpu")


@pytest.mark.usefixtures("scratch")
def test_a_second_kernel_of_one_name_is_refused_naming_both_places() -> None:
    def add(xp: Any, a: Any, b: Any) -> Any:
        return a

    with pytest.raises(ValueError, match=r"kernels\.generic\.arithmetic:add and in .*test_registry"):
        registry.kernel()(add)


def test_names_that_python_reserves_carry_an_underscore_in_code_only() -> None:
    assert kernels.find("abs", "cpu").function.__name__ == "abs_"
    assert not any(name.endswith("_") for name in kernels.names())


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("floating", ["float32", "float64", "float16"])
def test_a_kernel_of_the_cpu_agrees_with_the_generic_one(name: str, floating: str) -> None:
    (op,) = (op for op in ops.all_ops() if op.kernel_name() == name)
    for case in op.cases:
        arrays, settings = case.arrays(floating), op.from_attributes(case.attributes).settings()
        results = [
            kernels.find(name, device).function(np, *arrays, **settings) for device in ("cpu", "generic")
        ]
        np.testing.assert_array_equal(*results)
        assert results[0].dtype == results[1].dtype
