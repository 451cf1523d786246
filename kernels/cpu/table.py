"""Records in memory: the rows that compiled code walks over, and the memory that they need beside arrays."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from kernels.cpu import layout
from kernels.cpu.records.record import Record

_LINE = 64
"""Bytes of a line of the cache."""


class Table:
    """The rows of records for so many threads. `waits` says behind which of them all shares must be done."""

    def __init__(self, records: Sequence[Record], waits: Sequence[bool], threads: int) -> None:
        self.records = tuple(records)
        # A line before the scratch of each thread holds the number of the turn.
        scratch = _LINE + -(-max((record.scratch for record in records), default=0) // _LINE) * _LINE
        self._scratch = np.empty(scratch * threads + 2 * _LINE, np.uint8)
        self._claims = np.zeros((len(records), threads), np.int64)
        self._status = np.zeros(1, np.int64)
        self._rows = np.zeros((len(records), layout.RECORD_WORDS), np.int64)
        shares = itertools.accumulate(1 if record.alone else threads for record in records)
        for row, record, wait, claims, done in zip(
            self._rows, records, waits, self._claims, shares, strict=True
        ):
            row[layout.KERNEL] = record.kernel
            row[layout.ALONE] = record.alone
            row[layout.WAIT] = wait
            row[layout.CLAIMS] = claims.ctypes.data
            row[layout.DONE] = done
            row[layout.STATUS] = self._status.ctypes.data
            row[layout.SCRATCH] = -(-self._scratch.ctypes.data // _LINE) * _LINE + _LINE
            row[layout.SCRATCH_BYTES] = scratch
            row[layout.FIRST : layout.FIRST + len(record.words)] = record.words
        self.address = int(self._rows.ctypes.data)

    def refused(self) -> int | None:
        """The record that met a value it cannot work with, since this was asked last."""
        if not self._status[0]:
            return None
        row = (int(self._status[0]) - self.address) // self._rows.strides[0]
        self._status[0] = 0
        return row
