"""Drawing in the whole window: palette, canvas, form and keys, from the event to the document and back."""

from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.document import edits
from app.workspace import Selection
from engine.project.files import write_project

COPY = Qt.DropAction.CopyAction
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def drop(person: Any, data: QMimeData, at: QPoint) -> None:
    """What Qt sends when a drag ends over the canvas."""
    viewport = person.canvas.viewport()
    QApplication.sendEvent(viewport, QDragEnterEvent(at, COPY, data, LEFT, NO_KEY))
    QApplication.sendEvent(viewport, QDropEvent(QPointF(at), COPY, data, LEFT, NO_KEY))


def free_place(person: Any) -> QPoint:
    """A point of the canvas where nothing is."""
    person.app.window.canvas.fit_all(animated=False)
    rects = [person.canvas.node_rect(name) for name in person.nodes]
    low = max(rect.bottom() for rect in rects)
    return QPoint(rects[0].left(), min(low + 40, person.canvas.viewport().height() - 20))


def test_a_node_is_dragged_from_the_palette(person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    carried: list[QMimeData] = []

    def carry(drag: QDrag, *_: object) -> Qt.DropAction:
        data = QMimeData()
        for kind in drag.mimeData().formats():
            data.setData(kind, drag.mimeData().data(kind))
        carried.append(data)
        return COPY

    monkeypatch.setattr(QDrag, "exec", carry)
    palette = person.window.palette_panel
    person.type("sigmoid", palette.search)
    viewport = palette.view.viewport()
    start = palette.view.visualRect(palette.model.index(0)).center()
    QTest.mousePress(viewport, LEFT, pos=start)
    QTest.mouseMove(viewport, start + QPoint(20, 0))
    QTest.mouseMove(viewport, start + QPoint(60, 4))
    QTest.mouseRelease(viewport, LEFT, pos=start + QPoint(60, 4))
    (data,) = carried
    drop(person, data, free_place(person))
    assert "sigmoid" in person.nodes
    assert person.canvas.selected_nodes() == ["sigmoid"]
    assert person.app.document.undo_label == "Add Sigmoid"
    person.keys("Ctrl+Z")
    assert "sigmoid" not in person.nodes


def test_what_no_palette_sent_adds_nothing(person: Any) -> None:
    data = QMimeData()
    data.setData("application/x-flowscope-op", b"Nonsense")
    before = person.app.document.project
    drop(person, data, free_place(person))
    assert person.app.document.project == before


def test_a_project_file_is_dropped_on_the_canvas(person: Any, tmp_path: Any) -> None:
    write_project(tmp_path / "mine.flowscope", person.app.document.project)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "mine.flowscope"))])
    drop(person, data, QPoint(300, 300))
    assert person.app.document.title == "mine.flowscope"


def test_two_nodes_are_wired_by_a_drag(person: Any) -> None:
    person.app.filing.open_demo("arithmetic")
    person.canvas.fit_all(animated=False)
    person.drag(person.port("product", "y"), person.port("result", "b"))
    assert "product.y > result.b" in person.wires
    assert "sum.y > result.b" not in person.wires
    person.keys("Ctrl+Z")
    assert "sum.y > result.b" in person.wires


def test_a_refused_wire_shows_why(person: Any) -> None:
    person.app.filing.open_demo("arithmetic")
    person.canvas.fit_all(animated=False)
    before = person.wires
    person.press(person.port("result", "y"))
    middle = (person.port("result", "y") + person.port("sum", "a")) / 2
    person.move(middle)
    person.move(person.port("sum", "a"))
    assert person.canvas.pill.isVisible()
    assert "cycle" in person.canvas.pill.text
    person.release(person.port("sum", "a"))
    assert person.wires == before
    assert not person.canvas.pill.isVisible()


def test_delete_and_undo(person: Any) -> None:
    before = person.wires
    person.click(person.header("hidden"))
    person.keys("Delete")
    assert "hidden" not in person.nodes
    assert len(person.wires) < len(before)
    assert person.text("status-saved") == "Modified"
    assert person.window.windowTitle().startswith("digits-mlp.flowscope*")
    person.keys("Ctrl+Z")
    assert person.wires == before
    assert person.text("status-saved") == "Saved"
    person.keys("Ctrl+Shift+Z")
    assert "hidden" not in person.nodes
    person.keys("Ctrl+Z")
    person.keys("Ctrl+Y")
    assert "hidden" not in person.nodes


def test_a_wire_alone_is_deleted(person: Any) -> None:
    person.app.filing.open_demo("arithmetic")
    person.canvas.fit_all(animated=False)
    start, end = person.port("sum", "y"), person.port("result", "b")
    person.click((start + end) / 2)
    assert person.canvas.selected_wires() == [("result", "b")]
    person.keys("Delete")
    assert "sum.y > result.b" not in person.wires
    assert "sum" in person.nodes


def test_a_node_is_moved_in_one_step(person: Any) -> None:
    before = person.app.document.project.positions["hidden"]
    person.drag(person.header("hidden"), person.header("hidden") + QPoint(0, 64))
    after = person.app.document.project.positions["hidden"]
    assert after[1] > before[1]
    assert after[1] % 8 == 0
    person.keys("Ctrl+Z")
    assert person.app.document.project.positions["hidden"] == before


def test_f2_renames_on_the_canvas(person: Any) -> None:
    person.click(person.header("hidden"))
    person.keys("F2")
    field = person.canvas.edit.field
    field.selectAll()
    person.type("layer_one", field)
    person.keys("Return", field)
    assert "layer_one" in person.nodes
    assert "hidden" not in person.nodes
    assert person.canvas.selected_nodes() == ["layer_one"]


