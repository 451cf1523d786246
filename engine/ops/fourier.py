"""Fourier transforms: a signal as a sum of waves, and back.

The gradient of a transform is the transform with the conjugate waves: the inverse one, scaled otherwise.
"""

from __future__ import annotations

from typing import ClassVar

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import INEXACT, alone, operands, replace_dim, require_dtype, require_rank
from engine.op import Call, Gradients, Op, Port, attribute, setting
from engine.ops.complex_numbers import Real
from engine.ops.conversion import Cast
from engine.spec import FLOATS, UNKNOWN, Dim, Spec, complex_dtype, normalize_axis, part_dtype
from engine.value import Value

NORMS = ("backward", "ortho", "forward")
LONGEST = 2**31
_OPPOSITE = {"backward": "forward", "ortho": "ortho", "forward": "backward"}
_WAVES = Sample((2, 5), "complex")


def _cases(*first: Sample | tuple[int, ...]) -> tuple[Case, ...]:
    """The cases of a transform, with what it takes by default as first inputs."""
    return (
        *(Case([x]) for x in first),
        *(Case([x], {"axis": 0, "norm": "ortho"}) for x in first),
        Case([first[0]], {"length": 3, "norm": "forward"}),
        Case([first[0]], {"length": 8}),
        Case([first[0], Sample((), "int64", values=4)]),
        Case([first[0], Sample((), "int64", values=4), Sample((), "int64", values=0)], gradient=False),
        Case([first[0], None, Sample((1,), "int32", values=[-2])], gradient=False),
    )


class _Transform(Op, abstract=True):
    """What the transforms along one axis share."""

    category = "Math"
    inputs = ("x", setting("length"), setting("axis"))
    takes: ClassVar[tuple[str, ...]] = INEXACT
    axis: int = attribute(default=-1, help="The axis that is transformed; -1 is the last.")
    length: int = attribute(
        default=0, low=0, high=LONGEST, help="Cut to so many elements, or fill up with zeros. 0: take all."
    )
    norm: str = attribute(
        default="backward",
        choices=NORMS,
        help="Divide by the length in the inverse (backward) or here (forward), or by its root in both.",
    )

    def infer(self, x: Spec, length: Spec | None = None, axis_by_wire: Spec | None = None) -> Spec:
        require_dtype(x, self.takes, "x")
        require_rank(x, 1, "x", "A single number has no axis to transform.")
        result = x.with_dtype(self.result_dtype(x.dtype))
        if x.shape is None:
            return result
        if axis_by_wire is not None:
            return result.with_shape((UNKNOWN,) * len(x.shape))
        axis = normalize_axis(self.axis, len(x.shape))
        size = UNKNOWN if length is not None else self.length or self.default_length(x.shape[axis])
        if isinstance(size, int) and size < 1:
            raise SpecError(
                f"x is {x}: there is nothing to transform on axis {self.axis}.",
                hint="Set length, or choose another axis.",
            )
        return result.with_shape(replace_dim(x.shape, axis, self.result_size(size)))

    def default_length(self, size: Dim) -> Dim:
        """The length of the signal, where the setting leaves it open."""
        return size

    def result_size(self, length: Dim) -> Dim:
        """The size of the axis afterwards."""
        return length

    def result_dtype(self, dtype: str) -> str:
        """The dtype of the result."""
        return complex_dtype(dtype)

    def conjugated(self, dy: Value) -> Value:
        """The transform of dy with the conjugate waves, without the change of length."""
        raise NotImplementedError

    def back(self, call: Call, dy: Value) -> Value:
        """The gradient in the shape of x; it may still be complex where x is real."""
        return FitLike(axis=self.axis)(self.conjugated(dy), operands(call)[0])

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x = operands(call)[0]
        if any(call.inputs[2:]):
            raise SpecError("axis comes by a wire, and a gradient needs it beforehand.", hint="Set axis.")
        dx = self.back(call, dy)
        if x.spec.is_complex:
            return alone(call, dx)
        real = Real()(dx) if dx.spec.is_complex else dx
        return alone(call, real if real.spec.dtype == x.spec.dtype else Cast(dtype=x.spec.dtype)(real))


