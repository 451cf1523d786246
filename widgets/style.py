"""Palette and style sheet of the application, both made from the tokens of a theme."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

import resources
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
.QComboBox::drop-down {{ border: none; width: 26px; }}
.QComboBox::down-arrow {{ image: url("{down}"); width: 14px; height: 14px; }}
.QSpinBox, .QDoubleSpinBox {{ padding-right: 20px; }}
.QSpinBox::up-button, .QDoubleSpinBox::up-button {{ subcontrol-origin: border; subcontrol-position: top right;
    border: none; width: 20px; height: 13px; background: transparent; }}
.QSpinBox::down-button, .QDoubleSpinBox::down-button {{ subcontrol-origin: border;
    subcontrol-position: bottom right; border: none; width: 20px; height: 13px; background: transparent; }}
.QSpinBox::up-arrow, .QDoubleSpinBox::up-arrow {{ image: url("{up}"); width: 10px; height: 10px; }}
.QSpinBox::down-arrow, .QDoubleSpinBox::down-arrow {{ image: url("{down}"); width: 10px; height: 10px; }}
QComboBox QAbstractItemView {{ background: {raised}; color: {text}; border: 1px solid {border}; }}
QComboBox QAbstractItemView::item {{ min-height: 24px; padding: 0 7px; border: none; }}
QComboBox QAbstractItemView::item:selected {{ background: {hover}; color: {text}; }}
QComboBox {{ combobox-popup: 0; }}
QCheckBox, QRadioButton {{ spacing: 8px; }}
QCheckBox::indicator, QRadioButton::indicator {{ width: 14px; height: 14px; background: {raised};
    border: 1px solid {strong}; border-radius: 4px; }}
QRadioButton::indicator {{ border-radius: 8px; }}
QCheckBox::indicator:checked, QRadioButton::indicator:checked {{ background: {accentfill};
    border-color: {accentfill}; }}
QCheckBox::indicator:checked {{ image: url("{check}"); }}
QRadioButton::indicator:checked {{ image: url("{dot}"); }}
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border: 2px solid {accent}; width: 12px;
    height: 12px; }}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ background: {panel};
    border-color: {border}; }}
QProgressBar {{ background: {hover}; border: none; border-radius: 2px; max-height: 4px; color: transparent; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 2px; }}
QSlider::groove:horizontal {{ background: {track}; height: 4px; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {text}; width: 12px; margin: -4px 0; border-radius: 6px; }}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{ background: {accent}; }}
QHeaderView::section {{ background: {panel}; color: {text3}; border: none; padding: 4px 8px; }}
QDockWidget {{ color: {text}; }}
"""


def style_sheet(theme: Theme) -> str:
    """The small style sheet for Qt's own widgets; ours paint themselves."""
    values = {name: getattr(theme, name) for name in _TOKENS}
    values["thumb"] = with_alpha(theme.strong, 0.55)
    values["track"] = theme.border
    for mark in ("down", "up"):
        values[mark] = resources.icon_path(f"style-{mark}-{theme.name}").as_posix()
    for mark in ("check", "dot"):
        values[mark] = resources.icon_path(f"style-{mark}").as_posix()
    return _SHEET.format(**values)


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
