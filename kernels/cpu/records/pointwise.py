"""Elementwise steps as records: registers, operands and code for the interpreter of fused chains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kernels.cpu import layout
from kernels.cpu.library import Library
from kernels.cpu.records.record import Array, Arrays, Record, address, packs, table

Instruction = tuple[str, tuple[int, ...], Mapping[str, Any], str]
"""As the generic kernel takes it: kernel, registers read, settings, and dtype."""

_CACHE = 1 << 15
"""Bytes that the registers of a block may fill: most of the fastest cache of a core."""
_MOST = 2048
"""Elements of a block. More would not make it faster."""

_WITH_SETTINGS = {
    "leaky_relu": ("slope",),
    "elu": ("alpha",),
    "hard_sigmoid": ("alpha", "beta"),
    "clip": ("low", "high"),
}
"""The settings that an element takes as further numbers, in order."""

_PLAIN = (
    "abs", "add", "ceil", "divide", "equal", "erf", "exp", "floor", "greater", "greater_equal",
    "less", "less_equal", "log", "logical_and", "logical_not", "logical_or", "maximum", "minimum",
    "multiply", "negate", "not_equal", "power", "reciprocal", "relu", "round", "rsqrt", "selu",
    "sigmoid", "sigmoid_cross_entropy", "sign", "silu", "softsign", "sqrt", "square", "subtract",
    "tanh", "trunc", "where",
)  # fmt: skip
"""Kernels that are elements as they are."""


@packs("pointwise")
def pack_pointwise(
    library: Library,
    inputs: Arrays,
    outputs: Arrays,
    *,
    instructions: Sequence[Instruction],
    results: tuple[int, ...],
) -> Record | None:
    """A fused chain."""
    given = [array for array in inputs if array is not None]
    made = [array for array in outputs if array is not None]
    dtypes = {array.dtype.name for array in (*given, *made)} | {dtype for *_, dtype in instructions}
    if not dtypes <= set(layout.DTYPES) or (
        dtypes & {"int32", "int64"} and not _only_cast(given, instructions)
    ):
        return None
    grid = _grid(made[0].shape, [array.shape for array in given])
    if grid is None:
        return None
    wide = "float64" in dtypes
    chain = _Chain(library, wide, given, grid)
    for index, instruction in enumerate(instructions):
        if not chain.add(len(given) + index, instruction):
            return None
    return chain.record(dict(zip(results, made, strict=True)))


def _alone(name: str) -> None:
    """Register one elementwise kernel: a chain of one link."""

    @packs(name)
    def pack_one(library: Library, inputs: Arrays, outputs: Arrays, **settings: Any) -> Record | None:
        (out,) = outputs
        if out is None or any(array is None for array in inputs):
            return None
        registers = tuple(range(len(inputs)))
        instructions = [(name, registers, settings, out.dtype.name)]
        return pack_pointwise(library, inputs, outputs, instructions=instructions, results=(len(inputs),))


for _name in (*_PLAIN, *_WITH_SETTINGS, "cast", "gelu"):
    _alone(_name)


def _only_cast(given: Sequence[Array], instructions: Sequence[Instruction]) -> bool:
    """Whether whole numbers are read by casts alone: a float32 does not hold them all."""
    whole = {index for index, array in enumerate(given) if array.dtype.kind == "i"}
    read = {register for name, registers, *_ in instructions if name != "cast" for register in registers}
    return not whole & read and not any(dtype.startswith("int") for *_, dtype in instructions)


# ---- the size of it all ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Grid:
    """The results as sheets of rows and columns; of each operand its place there, and what it has for each
    sheet: how many elements."""

    sheets: int
    rows: int
    columns: int
    places: tuple[int, ...]
    apart: tuple[int, ...]


def _grid(shape: tuple[int, ...], operands: Sequence[tuple[int, ...]]) -> _Grid | None:
    """Join axes along which the same operands are spread; None where more than three kinds remain."""
    kinds: list[tuple[bool, ...]] = []
    sizes: list[int] = []
    for axis, size in enumerate(shape):
        if size == 1:
            continue
        behind = len(shape) - axis
        kind = tuple(len(each) >= behind and each[len(each) - behind] == size for each in operands)
        if kinds and kinds[-1] == kind:
            sizes[-1] *= size
        else:
            kinds.append(kind)
            sizes.append(size)
    if len(kinds) > 3:
        return None
    missing = 3 - len(kinds)
    kinds = [kinds[0] if kinds else (False,) * len(operands)] * missing + kinds
    sizes = [1] * missing + sizes
    names = {
        (True, True): layout.WHOLE,
        (False, True): layout.ROW,
        (True, False): layout.COLUMN,
        (False, False): layout.NUMBER,
    }
    places = tuple(names[pair] for pair in zip(*kinds[1:], strict=True))
    extents = {layout.WHOLE: sizes[1] * sizes[2], layout.ROW: sizes[2], layout.COLUMN: sizes[1]}
    apart = tuple(extents.get(place, 1) if own else 0 for own, place in zip(kinds[0], places, strict=True))
    return _Grid(sizes[0], sizes[1], sizes[2], places, apart)


# ---- the code --------------------------------------------------------------------------------------------


@dataclass
class _Operand:
    place: int
    dtype: int
    array: Array
    apart: int = 0
    """How many elements each sheet has of its own."""


@dataclass
class _Chain:
    """A program being translated. Its registers are numbered as those of the generic kernel, numbers that
    come from settings behind all others."""

    library: Library
    wide: bool
    given: Sequence[Array]
    grid: _Grid
    operands: dict[int, _Operand] = field(default_factory=dict)
    code: list[tuple[str, int, tuple[int, ...]]] = field(default_factory=list)
    """For each instruction the element, the register that it fills, and those that it reads."""

    def __post_init__(self) -> None:
        pairs = zip(self.grid.places, self.given, self.grid.apart, strict=True)
        for register, (place, array, apart) in enumerate(pairs):
            self.operands[register] = _Operand(place, layout.DTYPES[array.dtype.name], array, apart)

    def add(self, target: int, instruction: Instruction) -> bool:
        """Translate one instruction; False where there is no such element."""
        name, read, settings, dtype = instruction
        numbers = [float(settings[key]) for key in _WITH_SETTINGS.get(name, ())]
        if name == "gelu" and settings["approximate"]:
            name = "gelu_of_tanh"
        if name == "cast" and dtype == "bool":
            name, numbers = "not_equal", [0.0]
        if name == "cast":
            name = "copy"
        self.code.append((name, target, (*read, *(self._number(number) for number in numbers))))
        return self._element(name) != 0

    def _element(self, name: str) -> int:
        """The address of an element."""
        return self.library.address(f"{'wide' if self.wide else 'element'}_{name}")

    def _number(self, number: float) -> int:
        register = 1_000_000 + len(self.operands)
        self.operands[register] = _Operand(layout.NUMBER, layout.FLOAT64, np.array(number))
        return register

    def record(self, results: Mapping[int, Array]) -> Record:
        """The whole as a record, with registers in memory used again after their last use."""
        width = 8 if self.wide else 4
        own = layout.FLOAT64 if self.wide else layout.FLOAT32
        self._join_products(results)
        last = {register: index for index, (_, _, read) in enumerate(self.code) for register in read}
        direct = {
            register
            for register, array in results.items()
            if layout.DTYPES[array.dtype.name] == own and not self._is_read_after(register, array)
        }
        moving = [r for r, o in self.operands.items() if o.place == layout.WHOLE and o.dtype == own]
        moving += direct
        fixed: dict[int, int] = {r: i for i, r in enumerate(r for r in self.operands if r not in moving)}
        used, free = len(fixed), list[int]()
        kept = set(results) | set(self.operands)
        for index, (_, target, read) in enumerate(self.code):
            if target not in direct:
                fixed[target] = free.pop() if free else used
                used = max(used, fixed[target] + 1)
            spent = {
                r for r in (*read, target) if r in fixed and r not in kept and last.get(r, index) == index
            }
            free += [fixed[register] for register in spent]
        place = {**fixed, **{register: used + index for index, register in enumerate(moving)}}
        block = min(_MOST, max(64, _CACHE // (max(used, 1) * width) // 64 * 64))
        operands = table(
            [(o.place, o.dtype, address(o.array), place[r], o.apart) for r, o in self.operands.items()]
        )
        code = table(
            [
                (self._element(name), place[t], *_three([place[r] for r in read]))
                for name, t, read in self.code
            ]
        )
        ends = table(
            [
                (
                    layout.DIRECT if register in direct else layout.CONVERTED,
                    layout.DTYPES[array.dtype.name],
                    address(array),
                    place[register],
                    self.grid.rows * self.grid.columns,
                )
                for register, array in results.items()
            ]
        )
        count = self.grid.sheets * self.grid.rows * self.grid.columns
        tables = [number for each in (operands, code, ends) for number in (address(each), len(each))]
        words = [self.grid.rows, self.grid.columns, block, len(place), used, *tables, self.grid.sheets]
        kernel = self.library.address("record_wide_pointwise" if self.wide else "record_pointwise")
        keeps = (operands, code, ends, [operand.array for operand in self.operands.values()])
        scratch = 8 * len(place) + used * block * width
        return Record(kernel, words, count * len(self.code), scratch, keeps)

    def _join_products(self, results: Mapping[int, Array]) -> None:
        """Let a product that is read by one sum alone be part of it, which rounds once less."""
        uses = Counter(register for _, _, read in self.code for register in read)
        products = {
            target: read
            for name, target, read in self.code
            if name == "multiply" and uses[target] == 1 and target not in results
        }
        joined, gone = [], set()
        for name, target, read in self.code:
            product = next((r for r in read if r in products), None) if name == "add" else None
            if product is None:
                joined.append((name, target, read))
            else:
                (other,) = (register for register in read if register != product)
                joined.append(("multiply_add", target, (*products[product], other)))
                gone.add(product)
        self.code = [instruction for instruction in joined if instruction[1] not in gone]

    def _is_read_after(self, register: int, array: Array) -> bool:
        """Whether a result lies where an operand is that is still read when the result is there."""
        made = next(index for index, (_, target, _) in enumerate(self.code) if target == register)
        later = {r for _, _, read in self.code[made + 1 :] for r in read}
        return any(np.shares_memory(array, self.operands[r].array) for r in later if r in self.operands)


def _three(registers: Sequence[int]) -> tuple[int, int, int]:
    """The registers that an element reads, whatever it needs."""
    first, second, third = (*registers, *[registers[0]] * (3 - len(registers)))
    return first, second, third
