"""The document: the current project and its history. Every edit goes through `apply`; views are told."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.document.trained import followed, moved
from engine.graph.graph import GraphDef
from engine.project.durable import FileStamp
from engine.project.project import Project

AT_ONCE = 1.0
"""Edits of one field within so many seconds are one step for undo."""


@dataclass(frozen=True)
class Change:
    """One difference: from which project to which, and what the user did."""

    old: Project
    new: Project
    label: str

    @property
    def graph_changed(self) -> bool:
        return self.old.graph != self.new.graph


@dataclass(frozen=True)
class _Entry:
    label: str
    project: Project


class Document(QObject):
    """Holds one project. Undo goes back to the value before; nothing is ever patched."""

    changed = Signal(object)
    """A Change: after an edit, an undo, a redo, or when another project was opened."""
    state_changed = Signal()
    """The file's name, the modified mark, or what can be undone is another now."""
    variables_moved = Signal()
    """What was trained has other paths now, because its nodes were renamed or grouped."""

    def __init__(
        self, project: Project | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        first = project if project is not None else Project(GraphDef())
        self._history = [_Entry("", first)]
        self._at = 0
        self._saved: Project = first
        self._merge_key, self._applied_at = "", 0.0
        self._clock = clock
        self.path: Path | None = None
        self.title = "untitled"
        self.stamp: FileStamp | None = None
        self.variables: Mapping[str, np.ndarray] = {}
        """What was trained, by the paths that it has in the project as it is now."""
        self._trained = self._saved_trained = 0
        self._moves: list[tuple[GraphDef, GraphDef]] = []

    @property
    def project(self) -> Project:
        return self._history[self._at].project

    @property
    def is_edited(self) -> bool:
        """Whether the project is another than the one that was opened or saved."""
        return self.project != self._saved

    @property
    def is_modified(self) -> bool:
        """Whether saving would keep something: an edit, or what was trained."""
        return self.is_edited or self._trained != self._saved_trained

    @property
    def undo_label(self) -> str:
        """What undo would take back, or nothing."""
        return self._history[self._at].label if self._at > 0 else ""

    @property
    def redo_label(self) -> str:
        """What redo would do again, or nothing."""
        return self._history[self._at + 1].label if self._at + 1 < len(self._history) else ""

    def apply(self, label: str, new: Project, *, merge: str = "") -> None:
        """Make `new` the current project, as one step that undo takes back.

        Edits that follow each other at once under one `merge` key count as one step: turning the wheel over
        a number is one edit, typing two numbers one after the other is two.
        """
        old = self.project
        if new == old:
            return
        del self._history[self._at + 1 :]
        now = self._clock()
        if merge and merge == self._merge_key and now - self._applied_at < AT_ONCE and self._at > 0:
            self._history[self._at] = _Entry(label, new)
        else:
            self._history.append(_Entry(label, new))
            self._at += 1
        self._merge_key, self._applied_at = merge, now
        self._follow(old, new)
        self._tell(old, label)

    def undo(self) -> None:
        if self._at > 0:
            self._go(self._at - 1, f"Undo {self.undo_label}")

    def redo(self) -> None:
        if self._at + 1 < len(self._history):
            self._go(self._at + 1, f"Redo {self.redo_label}")

    @property
    def steps(self) -> tuple[str, ...]:
        """The whole history: what made each project of it; the first one was opened."""
        return tuple(entry.label for entry in self._history)

    @property
    def at(self) -> int:
        """Which step of the history is the present one."""
        return self._at

    def project_at(self, step: int) -> Project:
        """The project as it was after a step of the history."""
        return self._history[step].project

    def go_to(self, step: int) -> None:
        """Undo or redo until a step of the history is the present one."""
        if step == self._at:
            return
        way = 1 if step > self._at else -1
        old = self.project
        for at in range(self._at, step, way):
            self._follow(self._history[at].project, self._history[at + way].project)
        self._at = step
        self._merge_key = ""
        self._tell(old, f"Go to {self.undo_label or 'the beginning'}")

    def begin_run(self) -> None:
        """Remember from now on how nodes move: what this run trains has the paths that it began with."""
        self._moves.clear()

    def keep(self, variables: Mapping[str, np.ndarray]) -> None:
        """Take over the variables that the last run has trained; from now on saving keeps them."""
        for old, new in self._moves:
            variables = followed(variables, old, new)
        if not _are_equal(variables, self.variables):
            self.variables = dict(variables)
            self._trained += 1
            self.state_changed.emit()

    def open(
        self,
        project: Project,
        *,
        path: Path | None,
        title: str,
        stamp: FileStamp | None = None,
        variables: Mapping[str, np.ndarray] | None = None,
        modified: bool = False,
    ) -> None:
        """Put another project in the place of this one; its history begins anew.

        `path` is where Save writes; a demo and a recovered project without a file have none.
        """
        old = self.project
        self._history = [_Entry("", project)]
        self._at = 0
        self._merge_key = ""
        self._saved = Project(GraphDef()) if modified else project
        self.path, self.title, self.stamp = path, title, stamp
        self.variables = dict(variables or {})
        self._saved_trained = self._trained
        self._moves.clear()
        self.changed.emit(Change(old, project, f"Open {title}"))
        self.state_changed.emit()

    def mark_saved(self, path: Path, stamp: FileStamp | None) -> None:
        """Take note that the current project is what the file holds."""
        self._saved, self._saved_trained = self.project, self._trained
        self.path, self.title, self.stamp = path, path.name, stamp
        self._merge_key = ""
        self.state_changed.emit()

    def _go(self, index: int, label: str) -> None:
        old = self.project
        self._at = index
        self._merge_key = ""
        self._follow(old, self.project)
        self._tell(old, label)

    def _follow(self, old: Project, new: Project) -> None:
        """Let what was trained follow its nodes through one edit."""
        if moved(old.graph, new.graph) is not None:
            self._moves.append((old.graph, new.graph))
            variables = followed(self.variables, old.graph, new.graph)
            if variables.keys() != self.variables.keys():
                self.variables = variables
                self.variables_moved.emit()

    def _tell(self, old: Project, label: str) -> None:
        self.changed.emit(Change(old, self.project, label))
        self.state_changed.emit()


def _are_equal(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(
        value.dtype == other[name].dtype and np.array_equal(value, other[name]) for name, value in one.items()
    )
