"""The machine code of the compiled kernels: an object file, loaded without the compiler that made it."""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernels.cpu.vectors import Vectors, vectors_of

_WORD = ctypes.c_int64


@dataclass(frozen=True, eq=False)
class Library:
    """A loaded object file."""

    address: Callable[[str], int]
    """The address of a function; 0 where there is none of that name."""
    vectors: Vectors

    def function(self, name: str, count: int) -> Callable[..., None]:
        """A function of so many whole numbers, called from Python without holding Python's lock.

        It keeps the machine code: as long as there is a thread that may call it, that stays where it is.
        """
        # numba's functions take two addresses first, for a result and an exception; these have neither.
        kind = ctypes.CFUNCTYPE(ctypes.c_int32, _WORD, _WORD, *[_WORD] * count)
        function = kind(self.address(name))
        unused = (_WORD * 2)()
        place = ctypes.addressof(unused)

        def call(*arguments: int, _kept: object = (self, unused)) -> None:
            function(place, place + 8, *arguments)

        return call


def load(path: Path) -> Library:
    """Load an object file. Its code lives as long as the library does."""
    llvm = prepared_llvm()
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_path(str(path)))
    engine.finalize_object()
    return Library(engine.get_function_address, vectors_of(llvm.get_host_cpu_features()))


def prepared_llvm() -> Any:
    """LLVM, imported where it is needed first: it takes longer than all else here."""
    llvm = importlib.import_module("llvmlite.binding")
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm
