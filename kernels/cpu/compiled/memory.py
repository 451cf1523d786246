"""Numbers at addresses, and calls of functions at addresses: what numba has no words for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types

from kernels.cpu.compiled.declare import intrinsic

_WORD = ir.IntType(64)


def _pointer(builder: Any, kind: Any, address: Any, index: Any) -> Any:
    return builder.gep(builder.inttoptr(address, kind.as_pointer()), [index])


def _scope(builder: Any) -> Any:
    """The scope of what `read` reads; `write` promises to write elsewhere, or at the same index."""
    module = builder.module
    domain = module.add_metadata([ir.MetaDataString(module, "elements")])
    scope = module.add_metadata([ir.MetaDataString(module, "inputs"), domain])
    return module.add_metadata([scope])


def _accessors(kind: Any, number: Any, width: int, metadata: tuple[str, str] | None = None) -> Any:
    """Functions that load and store the number at an index behind an address."""

    @intrinsic
    def load(context: Any, address: Any, index: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            loaded = builder.load(_pointer(builder, kind, *arguments), align=width)
            if metadata is not None:
                loaded.set_metadata(metadata[0], _scope(builder))
            return loaded

        return number(types.int64, types.int64), generate

    @intrinsic
    def store(context: Any, address: Any, index: Any, value: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            stored = builder.store(arguments[2], _pointer(builder, kind, *arguments[:2]), align=width)
            if metadata is not None:
                stored.set_metadata(metadata[1], _scope(builder))
            return context.get_dummy_value()

        return types.void(types.int64, types.int64, number), generate

    return load, store


_APART = ("alias.scope", "noalias")

load, store = _accessors(ir.FloatType(), types.float32, 4)
load64, store64 = _accessors(ir.DoubleType(), types.float64, 8)
load_byte, store_byte = _accessors(ir.IntType(8), types.uint8, 1)
load_half, store_half = _accessors(ir.IntType(32), types.int32, 4)
load_word, store_word = _accessors(_WORD, types.int64, 8)
read, write = _accessors(ir.FloatType(), types.float32, 4, _APART)
read64, write64 = _accessors(ir.DoubleType(), types.float64, 8, _APART)


def _caller(count: int) -> Any:
    """A function that calls a declared function of so many whole numbers at an address."""
    kinds = (types.int64,) * count

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = context.call_conv.get_function_type(types.void, kinds)
        function = builder.inttoptr(arguments[0], kind.as_pointer())
        context.call_conv.call_function(builder, function, types.void, kinds, arguments[1:])
        return context.get_dummy_value()

    return types.void(types.int64, *kinds), generate


@intrinsic
def call_record(context: Any, address: Any, share: Any, shares: Any, record: Any, scratch: Any) -> Any:
    """Call a kernel of the table."""
    return _caller(4)


@intrinsic
def call_element(context: Any, address: Any, out: Any, a: Any, b: Any, c: Any, count: Any) -> Any:
    """Call an elementwise function."""
    return _caller(5)


def _plain(count: int) -> Any:
    """A function that calls one made in LLVM itself, which returns nothing."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [_WORD] * count)
        builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), arguments[1:])
        return context.get_dummy_value()

    return types.void(types.int64, *(types.int64,) * count), generate


@intrinsic
def call_tile(
    context: Any, address: Any, a: Any, rows_a: Any, columns_a: Any, b: Any, rows_b: Any, c: Any, rows_c: Any,
    depth: Any, times: Any, next_a: Any, next_b: Any, last: Any, adds: Any,
) -> Any:  # fmt: skip
    """Call a tile of the matrix product (kernels.cpu.compiled.tiles)."""
    return _plain(13)


def _unary(name: str, kind: Any, number: Any) -> Callable[..., Any]:
    @intrinsic
    def function(context: Any, x: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            declared = builder.module.declare_intrinsic(name, [kind])
            return builder.call(declared, arguments)

        return number(number), generate

    found: Callable[..., Any] = function
    return found


nearest = _unary("llvm.rint", ir.FloatType(), types.float32)
down = _unary("llvm.floor", ir.FloatType(), types.float32)
up = _unary("llvm.ceil", ir.FloatType(), types.float32)
cut = _unary("llvm.trunc", ir.FloatType(), types.float32)
magnitude = _unary("llvm.fabs", ir.FloatType(), types.float32)


@intrinsic
def high_product(context: Any, a: Any, b: Any) -> Any:
    """The upper 64 bits of a product of 128 bits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(*(builder.zext(argument, wide) for argument in arguments))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), _WORD)

    return types.uint64(types.uint64, types.uint64), generate


@intrinsic
def as_float(context: Any, bits: Any) -> Any:
    """The float32 that these 32 bits are."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.FloatType())

    return types.float32(types.int32), generate


@intrinsic
def as_bits(context: Any, x: Any) -> Any:
    """The 32 bits of a float32."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(32))

    return types.int32(types.float32), generate
