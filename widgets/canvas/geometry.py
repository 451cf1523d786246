"""Where everything in a node lies: size, ports, thumbnail, sentence; arithmetic in the node's own px."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from widgets.canvas import ink
from widgets.canvas.looks import Density, NodeLook

HEADER, SETTINGS_LINE, PORT_ROW, STRIP, NO_STRIP, DEPTH = 40.0, 22.0, 22.0, 50.0, 6.0, 3.0
MIN_WIDTH, DEFAULT_WIDTH, MAX_WIDTH = 100.0, 156.0, 240.0
PILL_HEIGHT = 30.0
ICON, ICON_LEFT, TITLE_LEFT = 15.0, 9.0, 32.0
PADDING, PORT_PADDING = 10.0, 11.0
PORT_HIT, SNAP = 22.0, 8.0
MESSAGE_WIDTH, MESSAGE_LINES, MESSAGE_GAP = 240.0, 2, 8.0
MARGIN = 20.0
"""Room around a node for its shadow, halo and focus ring."""

BADGE = 12.0
TIME_ROOM = "0.00 ms"


@dataclass(frozen=True)
class NodeShape:
    """The measures of one node. `inputs` and `outputs` are port centres, in the order of the look."""

    width: float
    height: float
    inputs: tuple[QPointF, ...]
    outputs: tuple[QPointF, ...]
    strip: QRectF | None
    message: tuple[str, ...]
    badges_left: float
    fold: QPointF | None = None
    """Where the mark for tucked inputs is."""

    @property
    def rect(self) -> QRectF:
        """The body."""
        return QRectF(0, 0, self.width, self.height)

    def painted(self) -> QRectF:
        """All that a node may paint, with shadow, ring and sentence."""
        rect = self.rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        if self.message:
            rect = rect.united(self.message_rect())
        return rect

    def message_rect(self) -> QRectF:
        """Where the sentence below the node stands."""
        width = max(ink.text_width("hint", line) for line in self.message) + 12
        return QRectF(0, self.height + MESSAGE_GAP, width, 16.0 * len(self.message) + 8)


def snapped(value: float) -> float:
    """The nearest place on the 8 px raster."""
    return math.floor(value / SNAP + 0.5) * SNAP


def titles(look: NodeLook, density: Density) -> tuple[str, str]:
    """Title and the line under it: learners read the op's name first."""
    return (look.op, look.name) if density == "learn" else (look.name, look.op)


def badge_texts(look: NodeLook, density: Density) -> tuple[str, ...]:
    """Device and kernel; experts see both, others only a device that the presenter thinks worth saying."""
    texts = (look.device, look.kernel) if density == "expert" else (look.device,)
    return tuple(text for text in texts if text)


def short_dtype(dtype: str) -> str:
    """`f32` for `float32`: the dtype beside a port, which must not make its node wider."""
    for name, short in (("float", "f"), ("uint", "u"), ("int", "i"), ("complex", "c")):
        if dtype.removeprefix(name).isdigit():
            return short + dtype.removeprefix(name)
    return {"bfloat16": "bf16", "variable": "var"}.get(dtype, dtype)


def layout(look: NodeLook, density: Density) -> NodeShape:
    """Measures a node."""
    return _pill(look) if look.collapsed else _full(look, density)


def _badges_width(look: NodeLook, density: Density) -> float:
    width = 0.0
    for text in badge_texts(look, density):
        width += ink.text_width("shape", text) + 8 + 4
    signs = (look.muted, look.is_block, look.state in ("error", "warning"))
    return width + sum(BADGE + 4 for shown in signs if shown)


def _full(look: NodeLook, density: Density) -> NodeShape:
    title, under = titles(look, density)
    badges = _badges_width(look, density)
    header = TITLE_LEFT + max(
        ink.text_width("node title", title) + (badges + 6 if badges else 0), ink.text_width("op name", under)
    )
    settings = ink.text_width("settings line", look.settings) + (12 if look.settings else 0)
    wanted = [header + 10, 2 * PADDING + settings + ink.text_width("shape", TIME_ROOM), MIN_WIDTH]
    wide = look.unfold()  # as wide as unfolded, so that nothing moves sideways then
    for row in range(max(len(wide.inputs), len(wide.outputs))):
        wanted.append(_row_width(wide, row))
    has_strip = look.has_thumbnail or look.thumbnail is not None
    if has_strip:
        wanted.append(DEFAULT_WIDTH)
    width = min(math.ceil(max(wanted) / 4) * 4.0, MAX_WIDTH)
    rows_top = HEADER + SETTINGS_LINE
    rows_bottom = rows_top + PORT_ROW * max(len(look.inputs), len(look.outputs))
    height = rows_bottom + (STRIP if has_strip else NO_STRIP)
    middle = rows_top + PORT_ROW / 2
    return NodeShape(
        width,
        height,
        tuple(QPointF(0, middle + PORT_ROW * i) for i in range(len(look.inputs))),
        tuple(QPointF(width, middle + PORT_ROW * i) for i in range(len(look.outputs))),
        QRectF(9, rows_bottom + 6, width - 18, 38) if has_strip else None,
        _message(look),
        width - 8 - badges,
        QPointF(0, HEADER + SETTINGS_LINE / 2) if look.tucked else None,
    )


def _row_width(look: NodeLook, row: int) -> float:
    width = 2 * PORT_PADDING
    if row < len(look.inputs):
        width += ink.text_width("label", look.inputs[row].name)
    if row < len(look.outputs):
        port = look.outputs[row]
        width += ink.text_width("label", port.name) + _beside(port.shape_text)
    both = row < len(look.inputs) and row < len(look.outputs)
    return width + (14 if both else 0)


def _beside(text: str) -> float:
    return ink.text_width("shape", text) + 5 if text else 0.0


def _pill(look: NodeLook) -> NodeShape:
    sign = BADGE + 6 if look.state in ("error", "warning") else 0
    text = ink.text_width("node title", look.name)
    width = min(math.ceil((15 + ICON + 8 + text + sign + 16) / 4) * 4.0, MAX_WIDTH)
    return NodeShape(
        width,
        PILL_HEIGHT,
        _along(0, len(look.inputs)),
        _along(width, len(look.outputs)),
        None,
        _message(look),
        width - 14 - sign,
    )


def _along(x: float, count: int) -> tuple[QPointF, ...]:
    """Ports of a pill: around mid height, and never off its end."""
    step = min(11.0, (PILL_HEIGHT - 8) / max(count, 1))
    top = PILL_HEIGHT / 2 - step * (count - 1) / 2
    return tuple(QPointF(x, top + step * i) for i in range(count))


def _message(look: NodeLook) -> tuple[str, ...]:
    if not look.message or look.state not in ("error", "warning"):
        return ()
    return ink.wrap("hint", look.message, MESSAGE_WIDTH - 12, MESSAGE_LINES)
