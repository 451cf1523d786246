"""What is known of a tensor before it exists: dtype and shape, with named and unknown sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import ml_dtypes  # noqa: F401 - gives NumPy the dtype bfloat16
import numpy as np

from engine.errors import SpecError

Dim = int | str
"""A size, the name of a size such as "batch", or "?" for one that nothing is known about."""

Shape = tuple[Dim, ...]

UNKNOWN: Dim = "?"

FLOATS = ("float32", "float64", "float16", "bfloat16")
INTEGERS = ("int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "uint64")
COMPLEX = ("complex64", "complex128")
DTYPES = (*FLOATS, *INTEGERS, *COMPLEX, "bool")


@dataclass(frozen=True)
class Spec:
    """Dtype and shape of a tensor. `shape` is None where not even the rank is known.

    `variable` marks the output of a variable: it can be read like a tensor, and assigned to. `weak` marks a
    number of which nobody said the dtype: it takes that of the floats that it meets.
    """

    dtype: str
    shape: Shape | None
    variable: bool = False
    weak: bool = False

    @property
    def rank(self) -> int | None:
        return None if self.shape is None else len(self.shape)

    @property
    def is_float(self) -> bool:
        return self.dtype in FLOATS

    @property
    def is_complex(self) -> bool:
        return self.dtype in COMPLEX

    @property
    def is_differentiable(self) -> bool:
        """Whether gradients flow through a tensor of this dtype."""
        return self.is_float or self.is_complex

    @property
    def is_static(self) -> bool:
        """Whether every size is a number."""
        return self.shape is not None and all(isinstance(size, int) for size in self.shape)

    @property
    def static_shape(self) -> tuple[int, ...]:
        """The shape as numbers; raises SpecError where a size is not known."""
        if self.shape is None or not self.is_static:
            raise SpecError(f"the size of {self} is not known.")
        return tuple(int(size) for size in self.shape)

    @property
    def count(self) -> int:
        """How many elements; in Python's integers, which do not wrap."""
        total = 1
        for size in self.static_shape:
            total *= size
        return total

    @property
    def nbytes(self) -> int:
        return self.count * np.dtype(self.dtype).itemsize

    def with_shape(self, shape: Shape | None) -> Spec:
        return Spec(self.dtype, shape)

    def with_dtype(self, dtype: str) -> Spec:
        return Spec(dtype, self.shape)

    def as_value(self) -> Spec:
        """The spec of what is read from a variable, or of a number once it has met others."""
        return replace(self, variable=False, weak=False) if self.variable or self.weak else self

    def bind(self, sizes: Mapping[str, int]) -> Spec:
        """Replace named sizes by the numbers given for them."""
        if self.shape is None:
            return self
        return replace(self, shape=tuple(sizes.get(s, s) if isinstance(s, str) else s for s in self.shape))

    def __str__(self) -> str:
        return f"{shape_text(self.shape)} {self.dtype}"


def spec_of(array: np.ndarray) -> Spec:
    """The spec of an array."""
    return Spec(array.dtype.name, tuple(array.shape))


def complex_dtype(dtype: str) -> str:
    """The complex dtype whose parts hold numbers of a dtype; there is none with parts of 16 bits."""
    return "complex128" if dtype in ("float64", "complex128") else "complex64"


def part_dtype(dtype: str) -> str:
    """The dtype of the real and of the imaginary part; that of a real number is its own."""
    return {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)


def promote(dtypes: Iterable[str]) -> str:
    """The dtype to which numbers of several dtypes are brought, so that all of them can be told.

    Complex beats float beats integer; of one kind the wider one is taken, and where neither holds the other,
    the next that holds both. Source: the type promotion of TensorFlow's NumPy interface, without its weak
    results: int8 and uint64 meet in float64.
    """
    given = set(dtypes)
    if given & set(COMPLEX):
        return "complex128" if given & {"complex128", "float64"} else "complex64"
    if floats := given & set(FLOATS):
        wider = [dtype for dtype in ("float64", "float32") if dtype in floats]
        return wider[0] if wider else floats.pop() if len(floats) == 1 else "float32"
    signed = max((np.dtype(d).itemsize for d in given if d.startswith("int")), default=0)
    unsigned = max((np.dtype(d).itemsize for d in given if d.startswith("uint")), default=0)
    if not signed:
        return f"uint{8 * unsigned}" if unsigned else "bool"
    if signed > unsigned:
        return f"int{8 * signed}"
    return f"int{16 * unsigned}" if unsigned < 8 else "float64"


