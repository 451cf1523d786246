"""The code presenter: opens the code of a node, lets the engine check it, keeps it, remembers the trust."""

from __future__ import annotations

import re
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.runs.controller import RunController
from app.trust import TrustStore
from app.workspace import Workspace
from engine.errors import FlowscopeError
from engine.ops.python import Python
from engine.worker.messages import CodeChecked
from widgets.code.dialog import CodeDialog, CodeLook, Draft

FITS = "No problem was found: forward fits the signature, and backward is the slope of forward."


class CodePresenter(QObject):
    """One dialog at a time. Nothing runs before the user has asked for it with the text in view."""

    kept = Signal()
    """The code of a node was kept, and may run from now on."""

    def __init__(
        self, workspace: Workspace, controller: RunController, trust: TrustStore, window: QWidget
    ) -> None:
        super().__init__()
        self._workspace = workspace
        self._controller = controller
        self._trust = trust
        self._window = window
        self._dialog: CodeDialog | None = None
        self._node = ""
        self._asked: tuple[int, Draft, bool] | None = None
        self._faulty: Draft | None = None
        controller.code_checked.connect(self._checked)

    def open(self, node: str) -> None:
        """Show the code of a node."""
        attributes = self._workspace.graph.nodes[node].attributes
        given = {a.name: attributes.get(a.name, a.default) for a in Python.attributes()}
        code = str(given["code"])
        self._node, self._faulty = node, None
        look = CodeLook(
            node, code, str(given["signature"]), str(given["arguments"]), self._trust.trusts(code)
        )
        self._dialog = CodeDialog(look, self._window)
        self._dialog.check_requested.connect(lambda draft: self._check(draft, keep=False))
        self._dialog.keep_requested.connect(lambda draft: self._check(draft, keep=True))
        self._dialog.finished.connect(self._closed)
        self._dialog.open()

    def _check(self, draft: Draft, *, keep: bool) -> None:
        """See what can be seen without running; then let the engine run it on small tensors."""
        if keep and draft == self._faulty:
            self._keep(draft)
            return
        assert self._dialog is not None
        attributes = {**self._workspace.graph.nodes[self._node].attributes, **_attributes(draft)}
        try:
            Python.from_attributes(attributes).source()
        except FlowscopeError as error:
            self._complain(draft, (f"{error.what[:1].upper()}{error.what[1:]} {error.hint}",))
            return
        request = self._controller.check_code(attributes)
        if not request:
            self._complain(draft, ("A run is going on. Stop it to check the code.",))
            return
        self._asked = (request, draft, keep)
        self._dialog.set_busy(True)
        self._dialog.set_findings(("Checking.",), "text3")

    def _checked(self, event: CodeChecked) -> None:
        if self._dialog is None or self._asked is None or self._asked[0] != event.request:
            return
        _, draft, keep = self._asked
        self._asked = None
        self._dialog.set_busy(False)
        if event.problems:
            self._complain(draft, event.problems)
        elif keep:
            self._keep(draft)
        else:
            self._dialog.set_findings((FITS,), "success")

    def _complain(self, draft: Draft, sentences: tuple[str, ...]) -> None:
        """Show what is wrong. Who wants to keep it all the same presses once more."""
        assert self._dialog is not None
        line = re.match(r"Line (\d+)", sentences[0])
        self._dialog.set_findings(sentences, "error", int(line[1]) if line else 0)
        self._dialog.set_verbs("Check", "Keep all the same")
        self._faulty = draft

    def _keep(self, draft: Draft) -> None:
        try:
            self._trust.trust(draft.code)
        except (FlowscopeError, OSError) as error:
            self._workspace.said.emit(f"The trust in this code could not be remembered: {error}", "warning")
        edited = self._workspace.edited
        graph = edited.graph
        for name, value in _attributes(draft).items():
            graph = graph.set_attribute(self._node, name, value)
        self._workspace.apply(f"Change the code of {self._node}", replace(edited, graph=graph))
        self._workspace.tell_found("evaluation", ())
        self._workspace.changed.emit()
        self.kept.emit()
        assert self._dialog is not None
        self._dialog.accept()

    def _closed(self) -> None:
        if self._asked is not None:
            self._controller.stop()  # it may never come to an end
        self._asked = None
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = None


def _attributes(draft: Draft) -> dict[str, str]:
    return {"code": draft.code, "signature": draft.signature, "arguments": draft.arguments}
