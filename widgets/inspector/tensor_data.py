"""The values the inspector has of a tensor: its sample and the tiles that came; it asks for the rest."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from widgets.inspector.looks import TensorLook, TileLook, TileRequest
from widgets.inspector.tiles import Array, MatrixShape, as_matrix, cells_of, reduced

_MOST_BYTES = 64 * 2**20
_BLOCK_ROWS, _BLOCK_COLUMNS, _VECTOR_BLOCK = 64, 32, 2048

MISSING = object()
"""Stands for a value that has been asked for and is not here yet."""


class TensorData:
    """Answers from memory, or asks once and answers when the tile is here.

    After a change of the tensor older tiles are still shown until their successors come, so that a live
    tensor does not flicker.
    """

    def __init__(self, ask: Callable[[TileRequest], None]) -> None:
        self._ask = ask
        self._look: TensorLook | None = None
        self._tiles: OrderedDict[TileRequest, tuple[int, Array]] = OrderedDict()
        self._asked: set[TileRequest] = set()
        self.shape = MatrixShape((), 0, 0)

    @property
    def look(self) -> TensorLook | None:
        """The tensor these values belong to."""
        return self._look

    def set_look(self, look: TensorLook | None) -> None:
        """Hold another tensor, or the same one with new values."""
        before, self._look = self._look, look
        if look is None or before is None or (look.name, look.shape) != (before.name, before.shape):
            self._tiles.clear()
        self._asked.clear()
        self.shape = MatrixShape.of(look.shape) if look else MatrixShape((), 0, 0)

    def set_tile(self, tile: TileLook) -> bool:
        """Keep a tile; False if it belongs to a tensor that is no longer shown."""
        request, values = tile.request, tile.values
        if self._look is None or request.tensor != self._look.name:
            return False
        if values.shape == (request.row1 - request.row0, request.column1 - request.column0):
            values = reduced(values, request.row_step, request.column_step)
        if values.shape != cells_of(request):
            raise ValueError(
                f"Tile of {request.tensor!r}: it has the shape {values.shape}, and {cells_of(request)} was "
                "asked for. Answer with the cells of the request, or with every value of its slice."
            )
        key = _key(request)
        self._tiles[key] = (request.revision, values)
        self._tiles.move_to_end(key)
        while len(self._tiles) > 1 and sum(held.nbytes for _, held in self._tiles.values()) > _MOST_BYTES:
            self._tiles.popitem(last=False)
        return True

    def cells(
        self, fixed: tuple[int, ...], box: tuple[int, int, int, int], steps: tuple[int, int]
    ) -> Array | None:
        """Return the cells of rows box[0]..box[1], columns box[2]..box[3], or None while they are missing."""
        if self._look is None:
            return None
        row0, row1, column0, column1 = box
        matrix = self._sampled(fixed)
        if matrix is not None and row1 <= matrix.shape[0] and column1 <= matrix.shape[1]:
            return reduced(matrix[row0:row1, column0:column1], *steps)
        request = TileRequest(self._look.name, self._look.revision, fixed, *box, *steps)
        key = _key(request)
        held = self._tiles.get(key)
        if held is not None:
            self._tiles.move_to_end(key)
        if (held is None or held[0] != self._look.revision) and key not in self._asked:
            self._asked.add(key)
            self._ask(request)
            # A source in this process answers within the call.
            held = self._tiles.get(key)
        return held[1] if held else None

    def value(self, fixed: tuple[int, ...], row: int, column: int) -> Any:
        """Return one value, or MISSING; its whole block is asked for."""
        matrix = self._sampled(fixed)
        if matrix is not None and row < matrix.shape[0] and column < matrix.shape[1]:
            return matrix[row, column]
        height, width = (1, _VECTOR_BLOCK) if self.shape.rows == 1 else (_BLOCK_ROWS, _BLOCK_COLUMNS)
        row0, column0 = row - row % height, column - column % width
        box = (row0, min(row0 + height, self.shape.rows), column0, min(column0 + width, self.shape.columns))
        block = self.cells(fixed, box, (1, 1))
        return MISSING if block is None else block[row - row0, column - column0]

    def _sampled(self, fixed: tuple[int, ...]) -> Array | None:
        """Return the part of the chosen matrix that the sample holds, if any."""
        sample = self._look.sample if self._look else None
        if sample is None or (fixed and fixed[0] >= len(sample)):
            return None
        return as_matrix(sample, fixed)


def _key(request: TileRequest) -> TileRequest:
    return replace(request, revision=0)
