"""The properties presenter: the form of the selected node, what flows through it, and its help."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from PySide6.QtCore import QObject

from app.document import edits
from app.presenters import text
from app.presenters.help import help_look
from app.presenters.node_looks import can_open, dtype_of, shape_of
from app.workspace import Workspace
from engine import registry
from engine.attribute import Attribute
from engine.errors import FlowscopeError
from engine.graph.check import input_ports, output_ports
from engine.graph.graph import Node
from engine.op import DataSource
from engine.ops.state import Placeholder
from engine.policy import POLICY_ATTRIBUTES
from engine.project.project import TRAINING_ATTRIBUTES
from widgets.form.looks import FieldKind, FieldLook, FieldValue, FlowRow, PropertiesLook
from widgets.form.properties import PropertiesPanel

TRAINING = "Training settings"
"""The title of the form when no node is selected. No node can have this name: it has a space."""


class PropertiesPresenter(QObject):
    """Keeps the panel in step with the selection, and turns what is typed into edits."""

    def __init__(self, workspace: Workspace, panel: PropertiesPanel) -> None:
        super().__init__()
        self._workspace = workspace
        self._panel = panel
        self._errors: dict[tuple[str, str], str] = {}
        self._help_of = ""
        panel.edited.connect(self._edit)
        panel.renamed.connect(self._rename)
        panel.link_requested.connect(self._follow_link)
        workspace.changed.connect(self.refresh)
        workspace.selection_changed.connect(self._select)
        self.refresh()

    def show_help(self, op: str) -> None:
        """Show the help of an op of the palette, until a node is selected."""
        self._help_of = op
        self.refresh()

    def refresh(self) -> None:
        selected = self._workspace.selection.nodes
        node = self._workspace.graph.nodes.get(selected[-1]) if selected else None
        if self._help_of and registry.find(self._help_of) is not None:
            op = registry.get(self._help_of)
            self._panel.set_look(
                PropertiesLook(
                    node=self._help_of,
                    op=self._help_of,
                    category=op.category,
                    help=help_look(self._help_of),
                    can_rename=False,
                )
            )
        elif node is not None:
            self._panel.set_look(self._node_look(node))
        elif self._workspace.function:
            self._panel.set_look(self._function_look())
        else:
            self._panel.set_look(self._training_look())

    # ---- looks ---------------------------------------------------------------------------------------

    def _node_look(self, node: Node) -> PropertiesLook:
        op = registry.find(node.op)
        declared = () if op is None else tuple(a for a in op.attributes() if not a.hidden)
        editable = not self._workspace.is_shown_only
        wired = self._workspace.graph.inputs_of(node.name)
        fields = tuple(
            _field(
                self._offering(a, node),
                node.attributes.get(a.name, a.default),
                self._errors.get((node.name, a.name), ""),
                wired=a.name in wired,
            )
            for a in declared
        )
        return PropertiesLook(
            node=node.name,
            op=node.op,
            category=op.category if op is not None else "Math",
            fields=(*fields, *self._policy_fields(node)),
            flows=tuple(self._flows(node)),
            help=help_look(node.op),
            can_open=op is not None and can_open(op),
            can_rename=editable,
        )

    def _policy_fields(self, node: Node) -> Iterable[FieldLook]:
        """Where and how the node runs; with several nodes selected, a choice is for all of them."""
        kind = registry.find(node.op)
        if kind is not None and issubclass(kind, DataSource | Placeholder):
            return  # what comes from outside runs nowhere
        others = len(self._workspace.selection.nodes) - 1
        for declared in POLICY_ATTRIBUTES:
            value = getattr(node.policy, declared.name)
            field = _field(declared, value, self._errors.get((node.name, declared.name), ""))
            scope = f" It is set for all {others + 1} selected nodes." if others else ""
            yield replace(field, help=field.help + scope)

    def _offering(self, declared: Attribute, node: Node) -> Attribute:
        """The attribute as the form shows it: where it names a function, a choice among them."""
        if declared.kind != "function":
            return declared
        present = node.attributes.get(declared.name, declared.default)
        names = dict.fromkeys([*self._workspace.graph.functions, str(present)])
        return replace(declared, kind="choice", choices=tuple(names))

    def _function_look(self) -> PropertiesLook:
        """What enters and leaves the function that is shown, and the name under which nodes use it."""
        graph = self._workspace.graph
        function = graph.functions[self._workspace.function]
        outputs = self._workspace.shown.outputs
        ends = [(name, (name, "y")) for name in function.inputs] + list(function.outputs.items())
        flows = (
            FlowRow(name, shape_of(outputs.get(at)) or "unknown", dtype_of(outputs.get(at)))
            for name, at in ends
        )
        return PropertiesLook(self._workspace.function, "Function", "Control", (), tuple(flows), None)

    def _training_look(self) -> PropertiesLook:
        settings = self._workspace.document.project.training
        fields = tuple(
            _field(a, getattr(settings, a.name), self._errors.get((TRAINING, a.name), ""))
            for a in TRAINING_ATTRIBUTES
            if not a.hidden
        )
        graph = self._workspace.document.project.graph
        rows = (
            FlowRow("Graph", text.plural(len(graph.nodes), "node"), text.plural(len(graph.wires), "wire")),
        )
        return PropertiesLook(TRAINING, "Project", "Training", fields, rows, None, can_rename=False)

    def _flows(self, node: Node) -> Iterable[FlowRow]:
        graph, checked = self._workspace.graph, self._workspace.shown
        for port in input_ports(graph, node.name, spare=False):
            spec = checked.inputs.get((node.name, port.name))
            missing = "optional" if port.optional else "not connected"
            yield FlowRow(port.name, shape_of(spec) or missing, dtype_of(spec), dtype_of(spec))
        for port in output_ports(graph, node.name):
            spec = checked.outputs.get((node.name, port.name))
            yield FlowRow(port.name, shape_of(spec) or "unknown", dtype_of(spec), dtype_of(spec))
        if not self._workspace.is_inside and node.name in self._workspace.parameters:
            count, nbytes = self._workspace.parameters[node.name]
            yield FlowRow("Parameters", f"{count:,}", text.size(nbytes))

    # ---- intents -------------------------------------------------------------------------------------

    def _edit(self, node: str, attribute: str, value: object) -> None:
        if self._workspace.is_shown_only:
            self._workspace.said.emit("The inside of a block is shown, not edited. Go back to main.", "info")
            self.refresh()
            return
        self._errors.pop((node, attribute), None)
        label, merge = f"Set {attribute.replace('_', ' ')} of {node}", f"{node}.{attribute}"
        document = self._workspace.document
        try:
            if node == TRAINING:
                document.apply(label, edits.set_training(document.project, attribute, value), merge=merge)
            elif attribute in (declared.name for declared in POLICY_ATTRIBUTES):
                chosen = self._workspace.selection.nodes or (node,)
                edited = edits.set_policy(self._workspace.edited, chosen, attribute, value)
                if len(chosen) > 1:
                    label = f"Set {attribute} of {text.plural(len(chosen), 'node')}"
                self._workspace.apply(label, edited, merge=merge)
            else:
                edited = edits.set_attribute(self._workspace.edited, node, attribute, value)
                self._workspace.apply(label, edited, merge=merge)
        except FlowscopeError as error:
            self._errors[node, attribute] = str(error)
            self.refresh()

    def _rename(self, node: str, name: str) -> None:
        try:
            if not self._workspace.selection.nodes:
                self._workspace.rename_function(name.strip())
                return
            project = edits.rename(self._workspace.edited, node, name.strip())
        except FlowscopeError as error:
            self._workspace.said.emit(str(error), "warning")
            self.refresh()
            return
        selection = self._workspace.selection
        self._workspace.apply(f"Rename {node} to {name}", project)
        renamed = tuple(name if old == node else old for old in selection.nodes)
        self._workspace.select(type(selection)(renamed, selection.wires))

    def _select(self) -> None:
        self._help_of = ""
        self.refresh()

    def _follow_link(self, target: str) -> None:
        kind, _, name = target.partition(":")
        if kind == "help":
            self.show_help(name)


def _field(declared: Attribute, value: object, error: str, *, wired: bool = False) -> FieldLook:
    return FieldLook(
        name=declared.name,
        label=text.label(declared.name),
        kind=cast(FieldKind, declared.kind),
        value=cast(FieldValue, _tuples(value)),
        default=cast(FieldValue, declared.default),
        low=declared.low,
        high=declared.high,
        choices=declared.choices,
        unit=declared.unit,
        help="A wire brings it; remove the wire to set it here." if wired else declared.help,
        error=error,
        enabled=not wired,
    )


def _tuples(value: object) -> object:
    return tuple(_tuples(part) for part in value) if isinstance(value, list | tuple) else value
