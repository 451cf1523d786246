"""The palette: categories that open, a search, and three ways to add a node."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from widgets import theme
from widgets.palette.looks import MIME_TYPE, CategoryLook, OpLook, PaletteLook
from widgets.palette.panel import Palette

LOOK = PaletteLook(
    (
        CategoryLook("Data", (OpLook("Digits"), OpLook("CsvFile"))),
        CategoryLook(
            "Layers",
            (
                OpLook("Dense", "Every output looks at every input.", ("linear",)),
                OpLook("Conv2D"),
                OpLook("MultiHeadAttention"),
            ),
        ),
        CategoryLook("Math", (OpLook("MatMul"),)),
    )
)


@pytest.fixture
def palette(show: Any) -> Palette:
    palette = Palette()
    palette.set_look(LOOK)
    show(palette, 208, 500)
    return palette


def rows(palette: Palette) -> list[str]:
    return [palette.model.index(i).data() for i in range(palette.model.rowCount())]


def place(palette: Palette, name: str) -> QPoint:
    index = palette.model.index(rows(palette).index(name))
    return palette.view.visualRect(index).center()


def test_a_click_opens_and_closes_a_category(palette: Palette) -> None:
    viewport = palette.view.viewport()
    assert rows(palette) == ["Data", "Layers", "Math"]
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place(palette, "Layers"))
    assert rows(palette) == ["Data", "Layers", "Dense", "Conv2D", "MultiHeadAttention", "Math"]
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place(palette, "Layers"))
    assert rows(palette) == ["Data", "Layers", "Math"]


def test_arrow_keys_walk_open_close_and_enter_adds(palette: Palette, qtbot: QtBot) -> None:
    view = palette.view
    view.setFocus()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Down):
        QTest.keyClick(view, key)
    with qtbot.waitSignal(palette.add_requested) as asked:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert asked.args == ["Dense"]
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.currentIndex().data() == "Layers"
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert rows(palette) == ["Data", "Layers", "Math"]


def test_a_double_click_adds(palette: Palette, qtbot: QtBot) -> None:
    palette.model.toggle("Data")
    viewport, where = palette.view.viewport(), place(palette, "CsvFile")
    with qtbot.waitSignal(palette.add_requested) as asked:
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=where)
        QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=where)
    assert asked.args == ["CsvFile"]


def test_a_search_lists_hits_flat_and_enter_adds_the_best(palette: Palette, qtbot: QtBot) -> None:
    palette.focus_search()
    QTest.keyClicks(palette.search, "mha")
    assert rows(palette)[0] == "MultiHeadAttention"
    with qtbot.waitSignal(palette.add_requested) as asked:
        QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert asked.args == ["MultiHeadAttention"]


def test_arrow_keys_in_the_search_move_the_list(palette: Palette) -> None:
    palette.focus_search()
    QTest.keyClicks(palette.search, "c")
    first = palette.view.currentIndex().data()
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    assert palette.view.currentIndex().data() != first
    assert palette.search.hasFocus()


def test_other_names_of_an_op_find_it(palette: Palette) -> None:
    palette.focus_search()
    QTest.keyClicks(palette.search, "linear")
    assert rows(palette) == ["Dense"]


def test_escape_ends_the_search(palette: Palette) -> None:
    palette.focus_search()
    QTest.keyClicks(palette.search, "conv")
    QTest.keyClick(palette.search, Qt.Key.Key_Escape)
    assert rows(palette) == ["Data", "Layers", "Math"]


def test_letters_typed_in_the_list_go_to_the_search(palette: Palette) -> None:
    palette.view.setFocus()
    QTest.keyClicks(palette.view, "d")
    assert palette.search.text() == "d"
    assert palette.search.hasFocus()


def test_where_nothing_is_found_the_help_is_offered(palette: Palette, qtbot: QtBot) -> None:
    palette.focus_search()
    QTest.keyClicks(palette.search, "<zz>")
    empty = palette.findChild(QLabel, "palette-empty")
    assert isinstance(empty, QLabel) and empty.isVisible()
    assert empty.text().startswith('No node called "&lt;zz>". ')
    assert "Search the help for it." in empty.text()
    with qtbot.waitSignal(palette.help_search_requested) as asked:
        QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert asked.args == ["<zz>"]


def test_hover_and_selection_ask_for_the_help(palette: Palette, qtbot: QtBot) -> None:
    palette.model.toggle("Layers")
    viewport = palette.view.viewport()
    with qtbot.waitSignal(palette.help_requested) as asked:
        QTest.mouseMove(viewport, place(palette, "Conv2D"))
    assert asked.args == ["Conv2D"]
    with qtbot.waitSignal(palette.help_requested) as asked:
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place(palette, "Dense"))
    assert asked.args == ["Dense"]


def test_a_drag_carries_the_op(palette: Palette, monkeypatch: pytest.MonkeyPatch) -> None:
    dragged: list[str] = []

    def note(drag: QDrag, *_: object) -> Qt.DropAction:
        dragged.append(bytes(drag.mimeData().data(MIME_TYPE).data()).decode())
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", note)
    palette.model.toggle("Layers")
    viewport, start = palette.view.viewport(), place(palette, "Dense")
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(viewport, start + QPoint(20, 0))
    QTest.mouseMove(viewport, start + QPoint(60, 4))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 4))
    assert dragged == ["Dense"]


def test_categories_cannot_be_dragged(palette: Palette) -> None:
    flags = palette.model.flags(palette.model.index(0))
    assert not flags & Qt.ItemFlag.ItemIsDragEnabled


def test_rows_have_the_height_of_the_density(palette: Palette) -> None:
    palette.model.toggle("Layers")
    op = palette.model.index(2)
    assert palette.view.visualRect(op).height() == 26
    palette.set_look(PaletteLook(LOOK.categories, row_height=22))
    assert palette.view.visualRect(palette.model.index(2)).height() == 22


def test_rows_speak_to_screen_readers(palette: Palette) -> None:
    palette.model.toggle("Layers")
    role = Qt.ItemDataRole.AccessibleTextRole
    assert palette.model.index(1).data(role) == "Layers, 3 nodes, open"
    assert palette.model.index(2).data(role) == "Dense, Layers. Every output looks at every input."


def test_the_palette_follows_the_theme_live(palette: Palette) -> None:
    seen = []
    for name in ("dark", "light"):
        theme.set_theme(name)
        seen.append(palette.grab().toImage().pixelColor(4, 4).name().upper())
    assert seen == [theme.DARK.panel, theme.LIGHT.panel]
