"""New, open, save, autosave and recovery: the way between the document and the disk."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

import resources
from app.document.document import Document
from app.importing import Importing, Refusal, is_model
from app.settings import SettingsStore
from engine.errors import FlowscopeError
from engine.graph.graph import GraphDef
from engine.project.archive import MAGIC
from engine.project.autosave import Autosave, Recoverable, discard, find_recoverable, recoverable_beside
from engine.project.durable import ConflictError
from engine.project.files import read_project, write_project
from engine.project.owner import Owner
from engine.project.picture import SIGNATURE
from engine.project.project import Project

AUTOSAVE_MS = 1000
"""Unsaved work is on disk this long after the last edit."""

Answer = Literal["save", "discard", "cancel"]
Found = list[Recoverable]


class Ask(Protocol):
    """What the user must be asked. Dialogs answer it in the window, scripts in tests."""

    def path_to_open(self) -> Path | None: ...

    def path_to_import(self) -> Path | None: ...

    def path_to_export(self, suggested: str) -> Path | None: ...

    def import_refused(self, refusal: Refusal) -> None:
        """Show why a model was not imported."""

    def path_to_save(self, suggested: Path) -> Path | None: ...

    def keep_changes(self, title: str) -> Answer:
        """Whether unsaved changes are to be saved before they would be lost."""

    def overwrite_changed(self, path: Path) -> Literal["overwrite", "copy", "cancel"]:
        """What to do when somebody else changed the file since it was read."""

    def recover(self, found: Found) -> Recoverable | Literal["discard", "later"]:
        """Which unsaved work of an earlier session to take up again, or what else to do with all of it."""


class Filing(QObject):
    """Opens and saves the document. Every failure becomes a sentence in `said`, and changes nothing."""

    said = Signal(str, str)
    opened = Signal()

    def __init__(self, document: Document, settings: SettingsStore, ask: Ask) -> None:
        super().__init__()
        self._document = document
        self._settings = settings
        self._ask = ask
        self._owner = Owner()
        self._autosave: Autosave | None = None
        self._is_json = False
        self.importing = Importing(self)
        self.importing.imported.connect(self._take_in)
        self.importing.refused.connect(self._refused)
        self._timer = QTimer(self, singleShot=True, interval=AUTOSAVE_MS)
        self._timer.timeout.connect(self.autosave_now)
        document.changed.connect(self._timer.start)

    # ---- opening -------------------------------------------------------------------------------------

    def new(self) -> bool:
        """Begin an empty project."""
        if not self.may_leave():
            return False
        self._forget_autosave()
        self._document.open(Project(GraphDef()), path=None, title="untitled")
        self.opened.emit()
        return True

    def path_to_compare(self) -> Path | None:
        """Ask for the project file that the present project is to be compared with."""
        return self._ask.path_to_open()

    def open(self, path: Path | None = None) -> bool:
        """Open a project file, asking for one if none is given; another program's model is imported."""
        chosen = path or self._ask.path_to_open()
        if chosen is not None and is_model(chosen):
            return self.import_model(chosen)
        if chosen is None or not self.may_leave():
            return False
        try:
            loaded = read_project(chosen)
        except FlowscopeError as error:
            self.said.emit(str(error), "error")
            return False
        self._forget_autosave()
        picture = _begins_with(chosen, SIGNATURE)
        self._is_json = not picture and not _begins_with(chosen, MAGIC)
        bundled = picture or chosen in resources.demo_files()  # Save asks for a file instead of writing there
        unsaved = None if bundled else recoverable_beside(chosen, self._owner)
        if not bundled:
            self._settings.add_recent(chosen)
        self._document.open(
            loaded.project,
            path=None if bundled else chosen,
            title=chosen.stem if picture else chosen.name,
            stamp=loaded.stamp,
            variables=dict(loaded.variables),
        )
        self.opened.emit()
        if unsaved is not None:
            self._offer([unsaved])
        return True

    def path_to_export(self, suggested: str) -> Path | None:
        """Ask where a picture of the canvas goes."""
        return self._ask.path_to_export(suggested)

    def import_model(self, path: Path | None = None) -> bool:
        """Begin to import another program's model, asking for one if none is given."""
        chosen = path or self._ask.path_to_import()
        if chosen is None:
            return False
        self.importing.start(chosen)
        return True

    def _take_in(self, path: str, title: str) -> None:
        """Show an imported project. It has no file yet: saving it asks for one."""
        try:
            loaded = read_project(Path(path))
        except FlowscopeError as error:
            self._refused(Refusal(str(error)))
            return
        if not self.may_leave():
            return
        self._forget_autosave()
        self._is_json = False
        variables = dict(loaded.variables)
        self._document.open(loaded.project, path=None, title=title, variables=variables, modified=True)
        self.opened.emit()
        self.said.emit(f"Imported {title}: {len(loaded.project.graph.nodes)} nodes.", "success")

    def _refused(self, refusal: Refusal) -> None:
        self.said.emit(refusal.what, "error")
        self._ask.import_refused(refusal)

    def open_demo(self, name: str) -> bool:
        """Open a bundled demo by its name; saving it asks for a place of its own."""
        path = next((demo for demo in resources.demo_files() if demo.stem == name), None)
        if path is None:
            self.said.emit(f"There is no demo called '{name}'.", "error")
            return False
        return self.open(path)

    def begin_with(self, name: str) -> bool:
        """Open a bundled demo by its name, or ask for a model where the name is `import`."""
        return self.import_model() if name == "import" else self.open_demo(name)

    def offer_recovery(self) -> bool:
        """Offer what an earlier session left unsaved; returns whether it was taken up."""
        return self._offer(find_recoverable(self._owner))

    def _offer(self, found: Found) -> bool:
        if not found:
            return False
        chosen = self._ask.recover(found)
        if chosen == "discard":
            for work in found:
                discard(work)
        if isinstance(chosen, str):
            return False
        self._take_up(chosen)
        return True

    def _take_up(self, work: Recoverable) -> None:
        """Open unsaved work, with the trained variables of the file that it was an edit of."""
        original = work.original
        loaded = None
        if original is not None and not work.original_changed:
            try:
                loaded = read_project(original)
                self._is_json = not _begins_with(original, MAGIC)
            except FlowscopeError as error:
                self.said.emit(str(error), "warning")
        title = original.name if original else "recovered"
        self._forget_autosave()
        self._document.open(
            work.project,
            path=original if loaded else None,
            title=title,
            stamp=loaded.stamp if loaded else None,
            variables=dict(loaded.variables) if loaded else None,
            modified=True,
        )
        if self.autosave_now():
            discard(work)
        self.opened.emit()
        self.said.emit(f"Recovered the unsaved changes of {title}.", "success")

    # ---- saving --------------------------------------------------------------------------------------

    def save(self) -> bool:
        """Save to the document's file, asking for one if it has none."""
        return self.save_as() if self._document.path is None else self._write(self._document.path)

    def save_as(self) -> bool:
        """Save to another file."""
        folder = self._document.path.parent if self._document.path else Path.home()
        title = self._document.title.removesuffix(".flowscope")
        chosen = self._ask.path_to_save(folder / f"{title}.flowscope")
        if chosen is None:
            return False
        if chosen.suffix not in (".flowscope", ".json"):
            chosen = chosen.with_name(f"{chosen.name}.flowscope")
        self._is_json = chosen.suffix == ".json"
        return self._write(chosen, fresh=chosen != self._document.path)

    def may_leave(self) -> bool:
        """Whether the present document may be given up: it is saved, or the user does not want it."""
        # Who has only watched a demo train is not asked; the run's folder keeps its checkpoints.
        document = self._document
        if not document.is_edited and (document.path is None or not document.is_modified):
            return True
        answer = self._ask.keep_changes(self._document.title)
        if answer == "save":
            return self.save()
        return answer == "discard"

    def close(self) -> None:
        """The window closes on purpose: what was autosaved is not wanted any more."""
        self._timer.stop()
        self.importing.cancel()
        self._forget_autosave()
        self._owner.close()

    def autosave_now(self) -> bool:
        """Put unsaved work on disk, beside the user's file, never over it; returns whether it is safe."""
        if not self._document.is_edited:
            self._forget_autosave()
            return True
        try:
            if self._autosave is None:
                self._autosave = Autosave(self._owner, self._document.path)
            self._autosave.save(self._document.project, self._document.stamp)
        except (FlowscopeError, OSError) as error:
            self.said.emit(f"Autosave did not work: {error}", "warning")
            return False
        return True

    def _write(self, path: Path, *, fresh: bool = False) -> bool:
        document = self._document
        # JSON is kept as JSON while there is nothing in it that only the archive can hold.
        as_json = self._is_json and not (document.variables and path.suffix != ".json")
        variables = None if as_json else document.variables
        expected = None if fresh else document.stamp
        try:
            stamp = write_project(path, document.project, variables, as_json=as_json, expected=expected)
        except ConflictError:
            return self._settle_conflict(path)
        except FlowscopeError as error:
            self.said.emit(str(error), "error")
            return False
        self._settings.add_recent(path)
        document.mark_saved(path, stamp)
        self._forget_autosave()
        self.said.emit(f"Saved {path.name}.", "success")
        if as_json and document.variables:
            lost = f"{path.name} is JSON, which holds no trained variables; save as .flowscope to keep them."
            self.said.emit(lost, "warning")
        return True

    def _settle_conflict(self, path: Path) -> bool:
        answer = self._ask.overwrite_changed(path)
        if answer == "overwrite":
            return self._write(path, fresh=True)
        return self.save_as() if answer == "copy" else False

    def _forget_autosave(self) -> None:
        if self._autosave is None:
            return
        try:
            self._autosave.discard()
        except OSError as error:
            self.said.emit(f"An autosave could not be removed: {error}", "warning")
        self._autosave = None


def _begins_with(path: Path, beginning: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(beginning)) == beginning
    except OSError:
        return beginning == MAGIC  # the file went away after it was read: what is saved is the usual form
