"""The signatures presenter: shows what the graph is given and gives, and turns wishes into edits."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.document import signing
from app.document.signing import Side
from app.presenters import text
from app.workspace import Selection, Workspace
from engine.errors import FlowscopeError, GraphError
from engine.graph.graph import PortKey
from engine.graph.signature import Ports, Signature
from engine.graph.signing import signature_problems
from engine.project.project import Project
from widgets.signatures.looks import EntryLook, SignatureLook
from widgets.signatures.panel import SignaturesPanel


class SignaturesPresenter(QObject):
    """Signatures belong to the whole project: they can be edited also while one looks inside a block."""

    jumped = Signal(str)
    """The node to bring into view."""
    wanted_changed = Signal(bool)
    """Whether the panel is to be found among the others."""

    def __init__(self, workspace: Workspace, panel: SignaturesPanel) -> None:
        super().__init__()
        self._workspace = workspace
        self._document = workspace.document
        self._panel = panel
        self._wanted = False
        panel.add_requested.connect(self._add)
        panel.extend_requested.connect(self._extend)
        panel.remove_requested.connect(self._remove)
        panel.renamed.connect(self._rename)
        panel.entry_renamed.connect(self._rename_entry)
        panel.entry_removed.connect(self._remove_entry)
        panel.jump_requested.connect(self._jump)
        workspace.changed.connect(self.refresh)
        self.refresh()

    @property
    def wanted(self) -> bool:
        """Whether this project has had a signature, or somebody has asked for the panel."""
        return self._wanted

    def ask(self) -> None:
        """Somebody wants to see the panel."""
        self._want(True)

    def begin_anew(self) -> None:
        """Another project was opened."""
        self._want(bool(self._document.project.graph.signatures))

    def refresh(self) -> None:
        self._panel.set_look(self._looks())
        self._want(self._wanted or bool(self._document.project.graph.signatures))

    def _want(self, wanted: bool) -> None:
        if wanted != self._wanted:
            self._wanted = wanted
            self.wanted_changed.emit(wanted)

    def _looks(self) -> tuple[SignatureLook, ...]:
        return tuple(self._look(signature) for signature in self._document.project.graph.signatures.values())

    def _look(self, signature: Signature) -> SignatureLook:
        known = self._workspace.checked.outputs
        problems = signature_problems(self._document.project.graph, signature, known.keys())
        return SignatureLook(
            signature.name,
            self._entries(signature.inputs),
            self._entries(signature.outputs),
            "\n".join(str(problem) for problem in problems),
        )

    def _entries(self, ports: Ports) -> tuple[EntryLook, ...]:
        known = self._workspace.checked.outputs
        return tuple(
            EntryLook(name, *port, str(known[port].as_value()) if port in known else "")
            for name, port in ports.items()
        )

    # ---- wishes --------------------------------------------------------------------------------------

    def _add(self) -> None:
        name = ""

        def edit(project: Project) -> Project:
            nonlocal name
            project, name = signing.add_signature(project, self._selected())
            return project

        self._try("Add a signature", edit)
        if name:
            self._panel.set_look(self._looks(), name)

    def _extend(self, name: str) -> None:
        self._try(f"Add to {name}", lambda project: signing.extend_signature(project, name, self._selected()))

    def _remove(self, name: str) -> None:
        self._try(f"Remove {name}", lambda project: signing.remove_signature(project, name))

    def _rename(self, old: str, new: str) -> None:
        self._try(f"Rename {old} to {new}", lambda project: signing.rename_signature(project, old, new))

    def _rename_entry(self, signature: str, side: Side, old: str, new: str) -> None:
        self._try(
            f"Rename {old} to {new}", lambda project: signing.rename_entry(project, signature, side, old, new)
        )

    def _remove_entry(self, signature: str, side: Side, name: str) -> None:
        self._try(
            f"Remove {name} from {signature}",
            lambda project: signing.remove_entry(project, signature, side, name),
        )

    def _selected(self) -> tuple[PortKey, ...]:
        if self._workspace.is_inside:
            raise GraphError("a signature names tensors of the main graph.", hint="Go back to main.")
        selection = self._workspace.selection
        return signing.outputs_of(self._document.project.graph, selection.nodes, selection.wires)

    def _try(self, label: str, edit: Callable[[Project], Project]) -> None:
        try:
            self._document.apply(label, edit(self._document.project))
        except FlowscopeError as error:
            self._panel.complain(text.sentence(error))

    def _jump(self, node: str) -> None:
        if node not in self._document.project.graph.nodes:
            return
        if self._workspace.is_inside:
            self._workspace.open("")
        self._workspace.select(Selection((node,)))
        self.jumped.emit(node)
