"""Where the view looks: zoom around a point, pan, fit, and the short animation between two places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QObject, QPointF, QRectF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QGraphicsView

from widgets import theme, tokens
from widgets.canvas.mood import Surroundings

if TYPE_CHECKING:
    from widgets.canvas.stage import Stage

MIN_SCALE, MAX_SCALE, FIT_MAX = 0.05, 3.0, 1.0
WHEEL_STEP = 1.2
REACH = QRectF(-1e6, -1e6, 2e6, 2e6)


class Camera(QObject):
    """Moves one view; the scale it set last is in `Surroundings.scale`."""

    moved = Signal()

    def __init__(self, view: Stage, around: Surroundings) -> None:
        super().__init__(view)
        self._view, self._around = view, around
        self._animation = QVariantAnimation(self)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.valueChanged.connect(self._animate)
        self._from = self._to = (QPointF(), 1.0)
        view.setSceneRect(REACH)
        view.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        view.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def scale(self) -> float:
        """How large 1 px of the scene is in the viewport."""
        return self._around.scale

    def centre(self) -> QPointF:
        """The scene point in the middle of the viewport."""
        return self.visible().center()

    def visible(self) -> QRectF:
        """The part of the scene in the viewport."""
        inverse, _ = self._view.viewportTransform().inverted()
        return inverse.mapRect(QRectF(self._view.viewport().rect()))

    def zoom_at(self, factor: float, point: QPointF) -> None:
        """Zooms by a factor; the scene point under `point` (in the viewport) stays there."""
        self.stop()
        inverse, _ = self._view.viewportTransform().inverted()
        held = inverse.map(point)
        self._set_scale(self.scale * factor)
        self._put(held, point)
        self.moved.emit()

    def pan(self, dx: float, dy: float) -> None:
        """Moves what is seen by so many px of the viewport."""
        self.stop()
        self._view.scroll_by(-round(dx), -round(dy))
        self.moved.emit()

    def look_at(self, centre: QPointF, scale: float | None = None, animated: bool = False) -> None:
        """Shows a scene point in the middle, at a scale."""
        scale = min(max(scale or self.scale, MIN_SCALE), MAX_SCALE)
        self.stop()
        duration = theme.motion(tokens.ZOOM_MS) if animated and self._view.isVisible() else 0
        if duration:
            self._from, self._to = (self.centre(), self.scale), (centre, scale)
            self._animation.setDuration(duration)
            self._animation.setStartValue(0.0)
            self._animation.setEndValue(1.0)
            self._animation.start()
        else:
            self._jump(centre, scale)

    def fit(self, rect: QRectF, room: QRectF, animated: bool = False) -> None:
        """Shows all of a scene rectangle within a part of the viewport."""
        if rect.isEmpty() or room.isEmpty():
            return
        scale = min(room.width() / rect.width(), room.height() / rect.height(), FIT_MAX)
        scale = max(scale, MIN_SCALE)
        aside = (QRectF(self._view.viewport().rect()).center() - room.center()) / scale
        self.look_at(rect.center() + aside, scale, animated)

    def reveal(self, what: QRectF | QPointF) -> None:
        """Pans just as far as needed to bring a rectangle or a point into sight."""
        rect = QRectF(what, what) if isinstance(what, QPointF) else what
        seen = self.visible()
        room = seen.adjusted(40, 72, -40, -40) if seen.width() > 200 and seen.height() > 200 else seen
        dx = min(rect.left() - room.left(), 0.0) or max(rect.right() - room.right(), 0.0)
        dy = min(rect.top() - room.top(), 0.0) or max(rect.bottom() - room.bottom(), 0.0)
        if dx or dy:
            self.look_at(seen.center() + QPointF(dx, dy))

    def stop(self) -> None:
        """Ends an animation where it is."""
        self._animation.stop()

    def _animate(self, share: float) -> None:
        (a, s), (b, t) = self._from, self._to
        scale = s * (t / s) ** share
        # The centre moves in step with the scale, so that the path on screen is straight.
        done = (scale - s) / (t - s) if abs(t - s) > 1e-6 else share
        done = 1 - (1 - done) * s / scale if abs(t - s) > 1e-6 else share
        self._jump(a + (b - a) * done, scale)

    def _jump(self, centre: QPointF, scale: float) -> None:
        self._set_scale(scale)
        self._put(centre, QRectF(self._view.viewport().rect()).center())
        self.moved.emit()

    def _set_scale(self, scale: float) -> None:
        scale = min(max(scale, MIN_SCALE), MAX_SCALE)
        if scale != self._around.scale or self._view.transform().m11() != scale:
            self._around.scale = scale
            self._view.setTransform(QTransform.fromScale(scale, scale))

    def _put(self, scene_point: QPointF, viewport_point: QPointF) -> None:
        off = self._view.viewportTransform().map(scene_point) - viewport_point
        self._view.scroll_by(round(off.x()), round(off.y()))
