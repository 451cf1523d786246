"""The questions about files, asked in dialogs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal

from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton, QWidget

from app.dialogs.refusal import show_refusal
from app.filing import Answer, Found
from app.importing import Refusal
from app.presenters.exporting import PICTURES
from engine.project.autosave import Recoverable

MODELS = "ONNX models (*.onnx);;All files (*)"
OPENED = "Flowscope projects, also in pictures (*.flowscope *.json *.png);;All files (*)"
FILTER = "Flowscope projects (*.flowscope *.json);;All files (*)"


class Questions:
    """Asks on top of a window."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def path_to_open(self) -> Path | None:
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Open a project", "", OPENED)
        return Path(chosen) if chosen else None

    def path_to_import(self) -> Path | None:
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Import a model", "", MODELS)
        return Path(chosen) if chosen else None

    def path_to_export(self, suggested: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Export the canvas", suggested, PICTURES)
        return Path(chosen) if chosen else None

    def import_refused(self, refusal: Refusal) -> None:
        show_refusal(self._window, refusal)

    def path_to_save(self, suggested: Path) -> Path | None:
        dialog = QFileDialog(self._window, "Save the project", str(suggested.parent), FILTER)
        dialog.setObjectName("save-project")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # The dialog adds it before it asks whether to replace a file: nothing is replaced unasked.
        dialog.setDefaultSuffix("flowscope")
        dialog.selectFile(suggested.name)
        accepted = dialog.exec()
        chosen = Path(dialog.selectedFiles()[0]) if accepted else None
        dialog.deleteLater()
        return chosen

    def keep_changes(self, title: str) -> Answer:
        box = self._box(
            "keep-changes", f"Save the changes to {title}?", "They are lost if you do not save them."
        )
        save = box.addButton("Save", QMessageBox.ButtonRole.AcceptRole)
        drop = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(save)
        box.exec()
        if box.clickedButton() is save:
            return "save"
        return "discard" if box.clickedButton() is drop else "cancel"

    def overwrite_changed(self, path: Path) -> Literal["overwrite", "copy", "cancel"]:
        box = self._box(
            "file-changed",
            f"{path.name} was changed by another program since it was opened, or is gone.",
            "Saving over it loses what others have changed.",
        )
        copy = box.addButton("Save a copy", QMessageBox.ButtonRole.AcceptRole)
        over = box.addButton("Overwrite", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(copy)
        box.exec()
        if box.clickedButton() is over:
            return "overwrite"
        return "copy" if box.clickedButton() is copy else "cancel"

    def recover(self, found: Found) -> Recoverable | Literal["discard", "later"]:
        box = self._box(
            "recover",
            "Flowscope ended before some changes were saved.",
            "Recover one of them, discard all, or decide later: they are kept until you do.",
        )
        buttons: list[tuple[QPushButton, Recoverable]] = []
        for work in found[:3]:
            name = work.original.name if work.original else "untitled"
            when = time.strftime("%d %b, %H:%M", time.localtime(work.saved_at))
            button = box.addButton(f"Recover {name} ({when})", QMessageBox.ButtonRole.AcceptRole)
            buttons.append((button, work))
        drop = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Later", QMessageBox.ButtonRole.RejectRole)
        box.exec()
        clicked = box.clickedButton()
        if clicked is drop:
            return "discard"
        return next((work for button, work in buttons if clicked is button), "later")

    def _box(self, name: str, text: str, more: str) -> QMessageBox:
        box = QMessageBox(self._window)
        box.setObjectName(name)
        box.setWindowTitle("Flowscope")
        box.setText(text)
        box.setInformativeText(more)
        return box
