"""Actions: each has a name, keys of its own, a place in the menus and in the search, and can be done."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu

from app.actions.action import Action, separated
from app.application import Application

ROOT = Path(__file__).parents[3]
ASKING = {"screenshot", "export", "operations", "shortcuts", "about", "quit"}
"""Actions that open a dialog, or end the program."""


def hung(app: Application) -> dict[str, QAction]:
    """The actions of the window as Qt has them, by id."""
    found = app.window.findChildren(QAction, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return {a.objectName().removeprefix("action-"): a for a in found if a.objectName().startswith("action-")}


def in_menus(app: Application) -> set[str]:
    """The titles that one can reach by walking through the menus."""
    titles: set[str] = set()
    waiting = [action.menu() for action in app.window.menu_bar.actions()]
    while waiting:
        menu = waiting.pop()
        assert isinstance(menu, QMenu)
        for action in menu.actions():
            inner = action.menu()
            if isinstance(inner, QMenu):
                waiting.append(inner)
            else:
                titles.add(action.text())
    return titles


def test_every_action_has_an_id_of_its_own(app: Application) -> None:
    ids = [action.id for action in app.actions]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in ids)


NAMES = {"ONNX…", "TensorBoard", "Flowscope", "GPU", "CPU", "JSON", "ONNX"}


def test_titles_are_in_sentence_case(app: Application) -> None:
    for action in app.actions:
        first, *rest = action.title.split()
        assert first[0].isupper(), action.title
        odd = [word for word in rest if word != word.lower() and word not in NAMES]
        assert not odd, action.title
        assert not action.title.endswith("."), action.title


def test_no_two_actions_share_a_shortcut(app: Application) -> None:
    taken: dict[str, str] = {}
    for action in app.actions:
        for keys in filter(None, action.shortcut.split(" or ")):
            written = QKeySequence(keys).toString()
            assert written, f"{action.title}: Qt does not know '{keys}'"
            assert written not in taken, f"{action.title} and {taken[written]} share {keys}"
            taken[written] = action.title


def test_every_icon_is_there(app: Application) -> None:
    icons = {file.stem for file in (ROOT / "resources").rglob("*.svg")}
    assert not [action.icon for action in app.actions if action.icon and action.icon not in icons]


def test_every_action_is_in_the_menus(app: Application) -> None:
    titles = in_menus(app)
    assert not [action.title for action in app.actions if action.title not in titles]
    assert set(hung(app)) == {action.id for action in app.actions}


def test_every_action_is_found_by_its_title(person: Any) -> None:
    box = person.app.search_box
    for action in person.app.actions:
        person.app.search.open(action.title)
        assert box.titles()[0] == action.title
        person.keys("Esc", box.field)
    assert not box.isVisible()


def test_the_run_bar_names_the_keys_of_the_actions(app: Application) -> None:
    """A tool tip that names other keys than the menu is worse than none."""
    keys = {action.id: action.shortcut for action in app.actions}
    bar = app.window.run_bar
    assert keys["run"] in bar.primary.toolTip()
    assert keys["step"] in bar.step_button.toolTip()
    assert keys["stop"] in bar.stop_button.toolTip()
    assert bar._to_here.text().endswith(keys["run-to"])


def test_the_menus_say_what_cannot_be_done_now(person: Any) -> None:
    actions = hung(person.app)
    menu = person.window.menu_bar.findChild(QMenu, "menu-edit")
    menu.popup(person.window.mapToGlobal(QPoint(100, 100)))
    assert not actions["undo"].isEnabled()
    assert not actions["copy"].isEnabled()
    assert actions["select-all"].isEnabled()
    menu.close()
    person.click(person.header("digits"))
    menu.popup(person.window.mapToGlobal(QPoint(100, 100)))
    assert actions["copy"].isEnabled()
    menu.close()


def test_a_shortcut_works_although_its_menu_last_said_no(person: Any) -> None:
    menu = person.window.menu_bar.findChild(QMenu, "menu-edit")
    menu.popup(person.window.mapToGlobal(QPoint(100, 100)))
    menu.close()
    person.click(person.header("digits"))
    person.keys("Delete")
    assert "digits" not in person.nodes
    person.keys("Ctrl+Z")
    assert "digits" in person.nodes


def test_an_action_that_cannot_be_done_does_nothing(app: Application) -> None:
    before = app.document.project
    for action in app.actions:
        if not action.enabled():
            hung(app)[action.id].trigger()
    assert app.document.project == before


def trigger_all(app: Application) -> None:
    app.window.canvas.select_all()
    for name, action in hung(app).items():
        if name not in ASKING and not name.startswith(("demo-", "recent-")):
            action.trigger()
            QApplication.processEvents()
            app.search_box.dismiss()
            app.adding.box.dismiss()


def test_every_action_can_be_done_in_a_demo(app: Application, script: Any) -> None:
    script.keep = "discard"
    trigger_all(app)


def test_every_action_can_be_done_in_an_empty_window(app: Application) -> None:
    app.filing.new()
    trigger_all(app)


def test_every_action_can_be_done_inside_a_block(app: Application, script: Any) -> None:
    script.keep = "discard"
    app.canvas.open("hidden")
    trigger_all(app)


def test_every_demo_can_be_opened_from_the_menu(app: Application) -> None:
    for name, action in hung(app).items():
        if name.startswith("demo-"):
            action.trigger()
            assert app.document.title == f"{name.removeprefix('demo-')}.flowscope"


@pytest.mark.parametrize("name", ["operations", "shortcuts", "about"])
def test_a_dialog_opens_and_closes_with_escape(
    app: Application, qtbot: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def look(dialog: QDialog) -> int:
        dialog.show()
        qtbot.waitExposed(dialog)
        seen.append(dialog.windowTitle())
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()
        return 0

    monkeypatch.setattr(QDialog, "exec", look)
    hung(app)[name].trigger()
    assert len(seen) == 1


def test_a_picture_of_the_window_is_saved(
    app: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "picture.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    hung(app)["screenshot"].trigger()
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_picture_that_cannot_be_saved_is_a_sentence(
    person: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "a.png"), ""))
    hung(person.app)["screenshot"].trigger()
    assert "could not be written" in person.status


def test_groups_are_parted_by_lines() -> None:
    def make(name: str) -> Action:
        return Action(name, name, "File", lambda: None)

    joined = separated([make("a"), make("b")], [make("c")])
    assert [(a.id, a.begins_group) for a in joined] == [("a", False), ("b", False), ("c", True)]


def test_the_check_marks_follow(app: Application, qtbot: Any) -> None:
    actions = hung(app)
    assert actions["panel-palette"].isChecked()
    actions["panel-palette"].trigger()
    assert not app.window.palette_panel.isVisible()
    assert not actions["panel-palette"].isChecked()
    actions["panel-palette"].trigger()
    assert app.window.palette_panel.isVisible()


def test_icons_of_the_menus_follow_the_theme(person: Any) -> None:
    menu = person.window.menu_bar.findChild(QMenu, "menu-edit")
    undo = hung(person.app)["select-all"]
    inks = []
    for _ in range(2):
        menu.popup(person.window.mapToGlobal(QPoint(100, 100)))
        menu.close()
        picture = undo.icon().pixmap(16, 16).toImage()
        seen = [picture.pixelColor(x, y) for x in range(16) for y in range(16)]
        inks.append(max(seen, key=lambda colour: colour.alpha()).lightness())
        person.keys("Ctrl+T")
    assert inks[0] > 128 > inks[1]


def test_a_file_that_was_opened_is_in_the_menu_at_once(
    app: Application, tmp_path: Path, make_window: Callable[..., Application]
) -> None:
    from engine.project.files import write_project

    write_project(tmp_path / "mine.flowscope", app.document.project)
    app.filing.open(tmp_path / "mine.flowscope")
    assert "mine.flowscope" in in_menus(app)
    titles = {action.title for action in app.actions}
    assert "mine.flowscope" in titles
