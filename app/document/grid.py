"""The grid that everything on the canvas snaps to."""

from __future__ import annotations

from engine.project.project import Position

GRID = 8
"""Nodes and dots snap to this many pixels."""


def snap(x: float, y: float) -> Position:
    """The nearest point of the grid."""
    return (round(x / GRID) * GRID, round(y / GRID) * GRID)