class FFT(_Transform):
    """The waves whose sum a signal is: for each frequency, how strong it is and where its wave begins.

    Source: Cooley and Tukey, An algorithm for the machine calculation of complex Fourier series, 1965.
    """

    formula = "y[k] = sum over n of x[n] · exp(-2 pi i k n / N)"
    advice = "Of a real signal RFFT gives the half of it that says all. Abs shows how strong each wave is."
    aliases = ("DFT", "Fourier")
    cases = _cases(_WAVES, (2, 5))

    def conjugated(self, dy: Value) -> Value:
        return InverseFFT(axis=self.axis, norm=_OPPOSITE[self.norm])(dy)


class InverseFFT(_Transform):
    """The signal whose waves are given: the way back from FFT."""

    formula = "y[n] = 1 / N · sum over k of x[k] · exp(2 pi i k n / N)"
    advice = "Set some frequencies to zero before it, and it is a filter."
    aliases = ("ifft", "IDFT")
    cases = _cases(_WAVES, (2, 5))

    def conjugated(self, dy: Value) -> Value:
        return FFT(axis=self.axis, norm=_OPPOSITE[self.norm])(dy)


class RFFT(_Transform):
    """The waves of a real signal. Only frequencies up to the middle: the others are their conjugates."""

    takes = FLOATS
    formula = "y[k] = sum over n of x[n] · exp(-2 pi i k n / N) for k from 0 to N / 2"
    advice = "Abs of it is the spectrum of a sound; pieces of a long one are taken by STFT."
    cases = _cases((2, 5), (4, 3))

    def result_size(self, length: Dim) -> Dim:
        return length // 2 + 1 if isinstance(length, int) else UNKNOWN

    def back(self, call: Call, dy: Value) -> Value:
        # The waves above the middle have no part in y; the inverse transform takes them as zeros.
        x, length = operands(call)[0], call.inputs[1] if len(call.inputs) > 1 else None
        transform = InverseFFT(axis=self.axis, length=self.length, norm=_OPPOSITE[self.norm])
        full = dy if self.length or length is not None else FitLike(axis=self.axis)(dy, x)
        return FitLike(axis=self.axis)(Real()(transform(full, length)), x)


class InverseRFFT(_Transform):
    """The real signal whose waves up to the middle are given: the way back from RFFT.

    The length is even where the setting leaves it open. The imaginary parts of the first wave, and of the
    last one where the length is even, do not count.
    """

    formula = "y[n] = 1 / N · sum over k from -N / 2 to N / 2 of x[|k|] · exp(2 pi i k n / N)"
    advice = "For a signal of odd length set length, which the waves alone do not tell."
    aliases = ("irfft",)
    cases = _cases(Sample((2, 4), "complex"), (3, 2))

    def default_length(self, size: Dim) -> Dim:
        return 2 * (size - 1) if isinstance(size, int) else UNKNOWN

    def result_dtype(self, dtype: str) -> str:
        return part_dtype(complex_dtype(dtype))

    def conjugated(self, dy: Value) -> Value:
        half = RFFT(axis=self.axis, norm=_OPPOSITE[self.norm])(dy)
        return DoubledWaves(axis=self.axis)(half, dy)


class FitLike(Op):
    """The beginning of a tensor along an axis, or zeros behind it, so that it is as long as `like` there."""

    category = "Shape"
    internal = True
    inputs = ("x", Port("like", shape_only=True))
    axis: int = attribute(default=-1, help="The axis that becomes longer or shorter.")
    cases = (
        Case([(2, 5), (2, 3)]),
        Case([(2, 3), (2, 5)]),
        Case([(2, 3), (4, 3)], {"axis": 0}),
        Case([(2, 3), (2, 3)]),
        Case([Sample((2, 3), "complex"), (2, 0)]),
    )

    def infer(self, x: Spec, like: Spec) -> Spec:
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, _ = operands(call)
        return FitLike(axis=self.axis)(dy, x), None


class DoubledWaves(Op):
    """Twice the waves that stand for two: all but the first, and the last where `like` has an even length."""

    category = "Math"
    internal = True
    inputs = ("x", Port("like", shape_only=True))
    axis: int = attribute(default=-1, help="The axis of the waves.")
    cases = (
        Case([Sample((2, 3), "complex"), (2, 4)]),
        Case([Sample((2, 3), "complex"), (2, 5)]),
        Case([Sample((1, 2), "complex"), (1, 2)], {"axis": 0}),
        Case([(2, 1), (2, 1)]),
    )

    def infer(self, x: Spec, like: Spec) -> Spec:
        return x

    def gradient(self, call: Call, dy: Value) -> Gradients:
        _, like = operands(call)
        return DoubledWaves(axis=self.axis)(dy, like), None
