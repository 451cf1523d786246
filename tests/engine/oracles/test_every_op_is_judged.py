"""Every differentiable op has an oracle in PyTorch and in JAX, and its samples try all of its settings."""

import pytest

import engine.blocks
import engine.ops  # noqa: F401 - both register ops
from engine import registry
from engine.op import Block, DataSource, Op
from tests.engine.oracles.table import FAMILIES, ORACLES

JUDGED = [
    op
    for op in registry.all_ops()
    if op.__module__.startswith("engine.")
    and not issubclass(op, Block | DataSource)
    and op.input_ports
    and op.differentiable
    and not op.internal
]
# Neither library has them, nor functions that they are short formulas of: finite differences judge them.
OF_OUR_OWN = {
    "Print": "tells a value, which passes unchanged, by a counter that the program feeds",
    "RandomGamma": "its numbers are drawn, and test_draws.py compares the slope through them with JAX's",
    "RoiAlign": "an op of torchvision, which is not part of PyTorch",
    "RoiPool": "an op of torchvision, which is not part of PyTorch",
}

# Settings of primitives that no sample changes, as neither library has the like.
NOT_TRIED = {
    "Assert": {"message"},
    "MaxUnpool": {"strides", "padding", "pads", "window", "sizes"},
    "Resize": {"axes", "scales", "aspect", "region", "extrapolation"},
}


@pytest.mark.parametrize("op", JUDGED, ids=lambda op: op.__name__)
def test_both_libraries_judge_the_op(op: type[Op]) -> None:
    assert (op.__name__ in ORACLES) != (op.__name__ in OF_OUR_OWN), (
        "give it an oracle, or say why it has none"
    )


def test_no_oracle_and_no_reason_is_of_an_op_that_is_gone() -> None:
    assert {op.__name__ for op in JUDGED} >= {*OF_OUR_OWN}
    assert {op.__name__ for op in registry.all_ops()} >= {*ORACLES}


def test_no_op_has_two_oracles() -> None:
    assert len(ORACLES) == sum(len(family.ORACLES) for family in FAMILIES)


@pytest.mark.parametrize("library", ["torch", "jax"])
@pytest.mark.parametrize("name", ORACLES)
def test_samples_are_the_same_each_time(name: str, library: str) -> None:
    first, again = (ORACLES[name].cases(name, library) for _ in range(2))
    assert first == again
    assert any(case.gradient for case in first) or not registry.get(name).differentiable


@pytest.mark.parametrize("name", [name for name in ORACLES if not issubclass(registry.get(name), Block)])
def test_samples_try_every_setting(name: str) -> None:
    op = registry.get(name)
    cases = [case for library in ("torch", "jax") for case in ORACLES[name].cases(name, library)]
    made = [op.from_attributes(case.attributes) for case in cases]
    for declared in op.attributes():
        tried = {str(getattr(each, declared.name)) for each in made}
        assert len(tried) > 1 or declared.name in NOT_TRIED.get(name, ()), (
            f"{declared.name} is always {tried}"
        )
