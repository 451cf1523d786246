"""Dots and portals in the whole window: by hand, by keyboard and in the file, one step of undo each."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.workspace import Selection
from engine.project.files import read_project, write_project

LONG = ("accuracy", "labels")


@pytest.fixture
def network(person: Any) -> Any:
    person.canvas.fit_all(animated=False)
    person.canvas.setFocus()
    return person


def test_a_wire_is_bent_moved_and_straightened(network: Any) -> None:
    person = network
    held = person.canvas.mapFromScene(person.canvas.graph.wires[LONG].line()[12])
    person.drag(held, held + QPoint(0, 60))
    routes = person.app.document.project.routes
    assert len(routes[LONG].dots) == 1
    assert person.app.document.undo_label == "Add a dot"
    dot = person.canvas.mapFromScene(person.canvas.graph.wires[LONG].dots[0])
    person.drag(dot, dot + QPoint(32, 16))
    assert person.app.document.project.routes[LONG] != routes[LONG]
    person.double_click(person.canvas.mapFromScene(person.canvas.graph.wires[LONG].dots[0]))
    assert person.app.document.project.routes == {}
    for _ in range(3):
        person.keys("Ctrl+Z")
    assert person.app.document.project.routes == {}
    assert person.app.document.undo_label == ""


def test_dots_and_portals_by_keyboard(network: Any) -> None:
    person = network
    person.app.workspace.select(Selection(wires=(LONG,)))
    person.keys("Alt+D")
    assert len(person.app.document.project.routes[LONG].dots) == 1
    person.keys("Alt+P")
    assert person.app.document.project.routes[LONG].portal == "labels"
    assert person.canvas.graph.wires[LONG].tags()
    person.keys("F2")
    field = person.canvas.edit.field
    assert isinstance(field, QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, "truth")
    person.keys("Return", field)
    assert person.app.document.project.routes[LONG].portal == "truth"
    person.keys("Alt+P")
    assert person.app.document.project.routes[LONG].portal == ""
    assert len(person.canvas.graph.wires[LONG].dots) == 1


def test_a_saved_portal_is_there_again_and_runs_as_before(network: Any, tmp_path: Path) -> None:
    person = network
    checked = person.app.workspace.checked
    person.app.workspace.select(Selection(wires=(LONG,)))
    person.keys("Alt+P")
    assert person.app.workspace.checked == checked
    file = tmp_path / "portal.flowscope"
    write_project(file, person.app.document.project)
    project = read_project(file).project
    assert project.routes[LONG].portal == "labels"


def test_arranging_straightens_wires(network: Any) -> None:
    person = network
    person.app.workspace.select(Selection(wires=(LONG,)))
    person.keys("Alt+D")
    person.keys("Ctrl+L")
    assert person.app.document.project.routes == {}
    assert person.app.document.undo_label == "Arrange in layers"
