"""Starts Qt and its event loop, which Ctrl+C in the terminal ends in order, never with an exception."""

from __future__ import annotations

import signal
import sys
import threading
from argparse import Namespace

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

import resources
from widgets import fonts, theme

INTERRUPTED = 130
_asked = threading.Event()


def heed_interrupts(app: QApplication) -> None:
    """Let Ctrl+C ask the loop to end, instead of raising KeyboardInterrupt wherever Python happens to be."""

    def ask(*_: object) -> None:
        _asked.set()
        app.exit(INTERRUPTED)

    signal.signal(signal.SIGINT, ask)
    awake = QTimer(app)  # Python looks for signals only when it runs
    awake.timeout.connect(lambda: None)
    awake.start(200)


def run_loop(app: QApplication) -> int:
    """Run until something ends the loop; returns its code, INTERRUPTED after Ctrl+C."""
    return INTERRUPTED if _asked.is_set() else app.exec()


def run_window(options: Namespace) -> int:
    """Open the window and stay until it is closed; returns the exit code."""
    if options.offscreen_demo:
        from app.offscreen import run_offscreen

        return run_offscreen(options)
    from app.application import Application
    from app.settings import SettingsStore

    app = make_qt(sys.argv[:1])
    application = Application(SettingsStore(), theme_name=options.theme)
    application.start(options.file)
    code = run_loop(app)
    if code == INTERRUPTED:
        application.close()
    return code


def make_qt(arguments: list[str]) -> QApplication:
    """The Qt application with Flowscope's fonts, theme and name."""
    app = QApplication(arguments)
    heed_interrupts(app)
    app.setApplicationName("Flowscope")
    app.setDesktopFileName("flowscope")
    fonts.install()
    theme.apply(app)
    app.setWindowIcon(QIcon(str(resources.icon_path("logo"))))
    return app
