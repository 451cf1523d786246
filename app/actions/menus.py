"""Hangs actions into menus and under shortcuts."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from app.actions.action import Action
from widgets import icons, theme


def fill(bar: QMenuBar, window: QWidget, actions: Iterable[Action]) -> dict[str, QAction]:
    """Make the menus of a list of actions. Whether each can be done is asked when its menu opens."""
    _clear(bar, window)
    menus: dict[str, QMenu] = {}
    made: dict[str, QAction] = {}
    contents: dict[str, list[tuple[Action, QAction]]] = {}
    for action in actions:
        menu = menus.get(action.menu)
        if menu is None:
            menu = menus[action.menu] = bar.addMenu(action.menu)
            menu.setObjectName(f"menu-{action.menu.lower()}")
            menu.setToolTipsVisible(True)
            contents[action.menu] = []
            menu.aboutToShow.connect(functools.partial(_refresh, contents[action.menu]))
            # A disabled QAction is deaf to its shortcut; `enabled` is asked again when that is pressed.
            menu.aboutToHide.connect(functools.partial(_revive, contents[action.menu]))
        if action.begins_group:
            menu.addSeparator()
        target = _submenu(menus, menu, action) if action.submenu else menu
        hung = made[action.id] = _hang(action, window)
        target.addAction(hung)
        contents[action.menu].append((action, hung))
    return made


def _clear(bar: QMenuBar, window: QWidget) -> None:
    """Take away what was made before: the list of recent files has changed."""
    bar.clear()
    for menu in bar.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
        menu.deleteLater()
    for old in window.actions():
        window.removeAction(old)
        old.deleteLater()


def _hang(action: Action, window: QWidget) -> QAction:
    hung = QAction(action.title, window)
    hung.setObjectName(f"action-{action.id}")
    if action.shortcut:
        hung.setShortcuts([QKeySequence(keys) for keys in action.shortcut.split(" or ")])
    if action.is_on is not None:
        hung.setCheckable(True)
        hung.setChecked(action.is_on())

    def act() -> None:
        # A shortcut reaches the action without its menu having been opened.
        if action.enabled():
            action.run()
        if action.is_on is not None:
            hung.setChecked(action.is_on())

    hung.triggered.connect(act)
    window.addAction(hung)
    return hung


def _refresh(entries: list[tuple[Action, QAction]]) -> None:
    for action, hung in entries:
        hung.setEnabled(action.enabled())
        if action.icon:  # drawn anew: the theme may be another since
            hung.setIcon(icons.icon(action.icon, theme.current().text2, theme.current().disabled))
        if action.is_on is not None:
            hung.setChecked(action.is_on())


def _revive(entries: list[tuple[Action, QAction]]) -> None:
    for _, hung in entries:
        hung.setEnabled(True)


def _submenu(menus: dict[str, QMenu], menu: QMenu, action: Action) -> QMenu:
    key = f"{action.menu}/{action.submenu}"
    if key not in menus:
        menus[key] = menu.addMenu(action.submenu)
        menus[key].setObjectName(f"menu-{action.submenu.lower().replace(' ', '-')}")
    return menus[key]
