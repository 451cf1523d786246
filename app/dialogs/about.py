"""What Flowscope is, and its shortcuts, in dialogs."""

from __future__ import annotations

import html
import platform
from collections.abc import Iterable

import numpy
import PySide6
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from app import __version__
from app.actions.action import Action
from widgets import theme


def show_about(window: QWidget) -> None:
    """Versions and licences."""
    rows = (
        ("Flowscope", __version__),
        ("Python", platform.python_version()),
        ("PySide6", PySide6.__version__),
        ("NumPy", numpy.__version__),
    )
    body = "".join(f"<tr><td>{name}&nbsp;&nbsp;</td><td>{version}</td></tr>" for name, version in rows)
    what = "Draw a dataflow graph, train it, and watch every tensor."
    text = f"<h3>Flowscope</h3><p>{what}</p><table>{body}</table>"
    _show(window, "about", "About Flowscope", text, 420, 260)


def show_shortcuts(window: QWidget, actions: Iterable[Action]) -> None:
    """Every action that has a shortcut, and the keys of the canvas."""
    rows = [(action.shortcut.replace(" or ", ", "), action.title) for action in actions if action.shortcut]
    rows += [
        ("Tab", "Add a node at the pointer"),
        ("Arrows", "Move the selected nodes by 8"),
        ("Ctrl+Left, Ctrl+Right", "Walk from node to node"),
        ("F7, Shift+F7", "Next node, node before"),
        ("C", "Wire the node that has the focus"),
        ("Enter", "Open the block, or edit the settings of what cannot be opened"),
        ("E", "Edit the settings on the node"),
        ("Delete", "Delete what is selected"),
        ("Esc", "End a gesture, clear the selection, leave a block"),
        ("Space and drag", "Move the view"),
    ]
    muted = theme.current().text3
    cells = ((html.escape(keys), html.escape(title)) for keys, title in rows)
    body = "".join(f"<tr><td style='color:{muted}'>{k}&nbsp;&nbsp;</td><td>{t}</td></tr>" for k, t in cells)
    _show(window, "shortcuts", "Shortcuts", f"<table cellspacing='4'>{body}</table>", 460, 560)


def _show(window: QWidget, name: str, title: str, text: str, width: int, height: int) -> None:
    dialog = QDialog(window)
    dialog.setObjectName(f"dialog-{name}")
    dialog.setWindowTitle(title)
    browser = QTextBrowser()
    browser.setHtml(text)
    browser.setAccessibleName(title)
    buttons = QDialogButtonBox()
    buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
    buttons.rejected.connect(dialog.reject)
    column = QVBoxLayout(dialog)
    column.addWidget(browser)
    column.addWidget(buttons)
    dialog.resize(width, height)
    dialog.exec()
    dialog.deleteLater()
