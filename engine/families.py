"""Families of ops: the shape rules, dtype checks and gradient shells that their members share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from engine import registry
from engine.errors import SpecError
from engine.op import Call, Gradients, Op, attribute, setting
from engine.spec import (
    COMPLEX,
    FLOATS,
    INTEGERS,
    UNKNOWN,
    Dim,
    Shape,
    Spec,
    broadcast_shapes,
    common_dtype,
    normalize_axis,
    shape_text,
)
from engine.value import Value

NUMBERS = (*FLOATS, *INTEGERS)
INEXACT = (*FLOATS, *COMPLEX)
ARITHMETIC = (*NUMBERS, *COMPLEX)
BOOL = ("bool",)
ANY = (*ARITHMETIC, *BOOL)

_KINDS = {
    FLOATS: ("a float dtype", "Insert Cast to float32."),
    INTEGERS: ("a whole-number dtype", "Insert Cast to int64."),
    NUMBERS: ("numbers", "Insert Cast to float32."),
    INEXACT: ("a float or a complex dtype", "Insert Cast to float32."),
    ARITHMETIC: ("numbers", "Insert Cast to float32."),
    COMPLEX: ("a complex dtype", "Insert Cast to complex64, or Complex."),
    BOOL: ("bool", "Insert Cast to bool, or a comparison."),
}


def require_dtype(spec: Spec, allowed: tuple[str, ...], port: str) -> None:
    """Raise SpecError where the tensor at a port has a dtype that the op does not take."""
    if spec.dtype not in allowed:
        expected, hint = _KINDS[allowed]
        raise SpecError(f"{port} is {spec}; expected {expected}.", hint=hint)


def require_rank(spec: Spec, least: int, port: str, hint: str) -> None:
    """Raise SpecError where the tensor at a port has too few axes."""
    if spec.rank is not None and spec.rank < least:
        axes = "one axis" if least == 1 else f"{least} axes"
        raise SpecError(f"{port} is {spec}; expected at least {axes}.", hint=hint)


def require_held(number: float, dtype: str, name: str) -> None:
    """Raise SpecError where a dtype of whole numbers cannot hold the number that a setting says."""
    if dtype in INTEGERS:
        limits = np.iinfo(dtype)
        if not limits.min <= number <= limits.max or number != int(number):
            raise SpecError(
                f"{name} is {number:g}; expected a whole number from {limits.min} to {limits.max} ({dtype}).",
                hint=f"Change {name}, or the dtype.",
            )


def normalize_axes(axes: Sequence[int], rank: int) -> tuple[int, ...]:
    """Positive axes in ascending order; no axes mean all. Raises SpecError for a repeated one."""
    found = sorted(normalize_axis(axis, rank, "axes") for axis in axes)
    if len(set(found)) < len(found):
        raise SpecError(f"axes {list(axes)} name one axis twice.", hint="Name each axis once.")
    return tuple(found) if found else tuple(range(rank))


def static_size(shape: Shape, axes: Sequence[int]) -> int | None:
    """How many elements lie along the axes, or None where a size is not known."""
    sizes = [shape[axis] for axis in axes]
    return math.prod(int(size) for size in sizes) if all(isinstance(size, int) for size in sizes) else None


def open_sizes(setting: Spec) -> Shape | None:
    """The shape that a tensor of sizes stands for: how many there are is all that is known of them."""
    count = 1 if setting.shape == () else setting.shape[0] if setting.shape else None
    return (UNKNOWN,) * count if isinstance(count, int) else None


def alone(call: Call, dx: Value | None) -> Gradients:
    """The gradients of a call whose first input alone has one."""
    return dx, *[None] * (len(call.inputs) - 1)


def operands(call: Call) -> tuple[Value, ...]:
    """The connected inputs of a call."""
    return tuple(x for x in call.inputs if x is not None)


def number_like(x: Value, number: float) -> Value:
    """A scalar of the dtype of x."""
    return x.builder.constant(number, x.spec.dtype)


def conjugate(x: Value) -> Value:
    """What a pullback multiplies by: x, and of complex numbers their conjugates.

    The gradient of a real number with respect to a complex one is its slope along the real axis plus i times
    that along the imaginary one: where it points, the number grows fastest. PyTorch and TensorFlow agree.
    """
    return registry.get("Conjugate")()(x) if x.spec.is_complex else x


def unbroadcast(dx: Value, x: Value) -> Value:
    """Sum a gradient over the axes along which x was broadcast."""
    if x.spec.shape is not None and dx.spec.shape == x.spec.shape and UNKNOWN not in x.spec.shape:
        return dx
    return registry.get("SumTo")()(dx, x)


class Elementwise(Op, abstract=True):
    """y has the shape and dtype of x; each element depends on one element."""

    category = "Math"
    takes: ClassVar[tuple[str, ...]] = FLOATS
    """The dtypes that x may have."""

    def infer(self, x: Spec) -> Spec:
        require_dtype(x, self.takes, "x")
        return x

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        """The gradient of x."""
        raise NotImplementedError(f"{type(self).__name__} declares no gradient")

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (x,) = operands(call)
        return (self.pullback(dy, x, call.outputs[0]),)


class Broadcasting(Op, abstract=True):
    """y has the common shape of a and b; both are brought to one dtype."""

    category = "Math"
    inputs = ("a", "b")
    promotes = ("a", "b")
    takes: ClassVar[tuple[str, ...]] = NUMBERS
    """The dtypes that a and b may have."""

    def infer(self, a: Spec, b: Spec) -> Spec:
        require_dtype(a, self.takes, "a")
        require_dtype(b, self.takes, "b")
        return Spec(common_dtype(a, b), broadcast_shapes(a.shape, b.shape))

    def pullback(self, dy: Value, a: Value, b: Value, y: Value) -> tuple[Value, Value]:
        """The gradients of a and b before the axes that were broadcast are summed."""
        raise NotImplementedError(f"{type(self).__name__} declares no gradient")

    def gradient(self, call: Call, dy: Value) -> Gradients:
        a, b = operands(call)
        da, db = self.pullback(dy, a, b, call.outputs[0])
        return unbroadcast(da, a), unbroadcast(db, b)


class Comparison(Broadcasting, abstract=True):
    """True or false for each pair of elements."""

    differentiable = False

    def infer(self, a: Spec, b: Spec) -> Spec:
        return super().infer(a, b).with_dtype("bool")


class Reduction(Op, abstract=True):
    """One value for all elements along the axes."""

    category = "Math"
    inputs = ("x", setting("axes"))
    axes: tuple[int, ...] = attribute(
        default=(), help="The axes that disappear; -1 is the last. Empty means all of them."
    )
    keep_dims: bool = attribute(default=False, help="Keep the reduced axes, with size 1.")
    takes: ClassVar[tuple[str, ...]] = NUMBERS
    """The dtypes that x may have."""

    def infer(self, x: Spec, axes: Spec | None = None) -> Spec:
        require_dtype(x, self.takes, "x")
        if axes is None:
            return x.with_shape(self.reduced(x.shape))
        return x.with_shape((UNKNOWN,) * x.rank if self.keep_dims and x.rank is not None else None)

    def reduced(self, shape: Shape | None) -> Shape | None:
        """The shape without the reduced axes, or with size 1 there."""
        if shape is None:
            return None if self.axes or self.keep_dims else ()
        axes = normalize_axes(self.axes, len(shape))
        if self.keep_dims:
            return tuple(1 if axis in axes else size for axis, size in enumerate(shape))
        return tuple(size for axis, size in enumerate(shape) if axis not in axes)

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        """The gradient of x; dy and y have the reduced shape."""
        raise NotImplementedError(f"{type(self).__name__} declares no gradient")

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, *wired = operands(call)
        if wired:
            raise SpecError("axes come by a wire, and a gradient needs them beforehand.", hint="Set axes.")
        return alone(call, self.pullback(dy, x, call.outputs[0]))


class Joining(Op, abstract=True):
    """One tensor out of several, which are brought to one dtype."""

    category = "Shape"
    promotes = ("values",)
    axis: int = attribute(default=0, help="The axis along which they are joined; -1 is the last.")

    def common(self, values: Sequence[Spec]) -> tuple[str, list[Shape]]:
        """The dtype of all, and the known shapes; raises SpecError where dtypes or ranks differ."""
        if not values:
            raise SpecError("no tensor is connected; expected at least one.", hint="Connect a wire.")
        known = [spec.shape for spec in values if spec.shape is not None]
        if len({len(shape) for shape in known}) > 1:
            raise SpecError(
                "ranks differ: " + " meets ".join(shape_text(shape) for shape in known) + ".",
                hint="All tensors must have the same number of axes.",
            )
        return common_dtype(*values), known

    @staticmethod
    def differ(known: Sequence[Shape]) -> SpecError:
        """The error for shapes that cannot be joined."""
        return SpecError(
            "sizes differ: " + " meets ".join(shape_text(shape) for shape in known) + ".",
            hint="Along the other axes all sizes must be equal.",
        )


def replace_dim(shape: Shape, axis: int, size: Dim) -> Shape:
    """The shape with another size at an axis."""
    return (*shape[:axis], size, *shape[axis + 1 :])
