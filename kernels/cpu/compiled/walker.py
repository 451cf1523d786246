"""The walk over a table of records, by all threads at once.

A record is a row of 64-bit words (kernels.cpu.layout). Its work is cut into as many shares as there are
threads, always in the same way. A thread takes its own share first, and then what another has not begun: so
nobody waits for a thread that the system does not let run.
"""

from __future__ import annotations

from kernels.cpu.compiled.declare import exported, helper
from kernels.cpu.compiled.machine import (
    atomic_add,
    atomic_load,
    claim,
    flush_denormals,
    give_way,
    pause,
    restore_denormals,
)
from kernels.cpu.compiled.memory import call_record, load_word, store_word
from kernels.cpu.layout import ALONE, CLAIMS, DONE, KERNEL, RECORD_WORDS, SCRATCH, SCRATCH_BYTES, STATUS, WAIT

_SPINS = 4000
"""About 100 microseconds. After that the processor is better left to others."""


@helper
def wait_for(counter: int, count: int) -> None:
    """Wait until so many shares are done."""
    spins = 0
    while atomic_load(counter) < count:
        pause()
        spins += 1
        if spins > _SPINS:
            give_way()


@exported("walk", 8)
def walk(
    thread: int, threads: int, table: int, first: int, count: int, run: int, before_run: int, counter: int
) -> None:
    """One thread's part in `count` records from `first` on. The first thread returns when all is done.

    Where all wait for each other they look whether a value was refused; then none goes on.

    `run` is a greater number each time. `counter` counts the shares that were ever done, and `before_run` is
    what it was when this run began.
    """
    before = flush_denormals()
    width = 8 * RECORD_WORDS
    start = before_run - (load_word(table + width * (first - 1), DONE) if first > 0 else 0)
    for index in range(first, first + count):
        record = table + width * index
        kernel = load_word(record, KERNEL)
        scratch = load_word(record, SCRATCH) + thread * load_word(record, SCRATCH_BYTES)
        if load_word(record, ALONE) == 0:
            for i in range(threads):
                share = (thread + i) % threads
                if claim(load_word(record, CLAIMS) + 8 * share, run):
                    call_record(kernel, share, threads, record, scratch)
                    atomic_add(counter, 1)
        elif thread == 0:
            call_record(kernel, 0, 1, record, scratch)
            atomic_add(counter, 1)
        if load_word(record, WAIT) != 0:
            wait_for(counter, start + load_word(record, DONE))
            if atomic_load(load_word(record, STATUS)) != 0:
                restore_denormals(before)
                return
    if thread == 0:
        wait_for(counter, start + load_word(table + width * (first + count - 1), DONE))
    restore_denormals(before)


@exported("walk_alone", 3)
def walk_alone(table: int, first: int, count: int) -> None:
    """The same by this thread, without others."""
    before = flush_denormals()
    for index in range(first, first + count):
        record = table + 8 * RECORD_WORDS * index
        call_record(load_word(record, KERNEL), 0, 1, record, load_word(record, SCRATCH))
        if atomic_load(load_word(record, STATUS)) != 0:
            break
    restore_denormals(before)


@exported("await_word", 4)
def await_word(address: int, known: int, spins: int, answer: int) -> None:
    """Wait for a word to become another one than is known; the answer is 1 if it has, in so many spins."""
    store_word(answer, 0, 0)
    for _ in range(spins):
        if atomic_load(address) != known:
            store_word(answer, 0, 1)
            return
        pause()
