"""The frames presenter: areas around nodes are made, fitted, coloured, and given titles."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from PySide6.QtCore import QObject

from app.document import framing
from app.document.framing import Box
from app.workspace import Workspace
from engine.project.project import Frame, Project
from widgets.canvas.frame_item import content
from widgets.canvas.looks import FrameLook
from widgets.canvas.view import CanvasView


class FramesPresenter(QObject):
    """Turns what one wishes of frames into edits. They lie on the main canvas only, as notes do."""

    def __init__(self, workspace: Workspace, view: CanvasView) -> None:
        super().__init__()
        self._workspace, self._view = workspace, view
        view.card_resized.connect(self._resize)
        view.note_edited.connect(self._title)

    def add(self) -> None:
        """Draw a frame around what is selected, or an empty one at the pointer, and ask for its title."""
        if self._workspace.is_inside:
            self._workspace.said.emit("Frames lie on the main canvas only.", "info")
            return
        boxes = self._boxes(self._view.selection.nodes, self._view.selection.cards)
        at = self._view.pointer_place()
        box = framing.box_around(boxes) if boxes else (at.x(), at.y(), *framing.EMPTY)
        project, frame = framing.add_frame(self._workspace.edited, box, "Frame")
        self._workspace.apply("Add frame", project)
        self._view.selection.replace(cards=(frame,))
        self._view.edit_card(frame)

    def fit(self) -> None:
        """Draw the selected frames tightly around what lies in them; an empty one stays as it is."""

        def edit(project: Project) -> Project:
            for key in self.selected:
                boxes = self._boxes(*content(self._view.graph, (key,)))
                project = framing.fit_frame(project, key, framing.box_around(boxes)) if boxes else project
            return project

        self._apply("Fit frame", edit)

    def colour(self, colour: str) -> None:
        """Give the selected frames a colour."""
        self._apply("Colour frame", lambda project: framing.colour_frames(project, self.selected, colour))

    def has_colour(self, colour: str) -> bool:
        """Whether all selected frames have this colour."""
        chosen = [frame for frame in self._workspace.document.project.frames if frame.id in self.selected]
        return bool(chosen) and all(frame.colour == colour for frame in chosen)

    @property
    def selected(self) -> list[str]:
        """The selected frames."""
        return sorted(self._view.selection.cards & self._view.graph.frames.keys())

    def _boxes(self, nodes: Collection[str], cards: Collection[str]) -> list[Box]:
        graph = self._view.graph
        rects = [graph.nodes[name].body() for name in nodes]
        rects += [graph.cards()[key].body() for key in cards]
        return [(rect.x(), rect.y(), rect.width(), rect.height()) for rect in rects]

    def _title(self, key: str, title: str) -> None:
        if key in self._view.graph.frames:
            self._apply("Title frame", lambda project: framing.title_frame(project, key, title.strip()))

    def _resize(self, key: str, width: float, height: float) -> None:
        if key in self._view.graph.frames:
            self._apply("Resize frame", lambda project: framing.resize_frame(project, key, width, height))

    def _apply(self, label: str, edit: Callable[[Project], Project]) -> None:
        self._workspace.apply(label, edit(self._workspace.edited))


def frame_looks(
    frames: Collection[Frame], middles: Mapping[str, tuple[float, float]], parameters: Mapping[str, int]
) -> dict[str, FrameLook]:
    """Frames as the canvas shows them, each with the number of trained parameters in it."""
    looks = {}
    for frame in frames:
        inside = [name for name, at in middles.items() if _holds(frame, at)]
        count = sum(parameters.get(name, 0) for name in inside)
        figure = f"{count:,} parameters" if count else ""
        place = (frame.x, frame.y, frame.width, frame.height)
        looks[frame.id] = FrameLook(frame.id, *place, frame.title, figure, frame.colour)
    return looks


def _holds(frame: Frame, at: tuple[float, float]) -> bool:
    return frame.x <= at[0] <= frame.x + frame.width and frame.y <= at[1] <= frame.y + frame.height
