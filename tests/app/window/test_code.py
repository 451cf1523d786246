"""A Python node in the window: code from a file waits for trust; code that is written is checked and kept."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.graph.graph import GraphDef, Node
from engine.project.files import write_project
from engine.project.project import Project
from widgets.code.dialog import CodeDialog

FOREIGN = "def forward(x):\n    return x * 7\n"


@pytest.fixture
def person(live: Any, use: Any, tmp_path: Path) -> Any:
    """Somebody who has opened a project with foreign code."""
    graph = (
        GraphDef().add(Node("c", "Constant", {"value": 3.0})).add(Node("node", "Python", {"code": FOREIGN}))
    )
    project = Project(graph.connect(("c", "y"), ("node", "x")), {"c": (0.0, 0.0), "node": (240.0, 0.0)})
    write_project(tmp_path / "foreign.flowscope", project)
    live.filing.open(tmp_path / "foreign.flowscope")
    return use(live)


def dialog(person: Any) -> CodeDialog:
    person.double_click(person.header("node"))
    person.wait(lambda: person.window.findChild(CodeDialog) is not None)
    found = person.window.findChild(CodeDialog)
    assert isinstance(found, CodeDialog)
    return found


def press(button: Any) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def shown(person: Any) -> str:
    look = person.canvas.graph.nodes["node"].shown.thumbnail
    return getattr(look, "text", "")


def test_foreign_code_runs_only_after_it_was_read_and_trusted(person: Any) -> None:
    said = "Python 'node': its code has not been trusted on this computer."
    assert any(said in str(problem) for problem in person.app.workspace.problems)
    assert not person.app.workspace.can_run
    opened = dialog(person)
    assert opened.keep_button.text() == "Trust and keep"
    press(opened.keep_button)
    person.wait(lambda: person.window.findChild(CodeDialog) is None)
    assert not person.app.workspace.problems
    person.wait(lambda: shown(person) == "21")
    assert not person.app.document.is_modified


def test_wrong_code_is_told_before_it_is_kept(person: Any) -> None:
    opened = dialog(person)
    opened.editor.setPlainText("def forward(x):\n    return x / y\n")
    press(opened.keep_button)
    person.wait(lambda: "Line 2 of its code failed: NameError" in opened.findings())
    assert opened.keep_button.text() == "Keep all the same"
    opened.editor.setPlainText("def forward(x):\n    return x / 2\n")
    press(opened.keep_button)
    person.wait(lambda: shown(person) == "1.5")
    person.window.activateWindow()
    person.wait(person.window.isActiveWindow)
    person.canvas.setFocus()
    person.keys("Ctrl+Z")
    assert person.app.document.project.graph.nodes["node"].attributes["code"] == FOREIGN


def test_code_without_end_can_be_left(person: Any) -> None:
    opened = dialog(person)
    opened.editor.setPlainText("def forward(x):\n    while True:\n        pass\n")
    press(opened.check_button)
    person.wait(lambda: not opened.check_button.isEnabled())
    QTest.keyClick(opened, Qt.Key.Key_Escape)
    person.wait(lambda: person.window.findChild(CodeDialog) is None)
    person.wait(lambda: not person.app.controller._client.busy)
    again = dialog(person)
    again.editor.setPlainText("def forward(x):\n    return x + 1\n")
    press(again.keep_button)
    person.wait(lambda: shown(person) == "4")
