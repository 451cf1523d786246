"""What gives the graph of one window its structure: the presenters for it, and their actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions.action import Action
from app.actions.structure import (
    FindDoings,
    FlowDoings,
    FrameDoings,
    export_actions,
    find_actions,
    flow_actions,
    frame_actions,
)
from app.actions.tidying import TidyDoings, tidy_actions
from app.presenters.exporting import ExportPresenter
from app.presenters.finding import FindPresenter
from app.presenters.flow import FlowPresenter
from app.presenters.frames import FramesPresenter
from app.presenters.outline import OutlinePresenter
from app.presenters.tidying import TidyingPresenter
from widgets.search.find_box import FindBox

if TYPE_CHECKING:
    from app.application import Application


class Structure:
    """Builds the presenters once; the application hangs up the actions."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self.frames = FramesPresenter(app.workspace, app.window.canvas)
        self.flow = FlowPresenter(app.workspace)
        self.tidying = TidyingPresenter(app.workspace, app.window.canvas)
        self.exporting = ExportPresenter(app.workspace, app.window.canvas, app.filing.path_to_export)
        self.find_box = FindBox(app.window, app.window.canvas)
        self.finding = FindPresenter(app.workspace, app.window.canvas, self.find_box)
        self.outline = OutlinePresenter(app.workspace, app.window.outline, self.finding)

    def actions(self) -> list[Action]:
        """All actions, in the order of the menus."""
        frames = FrameDoings(
            add=self.frames.add,
            fit=self.frames.fit,
            colour=self.frames.colour,
            has_colour=self.frames.has_colour,
            is_inside=lambda: self._app.workspace.is_inside,
            has_frame=lambda: bool(self.frames.selected),
        )
        finding = FindDoings(
            find=self.finding.open,
            outline=self._show_outline,
            next=lambda: self.finding.step(1),
            previous=lambda: self.finding.step(-1),
        )
        flow = FlowDoings(toggle=self.flow.toggle, is_on=self.flow.is_on, can=lambda: bool(self.flow.chosen))
        return [
            *frame_actions(frames),
            *flow_actions(flow),
            *tidy_actions(self._tidy_doings()),
            *find_actions(finding),
            *export_actions(self.exporting.export),
        ]

    def _tidy_doings(self) -> TidyDoings:
        workspace = self._app.workspace
        return TidyDoings(
            align=self.tidying.align,
            distribute=self.tidying.distribute,
            tidy_selection=self.tidying.tidy_selection,
            tidy_rest=self.tidying.tidy_rest,
            count=lambda: self.tidying.count,
            nodes=lambda: 0 if workspace.is_shown_only else len(workspace.selection.nodes),
        )

    def _show_outline(self) -> None:
        """Bring the outline to the front, and give it the keys."""
        self._app.window.side.show()
        self._app.window.side.show_page("Outline")
        self._app.window.outline.tree.setFocus()
