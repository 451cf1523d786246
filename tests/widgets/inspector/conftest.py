"""An inspector on screen, and short ways to fill it, find its parts and see what it shows."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, overload

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from widgets.controls.labels import ElidedLabel
from widgets.inspector.looks import HistogramLook, StatsLook, TensorLook
from widgets.inspector.panel import InspectorPanel

W = TypeVar("W", bound=QWidget)
Colours = Callable[[QWidget], set[int]]
LookOf = Callable[..., TensorLook]
Picture = Callable[[QWidget], QImage]
Told = Callable[[InspectorPanel], str]


class Child(Protocol):
    """Finds a part by its object name, and of a kind where that matters."""

    @overload
    def __call__(self, panel: QWidget, name: str) -> QWidget: ...
    @overload
    def __call__(self, panel: QWidget, name: str, kind: type[W]) -> W: ...


@pytest.fixture
def panel(show: Callable[..., None]) -> InspectorPanel:
    panel = InspectorPanel()
    show(panel, 532, 288)
    return panel


def tensor_look(array: NDArray[Any], name: str = "node/port", **known: Any) -> TensorLook:
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


@overload
def find_child(panel: QWidget, name: str) -> QWidget: ...
@overload
def find_child(panel: QWidget, name: str, kind: type[W]) -> W: ...
def find_child(panel: QWidget, name: str, kind: type[QWidget] = QWidget) -> QWidget:
    found = panel.findChild(kind, name)
    assert found is not None, name
    return found


def find_picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def find_colours(widget: QWidget) -> set[int]:
    image = find_picture(widget)
    return {image.pixel(x, y) for y in range(image.height()) for x in range(image.width())}


def find_told(panel: InspectorPanel) -> str:
    return find_child(panel, "inspector-told", ElidedLabel).text()


@pytest.fixture
def look_of() -> LookOf:
    """Make a TensorLook of an array, with its statistics."""
    return tensor_look


@pytest.fixture
def child() -> Child:
    """Find a part by its object name."""
    return find_child


@pytest.fixture
def picture() -> Picture:
    """Take a picture of a widget."""
    return find_picture


@pytest.fixture
def colours() -> Colours:
    """Collect the colours that a widget shows."""
    return find_colours


@pytest.fixture
def told() -> Told:
    """Read the line below the view."""
    return find_told
