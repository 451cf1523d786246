"""What the tool tip says about the thing under the pointer: all that the drawing had to leave out."""

from __future__ import annotations

import html

from widgets.canvas.looks import CanvasTarget, NodeLook, PortLook, WireLook
from widgets.canvas.scene import CanvasScene


def tip_for(scene: CanvasScene, target: CanvasTarget) -> str:
    """The tip as safe rich text; empty if there is nothing to add."""
    text = _plain(scene, target)
    # The text comes from files: escaped, it cannot turn into markup.
    return f"<p style='white-space:pre-wrap; margin:0'>{html.escape(text)}</p>" if text else ""


def _plain(scene: CanvasScene, target: CanvasTarget) -> str:
    if target.kind == "node":
        return _node(scene.nodes[target.id].shown)
    if target.kind == "fold":
        return _fold(scene.nodes[target.id].shown)
    if target.kind == "port":
        node, name, side = target.id
        look = scene.nodes[node].shown
        port = look.output(name) if side == "output" else look.input(name)
        return _port(port) if port else ""
    if target.kind == "wire":
        return _wire(scene.wires[target.id].look)
    if target.kind == "dot":
        return f"{_wire(scene.wires[target.id[0]].look)}\nDrag the dot; a double-click takes it away."
    if target.kind == "note" and scene.notes[target.id].cut:
        return scene.notes[target.id].look.text
    if target.kind == "frame":
        frame = scene.frames[target.id].look
        return "\n".join(text for text in (frame.title, frame.figure) if text)
    return ""


def _node(look: NodeLook) -> str:
    lines = [f"{look.name} ({look.op})"]
    lines += [text for text in (look.settings, look.message, look.detail) if text]
    if look.time_text:
        lines.append(f"Last run: {look.time_text}")
    if look.muted:
        lines.append("Muted: it is left out.")
    if look.bypassed:
        lines.append("Bypassed: it hands on what enters.")
    if look.breakpoint != "none":
        words = {"on": "Breakpoint", "off": "Breakpoint, turned off", "paused": "Paused at this breakpoint"}
        lines.append(f"{words[look.breakpoint]}.")
    return "\n".join(lines)


def _fold(look: NodeLook) -> str:
    count = f"{len(look.tucked)} optional input{'s' if len(look.tucked) > 1 else ''} without a wire"
    names = ", ".join(port.name for port in look.tucked)
    return f"{count}: {names}\nA click {'hides' if look.unfolded else 'shows'} them."


def _port(port: PortLook) -> str:
    facts = [text for text in (port.dtype, port.shape_text) if text]
    facts.append("rank unknown" if port.rank is None else f"rank {port.rank}")
    if port.optional:
        facts.append("optional")
    return f"{port.name}: {', '.join(facts)}"


def _wire(look: WireLook) -> str:
    lines = [f"{look.source}: {look.source_port} to {look.target}: {look.target_port}"]
    facts = [text for text in (look.dtype, look.shape_text) if text]
    if facts:
        lines.append(", ".join(facts))
    if look.cast:
        lines.append(f"Arrives as {look.cast}, the dtype in which the inputs of {look.target} meet.")
    if look.gradient is not None:
        lines.append(f"Gradient: {look.gradient:.2g} rms")
    return "\n".join(lines)
