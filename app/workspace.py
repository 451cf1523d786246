"""The workspace: what is open, which part of it one looks at, and what is selected. Presenters share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer, Signal

from app.document.document import Change, Document
from app.document.functions import closed, opened, renamed, tidied, unused, without_unused
from app.document.nearby import Nearby
from app.trust import codes_of
from engine.errors import FlowscopeError
from engine.graph.check import Checked, Problem, check
from engine.graph.graph import GraphDef, PortKey
from engine.program.build import build_nodes
from engine.program.function_view import look_inside
from engine.program.outline import Inside
from engine.program.program import Program
from engine.project.project import Project
from kernels import python_code

DEEP_CHECK_MS = 120
"""The whole program is built this long after an edit; shapes and open inputs are checked at once."""


@dataclass(frozen=True)
class Selection:
    """Selected nodes, and wires by the input they end in."""

    nodes: tuple[str, ...] = ()
    wires: tuple[PortKey, ...] = ()


@dataclass(frozen=True)
class Place:
    """One level of looking: the path of the opened block, empty for the drawing itself."""

    path: str = ""
    inside: Inside | None = field(default=None, compare=False)


class Workspace(QObject):
    """Derives from the document what everybody looks at; holds no second copy of it."""

    changed = Signal()
    """The shown graph, its specs or its problems are others now."""
    selection_changed = Signal()
    place_changed = Signal()
    said = Signal(str, str)
    """A sentence for the user, with its level: info, success, warning or error."""

    def __init__(self, document: Document, trusts: Callable[[str], bool] = python_code.is_trusted) -> None:
        super().__init__()
        self.document = document
        self._trusts = trusts
        self.selection = Selection()
        self.place = Place()
        self.checked: Checked = check(document.project.graph)
        self._nearby = Nearby(document.project.graph)
        self._inside_checked: Checked | None = None
        self._deep: tuple[Problem, ...] = ()
        self._found: dict[str, tuple[Problem, ...]] = {}
        self.parameters: dict[str, tuple[int, int]] = {}
        """How many trainable numbers each drawn node keeps, and how many bytes they take."""
        self._deep_timer = QTimer(self, singleShot=True, interval=DEEP_CHECK_MS)
        self._deep_timer.timeout.connect(self._check_deeply)
        document.changed.connect(self._follow)

    def close(self) -> None:
        """Nothing is checked any more."""
        self._deep_timer.stop()

    # ---- what is shown -------------------------------------------------------------------------------

    @property
    def graph(self) -> GraphDef:
        """The drawn graph, or the inside of the opened block."""
        return self.document.project.graph if self.place.inside is None else self.place.inside.graph

    @property
    def shown(self) -> Checked:
        """The check of the shown graph."""
        return self._inside_checked if self._inside_checked is not None else self.checked

    @property
    def is_inside(self) -> bool:
        return self.place.inside is not None

    @property
    def is_shown_only(self) -> bool:
        """Whether what is shown cannot be edited: what a block is made of follows from its op."""
        return self.place.inside is not None and not self.place.inside.function

    @property
    def edited(self) -> Project:
        """What edits change: the project, or the function that is shown as a project of its own."""
        project = self.document.project
        return project if not self.is_inside else opened(project, self.function)

    @property
    def nearby(self) -> Nearby:
        """What lies around each node of the shown graph; found once for each graph."""
        if self._nearby.graph is not self.graph:
            self._nearby = Nearby(self.graph)
        return self._nearby

    def apply(self, label: str, new: Project, *, merge: str = "") -> None:
        """Make an edited project, or an edited function, part of the document, as one step of undo."""
        before = self.document.project
        whole = new if not self.is_inside else closed(before, self.function, new)
        self.document.apply(label, tidied(whole, before), merge=merge)

    def rename_function(self, name: str) -> None:
        """Give the function that is shown another name; raises GraphError where that cannot be."""
        project = renamed(self.document.project, self.function, name)
        self.document.apply(f"Rename function {self.function} to {name}", project)

    def delete_unused_functions(self) -> None:
        """Leave out the functions that no node uses."""
        names = unused(self.document.project)
        label = f"Delete function {names[0]}" if len(names) == 1 else f"Delete {len(names)} functions"
        self.document.apply(label, without_unused(self.document.project))

    def attempt(self, label: str, edit: Callable[[Project], Project]) -> None:
        """Make an edit of what is shown, or say why it cannot be."""
        if self.refuses():
            return
        try:
            self.apply(label, edit(self.edited))
        except FlowscopeError as error:
            self.said.emit(str(error), "warning")

    def refuses(self) -> bool:
        """Say so, where what is shown cannot be edited; a block is what its op expands to."""
        if self.is_shown_only:
            self.said.emit("The inside of a block is shown, not edited. Go back to main.", "info")
        return self.is_shown_only

    @property
    def function(self) -> str:
        """The name of the function that is shown; empty where none is."""
        return "" if self.place.inside is None else self.place.inside.function

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong with the drawn graph."""
        # A run and an evaluation may fail for one and the same reason.
        found = {(p.node, str(p)): p for problems in self._found.values() for p in problems}
        known = (*self.checked.problems, *self._untrusted(), *self._deep)
        return (*known, *(p for key, p in found.items() if key not in {(k.node, str(k)) for k in known}))

    def _untrusted(self) -> tuple[Problem, ...]:
        """The Python nodes whose code may not run: it came with a file, and nobody has read it here."""
        return tuple(
            Problem(
                "" if "/" in name else name, f"Python '{name}': {python_code.UNTRUSTED}", python_code.READ_IT
            )
            for name, code in codes_of(self.document.project.graph)
            if not self._trusts(code)
        )

    @property
    def shown_problems(self) -> tuple[Problem, ...]:
        """What is wrong with the nodes that are shown; a block that is shown only is in order."""
        if not self.is_inside:
            return self.problems
        return () if self.is_shown_only else self.shown.problems

    def tell_found(self, where: str, problems: tuple[Problem, ...]) -> None:
        """Show what went wrong in a `run` or an `evaluation`, until the next one or an edit."""
        if problems != self._found.get(where, ()):
            self._found[where] = problems
            self.changed.emit()

    @property
    def can_run(self) -> bool:
        return (
            self.checked.runs
            and not self._deep
            and not self._untrusted()
            and bool(self.document.project.graph.nodes)
        )

    def tensor(self, source: PortKey) -> str:
        """The name under which the tensor at a shown output port is fetched; empty where it has none."""
        if self.place.inside is None:
            return f"{source[0]}.{source[1]}"
        return self.place.inside.tensors.get(source, "")

    # ---- what is looked at ---------------------------------------------------------------------------

    def select(self, selection: Selection) -> None:
        if selection != self.selection:
            self.selection = selection
            self.selection_changed.emit()

    def open(self, path: str) -> None:
        """Look inside a block by its path, or at the drawing for an empty path; says why it cannot be."""
        place = Place()
        if path:
            try:
                place = Place(path, look_inside(self.document.project.graph, path))
            except FlowscopeError as error:
                self.said.emit(str(error), "warning")
                return
        self.place = place
        self._inside_checked = _checked_inside(place)
        self.selection = Selection()
        self.place_changed.emit()
        self.changed.emit()
        self.selection_changed.emit()
        if self.function:
            self.said.emit(
                f"'{self.function}': each Placeholder is an input, each loose Identity an output.", "info"
            )

    # ---- following the document ----------------------------------------------------------------------

    def _follow(self, change: Change) -> None:
        if change.graph_changed:
            self.checked = check(change.new.graph)
            self._deep = ()
            self._found = {}
            self._deep_timer.start()
            if self.place.path:
                self._reopen()
        nodes, wires = change.new.graph.nodes, change.new.graph.wires
        if not self.is_inside:
            kept = Selection(
                tuple(name for name in self.selection.nodes if name in nodes),
                tuple(key for key in self.selection.wires if key in wires),
            )
            self.changed.emit()
            self.select(kept)
        else:
            self.changed.emit()

    def _reopen(self) -> None:
        """The opened block may look different after an edit, or be gone."""
        try:
            self.place = Place(self.place.path, look_inside(self.document.project.graph, self.place.path))
            self._inside_checked = _checked_inside(self.place)
        except FlowscopeError:
            self.open("")

    def _check_deeply(self) -> None:
        """Build the whole program: some mistakes show only there, as a loss that depends on no variable."""
        found: tuple[Problem, ...] = ()
        parameters: dict[str, tuple[int, int]] = {}
        graph = self.document.project.graph
        if self.checked.runs and graph.nodes:
            try:
                program = build_nodes(graph, self.checked, set(graph.nodes), training=True)
                parameters = _parameters(program)
            except FlowscopeError as error:
                found = (Problem(error.node, error.what, error.hint),)
        if (found, parameters) != (self._deep, self.parameters):
            self._deep, self.parameters = found, parameters
            self.changed.emit()


def _checked_inside(place: Place) -> Checked | None:
    return None if place.inside is None else check(place.inside.graph, place.inside.given)


def _parameters(program: Program) -> dict[str, tuple[int, int]]:
    """Trainable numbers and bytes by drawn node; what an optimizer remembers is not counted."""
    counted: dict[str, tuple[int, int]] = {}
    for path, read in program.variables.items():
        if read.op.trainable:
            node = path.partition("/")[0]
            count, nbytes = counted.get(node, (0, 0))
            counted[node] = (count + read.value.spec.count, nbytes + read.value.spec.nbytes)
    return counted
