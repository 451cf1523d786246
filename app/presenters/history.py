"""The history in its window: steps to go to, and what the present has that another point or file had not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.document.differences import Difference, differences
from app.document.document import Document
from engine.errors import FlowscopeError
from engine.graph.graph import PortKey
from engine.project.files import read_project
from engine.project.project import Position, Project
from widgets.history.looks import ComparisonLook, DifferenceLook, NodeMark, State, StepLook, WireMark
from widgets.history.panel import HistoryPanel

BEGINNING = "the beginning"
COLUMN = 200.0
"""Between nodes that have no place yet."""


class HistoryPresenter(QObject):
    """Keeps one panel in step with the document for as long as it is shown."""

    said = Signal(str, str)

    def __init__(self, document: Document, panel: HistoryPanel, ask: Callable[[], Path | None]) -> None:
        super().__init__(panel)
        self._document = document
        self._panel = panel
        self._ask = ask
        self._base = 0
        self._file: tuple[str, Project] | None = None
        panel.gone_to.connect(document.go_to)
        panel.base_chosen.connect(self._compare_from)
        panel.file_requested.connect(self._ask_for_file)
        document.state_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the present steps and what differs."""
        steps, at = self._document.steps, self._document.at
        self._base = min(self._base, len(steps) - 1)
        compared = -1 if self._file else self._base
        self._panel.set_steps(
            tuple(
                StepLook(label or BEGINNING.capitalize(), number == at, number > at, number == compared)
                for number, label in enumerate(steps)
            )
        )
        since = f"Since {steps[self._base] or BEGINNING}"
        title, old = self._file or (since, self._document.project_at(self._base))
        self._panel.set_comparison(comparison(title, old, self._document.project))

    def compare_with(self, file: Path) -> None:
        """Compare the present with a project file."""
        try:
            self._file = f"Compared with {file.name}", read_project(file).project
        except FlowscopeError as error:
            self.said.emit(str(error), "error")
        self.refresh()

    def _compare_from(self, step: int) -> None:
        self._base, self._file = step, None
        self.refresh()

    def _ask_for_file(self) -> None:
        if file := self._ask():
            self.compare_with(file)


def comparison(title: str, old: Project, new: Project) -> ComparisonLook:
    """All that differs between two projects, with both graphs drawn over each other."""
    found = differences(old, new)
    nodes = tuple(_nodes(old, new, found))
    listed = tuple(DifferenceLook(d.kind, d.what, d.name, d.before, d.after, d.node) for d in found)
    return ComparisonLook(title, listed, nodes, tuple(_wires(old, new)))


def _nodes(old: Project, new: Project, found: tuple[Difference, ...]) -> list[NodeMark]:
    states: dict[str, State] = {}
    for each in found:
        if each.what == "node":
            states[each.node] = each.kind
        elif each.what == "attribute":
            states[each.node] = "changed"
    marks: list[NodeMark] = []
    for name, node in {**old.graph.nodes, **new.graph.nodes}.items():
        x, y = _place(name, new, old, len(marks))
        marks.append(NodeMark(name, node.op, x, y, states.get(name, "same")))
    return marks


def _place(name: str, new: Project, old: Project, number: int) -> Position:
    return new.positions.get(name) or old.positions.get(name) or (COLUMN * number, -COLUMN)


def _wires(old: Project, new: Project) -> list[WireMark]:
    def ends(wires: dict[PortKey, PortKey]) -> set[tuple[PortKey, PortKey]]:
        return {(source, target) for target, source in wires.items()}

    before, after = ends(dict(old.graph.wires)), ends(dict(new.graph.wires))
    kinds: tuple[tuple[State, set[tuple[PortKey, PortKey]]], ...] = (
        ("same", before & after),
        ("removed", before - after),
        ("added", after - before),
    )
    return [WireMark(s[0], t[0], state) for state, pairs in kinds for s, t in sorted(pairs)]
