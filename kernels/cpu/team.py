"""The threads that walk over a table together. They wait for work a little while awake, and then asleep."""

from __future__ import annotations

import threading

import numpy as np

from kernels.cpu.library import Library

_SPINS = 4000
"""About 100 microseconds: the steps of a training follow each other faster than that."""
ONCE = range(1)
"""The turns of what is no loop."""
_LINE = 16
"""Words from one counter to the next, so that no two of them lie in one line of the cache."""


class Team:
    """This thread and some helpers. What one of them computes does not depend on how fast the others are."""

    def __init__(self, library: Library, threads: int) -> None:
        self.threads = threads
        self._walk = library.function("walk", 10)
        self._walk_alone = library.function("walk_alone", 5)
        self._await = library.function("await_word", 4)
        self._words = np.zeros((1 + max(threads, 2), _LINE), np.int64)
        self._counter, self._job = (int(self._words[row].ctypes.data) for row in (0, 1))
        self._work: tuple[tuple[int, ...], int, object] = ((), 0, None)
        self._run = 1
        """A number that each turn of each walk has for itself."""
        self._asleep = [False] * threads
        self._wake = [threading.Semaphore(0) for _ in range(threads)]
        self._lock = threading.Lock()
        for number in range(1, threads):
            name = f"compute-{number}"
            threading.Thread(target=self._help, args=(number,), name=name, daemon=True).start()

    def walk(
        self, table: int, first: int, count: int, alone: bool, keeps: object, turns: range = ONCE
    ) -> None:
        """Walk over `count` records of a table from the `first` one on; with `alone` without helpers.

        A loop takes several turns. `keeps` holds the table: a helper that comes late looks at it once more,
        and finds nothing to do.
        """
        with self._lock:
            if alone or self.threads == 1:
                self._walk_alone(table, first, count, turns.start, len(turns))
                return
            words = self._words
            job, done = int(words[1, 0]) + 1, int(words[0, 0])
            work = (table, first, count, turns.start, len(turns), self._run, done, self._counter)
            self._run += len(turns)
            self._work = (work, job, keeps)
            words[1, 0] = job
            for number in range(1, self.threads):
                if self._asleep[number]:
                    self._wake[number].release()
            self._walk(0, self.threads, *work)

    @property
    def asleep(self) -> bool:
        """Whether all helpers sleep until there is work."""
        return all(self._asleep[1:])

    def _help(self, number: int) -> None:
        seen = 0
        answer = self._words[1 + number]
        place = int(answer.ctypes.data)
        while True:
            self._await(self._job, seen, _SPINS, place)
            if not answer[0]:
                self._asleep[number] = True
                # Whoever brings work counts first and looks then; here it is the other way round.
                if self._words[1, 0] == seen:
                    self._wake[number].acquire()
                self._asleep[number] = False
            if self._words[1, 0] != seen:
                work, seen, keeps = self._work
                self._walk(number, self.threads, *work)
                del keeps