def test_a_name_that_is_taken_is_a_sentence(person: Any) -> None:
    person.click(person.header("hidden"))
    person.keys("F2")
    field = person.canvas.edit.field
    field.selectAll()
    person.type("logits", field)
    person.keys("Return", field)
    assert "hidden" in person.nodes
    assert "already a node called 'logits'" in person.status


def test_renaming_in_the_properties(person: Any) -> None:
    person.click(person.header("hidden"))
    title = person.window.properties.title
    QTest.mouseDClick(title, LEFT, pos=QPoint(80, 15))
    title.editor.selectAll()
    person.type("first", title.editor)
    person.keys("Return", title.editor)
    assert "first" in person.nodes
    assert person.app.workspace.selection.nodes == ("first",)


def test_an_attribute_is_edited_in_the_form(person: Any) -> None:
    person.click(person.header("hidden"))
    person.fill("units", "17")
    assert person.app.document.project.graph.nodes["hidden"].attributes["units"] == 17
    flows = {row.name: row.value for row in person.window.properties.flows._rows}
    assert flows["y"] == "batch x 17"
    person.keys("Ctrl+Z")
    assert person.window.properties.form.row("units").editor.text() == "128"


def test_where_nodes_run_is_chosen_for_all_that_are_selected(person: Any) -> None:
    person.app.workspace.select(Selection(("hidden", "logits")))
    editor = person.window.properties.form.row("device").editor
    editor.setFocus()
    editor.setCurrentText("cpu")
    editor.activated.emit(editor.currentIndex())
    policies = {name: node.policy.device for name, node in person.app.document.project.graph.nodes.items()}
    assert {name for name, device in policies.items() if device == "cpu"} == {"hidden", "logits"}
    assert person.app.document.undo_label == "Set device of 2 nodes"
    person.keys("Ctrl+Z")
    assert all(node.policy.device == "inherit" for node in person.app.document.project.graph.nodes.values())


def test_an_attribute_that_cannot_be_says_why(person: Any) -> None:
    before = person.app.document.project
    person.click(person.header("hidden"))
    person.fill("units", "-3")
    assert person.window.properties.form.row("units").sentence()
    assert person.app.document.project == before


def test_training_settings_are_edited_where_nothing_is_selected(person: Any) -> None:
    person.app.workspace.select(type(person.app.workspace.selection)())
    person.fill("epochs", "3")
    assert person.app.document.project.training.epochs == 3


def test_copy_paste_cut_and_duplicate(person: Any) -> None:
    person.click(person.header("hidden"))
    person.keys("Ctrl+C")
    assert '"Dense"' in QGuiApplication.clipboard().text()
    person.keys("Ctrl+V")
    assert "hidden_1" in person.nodes
    person.keys("Ctrl+D")
    assert "hidden_2" in person.nodes
    assert person.canvas.selected_nodes() == ["hidden_2"]
    person.keys("Ctrl+X")
    assert "hidden_2" not in person.nodes
    person.keys("Ctrl+Z")
    assert "hidden_2" in person.nodes


@pytest.mark.parametrize("text", ["words from a mail", "[" * 5000, '{"format": "flowscope", "version": 99}'])
def test_a_hostile_clipboard_is_a_sentence_and_changes_nothing(person: Any, text: str) -> None:
    before = person.app.document.project
    QGuiApplication.clipboard().setText(text)
    person.keys("Ctrl+V")
    assert person.app.document.project == before
    assert "lipboard" in person.status


def test_select_all_and_delete_leave_an_empty_canvas(person: Any) -> None:
    person.keys("Ctrl+A")
    person.keys("Delete")
    assert person.nodes == []
    assert person.app.document.project.notes == ()
    assert person.text("status-graph").startswith("0 nodes")
    assert "empty" in person.app.window.run_bar.primary.toolTip().lower()


def test_a_note_is_written(person: Any) -> None:
    count = len(person.app.document.project.notes)
    person.keys("Ctrl+Shift+N")
    field = person.canvas.edit.field
    field.selectAll()
    person.type("Look here", field)
    person.keys("Ctrl+Return", field)
    notes = person.app.document.project.notes
    assert [note.text for note in notes[count:]] == ["Look here"]


def test_arranging_is_one_step(person: Any) -> None:
    before = person.app.document.project.positions
    person.keys("Ctrl+L")
    assert person.app.document.project.positions != before
    person.keys("Ctrl+Z")
    assert person.app.document.project.positions == before


def test_a_wire_to_a_setting_takes_its_place_in_the_form(person: Any) -> None:
    document = person.app.document
    project, reshape = edits.add_node(document.project, "Reshape", 0, 600)
    project, sizes = edits.add_node(project, "Constant", -300, 600)
    document.apply("Add nodes", project)
    person.app.workspace.select(Selection((reshape,)))
    row = person.window.properties.form.row("shape")
    assert row.isEnabled()
    document.apply("Wire", edits.connect(project, (sizes, "y"), (reshape, "shape")))
    assert not row.isEnabled()
    assert person.window.properties.form.row("keep").isEnabled()
    person.keys("Ctrl+Z")
    assert row.isEnabled()


def test_an_empty_canvas_offers_a_beginning(person: Any) -> None:
    person.app.filing.new()
    welcome = person.window.findChild(QLabel, "canvas-welcome")
    assert welcome is not None and welcome.isVisible()
    welcome.linkActivated.emit("spiral")
    assert "spiral" in person.app.document.title and person.nodes
    assert not welcome.isVisible()
    welcome.linkActivated.emit("import")
    assert person.app.filing._ask.asked[-1] == "import"
