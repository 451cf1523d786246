"""The search presenter: everything that can be found and done, in one box."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject

from app.actions.action import Action
from app.presenters.help import also_called, drawable_ops, summary
from app.workspace import Selection, Workspace
from engine import registry
from engine.op import Op
from widgets.icons import category_icon
from widgets.search.box import SearchBox
from widgets.search.looks import ResultLook


class SearchPresenter(QObject):
    """Fills the box, and does what was chosen."""

    def __init__(
        self,
        workspace: Workspace,
        box: SearchBox,
        actions: Callable[[], Iterable[Action]],
        add: Callable[[str], object],
        show_node: Callable[[str], object],
        show_help: Callable[[str], object],
    ) -> None:
        super().__init__()
        self._workspace = workspace
        self._box = box
        self._actions = actions
        self._add = add
        self._show_node = show_node
        self._show_help = show_help
        box.chosen.connect(self._do)
        box.help_search_requested.connect(self.open)

    def open(self, text: str = "") -> None:
        """Search actions, nodes of the graph, ops to add, and help."""
        graph = self._workspace.document.project.graph
        actions = [
            ResultLook(
                f"do:{a.id}", "Action", a.title, a.menu, a.shortcut.split(" or ")[0], a.enabled(), a.icon
            )
            for a in self._actions()
        ]
        nodes = [
            ResultLook(f"go:{name}", "Go to", name, node.op, icon=_icon(node.op))
            for name, node in graph.nodes.items()
        ]
        helps = [ResultLook(f"help:{op.__name__}", "Help", op.__name__, _words(op)) for op in drawable_ops()]
        self._box.open((*actions, *nodes, *self._ops(), *helps), text)

    def _ops(self) -> list[ResultLook]:
        return [
            ResultLook(
                f"add:{op.__name__}", "Add", op.__name__, f"{op.category}. {_words(op)}", icon="action-add"
            )
            for op in drawable_ops()
        ]

    def _do(self, chosen: str) -> None:
        kind, _, name = chosen.partition(":")
        if kind == "add":
            self._add(name)
        elif kind == "go":
            self._workspace.select(Selection((name,)))
            self._show_node(name)
        elif kind == "help":
            self._show_help(name)
        else:
            action = next((a for a in self._actions() if a.id == name), None)
            if action is not None and action.enabled():
                action.run()


def _words(op: type[Op]) -> str:
    """What an op does, and by which other names it is found."""
    return f"{summary(op)} {also_called(op)}".strip().replace("`", "")


def _icon(op: str) -> str:
    kind = registry.find(op)
    return category_icon(kind.category if kind is not None else "")
