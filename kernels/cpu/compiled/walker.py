"""The walk over a table of records, by all threads at once.

A record is a row of 64-bit words (kernels.cpu.layout). Its work is cut into as many shares as there are
threads, always in the same way. A thread takes its own share first, and then what another has not begun: so
nobody waits for a thread that the system does not let run.
"""

from __future__ import annotations

from typing import Any

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
from kernels.cpu.layout import (
    ALONE,
    CLAIMS,
    DONE,
    KERNEL,
    RECORD_WORDS,
    SCRATCH,
    SCRATCH_BYTES,
    STATUS,
    WAIT,
)

_WIDTH = 8 * RECORD_WORDS
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


@helper
def take_shares(
    thread: int, threads: int, record: int, scratch: int, run: int, counter: int, works: Any
) -> None:
    """What a thread does of one record. Where it does not work, it only takes what others have not begun."""
    kernel = load_word(record, KERNEL)
    if load_word(record, ALONE) == 0:
        for i in range(threads):
            share = (thread + i) % threads
            if claim(load_word(record, CLAIMS) + 8 * share, run):
                if works:
                    call_record(kernel, share, threads, record, scratch)
                atomic_add(counter, 1)
    elif thread == 0:
        if works:
            call_record(kernel, 0, 1, record, scratch)
        atomic_add(counter, 1)


@exported("walk", 10)
def walk(
    thread: int, threads: int, table: int, first: int, count: int, turn: int, turns: int,
    run: int, before_run: int, counter: int,
) -> None:  # fmt: skip
    """One thread's part in `count` records from `first` on. The first thread returns when all is done.

    They are walked over so many times, and kernels find the number of the turn before their scratch.
    `run` is a greater number for each turn. `counter` counts the shares that were ever done, and `before_run`
    is what it was when the first turn began. Where all wait for each other they look whether a value was
    refused: then the first thread takes all that is left without doing it, and the others end.
    """
    before = flush_denormals()
    skipped = load_word(table + _WIDTH * (first - 1), DONE) if first > 0 else 0
    shares = load_word(table + _WIDTH * (first + count - 1), DONE) - skipped
    scratch = load_word(table, SCRATCH) + thread * load_word(table, SCRATCH_BYTES)
    works = True
    for number in range(turns):
        store_word(scratch, -1, turn + number)
        start = before_run + number * shares - skipped
        for index in range(first, first + count):
            record = table + _WIDTH * index
            take_shares(thread, threads, record, scratch, run + number, counter, works)
            last = index == first + count - 1 and (thread == 0 or number < turns - 1)
            if last or load_word(record, WAIT) != 0:
                wait_for(counter, start + load_word(record, DONE))
                works = works and atomic_load(load_word(record, STATUS)) == 0
                if thread != 0 and not works:
                    restore_denormals(before)
                    return
    restore_denormals(before)


@exported("walk_alone", 5)
def walk_alone(table: int, first: int, count: int, turn: int, turns: int) -> None:
    """The same by this thread, without others."""
    before = flush_denormals()
    scratch = load_word(table, SCRATCH)
    for step in range(count * turns):
        store_word(scratch, -1, turn + step // count)
        record = table + _WIDTH * (first + step % count)
        call_record(load_word(record, KERNEL), 0, 1, record, scratch)
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
