"""Finding one's way: search, problems, blocks and back, tabs, themes, and leaving."""

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

import resources
from app.main_window import SPLITS_FROM
from engine.project.files import read_project
from widgets import theme

LEFT = Qt.MouseButton.LeftButton


class Shown(QObject):
    """Takes down every window that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.names.append(watched.objectName())
        return False


def test_no_part_is_shown_as_a_window_of_its_own(qapp: QApplication, make_window: Any) -> None:
    """A part that flashes up as a window takes the keyboard away from the real one."""
    shown = Shown()
    qapp.installEventFilter(shown)
    window = make_window().window
    qapp.removeEventFilter(shown)
    assert shown.names == ["main-window"]
    assert window.isActiveWindow()


def test_the_canvas_has_the_keyboard_at_first(person: Any) -> None:
    assert person.canvas.hasFocus()


@pytest.mark.parametrize("path", resources.demo_files(), ids=lambda path: path.stem)
def test_every_demo_opens_without_a_problem(person: Any, path: Any) -> None:
    assert person.app.filing.open_demo(path.stem)
    project = read_project(path).project
    person.app.workspace._check_deeply()
    assert person.app.workspace.problems == ()
    assert person.window.problems._model.rowCount() == 0
    assert set(person.nodes) == set(project.graph.nodes)
    shown = {note.look.text for note in person.canvas.graph.notes.values()}
    assert shown == {note.text for note in project.notes}
    assert shown
    person.canvas.fit_all(animated=False)
    seen = person.canvas.viewport().rect()
    assert all(seen.contains(person.canvas.node_rect(name).center()) for name in person.nodes)
    assert person.window.file_name.text() == path.name


def test_the_search_does_an_action(person: Any) -> None:
    person.keys("Ctrl+K")
    box = person.app.search_box
    assert box.isVisible()
    person.type("light theme", box.field)
    person.keys("Return", box.field)
    assert theme.current().name == "light"
    assert not box.isVisible()


def test_the_search_adds_a_node(person: Any) -> None:
    person.keys("Ctrl+K")
    person.type("Sigmoid", person.app.search_box.field)
    person.keys("Return", person.app.search_box.field)
    assert "sigmoid" in person.nodes
    assert person.canvas.selected_nodes() == ["sigmoid"]


def test_the_search_goes_to_a_node_of_the_graph(person: Any) -> None:
    person.keys("Ctrl+K")
    person.type("logits", person.app.search_box.field)
    person.keys("Return", person.app.search_box.field)
    assert person.canvas.selected_nodes() == ["logits"]
    assert len(person.nodes) == len(person.app.document.project.graph.nodes)


def test_a_double_click_beside_everything_adds_a_node_there(person: Any) -> None:
    person.canvas.fit_all(animated=False)
    low = max(person.canvas.node_rect(name).bottom() for name in person.nodes)
    at = QPoint(person.canvas.viewport().width() // 2, (low + person.canvas.viewport().height()) // 2)
    person.double_click(at)
    assert person.app.adding.box.isVisible()
    person.type("Sigmoid", person.app.adding.box.field)
    person.keys("Return", person.app.adding.box.field)
    assert person.canvas.node_rect("sigmoid").adjusted(-40, -40, 40, 40).contains(at)


def test_a_wire_dropped_in_the_empty_connects_the_new_node(person: Any) -> None:
    person.app.filing.open_demo("arithmetic")
    person.canvas.fit_all(animated=False)
    end = person.port("result", "y") + QPoint(60, 90)
    person.drag(person.port("result", "y"), end)
    person.type("Sigmoid", person.app.adding.box.field)
    person.keys("Return", person.app.adding.box.field)
    assert "result.y > sigmoid.x" in person.wires


def test_what_the_palette_does_not_have_is_searched_elsewhere(person: Any) -> None:
    palette = person.window.palette_panel
    person.type("light theme", palette.search)
    person.keys("Return", palette.search)
    assert person.app.search_box.isVisible()
    assert person.app.search_box.titles()[0] == "Light theme"


def test_a_problem_jumps_to_its_node(person: Any) -> None:
    person.click(person.header("hidden"))
    person.keys("Delete")
    problems = person.window.problems
    assert problems._model.rowCount() == 1
    assert not person.window.run_bar.primary.isEnabled()
    assert person.text("run-text") == "Not ready to run"
    person.canvas.set_place(10_000, 10_000, 1.0)
    person.app.workspace.select(type(person.app.workspace.selection)())
    person.choose_tab("Problems")
    assert problems.isVisible()
    view = problems.view
    QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(view.model().index(0, 0)).center())
    (selected,) = person.canvas.selected_nodes()
    assert selected == person.app.workspace.problems[0].node
    assert person.canvas.viewport().rect().contains(person.canvas.node_rect(selected).center())


def test_what_only_the_whole_program_shows_is_a_problem_too(person: Any, qtbot: Any) -> None:
    person.app.filing.open_demo("linear-regression-by-hand")
    variables = [n for n, node in person.app.document.project.graph.nodes.items() if node.op == "Variable"]
    before = person.app.workspace.can_run
    person.app.workspace.select(type(person.app.workspace.selection)(tuple(variables)))
    person.keys("Delete")
    qtbot.waitUntil(lambda: not person.app.workspace.can_run)
    assert before
    assert person.window.problems._model.rowCount() >= 1


def test_a_block_opens_and_the_breadcrumb_leads_back(person: Any) -> None:
    outside = set(person.nodes)
    person.double_click(person.header("hidden"))
    assert person.app.workspace.place.path == "hidden"
    assert set(person.nodes) != outside
    crumb = person.window.breadcrumb
    assert crumb.accessibleName() == "Open graph: digits-mlp, main, hidden"
    QTest.mouseClick(crumb, LEFT, pos=crumb.part_rect(1).center().toPoint())
    assert person.app.workspace.place.path == ""
    assert set(person.nodes) == outside


@pytest.mark.parametrize("keys", ["Alt+Up", "Esc"])
def test_keys_open_a_block_and_lead_back(person: Any, keys: str) -> None:
    person.click(person.header("hidden"))
    person.keys("Return")
    assert person.app.workspace.place.path == "hidden"
    person.keys(keys)
    assert person.app.workspace.place.path == ""


def test_the_adam_block_opens_to_the_gradients(person: Any) -> None:
    person.click(person.header("adam"))
    person.keys("Alt+Down")
    assert person.app.workspace.place.path == "adam"
    assert len(person.nodes) > 1


def test_the_inside_of_a_block_is_not_edited(person: Any) -> None:
    before = person.app.document.project
    person.double_click(person.header("hidden"))
    person.keys("Ctrl+A")
    person.keys("Delete")
    assert person.app.document.project == before
    assert "not edited" in person.status


def test_what_is_no_block_says_so(person: Any) -> None:
    person.app.filing.open_demo("arithmetic")
    person.click(person.header("sum"))
    person.keys("Return")
    assert person.app.workspace.place.path == ""
    assert "sum" in person.status


def test_the_theme_switches_everything_and_is_kept(person: Any) -> None:
    dark = person.window.grab().toImage()
    person.keys("Ctrl+T")
    QApplication.processEvents()
    light = person.window.grab().toImage()
    for x, y in ((5, 5), (600, 400), (1500, 600), (30, 990), (60, 800)):
        assert dark.pixelColor(x, y).lightness() < light.pixelColor(x, y).lightness()
    assert person.app.settings.current.theme == "light"
    person.keys("Ctrl+T")
    assert theme.current().name == "dark"


@pytest.mark.parametrize("name", ["Curves", "Problems", "Log"])
def test_a_tab_brings_its_panel_to_the_front(person: Any, name: str) -> None:
    person.choose_tab(name)
    panel = {
        "Curves": person.window.findChild(object, "curves-panel"),
        "Problems": person.window.problems,
        "Log": person.window.log,
    }[name]
    assert panel.isVisible()


def test_in_a_narrow_window_everything_can_be_reached(person: Any) -> None:
    person.window.resize(SPLITS_FROM - 300, 700)
    QApplication.processEvents()
    person.choose_tab("Inspector")
    panel = person.window.findChild(object, "inspector-panel")
    assert panel.isVisible()
    person.window.resize(SPLITS_FROM + 200, 900)
    QApplication.processEvents()
    assert panel.isVisible()
    person.choose_tab("Curves")
    assert panel.isVisible()


def test_the_help_of_the_selected_node_is_shown(person: Any) -> None:
    person.click(person.header("hidden"))
    person.keys("F1")
    assert person.window.properties._look.help.title == "Dense"


def test_density_shows_more_and_is_kept(person: Any) -> None:
    control = person.window.density
    control.chosen.emit(2)
    assert person.app.settings.current.density == "Expert"
    assert person.canvas.graph.look.density == "expert"


def test_closing_with_unsaved_changes_asks(person: Any, script: Any) -> None:
    person.click(person.header("hidden"))
    person.keys("Delete")
    event = QCloseEvent()
    QApplication.sendEvent(person.window, event)
    assert script.asked == ["keep digits-mlp.flowscope"]
    assert not event.isAccepted()
    assert person.window.isVisible()
    script.keep = "discard"
    event = QCloseEvent()
    QApplication.sendEvent(person.window, event)
    assert event.isAccepted()


def test_closing_without_changes_asks_nothing(person: Any, script: Any) -> None:
    event = QCloseEvent()
    QApplication.sendEvent(person.window, event)
    assert event.isAccepted()
    assert script.asked == []


def test_the_window_is_as_it_was_left(make_window: Any, qtbot: Any) -> None:
    first = make_window()
    first.window.resize(1333, 777)
    first.window.density.chosen.emit(0)
    QApplication.processEvents()
    first.close()
    assert first.settings.current.window[2:] == (1333, 777)
    assert first.settings.current.density == "Learn"


def test_the_window_fits_the_screen(make_window: Any, settings: Any) -> None:
    settings.update(window=(90_000, 90_000, 9_000, 9_000))
    window = make_window().window
    screen = window.screen().availableGeometry()
    assert screen.contains(window.pos())


def test_a_file_that_cannot_be_opened_at_the_start_is_said(make_window: Any, tmp_path: Any, use: Any) -> None:
    (tmp_path / "bad.flowscope").write_bytes(b"nonsense")
    person = use(make_window(tmp_path / "bad.flowscope"))
    assert "bad.flowscope" in person.log
    assert person.nodes


def test_damaged_settings_are_said(make_window: Any, settings: Any, use: Any) -> None:
    settings.path.parent.mkdir(parents=True)
    settings.path.write_text("{")
    settings.__init__(settings.path)
    person = use(make_window())
    assert "defaults are used" in person.log
