"""The table of operations tells what the registry says, and nothing else."""

import pytest

import kernels
import resources
from engine import registry
from engine.coverage import accepted_dtypes, coverage, has_gradient, read_table, table
from engine.ops.arithmetic import Add
from engine.ops.comparison import Less
from engine.ops.decompositions import Eigh
from engine.ops.selection import Where
from tests.engine.oracles.table import ORACLES


def test_the_table_is_the_one_that_the_declarations_make() -> None:
    pytest.importorskip("onnx")
    assert resources.operations() == table(), "run python -m engine.coverage > resources/operations.md"


def test_every_operation_that_one_can_draw_has_a_row() -> None:
    rows = {row.op for row in read_table(resources.operations())}
    assert rows == {
        op.__name__ for op in registry.all_ops() if not op.internal and op.__module__.startswith("engine.")
    }


def test_a_row_says_what_the_declaration_says() -> None:
    row = coverage(Add, {"Add": ("Add", "Sum")})
    assert (row.op, row.category, row.gradient, row.onnx) == ("Add", "Math", "yes", "Add, Sum")
    assert row.dtypes == "floats, integers, complex" and (row.cpu, row.gpu) == ("compiled", "CuPy")
    assert not has_gradient(Less) and "bool" not in accepted_dtypes(Less)
    assert has_gradient(Where), "what it chooses from has one, and the condition, its first tensor, has none"
    assert coverage(Eigh).cpu == "NumPy"
    assert "cpu" in kernels.own_devices("where") and coverage(Where).cpu == "compiled"


def test_what_has_a_gradient_beside_other_libraries_has_one_in_the_table() -> None:
    told = {row.op for row in read_table(resources.operations()) if row.gradient == "yes"}
    judged = {
        name for name in ORACLES if registry.get(name).differentiable and not registry.get(name).internal
    }
    assert len(judged) > 150
    assert judged <= told


def test_a_table_that_was_written_is_read_back() -> None:
    rows = read_table(resources.operations())
    assert len(rows) > 200
    assert all(row.op and row.category in registry.CATEGORIES for row in rows)
    assert {row.gradient for row in rows} == {"yes", "no"}
