"""Swapping, cutting and taking wires off in the whole window."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.workspace import Selection


@pytest.fixture
def arithmetic(person: Any) -> Any:
    person.app.filing.open_demo("arithmetic")
    person.canvas.fit_all(animated=False)
    return person


def test_the_inputs_of_a_node_are_swapped_by_keys_and_by_hand(arithmetic: Any) -> None:
    person = arithmetic
    person.app.workspace.select(Selection(("result",)))
    person.keys("Alt+S")
    assert {"sum.y > result.a", "product.y > result.b"} <= person.wires
    person.drag(person.port("result", "a"), person.port("result", "b"))
    assert {"product.y > result.a", "sum.y > result.b"} <= person.wires
    assert person.app.document.undo_label == "Swap the inputs of result"


def test_a_stroke_cuts_in_one_step(arithmetic: Any) -> None:
    person = arithmetic
    before = person.wires
    person.keys("Alt+K")
    left = (person.port("product", "y").x() + person.port("result", "a").x()) // 2
    top = person.port("result", "a")
    top.setX(left)
    top.setY(min(person.port("product", "y").y(), top.y()) - 40)
    low = person.port("sum", "y")
    low.setX(left)
    low.setY(max(low.y(), person.port("result", "b").y()) + 40)
    person.drag(top, low)
    assert before - person.wires == {"product.y > result.a", "sum.y > result.b"}
    person.keys("Ctrl+Z")
    assert person.wires == before


def test_a_wire_is_taken_off_by_keyboard(arithmetic: Any) -> None:
    person = arithmetic
    person.app.workspace.select(Selection(("result",)))
    person.canvas.setFocus()
    for key in (Qt.Key.Key_C, Qt.Key.Key_Down, Qt.Key.Key_Delete):
        QTest.keyClick(person.canvas, key)
    assert "product.y > result.a" not in person.wires
    assert "result" in person.nodes
