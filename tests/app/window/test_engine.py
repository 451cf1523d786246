"""The window with its engine: values follow an edit, a run is watched, and an engine is killed."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAction

from engine.project.files import read_project
from engine.telemetry.runs import read_info
from widgets.boundary import BoundaryView
from widgets.canvas.looks import Figure
from widgets.curves.panel import CurvesPanel
from widgets.inspector.looks import TensorLook
from widgets.inspector.panel import InspectorPanel


@pytest.fixture
def person(live: Any, use: Any) -> Any:
    """Somebody at the window with the digits demo and the real engine."""
    return use(live)


def figure(person: Any, node: str) -> str:
    """The number that a node on the canvas shows."""
    shown = person.canvas.graph.nodes[node].shown.thumbnail
    return shown.text if isinstance(shown, Figure) else ""


def set_training(person: Any, **settings: int) -> None:
    person.app.workspace.select(type(person.app.workspace.selection)())
    for name, value in settings.items():
        person.fill(name, str(value))


def lines(person: Any) -> dict[str, int]:
    """How many points the longest line of each curve has."""
    plots = person.window.findChild(CurvesPanel).plots()
    return {plot.tag: max((len(line.series) for line in plot._lines), default=0) for plot in plots}


def inspector(person: Any) -> InspectorPanel:
    panel = person.window.findChild(InspectorPanel)
    assert isinstance(panel, InspectorPanel)
    return panel


def inspected(person: Any) -> TensorLook | None:
    """The tensor that the inspector shows."""
    return inspector(person)._data.look


def inspected_name(person: Any) -> str:
    look = inspected(person)
    assert look is not None
    return look.name


def state(person: Any) -> str:
    return str(person.app.controller.state)


def test_arithmetic_is_23_and_follows_an_edit(person: Any) -> None:
    person.app.filing.open_demo("arithmetic")
    person.wait(lambda: figure(person, "result") == "23")
    person.click(person.header("five"))
    person.fill("value", "7")
    person.wait(lambda: figure(person, "result") == "31")
    person.keys("Ctrl+Z")
    person.wait(lambda: figure(person, "result") == "23")


def test_inside_a_loop_nodes_show_what_the_last_iteration_computed(person: Any) -> None:
    person.app.filing.open_demo("newton")
    person.canvas.fit_all(animated=False)
    person.wait(lambda: figure(person, "root"))
    found = figure(person, "root")
    person.double_click(person.header("root"))
    person.double_click(person.header("body"))
    person.canvas.fit_all(animated=False)
    person.wait(lambda: figure(person, "better") == found)
    person.wait(lambda: figure(person, "x") and figure(person, "value"))


def test_the_pictures_of_the_digits_are_seen_before_a_run(person: Any) -> None:
    person.canvas.select((), [("flatten", "x")])

    def pictured() -> bool:
        look = inspected(person)
        return inspector(person).view() == "picture" and look is not None and look.sample is not None

    person.wait(pictured)
    assert inspected_name(person) == "digits/images"


def test_a_run_is_watched_to_its_end(person: Any) -> None:
    set_training(person, epochs=2)
    person.canvas.setFocus()
    said: list[str] = []
    person.app.controller.progress.connect(lambda _: said.append(person.text("run-text")))
    person.keys("F5")
    assert state(person) == "starting"
    person.wait(lambda: state(person) == "idle")
    assert any(text.startswith("Epoch ") for text in said)
    assert person.text("run-text").endswith("steps done")
    assert person.status.startswith("Finished in ")
    assert "accuracy" in person.status
    assert "Training finished after" in person.log
    person.wait(lambda: len(lines(person)) >= 2)
    finished = int(person.text("run-text").split()[0].replace(",", ""))
    assert lines(person)["loss"] == finished
    folder = person.app.controller.folder
    assert read_info(folder).state == "finished"
    assert list(folder.rglob("*tfevents*"))
    assert person.app.document.variables
    assert person.window.windowTitle().startswith("digits-mlp.flowscope*")
    person.canvas.select((), [("flatten", "x")])
    person.wait(lambda: inspector(person).view() == "picture")


def test_another_project_does_not_inherit_what_the_run_reached(person: Any, script: Any) -> None:
    script.keep = "discard"
    set_training(person, epochs=1)
    person.press_button("run-primary")
    person.wait(lambda: person.status.startswith("Finished"))
    person.wait(lambda: person.canvas.graph.nodes["hidden"].shown.time_text)
    assert person.app.filing.open_demo("mnist-mlp")
    assert not person.text("run-text").endswith("steps done")
    assert not person.status.startswith("Finished")
    assert not person.canvas.graph.nodes["hidden"].shown.time_text


def test_trained_variables_are_saved_with_the_project(person: Any, script: Any, tmp_path: Path) -> None:
    set_training(person, epochs=1)
    person.press_button("run-primary")
    person.wait(lambda: state(person) == "idle" and person.status.startswith("Finished"))
    script.save_path = tmp_path / "trained.flowscope"
    person.canvas.setFocus()
    person.keys("Ctrl+S")
    assert person.text("status-saved") == "Saved"
    saved = read_project(script.save_path).variables
    assert set(saved) == set(person.app.document.variables)
    assert saved


def test_pause_step_go_on_and_stop_by_the_run_bar(person: Any) -> None:
    set_training(person, epochs=1000)
    person.press_button("run-primary")
    person.wait(lambda: state(person) == "running")
    person.press_button("run-primary")
    person.wait(lambda: state(person) == "paused")
    seen: list[int] = []
    person.app.controller.progress.connect(lambda event: seen.append(event.step))
    person.press_button("run-step")
    person.wait(lambda: seen)
    person.wait(lambda: state(person) == "paused")
    before = seen[-1]
    person.press_button("run-step")
    person.wait(lambda: seen[-1] == before + 1 and state(person) == "paused")
    person.press_button("run-primary")
    person.wait(lambda: seen[-1] > before + 5)
    person.press_button("run-stop")
    person.wait(lambda: state(person) == "idle")
    assert person.status.startswith("Stopped at step ")
    assert read_info(person.app.controller.folder).state == "interrupted"


def test_the_graph_can_be_edited_while_it_runs(person: Any) -> None:
    set_training(person, epochs=1000)
    person.canvas.setFocus()
    person.keys("F5")
    person.wait(lambda: state(person) == "running")
    person.click(person.header("hidden"))
    person.keys("Delete")
    assert "hidden" not in person.nodes
    assert state(person) == "running"
    person.keys("Shift+F5")
    person.wait(lambda: state(person) == "idle")
    person.keys("Ctrl+Z")
    assert "hidden" in person.nodes


def test_every_action_can_be_done_during_a_run(person: Any, script: Any) -> None:
    asking = {"screenshot", "operations", "shortcuts", "about", "quit", "stop"}
    script.keep = "discard"
    set_training(person, epochs=1000)
    person.canvas.setFocus()
    person.keys("F5")
    person.wait(lambda: state(person) == "running")
    for action in person.app.actions:
        if action.id not in asking and not action.id.startswith("recent"):
            hung = person.window.findChild(QAction, f"action-{action.id}")
            hung.trigger()
            person.app.search_box.dismiss()
            person.app.adding.box.dismiss()
    person.app.controller.stop()
    person.wait(lambda: state(person) == "idle")


def test_a_killed_engine_is_told_and_the_run_goes_on_from_its_checkpoint(person: Any) -> None:
    set_training(person, epochs=200)
    person.press_button("run-primary")
    with person.qtbot.waitSignal(person.app.controller.checkpointed, timeout=30_000):
        pass
    os.kill(person.app.controller._client.pids[0], signal.SIGKILL)
    with person.qtbot.waitSignal(person.app.controller.died, timeout=30_000):
        pass
    assert state(person) == "idle"
    assert "checkpoint" in person.status
    person.choose_tab("Problems")
    assert person.window.problems._model.rowCount() == 1
    person.click(person.header("hidden"))
    assert person.canvas.selected_nodes() == ["hidden"]
    steps: list[int] = []
    person.app.controller.progress.connect(lambda event: steps.append(event.step))
    person.canvas.setFocus()
    person.keys("Ctrl+F5")
    person.wait(lambda: steps)
    assert steps[0] > 30
    person.keys("Shift+F5")
    person.wait(lambda: state(person) == "idle")


def test_an_edit_is_computed_after_the_engine_was_killed(person: Any) -> None:
    person.app.filing.open_demo("arithmetic")
    person.wait(lambda: figure(person, "result") == "23")
    os.kill(person.app.controller._client.pids[0], signal.SIGKILL)
    person.click(person.header("five"))
    person.fill("value", "7")
    person.wait(lambda: figure(person, "result") == "31")


def test_run_to_here_shows_the_value_of_one_node(person: Any) -> None:
    person.click(person.header("logits"))
    person.keys("F4")

    def ten_columns() -> bool:
        look = inspected(person)
        return look is not None and look.shape[-1:] == (10,)

    person.wait(ten_columns)
    assert inspected_name(person) == "logits/y"


def test_a_graph_with_nothing_to_train_is_computed_or_told(person: Any) -> None:
    person.app.filing.open_demo("arithmetic")
    person.canvas.setFocus()
    person.keys("F5")
    person.wait(lambda: state(person) == "idle" and ("train" in person.status or "Finished" in person.status))
    assert person.status.endswith(".")


def test_the_boundary_of_the_spiral_is_shown(person: Any) -> None:
    person.app.filing.open_demo("spiral")
    set_training(person, epochs=2)
    person.press_button("run-primary")
    person.wait(lambda: person.status.startswith("Finished"))
    boundary = person.window.findChild(BoundaryView)
    person.wait(lambda: boundary._look is not None)
    assert boundary._look.grid.shape[0] > 8
    assert boundary.isVisible()


def test_closing_during_a_run_ends_the_engine(person: Any) -> None:
    set_training(person, epochs=1000)
    person.press_button("run-primary")
    person.wait(lambda: state(person) == "running")
    pids = person.app.controller._client.pids
    person.app.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_pinned_tensor_stays_while_the_selection_moves_on(person: Any) -> None:
    person.click(person.header("digits"))
    person.wait(lambda: inspected(person) is not None)
    name = inspected_name(person)
    inspector(person).pin_wished.emit(True)
    person.click(person.header("logits"))
    assert inspected_name(person) == name
    inspector(person).pin_wished.emit(False)
    assert inspected_name(person) == "logits/y"
