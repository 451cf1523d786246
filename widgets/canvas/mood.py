"""What painters need beside the look: how far the view is zoomed, what is chosen, what a drag can reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QRectF

from widgets.canvas.looks import Density, Overlay

Side = Literal["input", "output"]
PortKey = tuple[str, str, Side]
"""Node, port, side."""

OVERVIEW_BELOW = 0.4
"""Below this scale the view draws batches instead of items."""

THUMBNAILS_FROM = 0.6
DETAILS_FROM = 0.65
"""Below this scale a node of a large graph shows its name only, larger, so that a frame stays short."""

FEW_NODES = 150
"""A graph of so few nodes is drawn in full down to the overview."""


@dataclass
class Surroundings:
    """Shared by all items of one canvas."""

    scale: float = 1.0
    ratio: float = 1.0
    exposed: QRectF = field(default_factory=QRectF)
    """The part of the scene that is being painted."""
    density: Density = "build"
    overlay: Overlay = "values"
    takes: Callable[[PortKey], bool] | None = None
    """During a wire drag: whether a port can take the loose end; others fade."""

    flat: bool = False
    """Without shadows: blur is made of pixels, and a drawing in vectors has none."""

    few: bool = True
    """Whether the graph is small enough to be drawn in full at every scale."""

    @property
    def detailed(self) -> bool:
        """Whether nodes, wires and notes show their small text."""
        return self.few or self.scale >= DETAILS_FROM

    @property
    def pictured(self) -> bool:
        """Whether nodes show thumbnails."""
        return self.few or self.scale >= THUMBNAILS_FROM

    def detail(self) -> tuple[object, ...]:
        """All of it that a node's painting depends on, apart from a drag; equal detail paints alike."""
        steps = (self.detailed, self.pictured, round(min(self.scale, 2.0) * 4))
        return (*steps, self.flat, self.icon_ratio, self.density, self.overlay)

    @property
    def icon_ratio(self) -> float:
        """The resolution to render icons at: few steps, so that zooming does not render them again."""
        wanted = self.scale * self.ratio
        return 1.0 if wanted <= 1.0 else 2.0 if wanted <= 2.0 else 4.0


@dataclass
class NodeMood:
    """How a node is being treated at the moment."""

    selected: bool = False
    hovered: bool = False
    focused: bool = False
    late: bool = False
    """Running for longer than 100 ms."""
    lit: frozenset[tuple[Side, str]] = frozenset()
    """Ports under the pointer or at an end of a wire under the pointer."""
