"""The project's variables in the form: what each gives, and what is typed turned into edits."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.document import naming
from app.presenters import text
from app.workspace import Workspace
from engine.errors import FlowscopeError
from engine.project.named_values import values_of
from engine.project.project import Project
from widgets.form.looks import VariableLook
from widgets.form.variables import VariablesEditor


def variable_looks(project: Project) -> tuple[VariableLook, ...]:
    """Each project variable with its value, or with the reason why it has none."""
    values = values_of(project.named_values)
    return tuple(
        VariableLook(
            name,
            expression,
            text.number(values.numbers[name]) if name in values.numbers else "",
            text.sentence(values.problems[name]) if name in values.problems else "",
        )
        for name, expression in project.named_values.items()
    )


class NamedValuesPresenter(QObject):
    """Turns what is typed among the project's variables into steps of the document."""

    def __init__(self, workspace: Workspace, editor: VariablesEditor) -> None:
        super().__init__()
        self._document = workspace.document
        self._editor = editor
        editor.defined.connect(self._define)
        editor.changed.connect(self._set)
        editor.renamed.connect(self._rename)
        editor.removed.connect(self._remove)

    def _define(self, name: str, expression: str) -> None:
        label = f"Set {name} = {expression}"
        if self._try("", label, lambda project: naming.define(project, name, expression)):
            self._editor.clear_new()

    def _set(self, name: str, expression: str) -> None:
        label = f"Set {name} = {expression}"
        self._try(name, label, lambda project: naming.set_value(project, name, expression))

    def _rename(self, old: str, new: str) -> None:
        self._try(old, f"Rename {old} to {new}", lambda project: naming.rename_value(project, old, new))

    def _remove(self, name: str) -> None:
        self._try(name, f"Remove {name}", lambda project: naming.remove_value(project, name))

    def _try(self, row: str, label: str, edit: Callable[[Project], Project]) -> bool:
        try:
            self._document.apply(label, edit(self._document.project))
        except FlowscopeError as error:
            self._editor.complain(row, text.sentence(error))
            return False
        return True
