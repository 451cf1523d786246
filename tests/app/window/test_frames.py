"""Frames in the window: drawn around nodes, moved with them, coloured, copied, and undone."""

from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu

from engine.project.codec import project_from_dict, project_to_dict
from engine.project.project import Frame, Project

CTRL = Qt.KeyboardModifier.ControlModifier


def project(person: Any) -> Project:
    found = person.app.document.project
    assert isinstance(found, Project)
    return found


def frame(person: Any) -> Frame:
    (only,) = project(person).frames
    return only


def draw(person: Any, *nodes: str, title: str = "Classifier") -> None:
    """Select nodes with the mouse, frame them with the keyboard, and write the title."""
    person.canvas.fit_all(animated=False)
    for number, node in enumerate(nodes):
        person.click(person.header(node), CTRL if number else Qt.KeyboardModifier.NoModifier)
    person.keys("Ctrl+Shift+F")
    write(person, title)


def write(person: Any, title: str) -> None:
    """Write into the field that has opened."""
    (field,) = [each for each in person.canvas.findChildren(QLineEdit) if each.isVisible()]
    assert field.hasFocus()
    field.selectAll()
    QTest.keyClicks(field, title)
    QTest.keyClick(field, Qt.Key.Key_Return)


def title_bar(person: Any) -> QPoint:
    """A point on the title of the frame."""
    body = person.canvas.graph.frames[frame(person).id].body()
    corner: QPoint = person.canvas.mapFromScene(body.topLeft())
    return corner + QPoint(30, 8)


def test_a_frame_lies_around_what_was_selected_and_has_a_title(person: Any) -> None:
    draw(person, "hidden", "logits")
    made = frame(person)
    assert made.title == "Classifier"
    body = person.canvas.graph.frames[made.id].body()
    for node in ("hidden", "logits"):
        assert body.contains(person.canvas.graph.nodes[node].body())
    person.wait(lambda: person.canvas.graph.frames[made.id].look.figure.endswith(" parameters"))
    person.keys("Ctrl+Z")
    person.keys("Ctrl+Z")
    assert not project(person).frames and not person.canvas.graph.frames


def test_what_lies_in_a_frame_moves_with_it_as_one_step(person: Any) -> None:
    draw(person, "hidden", "logits")
    before = project(person)
    start = title_bar(person)
    person.drag(start, start + QPoint(0, 120))
    after = project(person)
    down = after.positions["hidden"][1] - before.positions["hidden"][1]
    assert down > 100
    assert after.positions["logits"][1] - before.positions["logits"][1] == down
    assert after.frames[0].y - before.frames[0].y == down
    assert after.positions["adam"] == before.positions["adam"]
    person.keys("Ctrl+Z")
    assert project(person) == before


def test_the_arrow_keys_move_a_frame_with_its_content(person: Any) -> None:
    draw(person, "hidden")
    before = project(person)
    person.canvas.setFocus()
    person.keys("Down")
    after = project(person)
    assert after.positions["hidden"][1] - before.positions["hidden"][1] == 8
    assert after.frames[0].y - before.frames[0].y == 8


def test_a_node_that_is_dropped_into_a_frame_belongs_to_it(person: Any) -> None:
    draw(person, "hidden")
    body = person.canvas.graph.frames[frame(person).id].body()
    person.drag(person.header("adam"), person.canvas.mapFromScene(body.center()))
    start = title_bar(person)
    before = project(person)
    person.drag(start, start + QPoint(0, 80))
    assert project(person).positions["adam"][1] > before.positions["adam"][1]


def test_the_corner_gives_a_frame_another_size(person: Any) -> None:
    draw(person, "hidden")
    before = frame(person)
    body = person.canvas.graph.frames[before.id].body()
    corner = person.canvas.mapFromScene(body.bottomRight()) - QPoint(3, 3)
    person.drag(corner, corner + QPoint(48, 48))
    after = frame(person)
    assert after.width > before.width and after.height > before.height
    assert (after.x, after.y) == (before.x, before.y)
    person.keys("Ctrl+Z")
    assert frame(person) == before


def test_deleting_a_frame_keeps_what_lies_in_it(person: Any) -> None:
    draw(person, "hidden")
    nodes = set(person.nodes)
    person.click(title_bar(person))
    person.keys("Delete")
    assert not project(person).frames
    assert set(person.nodes) == nodes


def test_a_copied_frame_brings_what_lies_in_it(person: Any) -> None:
    draw(person, "hidden", "logits")
    person.click(title_bar(person))
    person.keys("Ctrl+D")
    frames = project(person).frames
    assert [each.title for each in frames] == ["Classifier", "Classifier"]
    assert {"hidden_1", "logits_1"} <= set(person.nodes)
    assert "hidden_1.y > dropout.x" not in person.wires
    x, y = project(person).positions["hidden_1"]
    assert frames[1].x <= x <= frames[1].x + frames[1].width
    assert frames[1].y <= y <= frames[1].y + frames[1].height


def test_a_frame_gets_a_colour_from_its_menu(person: Any) -> None:
    draw(person, "hidden")
    QTest.mouseClick(person.canvas.viewport(), Qt.MouseButton.RightButton, pos=title_bar(person))
    menu = person.window.findChild(QMenu, "menu-context")
    assert menu is not None
    colours = next(a.menu() for a in menu.actions() if a.text() == "Frame colour")
    assert isinstance(colours, QMenu)
    next(a for a in colours.actions() if a.text() == "Teal").trigger()
    menu.close()
    assert frame(person).colour == "teal"
    assert person.canvas.graph.frames[frame(person).id].look.colour == "teal"
    by_id = {action.id: action for action in person.app.actions}
    assert by_id["frame-teal"].is_on() and not by_id["frame-blue"].is_on()
    person.keys("Ctrl+Z")
    assert frame(person).colour == "plain"


def test_f2_writes_another_title(person: Any) -> None:
    draw(person, "hidden")
    person.click(title_bar(person))
    person.keys("F2")
    write(person, "Encoder")
    assert frame(person).title == "Encoder"


def test_a_frame_is_fitted_to_what_lies_in_it(person: Any) -> None:
    draw(person, "hidden")
    before = frame(person)
    by_id = {action.id: action for action in person.app.actions}
    body = person.canvas.graph.frames[before.id].body()
    corner = person.canvas.mapFromScene(body.bottomRight()) - QPoint(3, 3)
    person.drag(corner, corner + QPoint(48, 48))
    person.click(title_bar(person))
    by_id["fit-frame"].run()
    assert abs(frame(person).width - before.width) <= 8
    assert abs(frame(person).height - before.height) <= 8


def test_frames_survive_their_file(person: Any) -> None:
    draw(person, "hidden")
    assert project_from_dict(project_to_dict(project(person)), "File") == project(person)


def test_frames_lie_on_the_main_canvas_only(person: Any) -> None:
    person.double_click(person.header("hidden"))
    assert person.app.workspace.is_inside
    person.keys("Ctrl+Shift+F")
    assert not project(person).frames
