"""What the canvas is told to show: frozen values, compared to find what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

NodeState = Literal["normal", "running", "error", "warning"]
WireState = Literal["normal", "error", "warning", "muted"]
Breakpoint = Literal["none", "on", "off", "paused"]
Density = Literal["learn", "build", "expert"]
Overlay = Literal["values", "gradients", "time"]
TargetKind = Literal["canvas", "node", "port", "fold", "dot", "wire", "note", "frame", "watch"]

WireKey: TypeAlias = tuple[str, str]
"""A wire is known by its target node and input port: an input takes one wire."""

OP_MIME = "application/x-flowscope-op"
"""Drag data from the palette: the op's name in UTF-8."""


# Thumbnails hold arrays, so each equals only itself: pass the same object while the picture is the same.
@dataclass(frozen=True, eq=False)
class Pictures:
    """Grey pictures, side by side: 2-D uint8 arrays."""

    images: tuple[NDArray[np.uint8], ...]


@dataclass(frozen=True, eq=False)
class HeatMap:
    """One coloured picture, rows x columns x 3, uint8; stretched without smoothing."""

    rgb: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Bars:
    """Values as bars from zero; `highlight` is the index drawn in accent."""

    values: tuple[float, ...]
    highlight: int | None = None


@dataclass(frozen=True, eq=False)
class Sparkline:
    """Values over time, oldest first."""

    values: tuple[float, ...]


@dataclass(frozen=True)
class Figure:
    """A single number, already formatted."""

    text: str


ThumbnailLook: TypeAlias = Pictures | HeatMap | Bars | Sparkline | Figure


@dataclass(frozen=True)
class PortLook:
    """A port: `rank` None means that the rank is unknown; `shape_text` reads `batch x 784`."""

    name: str
    dtype: str = ""
    rank: int | None = None
    shape_text: str = ""
    optional: bool = False
    connected: bool = False


@dataclass(frozen=True)
class NodeLook:
    """A node at (x, y), its top left corner. `message` is the sentence under an error or a warning."""

    name: str
    op: str
    category: str
    x: float
    y: float
    settings: str = ""
    time_text: str = ""
    inputs: tuple[PortLook, ...] = ()
    outputs: tuple[PortLook, ...] = ()
    tucked: tuple[PortLook, ...] = ()
    """Optional inputs without a wire: a mark stands for them until the node is unfolded."""
    unfolded: bool = False
    is_block: bool = False
    collapsed: bool = False
    state: NodeState = "normal"
    message: str = ""
    muted: bool = False
    """Left out; `bypassed` hands on what enters."""
    bypassed: bool = False
    breakpoint: Breakpoint = "none"
    device: str = ""
    kernel: str = ""
    time_share: float | None = None
    thumbnail: ThumbnailLook | None = None
    has_thumbnail: bool = False
    """Keeps room for a thumbnail that comes later through `set_live`, so that nodes do not jump."""
    detail: str = ""
    """More for the tool tip, one sentence a line."""

    def input(self, name: str) -> PortLook | None:
        """The input port of that name."""
        return next((port for port in self.inputs if port.name == name), None)

    def unfold(self) -> NodeLook:
        """The node with its tucked inputs below the others: no port that was drawn before moves."""
        return self if self.unfolded else replace(self, inputs=(*self.inputs, *self.tucked), unfolded=True)

    def output(self, name: str) -> PortLook | None:
        """The output port of that name."""
        return next((port for port in self.outputs if port.name == name), None)


@dataclass(frozen=True)
class WireLook:
    """A wire. `gradient` is the rms that flows back through it, shown by the gradients overlay.

    `cast` is the dtype to which its tensor is brought where it arrives, if that is another one.
    """

    source: str
    source_port: str
    target: str
    target_port: str
    dtype: str = ""
    shape_text: str = ""
    state: WireState = "normal"
    gradient: float | None = None
    cast: str = ""
    dots: tuple[tuple[float, float], ...] = ()
    """What it runs through, from its source to its target."""
    portal: str = ""
    """The name that stands at both ends of a wire that is not drawn."""

    @property
    def key(self) -> WireKey:
        """The end that makes it unique."""
        return (self.target, self.target_port)


@dataclass(frozen=True)
class NoteLook:
    """A card of text; `text` is plain, with `**bold**`, `code` in backticks, `- ` lists and blank lines."""

    id: str
    x: float
    y: float
    width: float = 240.0
    height: float = 120.0
    text: str = ""
    title: str = ""


@dataclass(frozen=True)
class FrameLook:
    """A titled area; `figure` stands at the right (`9,610 parameters`). Ids are shared with notes.

    `colour` is one of blue, teal, green, lime, amber, orange, red and purple; any other is plain.
    """

    id: str
    x: float
    y: float
    width: float
    height: float
    title: str = ""
    figure: str = ""
    colour: str = ""


@dataclass(frozen=True)
class WatchLook:
    """A card at (x, y) that shows what leaves an output port. `text` reads `batch x 784`."""

    id: str
    node: str
    port: str
    x: float
    y: float
    text: str = ""
    thumbnail: ThumbnailLook | None = None


@dataclass(frozen=True)
class CanvasLook:
    """Everything on the canvas, by name, key or id."""

    nodes: Mapping[str, NodeLook] = field(default_factory=dict)
    wires: Mapping[WireKey, WireLook] = field(default_factory=dict)
    notes: Mapping[str, NoteLook] = field(default_factory=dict)
    frames: Mapping[str, FrameLook] = field(default_factory=dict)
    watches: Mapping[str, WatchLook] = field(default_factory=dict)
    density: Density = "build"
    overlay: Overlay = "values"


@dataclass(frozen=True)
class NodeLive:
    """What changes while a graph runs. None leaves what is shown. Holds until `clear_live`."""

    time_text: str | None = None
    running: bool | None = None
    thumbnail: ThumbnailLook | None = None
    shapes: Mapping[str, str] | None = None
    """Shape text by output port."""


@dataclass(frozen=True)
class CanvasTarget:
    """What lies under a point: `id` is a name, an id, a wire key, or (node, port, "input" or "output").

    A `fold` is the mark of the node `id` that stands for its tucked inputs, a `dot` is (wire key, index).
    """

    kind: TargetKind
    id: Any = None
    x: float = 0.0
    y: float = 0.0


def canvas_look(
    nodes: tuple[NodeLook, ...] = (),
    wires: tuple[WireLook, ...] = (),
    notes: tuple[NoteLook, ...] = (),
    frames: tuple[FrameLook, ...] = (),
    watches: tuple[WatchLook, ...] = (),
    density: Density = "build",
    overlay: Overlay = "values",
) -> CanvasLook:
    """A `CanvasLook` out of plain sequences."""
    return CanvasLook(
        {node.name: node for node in nodes},
        {wire.key: wire for wire in wires},
        {note.id: note for note in notes},
        {frame.id: frame for frame in frames},
        {watch.id: watch for watch in watches},
        density,
        overlay,
    )
