"""Ctrl+C in the terminal ends the program in order, before the loop and within it."""

import subprocess
import sys

import pytest

PROGRAM = """
import os, signal, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app.loop import heed_interrupts, run_loop

qt = QApplication([])
heed_interrupts(qt)
press = lambda: os.kill(os.getpid(), signal.SIGINT)
press() if sys.argv[1] == "before" else QTimer.singleShot(0, press)
sys.exit(run_loop(qt))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself Ctrl+C there")
@pytest.mark.parametrize("when", ["before", "within"])
def test_ctrl_c_ends_the_loop_quietly(when: str) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, when], capture_output=True, text=True, check=False)
    assert done.returncode == 130, done.stderr
    assert "KeyboardInterrupt" not in done.stderr
