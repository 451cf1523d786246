"""Tucked inputs come out while a wire can reach them, and go in again afterwards."""

from __future__ import annotations

from widgets.canvas.scene import CanvasScene


class Unfolding:
    """Keeps at most one node unfolded; a node that was unfolded before stays so."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self.node: str | None = None
        """The node that is unfolded for now."""

    def show(self, node: str | None) -> None:
        """Unfolds a node, or none, and folds the one before."""
        if node == self.node:
            return
        if self.node is not None:
            self._scene.unfold(self.node, False)
        self.node = None
        if node is not None and not self._scene.nodes[node].shown.unfolded:
            self.node = node
            self._scene.unfold(node, True)
