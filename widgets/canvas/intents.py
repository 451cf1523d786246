"""What a person wants who works on the canvas: every signal is a wish, and the answer is the next look."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal

from widgets.canvas.looks import CanvasTarget
from widgets.canvas.stage import Stage


class Intents(Stage):
    """The painted view with the signals by which the canvas reports gestures."""

    nodes_moved = Signal(dict, dict)
    """Once per gesture: nodes by name, and notes and frames by id, to their new (x, y)."""
    watch_moved = Signal(str, float, float)
    card_resized = Signal(str, float, float)
    wire_requested = Signal(str, str, str, str)
    """Source node and port, target node and port; a wire that is there already is to be replaced."""
    wire_moved = Signal(str, str, str, str)
    """A wire's old target node and port, and its new ones."""
    wire_removed = Signal(str, str)
    swap_requested = Signal(str, str, str)
    """A node and two of its inputs, whose wires are to change places."""
    mend_requested = Signal(tuple, object, QPoint)
    """The ends of a wire that is refused, though something can be put between: source node and port, target
    node and port; the wire that it is to replace, by its key, or None; and the place on the screen."""
    insert_requested = Signal(str, tuple, float, float)
    """A node to be put on a wire, and its new place."""
    dot_added = Signal(tuple, int, float, float)
    """A wire, the index that the new dot is to have among its dots, and a place."""
    dot_moved = Signal(tuple, int, float, float)
    dot_removed = Signal(tuple, int)
    portal_renamed = Signal(tuple, str)
    delete_requested = Signal(list, list, list)
    """Node names, wire keys, ids of notes and frames."""
    watch_removed = Signal(str)
    selection_changed = Signal(list, list)
    """Node names and wire keys, sorted."""
    node_dropped = Signal(str, float, float)
    node_dropped_on_wire = Signal(str, tuple, float, float)
    """An op, the wire that it fits on, and a place."""
    files_dropped = Signal(list)
    open_requested = Signal(str)
    settings_requested = Signal(str)
    """A node whose settings are to be edited where they stand."""
    leave_requested = Signal()
    """Back to the graph around the block that is shown."""
    add_requested = Signal(float, float, object)
    """A place, and the port (node, port, side) to connect the new node to, or None."""
    add_on_wire_requested = Signal(tuple)
    run_to_requested = Signal(str)
    watch_requested = Signal(str, str)
    copy_requested = Signal(list)
    cut_requested = Signal(list)
    paste_requested = Signal(float, float)
    duplicate_requested = Signal(list)
    context_menu_requested = Signal(CanvasTarget, QPoint)
    note_edited = Signal(str, str)
    welcome_chosen = Signal(str)
    """The target of a link in what the empty canvas says."""
    rename_requested = Signal(str, str)
    """Old and new name of a node."""
