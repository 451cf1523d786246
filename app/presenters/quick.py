"""Settings edited on the node: which fields are shown over it, and where."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.presenters.properties import PropertiesPresenter
from app.workspace import Selection, Workspace
from engine import registry
from engine.op import Op
from widgets.canvas.view import CanvasView
from widgets.form.looks import FieldLook
from widgets.form.quick import QuickEdit

AT_MOST = 3
"""Fields of an op that does not say which of its attributes are changed often."""


class QuickPresenter(QObject):
    """Opens the fields over a node and hands what is typed to the form, whose fields they are."""

    def __init__(self, workspace: Workspace, view: CanvasView, properties: PropertiesPresenter) -> None:
        super().__init__()
        self._workspace = workspace
        self._view = view
        self._properties = properties
        self._node = ""
        self.box = QuickEdit(view)
        self.box.edited.connect(lambda name, value: properties.edit(self._node, name, value))
        view.settings_requested.connect(self.open)
        view.camera.moved.connect(self.box.close_fields)
        properties.shown.connect(self._refresh)

    def open(self, node: str) -> None:
        """Edit the settings of a node that are changed often, in their place."""
        if node not in self._workspace.selection.nodes:
            self._workspace.select(Selection((node,)))
        fields = self._fields()
        if self._workspace.is_shown_only:
            self._workspace.said.emit("The inside of a block is shown, not edited. Go back to main.", "info")
        elif not fields:
            self._workspace.said.emit(f"'{node}' has no settings that fit on the node.", "info")
        else:
            self._node = node
            self.box.open(fields, self._view.settings_place(node))

    def _refresh(self) -> None:
        if not self.box.isVisible():
            return
        fields = self._fields()
        if self._node in self._workspace.selection.nodes and fields:
            self.box.set_fields(fields)
        else:
            self.box.close_fields()

    def _fields(self) -> tuple[FieldLook, ...]:
        selected = self._workspace.selection.nodes
        node = self._workspace.graph.nodes.get(selected[-1]) if selected else None
        kind = registry.find(node.op) if node is not None else None
        if kind is None:
            return ()
        names = _quick(kind)
        return tuple(look for look in self._properties.look.fields if look.name in names and look.enabled)


def _quick(kind: type[Op]) -> list[str]:
    """The attributes that an op says are changed often, or else its first ones that take one line."""
    declared = [each for each in kind.attributes() if not each.hidden]
    chosen = [each.name for each in declared if each.quick]
    return chosen or [each.name for each in declared if each.kind != "array"][:AT_MOST]
