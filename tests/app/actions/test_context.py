"""The menu under the right mouse button."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from app.actions.context import GROUPS


def menu(person: Any, at: QPoint) -> dict[str, QAction]:
    """Press the right button, and read the menu: its entries by the id of their action."""
    QTest.mouseClick(person.canvas.viewport(), Qt.MouseButton.RightButton, pos=at)
    found = person.window.findChild(QMenu, "menu-context")
    assert found is not None and found.isVisible()
    entries = {a.objectName().removeprefix("context-"): a for a in found.actions() if not a.isSeparator()}
    found.close()
    return entries


def beside(person: Any) -> QPoint:
    """A point of the canvas where nothing is."""
    return QPoint(person.canvas.viewport().width() // 2, person.canvas.viewport().height() - 12)


def test_all_entries_are_actions(app: Any) -> None:
    ids = {action.id for action in app.actions}
    assert {name for groups in GROUPS.values() for group in groups for name in group} <= ids


def test_a_node_can_be_opened_run_to_and_deleted(person: Any) -> None:
    entries = menu(person, person.header("hidden"))
    seldom = ("optional-inputs", "ungroup", "swap-inputs")
    everywhere = [name for group in GROUPS["node"] for name in group if name not in seldom]
    assert list(entries) == everywhere
    assert person.canvas.selected_nodes() == ["hidden"]
    entries["delete"].trigger()
    assert "hidden" not in person.nodes


def test_optional_inputs_are_shown_and_tucked_away(person: Any) -> None:
    def shown() -> list[str]:
        return [port.name for port in person.canvas.graph.nodes["loss"].shown.inputs]

    assert shown() == ["logits", "labels"]
    entry = menu(person, person.header("loss"))["optional-inputs"]
    assert entry.isCheckable() and not entry.isChecked()
    entry.trigger()
    assert shown() == ["logits", "labels", "weights", "class_weights"]
    person.keys("Alt+Right")
    assert shown() == ["logits", "labels"]


def test_what_is_no_block_cannot_be_opened(person: Any) -> None:
    person.app.filing.open_demo("arithmetic")
    person.canvas.fit_all(animated=False)
    assert "open-block" not in menu(person, person.header("sum"))


def test_a_wire_can_be_deleted(person: Any) -> None:
    person.app.filing.open_demo("arithmetic")
    person.canvas.fit_all(animated=False)
    middle = (person.port("sum", "y") + person.port("result", "b")) / 2
    entries = menu(person, middle)
    assert entries["delete"].isEnabled()
    entries["delete"].trigger()
    assert "sum.y > result.b" not in person.wires


def test_a_node_is_added_where_the_button_was_pressed(person: Any) -> None:
    person.canvas.fit_all(animated=False)
    at = beside(person)
    menu(person, at)["add-node"].trigger()
    person.type("Sigmoid", person.app.adding.box.field)
    person.keys("Return", person.app.adding.box.field)
    assert person.canvas.node_rect("sigmoid").adjusted(-20, -20, 20, 20).contains(at)


def test_a_paste_lands_where_the_button_was_pressed(person: Any) -> None:
    person.canvas.fit_all(animated=False)
    person.click(person.header("hidden"))
    person.keys("Ctrl+C")
    at = beside(person)
    menu(person, at)["paste"].trigger()
    assert person.canvas.node_rect("hidden_1").adjusted(-20, -20, 20, 20).contains(at)


@pytest.mark.parametrize("kind", ["node", "canvas"])
def test_inside_a_block_one_can_go_back(person: Any, kind: str) -> None:
    person.app.canvas.open("hidden")
    person.canvas.fit_all(animated=False)
    entries = menu(person, person.header("kernel") if kind == "node" else beside(person))
    if kind == "canvas":
        assert not entries["paste"].isEnabled()
        entries["leave-block"].trigger()
        assert person.app.workspace.place.path == ""
    else:
        assert not entries["delete"].isEnabled()
