"""Palette and style sheet of the application, both made from the tokens of a theme."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from widgets.tokens import Theme, with_alpha


def application_palette(theme: Theme) -> QPalette:
    """The palette for Fusion; explicit, because the platform's colour scheme is not there everywhere."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.panel,
        role.WindowText: theme.text,
        role.Base: theme.raised,
        role.AlternateBase: theme.panel,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.onaccent,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.text3,
        role.Highlight: theme.accentfill,
        role.HighlightedText: theme.onaccent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Light: theme.hover,
        role.Midlight: theme.hover,
        role.Mid: theme.border,
        role.Dark: theme.border,
        role.Shadow: theme.canvas,
    }
    palette = QPalette()
    for name, value in colours.items():
        palette.setColor(name, QColor(value))
    for name in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(theme.disabled))
    return palette


_SHEET = """
QMainWindow, QDialog {{ background: {panel}; }}
QMainWindow::separator {{ background: {border}; width: 1px; height: 1px; }}
QMainWindow::separator:hover {{ background: {strong}; }}
QSplitter::handle {{ background: {border}; }}
QSplitter::handle:hover {{ background: {strong}; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {border}; padding: 4px 6px; }}
QMenuBar {{ background: {window}; color: {text2}; border: none; }}
QMenuBar::item {{ padding: 4px 10px; border-radius: 6px; background: transparent; }}
QMenuBar::item:selected {{ background: {hover}; color: {text}; }}
QMenu {{ background: {raised}; color: {text}; border: 1px solid {border}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {hover}; }}
QMenu::item:disabled {{ color: {disabled}; }}
QMenu::separator {{ height: 1px; background: {border}; margin: 4px 8px; }}
QMenu::icon {{ padding-left: 8px; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {thumb}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover {{ background: {strong}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
.QPushButton {{ background: {raised}; color: {text}; border: 1px solid {border}; border-radius: 6px;
    padding: 4px 12px; min-height: 18px; }}
.QPushButton:hover {{ background: {hover}; }}
.QPushButton:focus {{ border: 2px solid {accent}; padding: 3px 11px; }}
.QPushButton:default {{ background: {accentfill}; color: {onaccent}; border-color: {accentfill}; }}
.QPushButton:default:focus {{ border-color: {text}; }}
.QPushButton:disabled {{ color: {disabled}; background: {panel}; border-color: {border}; }}
.QLineEdit, .QPlainTextEdit, .QTextEdit, .QComboBox, .QSpinBox, .QDoubleSpinBox {{ background: {raised};
    color: {text}; border: 1px solid {border}; border-radius: 6px; padding: 3px 8px;
    selection-background-color: {accentfill}; selection-color: {onaccent}; }}
.QLineEdit:focus, .QPlainTextEdit:focus, .QTextEdit:focus, .QComboBox:focus, .QSpinBox:focus,
.QDoubleSpinBox:focus {{ border: 2px solid {accent}; padding: 2px 7px; }}
FieldEdit, NestedListText {{ background: transparent; border: none; padding: 0;
    selection-background-color: {accentfill}; selection-color: {onaccent}; }}
.QLineEdit:disabled, .QComboBox:disabled {{ color: {disabled}; }}
QAbstractItemView {{ background: {panel}; color: {text2}; border: none; outline: 0;
    selection-background-color: {sel}; selection-color: {text}; }}
QComboBox QAbstractItemView {{ background: {raised}; color: {text}; border: 1px solid {border}; padding: 4px;
    selection-background-color: {hover}; selection-color: {text}; }}
QHeaderView::section {{ background: {panel}; color: {text3}; border: none; padding: 4px 8px; }}
QDockWidget {{ color: {text}; }}
"""


def style_sheet(theme: Theme) -> str:
    """The small style sheet for Qt's own widgets; ours paint themselves."""
    values = {name: getattr(theme, name) for name in _TOKENS}
    return _SHEET.format(**values, thumb=with_alpha(theme.strong, 0.55))


_TOKENS = (
    "window",
    "panel",
    "raised",
    "hover",
    "border",
    "strong",
    "text",
    "text2",
    "text3",
    "disabled",
    "accent",
    "accentfill",
    "onaccent",
    "sel",
)
