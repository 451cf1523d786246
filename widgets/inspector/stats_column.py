"""The column of figures beside the view: spec, a small histogram, extremes, mean, and what is not finite."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import theme
from widgets.controls.painting import LEFT, RIGHT, draw_text, text_width
from widgets.inspector.bars import bar_rects, heights, merged, paint_bars
from widgets.inspector.figures import statistic
from widgets.inspector.looks import TensorLook

WIDTH = 152
_ROW, _TIGHT_ROW = 24, 17


class StatsColumn(QWidget):
    """Paints the statistics of the whole tensor; they are also in its accessible description."""

    def __init__(self) -> None:
        super().__init__()
        self._look: TensorLook | None = None
        self.setObjectName("inspector-statistics")
        self.setAccessibleName("Statistics")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def show_tensor(self, look: TensorLook | None) -> None:
        """Show the figures of this tensor."""
        self._look = look
        if look is not None:
            words = "; ".join(f"{name} {value}" for name, value, _ in rows_of(look))
            self.setAccessibleDescription(f"{look.shape_text} {look.dtype}; {words}")
            self.setToolTip(f"{look.shape_text}  {look.dtype}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 230)

    def minimumSizeHint(self) -> QSize:
        return QSize(WIDTH, 60)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._look is None:
            return
        now, look = theme.current(), self._look
        painter = QPainter(self)
        top = self._paint_spec(painter, now, look)
        if look.histogram is not None and look.histogram.counts.size:
            shown = merged(look.histogram, 25)
            bars = bar_rects(QRectF(0, top, self.width(), 42), heights(shown.counts, log=False))
            paint_bars(painter, bars, now.dtype_colour(look.dtype))
            limits = (float(shown.edges[0]), float(shown.edges[-1]))
            for limit, align in zip(limits, (LEFT, RIGHT), strict=True):
                place = QRectF(0, top + 44, self.width(), 16)
                draw_text(painter, place, _limit(limit), "axis", now.text3, align)
            top += 64
        rows = rows_of(look)
        pitch = min(max((self.height() - top) / len(rows), _TIGHT_ROW), _ROW)
        for name, value, bad in rows:
            place = QRectF(0, top, self.width(), pitch)
            draw_text(painter, place, name, "label", now.text2)
            draw_text(painter, place, value, "field value", now.error if bad else now.text, RIGHT)
            top += pitch

    def _paint_spec(self, painter: QPainter, now: theme.Theme, look: TensorLook) -> float:
        """Paint shape and dtype, in two lines if one is too short; return the bottom."""
        shape = QRectF(0, 10, self.width(), 18)
        dtype_width = text_width(look.dtype, "settings line")
        fits = text_width(look.shape_text, "field value") + 10 + dtype_width <= self.width()
        draw_text(painter, shape, look.shape_text or "scalar", "field value", now.text)
        place = shape if fits else shape.translated(0, 16)
        align = RIGHT if fits else LEFT
        draw_text(painter, place, look.dtype, "settings line", now.dtype_colour(look.dtype), align)
        return place.bottom() + 6


def rows_of(look: TensorLook) -> list[tuple[str, str, bool]]:
    """Return name and figure of each row, and whether the figure is a bad sign."""
    stats = look.stats
    unusual = stats.nan + stats.inf
    counts = f"{stats.nan:,}, {stats.inf:,}" if unusual else "0"
    return [
        ("Min", statistic(stats.minimum), False),
        ("Max", statistic(stats.maximum), False),
        ("Mean", statistic(stats.mean), False),
        ("Std", statistic(stats.std), False),
        ("NaN, Inf", counts, bool(unusual)),
        ("Zeros", _share(stats.zeros, stats.size), False),
    ]


def _share(count: int, size: int) -> str:
    return f"{100 * count / size:.1f} %" if size and count else "0"


def _limit(value: float) -> str:
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e5 else statistic(value)
