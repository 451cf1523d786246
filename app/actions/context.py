"""The menu under the right mouse button: the actions for what lies under the pointer."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from app.actions.action import Action
from engine.project.project import FRAME_COLOURS
from widgets import icons, theme
from widgets.canvas.looks import CanvasTarget

_NODE = (
    ("open-block", "optional-inputs", "group", "ungroup", "swap-inputs", "run-to"),
    ("bypass", "mute", "arrange-selection"),
    ("rename", "add-frame", "cut", "copy", "duplicate", "delete"),
    ("fit-selection", "help"),
)
_CARD = (("cut", "copy", "duplicate", "delete"),)
_FRAME = (("rename", "fit-frame", *(f"frame-{colour}" for colour in FRAME_COLOURS)), *_CARD)
_CANVAS = (
    ("add-node", "add-note", "cut-wires"),
    ("paste", "select-all"),
    ("arrange", "fit-all"),
    ("leave-block",),
)

_SELDOM = ("leave-block", "open-block", "optional-inputs", "ungroup", "swap-inputs", "straighten")
"""Left out where they cannot be done: most nodes are no blocks, call no function, and have no such inputs."""

GROUPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "node": _NODE,
    "wire": (("insert-node",), ("add-dot", "straighten", "portal"), ("delete", "cut-wires")),
    "note": _CARD,
    "frame": _FRAME,
    "canvas": _CANVAS,
}
"""For each kind of thing the actions by their id, a line between groups."""


def show(
    window: QWidget,
    actions: Iterable[Action],
    target: CanvasTarget,
    at: QPoint,
    here: Mapping[str, Callable[[], object]],
) -> None:
    """Open the menu for a target; `here` says what actions do that act at the place of the pointer."""
    if target.kind not in GROUPS:
        return
    by_id = {action.id: action for action in actions}
    menu = QMenu(window)
    below: dict[str, QMenu] = {}
    menu.setObjectName("menu-context")
    menu.aboutToHide.connect(menu.deleteLater)
    for group in GROUPS[target.kind]:
        menu.addSeparator()
        for name in group:
            action = by_id[name]
            if action.submenu and action.submenu not in below:
                below[action.submenu] = menu.addMenu(action.submenu)
            _add(below.get(action.submenu, menu), replace(action, run=here.get(name, action.run)))
    menu.popup(at)


def _add(menu: QMenu, action: Action) -> None:
    if not action.enabled() and action.id in _SELDOM:
        return
    now = theme.current()
    # The keys stand there only to be read: they belong to the action of the menu bar.
    keys = action.shortcut.partition(" or ")[0]
    entry = menu.addAction(f"{action.title}\t{keys}" if keys else action.title)
    entry.setObjectName(f"context-{action.id}")
    entry.setEnabled(action.enabled())
    if action.is_on is not None:
        entry.setCheckable(True)
        entry.setChecked(action.is_on())
    if action.icon:
        entry.setIcon(icons.icon(action.icon, now.text2, now.disabled))
    entry.triggered.connect(functools.partial(_act, action))


def _act(action: Action, _checked: bool = False) -> None:
    action.run()
