"""Finding in the window: by name, op, attribute and text; shown in the middle, also inside of functions."""

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from widgets.search.find_box import FindBox


def box(person: Any) -> FindBox:
    found = person.window.findChild(FindBox, "find-box")
    assert isinstance(found, FindBox)
    return found


def look_for(person: Any, words: str) -> None:
    person.keys("Ctrl+F")
    assert box(person).isVisible() and box(person).field.hasFocus()
    box(person).field.selectAll()
    person.type(words, box(person).field)


def is_in_the_middle(person: Any, node: str) -> bool:
    middle = person.canvas.viewport().rect().center()
    away = person.canvas.node_rect(node).center() - middle
    return bool(abs(away.x()) <= 3 and abs(away.y()) <= 3)


def test_enter_goes_from_one_to_the_next_with_the_canvas_in_the_middle(person: Any) -> None:
    look_for(person, "dense")
    assert box(person).titles()[:2] == ["hidden", "logits"]
    person.keys("Return", box(person).field)
    assert person.canvas.selected_nodes() == ["hidden"] and is_in_the_middle(person, "hidden")
    assert box(person).isVisible() and box(person).field.hasFocus()
    person.keys("Return", box(person).field)
    assert person.canvas.selected_nodes() == ["logits"] and is_in_the_middle(person, "logits")
    person.keys("Shift+Return", box(person).field)
    assert person.canvas.selected_nodes() == ["hidden"]
    person.keys("Esc", box(person).field)
    assert not box(person).isVisible() and person.canvas.hasFocus()


def test_f3_goes_on_after_the_box_is_closed(person: Any) -> None:
    look_for(person, "dense")
    person.keys("Return", box(person).field)
    person.keys("Esc", box(person).field)
    person.keys("F3")
    assert person.canvas.selected_nodes() == ["logits"]
    person.keys("Shift+F3")
    assert person.canvas.selected_nodes() == ["hidden"]
    assert not box(person).isVisible()


def test_f3_asks_where_nothing_was_looked_for(person: Any) -> None:
    person.keys("F3")
    assert box(person).isVisible()


@pytest.mark.parametrize(
    ("words", "node"),
    [
        ("accuracy", "accuracy"),
        ("SparseCategorical", "loss"),
        ("units 128", "hidden"),
        ("he_normal", "hidden"),
    ],
)
def test_names_ops_and_attributes_are_found(person: Any, words: str, node: str) -> None:
    look_for(person, words)
    person.keys("Return", box(person).field)
    assert person.canvas.selected_nodes() == [node]


def test_a_note_is_found_by_its_text(person: Any) -> None:
    look_for(person, "never seen")
    person.keys("Return", box(person).field)
    (chosen,) = person.canvas.selection.cards
    assert "never seen" in person.canvas.graph.notes[chosen].look.text


def test_what_lies_in_a_function_is_found_and_opened(person: Any) -> None:
    person.app.filing.open_demo("newton")
    look_for(person, "slope")
    person.keys("Return", box(person).field)
    assert person.app.workspace.place.path == "root/body"
    assert person.canvas.selected_nodes() == ["slope"] and is_in_the_middle(person, "slope")
    look_for(person, "number")
    person.keys("Return", box(person).field)
    assert person.app.workspace.place.path == ""
    assert person.canvas.selected_nodes() == ["number"]


def test_nothing_found_is_said(person: Any) -> None:
    look_for(person, "zebra")
    assert box(person).titles() == []
    assert box(person).view._empty == 'Nothing in the graph matches "zebra".'
    person.keys("Return", box(person).field)
    assert box(person).isVisible()


def test_the_box_leaves_the_middle_of_the_canvas_free(person: Any) -> None:
    look_for(person, "")
    QApplication.processEvents()
    middle = person.canvas.mapTo(person.window, person.canvas.rect().center())
    assert not box(person).geometry().contains(middle)
