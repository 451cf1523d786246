"""What differs between processors: waiting, counting together, and numbers too small to be normal."""

from __future__ import annotations

import platform
from typing import Any

from llvmlite import ir
from numba import types

from kernels.cpu.compiled.declare import intrinsic

_WORD, _HALF, _BYTES = ir.IntType(64), ir.IntType(32), ir.IntType(8).as_pointer()
_X86 = platform.machine().lower() in ("x86_64", "amd64", "x86", "i386", "i686")
_ARM = platform.machine().lower() in ("aarch64", "arm64")

_FLUSH_X86 = 0x8040
"""Flush to zero, and take denormal inputs for zero: bits of MXCSR."""
_FLUSH_ARM = 1 << 24
"""Flush to zero: a bit of FPCR."""


@intrinsic
def atomic_add(context: Any, address: Any, amount: Any) -> Any:
    """Add to a word that other threads add to as well; the result is what it was."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = builder.inttoptr(arguments[0], _WORD.as_pointer())
        return builder.atomic_rmw("add", place, arguments[1], "seq_cst")

    return types.int64(types.int64, types.int64), generate


@intrinsic
def atomic_load(context: Any, address: Any) -> Any:
    """A word as another thread has left it, with all that it wrote before."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(builder.inttoptr(arguments[0], _WORD.as_pointer()), "acquire", 8)

    return types.int64(types.int64), generate


@intrinsic
def claim(context: Any, address: Any, run: Any) -> Any:
    """Raise a word to the number of a run; true for the one thread that does, for none that comes late."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = builder.inttoptr(arguments[0], _WORD.as_pointer())
        return builder.icmp_signed(
            "<", builder.atomic_rmw("max", place, arguments[1], "seq_cst"), arguments[1]
        )

    return types.boolean(types.int64, types.int64), generate


@intrinsic
def pause(context: Any) -> Any:
    """Tell the processor that the thread waits in a loop."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if _X86:
            kind = ir.FunctionType(ir.VoidType(), [])
            builder.call(_function(builder, "llvm.x86.sse2.pause", kind), [])
        elif _ARM:
            builder.asm(ir.FunctionType(ir.VoidType(), []), "yield", "", [], True)
        return context.get_dummy_value()

    return types.void(), generate


@intrinsic
def give_way(context: Any) -> Any:
    """Let another thread have the processor."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        name = "SwitchToThread" if platform.system() == "Windows" else "sched_yield"
        builder.call(_function(builder, name, ir.FunctionType(_HALF, [])), [])
        return context.get_dummy_value()

    return types.void(), generate


@intrinsic
def flush_denormals(context: Any) -> Any:
    """Let this thread take numbers too small to be normal for zero; the result restores what was before."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        before = _control(builder)
        _set_control(builder, builder.or_(before, ir.Constant(_WORD, _FLUSH_X86 if _X86 else _FLUSH_ARM)))
        return before

    return types.int64(), generate


@intrinsic
def restore_denormals(context: Any, before: Any) -> Any:
    """Undo `flush_denormals`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _set_control(builder, arguments[0])
        return context.get_dummy_value()

    return types.void(types.int64), generate


def _control(builder: Any) -> Any:
    """The word that says how this thread rounds."""
    if _X86:
        place = builder.alloca(_HALF)
        kind = ir.FunctionType(ir.VoidType(), [_BYTES])
        builder.call(_function(builder, "llvm.x86.sse.stmxcsr", kind), [builder.bitcast(place, _BYTES)])
        return builder.zext(builder.load(place), _WORD)
    if _ARM:
        return builder.call(_function(builder, "llvm.aarch64.get.fpcr", ir.FunctionType(_WORD, [])), [])
    return ir.Constant(_WORD, 0)


def _set_control(builder: Any, word: Any) -> None:
    if _X86:
        place = builder.alloca(_HALF)
        builder.store(builder.trunc(word, _HALF), place)
        kind = ir.FunctionType(ir.VoidType(), [_BYTES])
        builder.call(_function(builder, "llvm.x86.sse.ldmxcsr", kind), [builder.bitcast(place, _BYTES)])
    elif _ARM:
        kind = ir.FunctionType(ir.VoidType(), [_WORD])
        builder.call(_function(builder, "llvm.aarch64.set.fpcr", kind), [word])


def _function(builder: Any, name: str, kind: Any) -> Any:
    found = builder.module.globals.get(name)
    return found if found is not None else ir.Function(builder.module, kind, name)
