"""The interpreter of fused chains: block by block, so that what lies between stays in the cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from kernels.cpu.compiled.declare import exported, helper
from kernels.cpu.compiled.memory import (
    call_element,
    load,
    load64,
    load_byte,
    load_half,
    load_word,
    store,
    store64,
    store_byte,
    store_word,
)
from kernels.cpu.layout import (
    ADDRESS,
    BLOCK,
    BOOL,
    CODE,
    CODE_COUNT,
    COLUMN,
    COLUMNS,
    DIRECT,
    DTYPE,
    FIXED,
    FLOAT32,
    FLOAT64,
    INSTRUCTION_WORDS,
    INT32,
    NUMBER,
    OPERAND_COUNT,
    OPERAND_WORDS,
    OPERANDS,
    PLACE,
    REGISTER,
    REGISTERS,
    RESULT_COUNT,
    RESULTS,
    ROW,
    ROWS,
    SHEET,
    SHEETS,
    WHOLE,
)

_Function = Callable[..., Any]
_WORD = 8


@helper
def number_at(address: int, index: int, dtype: int) -> Any:
    """One number of any of the dtypes, as float64."""
    if dtype == FLOAT32:
        return np.float64(load(address, index))
    if dtype == FLOAT64:
        return load64(address, index)
    if dtype == BOOL:
        return np.float64(load_byte(address, index))
    if dtype == INT32:
        return np.float64(load_half(address, index))
    return np.float64(load_word(address, index))


@helper
def put_number(address: int, index: int, dtype: int, number: Any) -> None:
    """Store a number in one of the dtypes that results have."""
    if dtype == FLOAT32:
        store(address, index, np.float32(number))
    elif dtype == FLOAT64:
        store64(address, index, number)
    else:
        store_byte(address, index, np.uint8(1 if number != 0 else 0))


def _interpreter(own: int, width: int, load: _Function, store: _Function, number: _Function) -> _Function:
    """The kernel for registers of one dtype, whose numbers are `width` bytes wide."""

    @helper
    def fill(register: int, first: int, count: int, value: Any) -> None:
        for i in range(first, first + count):
            store(register, i, value)

    @helper
    def convert(register: int, address: int, dtype: int, start: int, count: int) -> None:
        if dtype == own:
            for i in range(count):
                store(register, i, load(address, start + i))
        elif dtype == BOOL:
            for i in range(count):
                store(register, i, number(load_byte(address, start + i)))
        else:
            for i in range(count):
                store(register, i, number(number_at(address, start + i, dtype)))

    @helper
    def deliver(address: int, dtype: int, start: int, register: int, count: int) -> None:
        if dtype == own:
            for i in range(count):
                store(address, start + i, load(register, i))
        elif dtype == BOOL:
            for i in range(count):
                store_byte(address, start + i, np.uint8(load(register, i)))
        else:
            for i in range(count):
                put_number(address, start + i, dtype, np.float64(load(register, i)))

    @helper
    def begin(record: int, registers: int, block: int, sheet: int, anew: Any) -> None:
        """What is the same for all blocks of a sheet; at first also what is for all sheets."""
        columns = load_word(record, COLUMNS)
        memory = registers + _WORD * load_word(record, REGISTERS)
        for index in range(load_word(record, FIXED)):
            store_word(registers, index, memory + index * block * width)
        for index in range(load_word(record, OPERAND_COUNT)):
            operand = load_word(record, OPERANDS) + _WORD * OPERAND_WORDS * index
            place, address = load_word(operand, PLACE), load_word(operand, ADDRESS)
            dtype, own_first = load_word(operand, DTYPE), load_word(operand, SHEET) * sheet
            register = load_word(registers, load_word(operand, REGISTER))
            if not anew and load_word(operand, SHEET) == 0:
                continue
            if place == NUMBER:
                fill(register, 0, block, number(number_at(address, own_first, dtype)))
            elif place == ROW and columns <= block:
                for row in range(block // columns):
                    convert(register + row * columns * width, address, dtype, own_first, columns)

    @helper
    def take_in(
        record: int, registers: int, sheet: int, row: int, rows: int, column: int, count: int
    ) -> None:
        """Point registers to the parts of arrays that belong to a block, or copy those parts into them."""
        columns, fixed = load_word(record, COLUMNS), load_word(record, FIXED)
        for index in range(load_word(record, OPERAND_COUNT)):
            operand = load_word(record, OPERANDS) + _WORD * OPERAND_WORDS * index
            place, address = load_word(operand, PLACE), load_word(operand, ADDRESS)
            register, own_first = load_word(operand, REGISTER), load_word(operand, SHEET) * sheet
            start = own_first + row * columns + column
            if place == WHOLE and register >= fixed:
                store_word(registers, register, address + start * width)
            elif place == WHOLE:
                convert(load_word(registers, register), address, load_word(operand, DTYPE), start, count)
            elif place == ROW and columns > load_word(record, BLOCK):
                first = own_first + column
                convert(load_word(registers, register), address, load_word(operand, DTYPE), first, count)
            elif place == COLUMN:
                length = count // rows
                for each in range(rows):
                    line = own_first + row + each
                    value = number(number_at(address, line, load_word(operand, DTYPE)))
                    fill(load_word(registers, register), each * length, length, value)
        for index in range(load_word(record, RESULT_COUNT)):
            result = load_word(record, RESULTS) + _WORD * OPERAND_WORDS * index
            if load_word(result, PLACE) == DIRECT:
                start = load_word(result, SHEET) * sheet + row * columns + column
                store_word(registers, load_word(result, REGISTER), load_word(result, ADDRESS) + start * width)

    @helper
    def compute(record: int, registers: int, count: int) -> None:
        code = load_word(record, CODE)
        for index in range(load_word(record, CODE_COUNT)):
            word = code + _WORD * INSTRUCTION_WORDS * index
            call_element(
                load_word(word, 0),
                load_word(registers, load_word(word, 1)),
                load_word(registers, load_word(word, 2)),
                load_word(registers, load_word(word, 3)),
                load_word(registers, load_word(word, 4)),
                count,
            )

    @helper
    def hand_out(record: int, registers: int, start: int, count: int) -> None:
        for index in range(load_word(record, RESULT_COUNT)):
            result = load_word(record, RESULTS) + _WORD * OPERAND_WORDS * index
            if load_word(result, PLACE) != DIRECT:
                register = load_word(registers, load_word(result, REGISTER))
                deliver(load_word(result, ADDRESS), load_word(result, DTYPE), start, register, count)

    def run(share: int, shares: int, record: int, scratch: int) -> None:
        rows, columns, block = load_word(record, ROWS), load_word(record, COLUMNS), load_word(record, BLOCK)
        high = max(1, block // columns)  # rows of a block
        across = (columns + block - 1) // block  # blocks beside each other
        each = (rows + high - 1) // high * across  # blocks of a sheet
        total = load_word(record, SHEETS) * each
        first, last = total * share // shares, total * (share + 1) // shares
        for chunk in range(first, last):
            sheet, rest = chunk // each, chunk % each
            if chunk == first or rest == 0:
                begin(record, scratch, block, sheet, chunk == first)
            row = rest // across * high
            column = rest % across * block
            count = min(high, rows - row) * min(block, columns - column)
            take_in(record, scratch, sheet, row, min(high, rows - row), column, count)
            compute(record, scratch, count)
            hand_out(record, scratch, (sheet * rows + row) * columns + column, count)

    return run


exported("record_pointwise", 4)(_interpreter(FLOAT32, 4, load, store, np.float32))
exported("record_wide_pointwise", 4)(_interpreter(FLOAT64, 8, load64, store64, np.float64))
