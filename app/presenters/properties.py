"""The properties presenter: the form of the selected node, what flows through it, and its help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QObject, Signal

from app.document import edits, naming
from app.presenters import text
from app.presenters.fields import field, node_fields
from app.presenters.help import help_look
from app.presenters.named_values import NamedValuesPresenter, variable_looks
from app.presenters.node_looks import can_open, dtype_of, shape_of
from app.workspace import Workspace
from engine import registry
from engine.arithmetic import Number
from engine.errors import FlowscopeError
from engine.graph.check import input_ports, output_ports
from engine.graph.graph import Node
from engine.policy import POLICY_ATTRIBUTES
from engine.project.named_values import COMPUTED, values_of
from engine.project.project import TRAINING_ATTRIBUTES, Project
from widgets.form.looks import FlowRow, PropertiesLook
from widgets.form.properties import PropertiesPanel

TRAINING = "Training settings"
"""The title of the form when no node is selected. No node can have this name: it has a space."""
_POLICIES = tuple(declared.name for declared in POLICY_ATTRIBUTES)


class PropertiesPresenter(QObject):
    """Keeps the panel in step with the selection, and turns what is typed into edits."""

    shown = Signal()
    """The form shows something else now."""

    def __init__(self, workspace: Workspace, panel: PropertiesPanel) -> None:
        super().__init__()
        self._workspace = workspace
        self._panel = panel
        self._shown: tuple[str, ...] = ()
        """The nodes of the form; none where it shows the settings of the project."""
        self._errors: dict[tuple[tuple[str, ...], str], str] = {}
        self._help_of = ""
        self.look = PropertiesLook("", "", "")
        """What the form shows."""
        self._named_values = NamedValuesPresenter(workspace, panel.variables)
        panel.edited.connect(self.edit)
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
        nodes = self._workspace.graph.nodes
        self._shown = tuple(name for name in self._workspace.selection.nodes if name in nodes)
        self.look = self._look()
        self._panel.set_look(self.look)
        self.shown.emit()

    def _look(self) -> PropertiesLook:
        if self._help_of and registry.find(self._help_of) is not None:
            op = registry.get(self._help_of)
            return PropertiesLook(
                node=self._help_of,
                op=self._help_of,
                category=op.category,
                help=help_look(self._help_of),
                can_rename=False,
            )
        if self._shown:
            nodes = self._workspace.graph.nodes
            return self._node_look(tuple(nodes[name] for name in self._shown))
        return self._function_look() if self._workspace.function else self._training_look()

    # ---- looks ---------------------------------------------------------------------------------------

    def _node_look(self, nodes: tuple[Node, ...]) -> PropertiesLook:
        """One node with all there is to it, or what several have in common."""
        graph, node = self._workspace.graph, nodes[-1]
        op = registry.find(node.op)
        several = len(nodes) > 1
        kinds = tuple(dict.fromkeys(each.op for each in nodes))
        errors = {name: error for (of, name), error in self._errors.items() if of == self._shown}
        return PropertiesLook(
            node=text.plural(len(nodes), "node") if several else node.name,
            op=", ".join(kinds),
            category=op.category if op is not None else "Math",
            fields=node_fields(nodes, graph, errors, self._numbers),
            flows=tuple(self._sums(nodes) if several else self._flows(node)),
            help=help_look(node.op) if len(kinds) == 1 else None,
            can_open=not several and op is not None and can_open(op),
            can_rename=not several and not self._workspace.is_shown_only,
            nodes=self._shown,
        )

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
            field(a, getattr(settings, a.name), self._errors.get(((), a.name), ""), {})
            for a in TRAINING_ATTRIBUTES
            if not a.hidden
        )
        graph = self._workspace.document.project.graph
        rows = (
            FlowRow("Graph", text.plural(len(graph.nodes), "node"), text.plural(len(graph.wires), "wire")),
        )
        return PropertiesLook(
            TRAINING,
            "Project",
            "Training",
            fields,
            rows,
            None,
            can_rename=False,
            variables=variable_looks(self._workspace.document.project),
        )

    def _flows(self, node: Node) -> Iterable[FlowRow]:
        graph, checked = self._workspace.graph, self._workspace.shown
        if node.name not in checked.graph.nodes:
            return  # it is muted, or needs what is
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

    def _sums(self, nodes: tuple[Node, ...]) -> Iterable[FlowRow]:
        if not self._workspace.is_inside:
            counted = [self._workspace.parameters.get(node.name, (0, 0)) for node in nodes]
            yield FlowRow(
                "Parameters", f"{sum(n for n, _ in counted):,}", text.size(sum(size for _, size in counted))
            )

    # ---- intents -------------------------------------------------------------------------------------

    def edit(self, node: str, attribute: str, value: object) -> None:
        """Set an attribute of a node, of all nodes of a form that shows several, or of the project."""
        if self._workspace.is_shown_only:
            self._workspace.said.emit("The inside of a block is shown, not edited. Go back to main.", "info")
            self.refresh()
            return
        nodes = () if node == TRAINING else self._shown if len(self._shown) > 1 else (node,)
        self._errors.pop((nodes, attribute), None)
        named = node if len(nodes) < 2 else text.plural(len(nodes), "node")
        label, merge = f"Set {attribute.replace('_', ' ')} of {named}", f"{nodes}.{attribute}"
        document = self._workspace.document
        try:
            if not nodes:
                document.apply(label, edits.set_training(document.project, attribute, value), merge=merge)
            else:
                setting = self._setting(nodes[-1], attribute, value)
                edited = setting(self._workspace.edited, nodes, attribute, value)
                self._workspace.apply(label, edited, merge=merge)
        except FlowscopeError as error:
            self._errors[nodes, attribute] = str(error)
            self.refresh()

    def _setting(self, node: str, attribute: str, value: object) -> Callable[..., Project]:
        """The edit that sets an attribute: a text in the place of a number is an expression."""
        if attribute in _POLICIES:
            return edits.set_policy
        op = registry.find(self._workspace.graph.nodes[node].op)
        kind = "" if op is None else op.attribute(attribute).kind
        return naming.set_expression if isinstance(value, str) and kind in COMPUTED else edits.set_attributes

    @property
    def _numbers(self) -> Mapping[str, Number]:
        return values_of(self._workspace.document.project.named_values).numbers

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
