"""Tidying in the window: align, distribute, and arrange a part; all as one step, and nothing else moves."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

CTRL = Qt.KeyboardModifier.ControlModifier


def choose(person: Any, *nodes: str) -> None:
    person.canvas.fit_all(animated=False)
    for number, node in enumerate(nodes):
        person.click(person.header(node), CTRL if number else Qt.KeyboardModifier.NoModifier)


def do(person: Any, name: str) -> None:
    action = next(action for action in person.app.actions if action.id == name)
    assert action.enabled()
    action.run()
    QApplication.processEvents()


def places(person: Any) -> dict[str, Any]:
    return dict(person.app.document.project.positions)


def test_the_keys_align_what_is_selected(person: Any) -> None:
    before = places(person)
    choose(person, "accuracy", "hidden", "flatten")
    person.keys("Ctrl+Alt+Up")
    after = places(person)
    assert after["accuracy"][1] == after["hidden"][1] == after["flatten"][1] == 0
    assert {name for name in before if before[name] != after[name]} == {"accuracy"}
    person.keys("Ctrl+Z")
    assert places(person) == before


def test_gaps_are_made_equal(person: Any) -> None:
    choose(person, "digits", "flatten", "hidden")
    do(person, "distribute-across")
    bodies = [person.canvas.graph.nodes[name].body() for name in ("digits", "flatten", "hidden")]
    gaps = [bodies[1].left() - bodies[0].right(), bodies[2].left() - bodies[1].right()]
    assert abs(gaps[0] - gaps[1]) <= 8


def test_arranging_the_selection_leaves_the_rest(person: Any) -> None:
    choose(person, "hidden", "dropout", "logits")
    person.drag(person.header("dropout"), person.header("dropout") + (person.header("accuracy") * 0.4))
    before = places(person)
    person.keys("Ctrl+Shift+L")
    after = places(person)
    assert {name for name in before if before[name] != after[name]} <= {"hidden", "dropout", "logits"}
    bodies = [person.canvas.graph.nodes[name].body() for name in ("hidden", "dropout", "logits")]
    assert bodies[0].right() < bodies[1].left() and bodies[1].right() < bodies[2].left()


def test_arranging_the_rest_keeps_what_was_placed_by_hand(person: Any) -> None:
    choose(person, "accuracy")
    before = places(person)
    do(person, "arrange-rest")
    after = places(person)
    assert after["accuracy"] == before["accuracy"]
    bodies = {name: item.body() for name, item in person.canvas.graph.nodes.items()}
    names = list(bodies)
    assert not any(bodies[a].intersects(bodies[b]) for a in names for b in names if a < b)


def test_inside_a_block_nothing_is_aligned(person: Any) -> None:
    person.double_click(person.header("hidden"))
    person.keys("Ctrl+A")
    action = next(action for action in person.app.actions if action.id == "align-left")
    assert not action.enabled()
