"""Mixed precision: products of matrices in 16 bits, and what would lose too much by it in float32.

Variables stay in float32, and so does everything that is fetched or assigned.
Source: Micikevicius et al., Mixed Precision Training, ICLR 2018.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace

from engine.op import Block, Op
from engine.ops.conversion import Cast
from engine.ops.state import Gradients
from engine.policy import INHERIT, POLICIES
from engine.program.program import Program, number
from engine.program.rewrite import all_keys
from engine.value import Call, Value

FULL = "float32"
LOW_DTYPES = frozenset(POLICIES.values()) - {""}
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


def lower_precision(program: Program, policy: str) -> Program:
    """The program under a policy, which nodes may change for themselves."""
    return _Lowering(program, policy).run() if _lowers(program, policy) else program


def lower_part(program: Program, policy: str, low: Mapping[str, str]) -> Program:
    """The same for a part of a program: what comes and goes in 16 bits alone is left so at its border.

    `low` are the dtypes of such feeds.
    """
    if not low and not _lowers(program, policy):
        return program
    return _Lowering(program, policy).run(low, keeps_low=True)


def _lowers(program: Program, policy: str) -> bool:
    chosen = {policy, *(call.policy.precision for call in program.calls)} - {INHERIT}
    return bool(program.calls) and any(POLICIES[name] for name in chosen)


class _Lowering:
    """One walk. A value has a form in float32, one in 16 bits, or both, made when it is first read."""

    def __init__(self, program: Program, policy: str) -> None:
        self._program = program
        self._policy = policy
        self._calls: list[Call] = []
        self._low: dict[tuple[int, str], Value] = {}
        self._only_low: dict[int, Value] = {}
        self._makers: dict[int, Call] = {}
        self._call: Call
        """The present one."""
        self._taken: set[str] = {call.path for call in program.calls}
        self._keys = itertools.count(1 + max(all_keys(program), default=0))

    def run(self, low: Mapping[str, str] | None = None, *, keeps_low: bool = False) -> Program:
        """Walk over all calls, and make what is wanted in float32, or with `keeps_low` as it is."""
        feeds = dict(self._program.feeds)
        for name, dtype in (low or {}).items():
            feeds[name] = self._only(feeds[name], dtype)
        for call in self._program.calls:
            self._call = call
            dtype = self._dtype_for(call)
            if dtype:
                self._lower(call, dtype)
            else:
                inputs = (
                    value and (self._read(value) if port.shape_only else self._full(value))
                    for port, value in zip(call.op.ports_for(len(call.inputs)), call.inputs, strict=True)
                )
                self._calls.append(self._unchanged(call, tuple(inputs)))
        taken = self._read if keeps_low else self._full
        outputs = {name: taken(value) for name, value in self._program.outputs.items()}
        for value in self._program.updates.values():
            self._full(value)
        return replace(self._program, calls=tuple(self._calls), feeds=feeds, outputs=outputs)

    def _only(self, value: Value, dtype: str) -> Value:
        """The form of a value that is there in 16 bits alone."""
        low = replace(value, key=next(self._keys), spec=value.spec.with_dtype(dtype))
        self._low[number(value), dtype] = self._only_low[number(value)] = low
        return low

    def _dtype_for(self, call: Call) -> str:
        """The dtype of 16 bits that a call is computed in; empty where it is computed in float32."""
        chosen = call.policy.precision
        dtype = POLICIES[self._policy if chosen == INHERIT else chosen]
        return dtype if dtype and self._goes_low(call, dtype) else ""

    def _goes_low(self, call: Call, dtype: str) -> bool:
        name = type(call.op).__name__
        if name not in LOW | FOLLOWING or call.bodies or self._stays(call):
            return False
        ports = call.op.ports_for(len(call.inputs))
        read = [v for p, v in zip(ports, call.inputs, strict=True) if v is not None and not p.shape_only]
        if name in LOW:
            return all(value.spec.dtype == FULL for value in read)
        floats = [value for value in read if value.spec.is_float]
        return all(value.spec.dtype == FULL for value in floats) and any(
            number(value) in self._only_low and self._read(value).spec.dtype == dtype for value in floats
        )

    def _stays(self, call: Call) -> bool:
        """Whether the call lies where precision matters: in a loss, or in an update."""
        parts = call.path.split("/")
        paths = ("/".join(parts[:count]) for count in range(1, len(parts)))
        around = [self._program.blocks[path].op for path in paths if path in self._program.blocks]
        return not any(isinstance(op, Gradients) for op in around) and any(map(_wants_full, around))

    def _lower(self, call: Call, dtype: str) -> None:
        """Put the call into 16 bits: its float inputs are read so, and its float outputs exist only so."""
        ports = call.op.ports_for(len(call.inputs))
        inputs = tuple(
            value and (self._read(value) if port.shape_only else self._in_low(value, dtype))
            for port, value in zip(ports, call.inputs, strict=True)
        )
        specs = call.op.output_specs([None if value is None else value.spec for value in inputs])
        outputs = []
        for value, spec in zip(call.outputs, specs, strict=True):
            if spec.dtype == value.spec.dtype:
                outputs.append(value)
                continue
            outputs.append(self._only(value, spec.dtype))
            self._makers[number(value)] = call
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
        return self._only_low.get(number(value), value)

    def _full(self, value: Value) -> Value:
        low = self._only_low.pop(number(value), None)
        if low is not None:
            self._cast(low, value, self._makers.get(number(value), self._call))
        return value

    def _in_low(self, value: Value, dtype: str) -> Value:
        if value.spec.dtype != FULL:
            return value
        key = (number(value), dtype)
        if key not in self._low:
            low = replace(value, key=next(self._keys), spec=value.spec.as_value().with_dtype(dtype))
            self._cast(self._full(value), low, self._call)
            self._low[key] = low
        return self._low[key]

    def _cast(self, source: Value, target: Value, near: Call) -> None:
        """Cast one form into another, below the call that makes or reads it."""
        dtype = target.spec.dtype
        path = next(
            path
            for count in itertools.count()
            if (path := f"{near.path}/to_{dtype}" + (f"_{count}" if count else "")) not in self._taken
        )
        self._taken.add(path)
        self._calls.append(Call(Cast(dtype=dtype), (source,), (target,), path, policy=near.policy))


def _wants_full(op: Op) -> bool:
    """Whether the inside of a block stays in float32."""
    return op.category in ("Loss", "Metrics", "Training") or (isinstance(op, Block) and op.full_precision)
