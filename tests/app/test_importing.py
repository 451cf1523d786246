"""A model that is opened is imported in a process of its own: what comes out is shown, or why nothing did."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.dialogs.questions import Questions
from app.document import edits
from app.document.document import Document
from app.filing import Filing
from app.importing import Refusal, is_model
from app.settings import SettingsStore

PATIENCE = 60_000
WEIGHTS = np.arange(6, dtype=np.float32).reshape(3, 2)


@pytest.fixture
def document() -> Document:
    return Document()


@pytest.fixture
def filing(qapp: object, document: Document, settings: SettingsStore, script: Any) -> Iterator[Filing]:
    filing = Filing(document, settings, script)
    yield filing
    filing.close()


@pytest.fixture
def net(tmp_path: Path) -> Path:
    return write(tmp_path / "net.onnx", "MatMul")


def write(path: Path, op: str) -> Path:
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    node = helper.make_node(op, ["x", "w"], ["y"], name="out")
    graph = helper.make_graph([node], "g", [x], [y], [numpy_helper.from_array(WEIGHTS, "w")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    path.write_bytes(model.SerializeToString())
    return path


def test_only_models_are_imported() -> None:
    assert is_model(Path("a/net.ONNX")) and not is_model(Path("net.flowscope"))


def test_a_model_is_shown_as_unsaved(qtbot: QtBot, filing: Filing, document: Document, net: Path) -> None:
    with qtbot.waitSignal(filing.opened, timeout=PATIENCE):
        assert filing.open(net)
    assert [node.op for node in document.project.graph.nodes.values()] == ["Placeholder", "Dense"]
    assert (document.path, document.title, document.is_edited) == (None, "net", True)
    np.testing.assert_array_equal(document.variables["out/kernel"], WEIGHTS)


def test_the_menu_asks_for_a_model(qtbot: QtBot, filing: Filing, script: Any, net: Path) -> None:
    assert not filing.import_model()
    script.import_path = net
    with qtbot.waitSignal(filing.opened, timeout=PATIENCE):
        assert filing.import_model()
    assert script.asked == ["import", "import"]


def test_all_reasons_are_shown_and_the_document_stays(
    qtbot: QtBot, filing: Filing, document: Document, script: Any, tmp_path: Path
) -> None:
    before = document.project
    with qtbot.waitSignal(filing.importing.refused, timeout=PATIENCE):
        filing.open(write(tmp_path / "strange.onnx", "Nope"))
    (refusal,) = script.refusals
    assert "1 node cannot be drawn" in refusal.what
    assert [problem.partition(":")[0] for problem in refusal.problems] == ["Nope 'out'"]
    assert document.project is before


def test_a_file_that_is_no_model_is_refused_in_a_sentence(
    qtbot: QtBot, filing: Filing, script: Any, tmp_path: Path
) -> None:
    (tmp_path / "story.onnx").write_text("once upon a time")
    with qtbot.waitSignal(filing.importing.refused, timeout=PATIENCE):
        filing.open(tmp_path / "story.onnx")
    assert "not an ONNX model" in script.refusals[0].what


def test_changes_are_not_lost_to_an_import(
    qtbot: QtBot, filing: Filing, document: Document, script: Any, net: Path
) -> None:
    document.apply("Add", edits.add_node(document.project, "Relu", 0, 0)[0])
    edited = document.project
    with qtbot.waitSignal(filing.importing.ended, timeout=PATIENCE):
        filing.open(net)
    assert document.project is edited
    assert script.asked == ["keep untitled"]


def test_cancelling_changes_nothing(qtbot: QtBot, filing: Filing, document: Document, net: Path) -> None:
    before = document.project
    filing.open(net)
    with qtbot.assertNotEmitted(filing.opened, wait=0), qtbot.waitSignal(filing.importing.ended):
        filing.importing.cancel()
    assert document.project is before
    assert not filing.importing.is_busy


def test_the_dialog_lists_all_reasons_to_read_and_to_copy(dressed: None, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    many = tuple(f"Nope '{number}': not supported." for number in range(40))
    Questions(window).import_refused(Refusal("'net.onnx' was not imported.", many))
    shown = window.findChild(QDialog, "import-refused")
    assert shown is not None and shown.isVisible()
    assert "'net.onnx' was not imported." in [label.text() for label in shown.findChildren(QLabel)]
    listed = shown.findChild(QPlainTextEdit, "import-problems")
    assert listed is not None and listed.isReadOnly()
    assert listed.toPlainText().splitlines() == list(many)
    copy, close = shown.findChildren(QPushButton)
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text().splitlines() == list(many)
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not shown.isVisible()


def test_a_refusal_without_a_list_is_a_sentence(dressed: None, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    Questions(window).import_refused(Refusal("'story.onnx' is not an ONNX model."))
    shown = window.findChild(QDialog, "import-refused")
    assert shown is not None and shown.findChild(QPlainTextEdit) is None
    QTest.keyClick(shown, Qt.Key.Key_Escape)
    assert not shown.isVisible()
