"""Tiles of the matrix product: so many rows by so many vectors of C, held in registers, made in LLVM itself.

C (+)= A · B for the rows of a tile. Numbers of A are spread over a vector one by one, so that A may have any
strides; B is read row by row. Of the last vector only the first numbers are read and written.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from kernels.cpu.vectors import PANELS, Vectors

_FLOAT, _WORD, _INT, _BIT = ir.FloatType(), ir.IntType(64), ir.IntType(32), ir.IntType(1)
_ADDRESS = _FLOAT.as_pointer()


def tile_name(rows: int, vectors: int) -> str:
    return f"tile_{rows}_{vectors}"


def tiles(machine: Vectors) -> ir.Module:
    """All tiles, as functions of thirteen whole numbers.

    They are a and its strides from row to row and from column to column; b and its stride from row to row; c
    and its stride; how deep the product is; how many such products are added up, and how far it is from one a
    and b to the next; how many numbers of the last vector count; and whether C is added to.
    """
    module = ir.Module("tiles")
    for vectors in PANELS:
        for rows in range(1, machine.rows(vectors) + 1):
            _Tile(module, machine, rows, vectors).define()
    return module


class _Tile:
    """One tile being written."""

    def __init__(self, module: ir.Module, machine: Vectors, rows: int, vectors: int) -> None:
        self._rows, self._vectors, self._width = rows, vectors, machine.width
        self._vector = ir.VectorType(_FLOAT, machine.width)
        self._lanes = ir.VectorType(_INT, machine.width)
        self._mask = ir.VectorType(_BIT, machine.width)
        self._places = [(i, j) for i in range(rows) for j in range(vectors)]
        pointer = self._vector.as_pointer()
        fma = ir.FunctionType(self._vector, [self._vector] * 3)
        self._fma = _declared(module, f"llvm.fma.v{machine.width}f32", fma)
        load = ir.FunctionType(self._vector, [pointer, _INT, self._mask, self._vector])
        store = ir.FunctionType(ir.VoidType(), [self._vector, pointer, _INT, self._mask])
        self._masked_load = _declared(module, f"llvm.masked.load.v{machine.width}f32.p0", load)
        self._masked_store = _declared(module, f"llvm.masked.store.v{machine.width}f32.p0", store)
        kind = ir.FunctionType(ir.VoidType(), [_WORD] * 13)
        self._function = ir.Function(module, kind, tile_name(rows, vectors))
        self._b = ir.IRBuilder(self._function.append_basic_block("entry"))

    def define(self) -> None:
        b = self._b
        a, rows_a, columns_a, right, rows_b, c, rows_c, depth, times, next_a, next_b, last, adds = (
            self._function.args
        )
        lanes = ir.Constant(self._lanes, list(range(self._width)))
        self._used = b.icmp_signed("<", lanes, self._spread(b.trunc(last, _INT), self._lanes))
        offsets = [b.mul(rows_a, ir.Constant(_WORD, i)) for i in range(self._rows)]
        first_a, first_b = b.inttoptr(a, _ADDRESS), b.inttoptr(right, _ADDRESS)
        zeros = [ir.Constant(self._vector, [0.0] * self._width)] * len(self._places)
        before = b.block
        body, behind = (self._function.append_basic_block(name) for name in ("time", "done"))
        b.branch(body)
        b.position_at_end(body)
        count, at_a, at_b = b.phi(_WORD), b.phi(_ADDRESS), b.phi(_ADDRESS)
        started = [b.phi(self._vector) for _ in self._places]
        sums = self._loop(at_a, offsets, columns_a, at_b, rows_b, depth, started)
        following = b.add(count, ir.Constant(_WORD, 1))
        steps = (
            (count, ir.Constant(_WORD, 0), following),
            (at_a, first_a, b.gep(at_a, [next_a])),
            (at_b, first_b, b.gep(at_b, [next_b])),
        )
        self._close((*steps, *zip(started, zeros, sums, strict=True)), before)
        b.cbranch(b.icmp_signed("<", following, times), body, behind)
        b.position_at_end(behind)
        into = [
            b.gep(b.inttoptr(c, _ADDRESS), [b.mul(rows_c, ir.Constant(_WORD, i))]) for i in range(self._rows)
        ]
        before = b.block
        with b.if_then(b.icmp_signed("!=", adds, ir.Constant(_WORD, 0))):
            more = [b.fadd(s, self._load(into[i], j)) for s, (i, j) in zip(sums, self._places, strict=True)]
            inside = b.block
        finals = [b.phi(self._vector) for _ in sums]
        for final, alone, added in zip(finals, sums, more, strict=True):
            final.add_incoming(alone, before)
            final.add_incoming(added, inside)
        for final, (i, j) in zip(finals, self._places, strict=True):
            self._store(final, into[i], j)
        b.ret_void()

    def _close(self, phis: Any, before: Any) -> None:
        """Say where the numbers of a loop come from: at first, and from the end of its body."""
        for phi, first, later in phis:
            phi.add_incoming(first, before)
            phi.add_incoming(later, self._b.block)

    def _loop(
        self, a: Any, offsets: list[Any], columns_a: Any, right: Any, rows_b: Any, depth: Any, started: Any
    ) -> list[Any]:
        """The sums of products over the depth."""
        b = self._b
        before = b.block
        body, behind = (self._function.append_basic_block(name) for name in ("depth", "behind"))
        b.branch(body)
        b.position_at_end(body)
        count, at_a, at_b = b.phi(_WORD), b.phi(_ADDRESS), b.phi(_ADDRESS)
        sums = [b.phi(self._vector) for _ in self._places]
        row = [self._load(at_b, j) for j in range(self._vectors)]
        new = []
        for i in range(self._rows):
            number = self._spread(b.load(b.gep(at_a, [offsets[i]])), self._vector)
            for j in range(self._vectors):
                new.append(b.call(self._fma, [number, row[j], sums[i * self._vectors + j]]))
        following = b.add(count, ir.Constant(_WORD, 1))
        steps = (
            (count, ir.Constant(_WORD, 0), following),
            (at_a, a, b.gep(at_a, [columns_a])),
            (at_b, right, b.gep(at_b, [rows_b])),
        )
        self._close((*steps, *zip(sums, started, new, strict=True)), before)
        b.cbranch(b.icmp_signed("<", following, depth), body, behind)
        b.position_at_end(behind)
        return new

    def _spread(self, number: Any, kind: Any) -> Any:
        nothing = ir.Constant(kind, ir.Undefined)
        first = self._b.insert_element(nothing, number, ir.Constant(_INT, 0))
        return self._b.shuffle_vector(first, nothing, ir.Constant(self._lanes, [0] * self._width))

    def _at(self, address: Any, vector: int) -> Any:
        place = self._b.gep(address, [ir.Constant(_WORD, vector * self._width)])
        return self._b.bitcast(place, self._vector.as_pointer())

    def _load(self, address: Any, vector: int) -> Any:
        place = self._at(address, vector)
        if vector < self._vectors - 1:
            return self._b.load(place, align=4)
        zero = ir.Constant(self._vector, [0.0] * self._width)
        return self._b.call(self._masked_load, [place, ir.Constant(_INT, 4), self._used, zero])

    def _store(self, value: Any, address: Any, vector: int) -> None:
        place = self._at(address, vector)
        if vector < self._vectors - 1:
            self._b.store(value, place, align=4)
        else:
            self._b.call(self._masked_store, [value, place, ir.Constant(_INT, 4), self._used])


def _declared(module: ir.Module, name: str, kind: ir.FunctionType) -> Any:
    found = module.globals.get(name)
    return found if found is not None else ir.Function(module, kind, name)
