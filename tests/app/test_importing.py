"""A model that is opened is imported in a process of its own: what comes out is shown, or why nothing did."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.dialogs.questions import SHOWN_PROBLEMS, Questions
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


def test_the_dialog_lists_the_reasons(dressed: None, qtbot: QtBot) -> None:
    box = QMessageBox()  # any widget to stand on
    qtbot.addWidget(box)
    many = tuple(f"Nope '{number}': not supported." for number in range(SHOWN_PROBLEMS + 3))
    Questions(box).import_refused(Refusal("'net.onnx' was not imported.", many))
    (shown,) = box.findChildren(QMessageBox, "import-refused")
    assert shown.text() == "'net.onnx' was not imported."
    lines = shown.informativeText().splitlines()
    assert lines[0] == "• Nope '0': not supported." and lines[-1] == "and 3 more."
    shown.close()