def meeting_dtype(specs: Sequence[Spec]) -> str:
    """The dtype in which tensors meet. A weak number widens no float, and is float32 beside whole numbers.

    Source: the weak types of JAX, and NumPy's NEP 50.
    """
    strong = [spec.dtype for spec in specs if not spec.weak]
    decided = any(dtype in (*FLOATS, *COMPLEX) for dtype in strong)
    return promote(strong if decided else [spec.dtype for spec in specs])


def number_dtype(number: complex, dtype: str) -> str:
    """The dtype of a plain number beside a tensor: the tensor's own, where that can hold such numbers.

    So a number never widens a tensor: 0.5 beside float16 is float16. Beside whole numbers it is float32.
    """
    if isinstance(number, bool) or dtype in (*FLOATS, *COMPLEX):
        return dtype
    if isinstance(number, int):
        return "int64" if dtype == "bool" else dtype
    return "float32"


def shape_text(shape: Shape | None) -> str:
    """A shape as it is written on screen: `batch x 784`, `scalar`, `any shape`."""
    if shape is None:
        return "any shape"
    if not shape:
        return "scalar"
    return " x ".join(str(size) for size in shape)


def same_dim(a: Dim, b: Dim) -> bool:
    """Whether two sizes can be equal; an unknown size can equal any other."""
    return a == b or UNKNOWN in (a, b)


def merge_dim(a: Dim, b: Dim) -> Dim:
    """The better known of two sizes that can be equal."""
    return b if a == UNKNOWN else a


def same_shape(a: Shape | None, b: Shape | None) -> bool:
    """Whether two shapes can be equal."""
    if a is None or b is None:
        return True
    return len(a) == len(b) and all(same_dim(x, y) for x, y in zip(a, b, strict=True))


def times(*sizes: Dim) -> Dim:
    """The product of sizes; a named size survives multiplication by one."""
    product = 1
    names = [size for size in sizes if isinstance(size, str)]
    for size in sizes:
        if isinstance(size, int):
            product *= size
    if not names:
        return product
    return names[0] if len(names) == 1 and product == 1 else UNKNOWN


def broadcast_shapes(*shapes: Shape | None) -> Shape | None:
    """The common shape under NumPy's broadcasting rule; raises SpecError naming what does not fit."""
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes):
        return None
    rank = max((len(shape) for shape in known), default=0)
    result: list[Dim] = [1] * rank
    for shape in known:
        for axis, size in enumerate(shape, start=rank - len(shape)):
            if result[axis] == 1:
                result[axis] = size
            elif size != 1:
                if not same_dim(result[axis], size):
                    raise SpecError(
                        "shapes do not broadcast: " + " meets ".join(shape_text(s) for s in known) + ".",
                        hint="Sizes must be equal, or one of them 1.",
                    )
                result[axis] = merge_dim(result[axis], size)
    return tuple(result)


def normalize_axis(axis: int, rank: int, what: str = "axis") -> int:
    """Turn a negative axis into the positive one; raises SpecError outside the rank."""
    if not -rank <= axis < rank:
        raise SpecError(
            f"{what} {axis} lies outside a tensor of rank {rank}.",
            hint=f"Set {what} to a number from {-rank} to {rank - 1}." if rank else "A scalar has no axes.",
        )
    return axis % rank


def common_dtype(*specs: Spec) -> str:
    """The dtype that all specs share; raises SpecError naming the ones found."""
    found = list(dict.fromkeys(spec.dtype for spec in specs))
    if len(found) > 1:
        raise SpecError(
            f"dtypes differ: {' meets '.join(found)}.",
            hint=f"Insert Cast to {found[0]}, so that both are the same.",
        )
    return found[0]
