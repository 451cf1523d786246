"""The main job without a display: the demo is trained in the real window, and what it says is true."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage

ROOT = Path(__file__).parents[2]


def test_the_demo_is_trained_and_photographed(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    command = [
        sys.executable,
        "-m",
        "app",
        "--offscreen-demo",
        "--screenshot",
        str(picture),
        "--theme",
        "dark",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    accuracy = re.search(r"Test accuracy: (\d\.\d+)", done.stdout)
    assert accuracy and float(accuracy[1]) > 0.95
    folder = re.search(r"Run folder: (.+)", done.stdout)
    assert folder and list(Path(folder[1]).rglob("*.safetensors"))
    image = QImage(str(picture)).convertToFormat(QImage.Format.Format_RGB32)
    assert (image.width(), image.height()) == (1600, 1000)
    assert blueness(image, 720, 960) > 100, "curves are drawn at the bottom left"


def blueness(image: QImage, top: int, bottom: int) -> int:
    """How many pixels of the first 740 columns are as blue as a curve, between two rows."""
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    part = pixels[top:bottom, :740].astype(int)
    return int(((part[..., 0] > 180) & (part[..., 2] < 130)).sum())


def test_a_project_that_cannot_run_says_why(tmp_path: Path) -> None:
    file = tmp_path / "empty.flowscope"
    file.write_text('{"format": "flowscope", "version": 1, "nodes": {}, "wires": {}}')
    command = [sys.executable, "-m", "app", "window", str(file), "--offscreen-demo"]
    command += ["--screenshot", str(tmp_path / "window.png")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "did not finish: the graph is empty" in done.stdout
    assert "Traceback" not in done.stderr
