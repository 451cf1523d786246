"""All actions of the window, menu by menu, as plain lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.actions.action import Action, separated


@dataclass(frozen=True)
class Doings:
    """What the actions call. Each is a function of the application; the lists only say where they stand."""

    new: Callable[[], object]
    open: Callable[[], object]
    import_model: Callable[[], object]
    open_recent: Callable[[Path], object]
    open_demo: Callable[[str], object]
    save: Callable[[], object]
    save_as: Callable[[], object]
    quit: Callable[[], object]
    undo: Callable[[], object]
    redo: Callable[[], object]
    show_history: Callable[[], object]
    undo_title: Callable[[], str]
    redo_title: Callable[[], str]
    cut: Callable[[], object]
    copy: Callable[[], object]
    paste: Callable[[], object]
    duplicate: Callable[[], object]
    delete: Callable[[], object]
    select_all: Callable[[], object]
    rename: Callable[[], object]
    can_rename: Callable[[], bool]
    search: Callable[[], object]
    add_node: Callable[[], object]
    insert_node: Callable[[], object]
    has_wire: Callable[[], bool]
    cut_wires: Callable[[], object]
    has_wires: Callable[[], bool]
    swap_inputs: Callable[[], object]
    can_swap: Callable[[], bool]
    add_dot: Callable[[], object]
    straighten: Callable[[], object]
    have_dots: Callable[[], bool]
    toggle_portals: Callable[[], object]
    are_portals: Callable[[], bool]
    add_note: Callable[[], object]
    edit_settings: Callable[[], object]
    open_block: Callable[[], object]
    leave_block: Callable[[], object]
    arrange: Callable[[], object]
    show_signatures: Callable[[], object]
    group: Callable[[], object]
    can_group: Callable[[], bool]
    ungroup: Callable[[], object]
    can_ungroup: Callable[[], bool]
    delete_unused: Callable[[], object]
    has_unused: Callable[[], bool]
    toggle_optional: Callable[[], object]
    has_optional: Callable[[], bool]
    shows_optional: Callable[[], bool]
    fit_all: Callable[[], object]
    fit_selection: Callable[[], object]
    zoom_in: Callable[[], object]
    zoom_out: Callable[[], object]
    full_size: Callable[[], object]
    toggle_theme: Callable[[], object]
    is_light: Callable[[], bool]
    toggle_panel: Callable[[str], object]
    is_panel_shown: Callable[[str], bool]
    screenshot: Callable[[], object]
    run: Callable[[], object]
    pause: Callable[[], object]
    step: Callable[[], object]
    stop: Callable[[], object]
    run_to: Callable[[], object]
    resume_checkpoint: Callable[[], object]
    run_state: Callable[[], str]
    can_run: Callable[[], bool]
    can_resume: Callable[[], bool]
    has_selection: Callable[[], bool]
    can_delete: Callable[[], bool]
    is_inside: Callable[[], bool]
    is_shown_only: Callable[[], bool]
    is_block: Callable[[], bool]
    show_help: Callable[[], object]
    show_operations: Callable[[], object]
    show_shortcuts: Callable[[], object]
    show_about: Callable[[], object]


def all_actions(do: Doings, demos: Iterable[str], recent: Iterable[Path]) -> list[Action]:
    """Every action, in the order of the menus."""
    return [*_file(do, demos, recent), *_edit(do), *_view(do), *_graph(do), *_run(do), *_help(do)]


def _file(do: Doings, demos: Iterable[str], recent: Iterable[Path]) -> list[Action]:
    examples = [
        Action(
            f"demo-{demo}",
            demo.replace("-", " ").capitalize(),
            "File",
            partial(do.open_demo, demo),
            submenu="Demos",
        )
        for demo in demos
    ]
    files = [
        Action(f"recent-{number}", path.name, "File", partial(do.open_recent, path), submenu="Open recent")
        for number, path in enumerate(recent)
    ]
    return separated(
        [
            Action("new", "New", "File", do.new, "Ctrl+N", "action-new"),
            Action("open", "Open…", "File", do.open, "Ctrl+O", "action-open"),
            Action("import", "Import ONNX…", "File", do.import_model, "", "action-import"),
            *files,
            *examples,
        ],
        [
            Action("save", "Save", "File", do.save, "Ctrl+S", "action-save"),
            Action("save-as", "Save as…", "File", do.save_as, "Ctrl+Shift+S"),
        ],
        [Action("screenshot", "Save a picture of the window…", "File", do.screenshot, "", "action-camera")],
        [Action("quit", "Quit", "File", do.quit, "Ctrl+Q")],
    )


def _edit(do: Doings) -> list[Action]:
    editable = _not(do.is_shown_only)
    return separated(
        [
            Action("undo", "Undo", "Edit", do.undo, "Ctrl+Z", "action-undo", lambda: bool(do.undo_title())),
            Action(
                "redo",
                "Redo",
                "Edit",
                do.redo,
                "Ctrl+Shift+Z or Ctrl+Y",
                "action-redo",
                lambda: bool(do.redo_title()),
            ),
            Action("history", "History and changes", "Edit", do.show_history, "Ctrl+H"),
        ],
        [
            Action("cut", "Cut", "Edit", do.cut, "Ctrl+X", "action-cut", do.has_selection),
            Action("copy", "Copy", "Edit", do.copy, "Ctrl+C", "action-copy", do.has_selection),
            Action("paste", "Paste", "Edit", do.paste, "Ctrl+V", "action-paste", editable),
            Action(
                "duplicate", "Duplicate", "Edit", do.duplicate, "Ctrl+D", "action-duplicate", do.has_selection
            ),
            Action("delete", "Delete", "Edit", do.delete, "", "action-delete", do.can_delete),
        ],
        [
            Action("select-all", "Select all", "Edit", do.select_all, "Ctrl+A", "action-select-all"),
            Action("rename", "Rename", "Edit", do.rename, "F2", "action-rename", do.can_rename),
        ],
        [Action("search", "Search actions, nodes, help", "Edit", do.search, "Ctrl+K", "action-search")],
    )


def _view(do: Doings) -> list[Action]:
    return separated(
        [
            Action("fit-all", "Show the whole graph", "View", do.fit_all, "Ctrl+0", "action-fit"),
            Action(
                "fit-selection", "Show the selection", "View", do.fit_selection, "Ctrl+Shift+0", "action-fit"
            ),
            Action("zoom-in", "Zoom in", "View", do.zoom_in, "Ctrl++ or Ctrl+=", "action-zoom-in"),
            Action("zoom-out", "Zoom out", "View", do.zoom_out, "Ctrl+-", "action-zoom-out"),
            Action("full-size", "Zoom to 100 %", "View", do.full_size, "Ctrl+1"),
        ],
        [
            Action(
                f"panel-{panel.lower()}",
                panel,
                "View",
                partial(do.toggle_panel, panel),
                "",
                is_on=partial(do.is_panel_shown, panel),
            )
            for panel in ("Palette", "Properties", "Panels")
        ],
        [Action("theme", "Light theme", "View", do.toggle_theme, "Ctrl+T", is_on=do.is_light)],
    )


def _graph(do: Doings) -> list[Action]:
    editable = _not(do.is_shown_only)
    return separated(
        [
            Action("add-node", "Add a node", "Graph", do.add_node, "Shift+A", "action-add", editable),
            Action(
                "insert-node",
                "Insert a node on the wire",
                "Graph",
                do.insert_node,
                "Ctrl+I",
                "action-insert",
                do.has_wire,
            ),
            Action(
                "cut-wires",
                "Cut wires with a stroke",
                "Graph",
                do.cut_wires,
                "Alt+K",
                "action-cut",
                do.has_wires,
            ),
            Action(
                "swap-inputs",
                "Swap the inputs",
                "Graph",
                do.swap_inputs,
                "Alt+S",
                "action-link",
                do.can_swap,
            ),
            Action("add-dot", "Add a dot to the wire", "Graph", do.add_dot, "Alt+D", "mark-dot", do.has_wire),
            Action("straighten", "Remove the dots", "Graph", do.straighten, "", "action-reset", do.have_dots),
            Action(
                "portal",
                "Portal instead of the wire",
                "Graph",
                do.toggle_portals,
                "Alt+P",
                "",
                do.has_wire,
                do.are_portals,
            ),
            Action(
                "add-note",
                "Add a note",
                "Graph",
                do.add_note,
                "Ctrl+Shift+N",
                "action-note",
                _not(do.is_inside),
            ),
        ],
        [
            Action(
                "settings", "Edit the settings on the node", "Graph", do.edit_settings, "", "", do.can_group
            ),
            Action("open-block", "Open the block", "Graph", do.open_block, "Alt+Down", "", do.is_block),
            Action(
                "leave-block",
                "Back to the graph around it",
                "Graph",
                do.leave_block,
                "Alt+Up",
                "",
                do.is_inside,
            ),
            Action(
                "optional-inputs",
                "Optional inputs",
                "Graph",
                do.toggle_optional,
                "Alt+Right",
                "",
                do.has_optional,
                do.shows_optional,
            ),
        ],
        [
            Action(
                "group",
                "Make a function of the nodes",
                "Graph",
                do.group,
                "Ctrl+G",
                "action-group",
                do.can_group,
            ),
            Action("signatures", "Signatures", "Graph", do.show_signatures),
            Action(
                "ungroup",
                "Write the function out",
                "Graph",
                do.ungroup,
                "Ctrl+Shift+G",
                "action-ungroup",
                do.can_ungroup,
            ),
            Action(
                "delete-unused", "Delete unused functions", "Graph", do.delete_unused, "", "", do.has_unused
            ),
        ],
        [Action("arrange", "Arrange in layers", "Graph", do.arrange, "Ctrl+L", "action-arrange", editable)],
    )


def _run(do: Doings) -> list[Action]:
    def state(*names: str) -> Callable[[], bool]:
        return lambda: do.run_state() in names

    return separated(
        [
            Action("run", "Run", "Run", do.run, "F5", "action-run", do.can_run),
            Action("pause", "Pause", "Run", do.pause, "F6", "action-pause", state("running")),
            Action("step", "One step", "Run", do.step, "F10", "action-step", do.can_run),
            Action(
                "stop",
                "Stop",
                "Run",
                do.stop,
                "Shift+F5",
                "action-stop",
                state("running", "paused", "starting"),
            ),
        ],
        [
            Action("run-to", "Run to here", "Run", do.run_to, "F4", "action-run-to", do.has_selection),
            Action(
                "resume",
                "Go on from the last checkpoint",
                "Run",
                do.resume_checkpoint,
                "Ctrl+F5",
                "",
                do.can_resume,
            ),
        ],
    )


def _help(do: Doings) -> list[Action]:
    return separated(
        [
            Action("help", "Help on the selected node", "Help", do.show_help, "F1", "help-question"),
            Action("operations", "Table of operations", "Help", do.show_operations),
            Action("shortcuts", "Shortcuts", "Help", do.show_shortcuts, "Ctrl+?", "help-keyboard"),
        ],
        [Action("about", "About Flowscope", "Help", do.show_about)],
    )


def _not(ask: Callable[[], bool]) -> Callable[[], bool]:
    return lambda: not ask()
