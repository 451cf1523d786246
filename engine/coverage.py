"""What each op can do, read off its declaration: dtypes, gradient, names in ONNX, kernels; and the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import kernels
from engine import registry
from engine.errors import FlowscopeError
from engine.op import Block, DataSource, Op
from engine.spec import COMPLEX, DTYPES, FLOATS, INTEGERS, Spec, spec_of
from kernels.cpu.records import packed_names

HEADER = ("Operation", "Category", "Dtypes", "Gradient", "In ONNX", "CPU", "GPU")
_GROUPS = {"floats": FLOATS, "integers": INTEGERS, "complex": COMPLEX, "bool": ("bool",)}
_TITLE = """# Operations

Every operation of Flowscope, made from the declarations by `python -m engine.coverage`. A test compares them.

- **Dtypes** are those of its first tensor. An operation of several tensors brings them to one dtype itself.
- **Gradient** says whether gradients flow through it.
- **In ONNX** names the operations of ONNX whose import draws this one.
- **CPU, GPU**: `NumPy` and `CuPy` are one source for both; `own` is a kernel written for the device alone;
  `compiled` has machine code for the processor as well, which takes most float32 tensors and leaves the rest
  to NumPy; `parts` is a block, which is made of other operations; what says `no` runs on the other device.

"""


@dataclass(frozen=True)
class Coverage:
    """One row of the table."""

    op: str
    category: str
    dtypes: str
    gradient: str
    onnx: str
    cpu: str
    gpu: str


def coverage(op: type[Op], onnx: Mapping[str, tuple[str, ...]] | None = None) -> Coverage:
    """What one op can do; `onnx` are the names of ONNX's ops by those of ours."""
    is_parts = issubclass(op, Block)
    own = kernels.own_devices(op.kernel_name())
    return Coverage(
        op.__name__,
        op.category,
        _grouped(accepted_dtypes(op)),
        "yes" if has_gradient(op) else "no",
        ", ".join((onnx or {}).get(op.__name__, ())),
        "parts" if is_parts else _on_cpu(op.kernel_name()),
        "parts" if is_parts else "own" if "gpu" in own else "CuPy" if _is_generic(op) else "no",
    )


def _on_cpu(kernel: str) -> str:
    if kernel in packed_names():
        return "compiled"
    return "own" if "cpu" in kernels.own_devices(kernel) else "NumPy"


def _is_generic(op: type[Op]) -> bool:
    """Whether the kernel of an op is one source for all devices; what has no kernel needs none."""
    name = op.kernel_name()
    return name not in kernels.names() or kernels.runs_on(name, "gpu")


def accepted_dtypes(op: type[Op]) -> tuple[str, ...]:
    """The dtypes that the first tensor of an op may have, tried on its first worked case."""
    if not op.cases or issubclass(op, DataSource):
        return ()
    made = op.from_attributes(op.cases[0].attributes)
    specs = [None if array is None else spec_of(array) for array in op.cases[0].arrays("float32")]
    return tuple(dtype for dtype in DTYPES if _accepts(made, specs, dtype))


def has_gradient(op: type[Op]) -> bool:
    """Whether gradients flow through an op."""
    if issubclass(op, DataSource) or not op.differentiable or not (op.input_ports or op.own_ports):
        return False
    if not issubclass(op, Block) and op.gradient is Op.gradient:
        return False
    if not op.cases or any(dtype in FLOATS for dtype in accepted_dtypes(op)):
        return True
    # The first tensor may be a condition, or say places: then the gradient is that of others.
    arrays = [array for array in op.cases[0].arrays("float32") if array is not None]
    return any(spec_of(array).is_float for array in arrays)


def table() -> str:
    """The whole table, as Markdown."""
    from engine.exchange.onnx.named import onnx_names  # needs the onnx package, which nothing else here does

    onnx = onnx_names()
    ops = sorted((op for op in registry.all_ops() if not op.internal), key=lambda op: op.__name__)
    rows = [coverage(op, onnx) for op in ops if op.__module__.startswith("engine.")]
    cells = [tuple(vars(row).values()) for row in rows]
    lines = [HEADER, ("---",) * len(HEADER), *cells]
    return _TITLE + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def read_table(text: str) -> tuple[Coverage, ...]:
    """The rows of a table that `table` has made."""
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    return tuple(Coverage(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines)


def _accepts(op: Op, specs: list[Spec | None], dtype: str) -> bool:
    first = next((spec.dtype for spec in specs if spec is not None), "")
    given = [replace(s, dtype=dtype) if s is not None and s.dtype == first else s for s in specs]
    try:
        op.output_specs(given)
    except FlowscopeError:
        return False
    return True


def _grouped(dtypes: tuple[str, ...]) -> str:
    """`floats, integers` rather than all their names; a group of which only some are taken is written out."""
    parts = []
    for name, group in _GROUPS.items():
        taken = [dtype for dtype in group if dtype in dtypes]
        parts += [name] if len(taken) == len(group) else taken
    return ", ".join(parts)


if __name__ == "__main__":
    print(table(), end="")
