"""What each action does, in terms of the application's parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog

from app.actions import context
from app.actions.lists import Doings
from app.dialogs.about import show_about, show_shortcuts
from app.dialogs.history import show_history
from app.dialogs.operations import show_operations
from app.document.functions import unused
from engine.ops.function import Call
from widgets import theme
from widgets.canvas.looks import CanvasTarget, NodeLook

if TYPE_CHECKING:
    from app.application import Application


def doings(app: Application) -> Doings:
    """The functions behind the actions of one window."""
    window, canvas = app.window, app.window.canvas
    panels = {"Palette": window.side, "Properties": window.properties, "Panels": window.bottom}

    def screenshot() -> None:
        chosen, _ = QFileDialog.getSaveFileName(window, "Save a picture", "flowscope.png", "PNG (*.png)")
        if chosen and not window.grab().save(chosen):
            app.runs.say(f"The picture could not be written to {chosen}.", "error")

    def toggle_panel(name: str) -> None:
        panels[name].setVisible(panels[name].isHidden())

    def rename() -> None:
        if app.workspace.selection.nodes:
            canvas.edit_name(app.workspace.selection.nodes[-1])
        elif canvas.selection.cards:
            canvas.edit_card(min(canvas.selection.cards))
        elif app.routing.are_portals():
            canvas.edit_portal(app.workspace.selection.wires[-1])
        else:
            window.properties.rename()

    def edit_settings() -> None:
        if app.workspace.selection.nodes:
            app.quick.open(app.workspace.selection.nodes[-1])

    def history() -> None:
        show_history(window, app.document, app.filing.path_to_compare, canvas.focus_node, app.runs.say)

    def open_block() -> None:
        if app.workspace.selection.nodes:
            app.canvas.open(app.workspace.selection.nodes[-1])

    def can_ungroup() -> bool:
        chosen = [app.workspace.graph.nodes[name] for name in app.workspace.selection.nodes]
        calls = all(node.op == Call.__name__ for node in chosen)
        return bool(chosen) and calls and not app.workspace.is_shown_only

    def tucked() -> list[NodeLook]:
        return [
            node.shown for name in canvas.selection.nodes if (node := canvas.graph.nodes[name]).look.tucked
        ]

    def toggle_optional() -> None:
        unfolded = any(not look.unfolded for look in tucked())
        for look in tucked():
            canvas.graph.unfold(look.name, unfolded)

    def show_help() -> None:
        nodes = app.workspace.selection.nodes
        if nodes and nodes[-1] in app.workspace.graph.nodes:
            app.properties.show_help(app.workspace.graph.nodes[nodes[-1]].op)

    def place() -> tuple[float, float]:
        point = canvas.pointer_place()
        return point.x(), point.y()

    return Doings(
        new=app.filing.new,
        open=app.filing.open,
        import_model=app.filing.import_model,
        open_recent=app.filing.open,
        open_demo=app.filing.open_demo,
        save=app.filing.save,
        save_as=app.filing.save_as,
        quit=window.close,
        undo=app.document.undo,
        redo=app.document.redo,
        show_history=history,
        undo_title=lambda: app.document.undo_label,
        redo_title=lambda: app.document.redo_label,
        cut=app.cut,
        copy=app.copy,
        paste=app.paste,
        duplicate=app.duplicate,
        delete=canvas.request_delete,
        select_all=canvas.select_all,
        rename=rename,
        can_rename=lambda: (
            bool(app.workspace.selection.nodes or canvas.selection.cards or app.workspace.function)
            or app.routing.are_portals()
        ),
        search=app.search.open,
        add_node=lambda: app.adding.open(*place()),
        insert_node=lambda: app.adding.open_on(app.workspace.selection.wires[-1]),
        has_wire=lambda: not app.workspace.is_shown_only and bool(app.workspace.selection.wires),
        cut_wires=canvas.cut_wires,
        has_wires=lambda: not app.workspace.is_shown_only and bool(app.workspace.graph.wires),
        swap_inputs=app.wiring.swap_inputs,
        can_swap=app.wiring.can_swap,
        add_dot=app.routing.add_dot,
        straighten=app.routing.straighten,
        have_dots=app.routing.have_dots,
        toggle_portals=app.routing.toggle_portals,
        are_portals=app.routing.are_portals,
        add_note=lambda: app.canvas.add_note(*place()),
        edit_settings=edit_settings,
        open_block=open_block,
        leave_block=app.canvas.leave,
        arrange=app.canvas.arrange_all,
        show_signatures=app.panels.show_signatures,
        group=app.canvas.group,
        can_group=lambda: not app.workspace.is_shown_only and bool(app.workspace.selection.nodes),
        ungroup=app.canvas.ungroup,
        can_ungroup=can_ungroup,
        delete_unused=app.workspace.delete_unused_functions,
        has_unused=lambda: bool(unused(app.document.project)),
        toggle_optional=toggle_optional,
        has_optional=lambda: bool(tucked()),
        shows_optional=lambda: any(look.unfolded for look in tucked()),
        fit_all=canvas.fit_all,
        fit_selection=canvas.fit_selection,
        zoom_in=canvas.zoom_in,
        zoom_out=canvas.zoom_out,
        full_size=lambda: canvas.zoom_to(1.0),
        toggle_theme=lambda: app.set_theme("dark" if theme.current().name == "light" else "light"),
        is_light=lambda: theme.current().name == "light",
        toggle_panel=toggle_panel,
        is_panel_shown=lambda name: not panels[name].isHidden(),
        screenshot=screenshot,
        run=app.runs.run,
        pause=app.controller.pause,
        step=app.runs.step,
        stop=app.controller.stop,
        run_to=app.run_to_selection,
        resume_checkpoint=app.runs.resume,
        run_state=lambda: app.controller.state,
        can_run=lambda: app.workspace.can_run,
        can_resume=lambda: app.controller.can_resume,
        has_selection=lambda: bool(app.workspace.selection.nodes or canvas.selection.cards),
        can_delete=lambda: (
            not app.workspace.is_shown_only
            and bool(canvas.selection.nodes or canvas.selection.wires or canvas.selection.cards)
        ),
        is_block=lambda: any(canvas.graph.nodes[name].look.is_block for name in canvas.selection.nodes),
        is_inside=lambda: app.workspace.is_inside,
        is_shown_only=lambda: app.workspace.is_shown_only,
        show_help=show_help,
        show_operations=lambda: show_operations(window, app.properties.show_help),
        show_shortcuts=lambda: show_shortcuts(window, app.actions),
        show_about=lambda: show_about(window),
    )


def show_menu(app: Application, target: CanvasTarget, at: QPoint) -> None:
    """Open the menu for what lies under the pointer; what it adds comes to where that is."""
    place = target.x, target.y
    here = {
        "add-node": lambda: app.adding.open(*place),
        "insert-node": lambda: app.adding.open_on(target.id),
        "add-note": lambda: app.canvas.add_note(*place),
        "paste": lambda: app.paste(place),
    }
    context.show(app.window, app.actions, target, at, here)
