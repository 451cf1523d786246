"""The canvas as a picture: PNG with the project inside, SVG and PDF; dropped on the window it opens again."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from engine.project.files import read_project


@pytest.fixture
def export(person: Any, script: Any, tmp_path: Path) -> Any:
    def write(name: str) -> Path:
        path = script.export_path = tmp_path / name
        person.keys("Ctrl+E")
        return path

    return write


def test_a_png_shows_all_of_the_canvas_and_holds_the_project(person: Any, export: Any) -> None:
    person.canvas.set_place(9000, 9000, 3.0)
    path = export("graph.png")
    image = QImage(str(path))
    assert image.width() > 2 * 1200 and image.height() > 2 * 300
    colours = {image.pixel(x, image.height() // 2) for x in range(0, image.width(), 7)}
    assert len(colours) > 8
    assert read_project(path).project == person.app.document.project


def test_the_picture_is_the_same_however_one_looks(person: Any, export: Any) -> None:
    person.canvas.fit_all(animated=False)
    first = export("first.png").read_bytes()
    person.keys("Ctrl+A")
    selected = person.canvas.selected_nodes()
    person.canvas.zoom_to(0.2)
    assert export("second.png").read_bytes() == first
    assert person.canvas.selected_nodes() == selected


def test_svg_and_pdf_are_written(person: Any, export: Any) -> None:
    picture = QSvgRenderer(str(export("graph.svg")))
    assert picture.isValid() and picture.defaultSize().width() > 1200
    assert b"hidden" in export("graph.svg").read_bytes()
    page = export("graph.pdf").read_bytes()
    assert page.startswith(b"%PDF-") and page.rstrip().endswith(b"%%EOF")


def test_a_dropped_picture_opens_and_is_not_written_over(person: Any, export: Any) -> None:
    person.app.filing.open_demo("newton")
    path = export("newton.png")
    before = path.read_bytes()
    project = person.app.document.project
    person.app.filing.open_demo("digits-mlp")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    viewport = person.canvas.viewport()
    at, copy, left = viewport.rect().center(), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(viewport, QDragEnterEvent(at, copy, data, left, none))
    QApplication.sendEvent(viewport, QDropEvent(QPointF(at), copy, data, left, none))
    assert person.app.document.project == project
    assert person.app.document.path is None and person.app.document.title == "newton"
    assert path.read_bytes() == before


def test_a_name_without_a_known_ending_says_what_is_meant(person: Any, export: Any) -> None:
    said: list[str] = []
    person.app.workspace.said.connect(lambda sentence, _level: said.append(sentence))
    path = export("graph.bmp")
    assert not path.exists() and "ends in .png, .svg or .pdf" in said[-1]
    assert export("graph").with_name("graph.png").exists()
