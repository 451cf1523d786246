"""The object file: every declared function compiled, joined into one module, and made machine code."""

from __future__ import annotations

from typing import Any

from kernels.cpu.compiled import (
    convolution,
    elements,
    matmul,
    moving,
    pointwise,
    pooling,
    random,
    rows,
    walker,
)
from kernels.cpu.compiled.declare import DECLARED, compiled
from kernels.cpu.compiled.tiles import tiles
from kernels.cpu.library import prepared_llvm
from kernels.cpu.vectors import vectors_of

FAMILIES = (convolution, elements, matmul, moving, pointwise, pooling, random, rows, walker)
"""What declares functions by being imported."""


def object_file() -> bytes:
    """The machine code of all functions, for this processor."""
    llvm = prepared_llvm()
    # Rows are often short: one vector at a time reaches further into them than several at once.
    llvm.set_option("flowscope", "-force-vector-interleave=1")
    whole = llvm.parse_assembly("")
    for declared in DECLARED:
        name, text = compiled(declared)
        module = llvm.parse_assembly(text.replace(name, declared.name))
        module.verify()
        whole.link_in(module)
    machine = target_machine(llvm)
    whole.link_in(optimised(llvm, str(tiles(vectors_of(llvm.get_host_cpu_features()))), machine))
    return bytes(machine.emit_object(whole))


def target_machine(llvm: Any) -> Any:
    """This processor, with all that it can do."""
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        reloc="pic",
        codemodel="jitdefault",
        jit=True,
    )


def optimised(llvm: Any, text: str, machine: Any) -> Any:
    """A module that was written by hand, as LLVM makes it better."""
    module = llvm.parse_assembly(text)
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(module, passes)
    return module
