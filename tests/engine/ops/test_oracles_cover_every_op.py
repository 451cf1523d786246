"""Every differentiable op is judged by another library; the few that no library has say why."""

import importlib.util
import re
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import engine.blocks
import engine.ops  # noqa: F401 - both register ops
from engine import registry
from engine.op import Block, DataSource, Op

HERE = Path(__file__).parent
TABLES = ("ORACLES", "PASSING_ORACLES", "PLAIN", "WITH_SETTINGS", "REFERENCE")
JUDGED = [
    op
    for op in registry.all_ops()
    if op.__module__.startswith("engine.")
    and not issubclass(op, Block | DataSource)
    and op.input_ports
    and op.differentiable
    and not op.internal
]
# Ops whose settings are not those of the other library: a file compares them by cases of its own.
BY_CASES_OF_THEIR_OWN = {
    "AffineGrid": "../blocks/test_sampling_against_torch.py",
    "Col2Im": "test_unfolding_against_torch.py",
    "CtcLoss": "../blocks/test_structured_losses.py",
    "FakeQuantize": "../blocks/test_quantization.py",
    "Im2Col": "test_unfolding_against_torch.py",
    "RandomGamma": "test_draws.py",
    "Resize": "test_resize_against_torch.py",
}
BLOCKS = {"CtcLoss": "CTC"}  # the block through which the op is compared
# Neither PyTorch nor JAX has them: finite differences are their judge.
OF_OUR_OWN = {
    "Assert": "a check; the value passes unchanged",
    "CenterCropPad": "an op of ONNX",
    "CheckNumerics": "a check; the value passes unchanged",
    "Print": "tells a value, which passes unchanged",
    "RoiAlign": "an op of torchvision, which is not part of PyTorch",
    "RoiPool": "an op of torchvision, which is not part of PyTorch",
}


@cache
def module_of(path: Path) -> ModuleType:
    """The test file as a module. Tests are no packages, so it is found by its place."""
    spec = importlib.util.spec_from_file_location(f"oracles_in_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def in_tables() -> frozenset[str]:
    """The ops that a table of some file here names."""
    files = [
        *HERE.glob("test_*_against_*.py"),
        HERE / "test_against_torch.py",
        HERE / "test_complex_numbers.py",
    ]
    modules = [module_of(path) for path in files]
    return frozenset(name for module in modules for table in TABLES for name in getattr(module, table, ()))


@pytest.mark.parametrize("op", JUDGED, ids=lambda op: op.__name__)
def test_another_library_judges_the_op(op: type[Op]) -> None:
    places = [in_tables(), BY_CASES_OF_THEIR_OWN, OF_OUR_OWN]
    assert sum(op.__name__ in place for place in places) == 1, "name it in one place: a table, or a list here"


@pytest.mark.parametrize(("name", "file"), BY_CASES_OF_THEIR_OWN.items())
def test_the_file_with_cases_of_its_own_knows_the_op(name: str, file: str) -> None:
    assert re.search(rf"\b{BLOCKS.get(name, name)}\b", (HERE / file).read_text(encoding="utf-8"))


def test_the_lists_hold_no_op_that_is_gone() -> None:
    known = {op.__name__ for op in JUDGED}
    assert known >= {*BY_CASES_OF_THEIR_OWN, *OF_OUR_OWN}
