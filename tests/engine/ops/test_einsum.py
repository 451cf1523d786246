"""Equations of Einsum that are wrong are refused in a sentence that says what to change."""

import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine import registry
from engine.errors import SpecError
from engine.spec import Spec

MATRIX = Spec("float32", ("batch", 3))


@pytest.mark.parametrize(
    ("equation", "shapes", "told"),
    [
        ("ij,jk", [("batch", 3), (3, 4)], "expected letters, commas and one arrow"),
        ("i1,jk->ik", [("batch", 3), (3, 4)], "expected letters, commas and one arrow"),
        ("ij->ik", [("batch", 3)], "k stands only behind the arrow"),
        ("ii->i", [(3, 3)], "ii has a letter twice"),
        ("ij,jk->ik", [("batch", 3)], "is for 2 tensors; found 1"),
        ("ijk->i", [("batch", 3)], "expected 3 axes, one for each letter of 'ijk'"),
        ("ij,jk->ik", [("batch", 3), (4, 5)], "j is 4 here and 3 before it"),
    ],
)
def test_a_wrong_equation_is_explained(equation: str, shapes: list[tuple[int | str, ...]], told: str) -> None:
    op = registry.get("Einsum").from_attributes({"equation": equation})
    with pytest.raises(SpecError) as caught:
        op.output_specs([Spec("float32", shape) for shape in shapes])
    assert told in str(caught.value)
    assert str(caught.value).endswith(".")


def test_named_sizes_go_through() -> None:
    op = registry.get("Einsum").from_attributes({"equation": "bi,ij->bj"})
    assert op.output_specs([MATRIX, Spec("float32", (3, 4))]) == (Spec("float32", ("batch", 4)),)
