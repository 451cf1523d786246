"""Mixed precision: products of matrices in 16 bits, and what would lose too much by it in float32.

Variables stay in float32, and so does everything that is fetched or assigned.
Source: Micikevicius et al., Mixed Precision Training, ICLR 2018.
"""

from __future__ import annotations

import fnmatch
import itertools
from dataclasses import replace

from engine.op import Block, Op
from engine.ops.conversion import Cast
from engine.ops.state import Gradients
from engine.program.program import Program, number
from engine.program.rewrite import all_keys
from engine.value import Call, Value

POLICIES = {"float32": "", "mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}
"""The dtype of what is computed in 16 bits, by the name of the policy."""

FULL = "float32"
PRECISION = "precision"
"""What the pass is called in reports."""

LOW = frozenset(
    [
        "MatMul",
        "Einsum",
        "Convolution",
        "ConvolutionInputGradient",
        "ConvolutionKernelGradient",
        "ConvolutionTranspose",
    ]
)
"""Always in 16 bits: here most of the time goes, and sums are long enough for their errors to cancel."""

FOLLOWING = frozenset(
    [
        "Add",
        "Subtract",
        "Multiply",
        "Negate",
        "Maximum",
        "Minimum",
        "Abs",
        "Where",
        "Clip",
        "Relu",
        "LeakyRelu",
        "Sigmoid",
        "Tanh",
        "Greater",
        "GreaterEqual",
        "Less",
        "LessEqual",
        "Identity",
        "StopGradient",
        "Reshape",
        "ReshapeLike",
        "Transpose",
        "ExpandDims",
        "Squeeze",
        "SplitAxis",
        "MergeAxes",
        "Concat",
        "ConcatPart",
        "Stack",
        "Slice",
        "SliceLike",
        "Pad",
        "PadLike",
        "BroadcastTo",
        "BroadcastLike",
        "Tile",
        "Reverse",
        "MaxPool",
        "MaxPoolGradient",
    ]
)
"""In 16 bits where an input is: they round little or nothing. All others want float32."""


def lower_precision(program: Program, policy: str, kept: str = "") -> Program:
    """The program under a policy. `kept` names nodes that stay in float32: patterns with commas between."""
    dtype = POLICIES[policy]
    return _Lowering(program, dtype, kept).run() if dtype and program.calls else program


class _Lowering:
    """One walk. A value has a form in float32, one in 16 bits, or both, made when it is first read."""

    def __init__(self, program: Program, dtype: str, kept: str) -> None:
        self._program = program
        self._dtype = dtype
        self._kept = [pattern.strip() for pattern in kept.split(",") if pattern.strip()]
        self._calls: list[Call] = []
        self._low: dict[int, Value] = {}
        self._only_low: set[int] = set()
        self._makers: dict[int, str] = {}
        self._path = ""
        self._taken: set[str] = {call.path for call in program.calls}
        self._keys = itertools.count(1 + max(all_keys(program), default=0))

    def run(self) -> Program:
        """Walk over all calls, and make what is wanted in float32."""
        for call in self._program.calls:
            self._path = call.path
            if self._goes_low(call):
                self._lower(call)
            else:
                inputs = (
                    value and (self._read(value) if port.shape_only else self._full(value))
                    for port, value in zip(call.op.ports_for(len(call.inputs)), call.inputs, strict=True)
                )
                self._calls.append(self._unchanged(call, tuple(inputs)))
        for value in (*self._program.outputs.values(), *self._program.updates.values()):
            self._full(value)
        return replace(self._program, calls=tuple(self._calls))

    def _goes_low(self, call: Call) -> bool:
        name = type(call.op).__name__
        if name not in LOW | FOLLOWING or call.bodies or self._stays(call):
            return False
        ports = call.op.ports_for(len(call.inputs))
        read = [v for p, v in zip(ports, call.inputs, strict=True) if v is not None and not p.shape_only]
        if name in LOW:
            return all(value.spec.dtype == FULL for value in read)
        floats = [value for value in read if value.spec.is_float]
        return all(value.spec.dtype == FULL for value in floats) and any(
            number(value) in self._only_low for value in floats
        )

    def _stays(self, call: Call) -> bool:
        """Whether the call lies where precision matters: in a loss, an update, or a node that is kept."""
        if any(fnmatch.fnmatchcase(call.node, pattern) for pattern in self._kept):
            return True
        parts = call.path.split("/")
        paths = ("/".join(parts[:count]) for count in range(1, len(parts)))
        around = [self._program.blocks[path].op for path in paths if path in self._program.blocks]
        return not any(isinstance(op, Gradients) for op in around) and any(map(_wants_full, around))

    def _lower(self, call: Call) -> None:
        """Put the call into 16 bits: its float inputs are read so, and its float outputs exist only so."""
        ports = call.op.ports_for(len(call.inputs))
        inputs = tuple(
            value and (self._read(value) if port.shape_only else self._in_low(value))
            for port, value in zip(ports, call.inputs, strict=True)
        )
        specs = call.op.output_specs([None if value is None else value.spec for value in inputs])
        outputs = []
        for value, spec in zip(call.outputs, specs, strict=True):
            if spec.dtype == value.spec.dtype:
                outputs.append(value)
                continue
            low = replace(value, key=next(self._keys), spec=value.spec.with_dtype(spec.dtype))
            self._low[number(value)] = low
            self._only_low.add(number(value))
            self._makers[number(value)] = call.path
            outputs.append(low)
        self._calls.append(replace(call, inputs=inputs, outputs=tuple(outputs)))

    def _unchanged(self, call: Call, inputs: tuple[Value | None, ...]) -> Call:
        """The call on inputs that are as wide as before, or of which only the shape is read."""
        if inputs == call.inputs:
            return call
        specs = call.op.output_specs([None if value is None else value.spec for value in inputs])
        if any(a.dtype != b.spec.dtype for a, b in zip(specs, call.outputs, strict=True)):
            inputs = tuple(
                value and self._full(value) for value in call.inputs
            )  # it takes a dtype from there
        return replace(call, inputs=inputs)

    def _read(self, value: Value) -> Value:
        """Whichever form there is."""
        return self._low[number(value)] if number(value) in self._only_low else value

    def _full(self, value: Value) -> Value:
        if number(value) in self._only_low:
            self._only_low.remove(number(value))
            self._cast(self._low[number(value)], value, self._makers[number(value)])
        return value

    def _in_low(self, value: Value) -> Value:
        if value.spec.dtype != FULL:
            return value
        if number(value) not in self._low:
            low = replace(value, key=next(self._keys), spec=value.spec.as_value().with_dtype(self._dtype))
            self._cast(value, low, self._path)
            self._low[number(value)] = low
        return self._low[number(value)]

    def _cast(self, source: Value, target: Value, near: str) -> None:
        """Cast one form into another, below the call that makes or reads it."""
        dtype = target.spec.dtype
        path = next(
            path
            for count in itertools.count()
            if (path := f"{near}/to_{dtype}" + (f"_{count}" if count else "")) not in self._taken
        )
        self._taken.add(path)
        self._calls.append(Call(Cast(dtype=dtype), (source,), (target,), path))


def _wants_full(op: Op) -> bool:
    """Whether the inside of a block stays in float32."""
    return op.category in ("Loss", "Metrics", "Training") or (isinstance(op, Block) and op.full_precision)
