"""An inspector on screen, and short ways to fill it, find its parts and see what it shows."""

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from widgets.inspector.looks import HistogramLook, StatsLook, TensorLook
from widgets.inspector.panel import InspectorPanel


@pytest.fixture
def panel(show):
    panel = InspectorPanel()
    show(panel, 532, 288)
    return panel


def tensor_look(array: np.ndarray, name: str = "node/port", **known) -> TensorLook:
    stats, histogram = StatsLook(size=array.size), None
    if array.dtype.kind in "fiub" and array.size:
        finite = array[np.isfinite(array)].astype(float)
        nan = int(np.isnan(array).sum()) if array.dtype.kind == "f" else 0
        if finite.size:
            low, high = finite.min(), finite.max()
            # Halves, because the span of the largest numbers is beyond float64.
            edges = 2 * np.linspace(low / 2, high / 2, 21) if low < high else np.array([low - 0.5, low + 0.5])
            histogram = HistogramLook(np.histogram(finite, edges)[0], edges)
            with np.errstate(over="ignore"):
                mean, std = finite.mean(), finite.std()
            stats = StatsLook(low, high, mean, std, nan, array.size - finite.size - nan, 0, array.size)
    known.setdefault("sample", array)
    shape = " x ".join(map(str, array.shape))
    return TensorLook(name, str(array.dtype), array.shape, shape, stats, histogram, **known)


def find_child(panel: QWidget, name: str, kind: type = QWidget):
    found = panel.findChild(kind, name)
    assert found is not None, name
    return found


def find_picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def find_colours(widget: QWidget) -> set[int]:
    image = find_picture(widget)
    return {image.pixel(x, y) for y in range(image.height()) for x in range(image.width())}


def find_told(panel: InspectorPanel) -> str:
    return find_child(panel, "inspector-told").text()


@pytest.fixture
def look_of():
    """Make a TensorLook of an array, with its statistics."""
    return tensor_look


@pytest.fixture
def child():
    """Find a part by its object name."""
    return find_child


@pytest.fixture
def picture():
    """Take a picture of a widget."""
    return find_picture


@pytest.fixture
def colours():
    """Collect the colours that a widget shows."""
    return find_colours


@pytest.fixture
def told():
    """Read the line below the view."""
    return find_told
