"""Fourier transforms of pictures: along two axes, one after the other."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import INEXACT, require_dtype, require_rank
from engine.op import Block, attribute
from engine.ops.fourier import FFT, LONGEST, NORMS, InverseFFT
from engine.value import BlockBuilder, Value

_CASES = (
    Case([(2, 3, 4)], gradient=False),
    Case([Sample((2, 3, 4), "complex")], {"norm": "ortho"}, gradient=False),
    Case([(2, 4, 3, 2)], {"axes": [1, 2]}, gradient=False),
    Case([(2, 3, 4)], {"lengths": [4, 2]}, gradient=False),
)


class _Picture(Block, abstract=True):
    """What the transforms along two axes share."""

    category = "Math"
    axes: tuple[int, ...] = attribute(default=(-2, -1), help="The two axes that are transformed.")
    lengths: tuple[int, ...] = attribute(
        default=(),
        low=0,
        high=LONGEST,
        help="Cut both to so many elements, or fill up with zeros. Empty, or 0: take all.",
    )
    norm: str = attribute(
        default="backward",
        choices=NORMS,
        help="Divide by the number of elements in the inverse (backward) or here (forward), or by its root.",
    )
    cases = _CASES

    def transformed(self, op: type[FFT] | type[InverseFFT], x: Value) -> Value:
        """x after the op along each of the two axes."""
        require_dtype(x.spec, INEXACT, "x")
        require_rank(x.spec, 2, "x", "A row of numbers has one transform: FFT.")
        lengths = self.lengths or (0, 0)
        if len(self.axes) != 2 or len(lengths) != 2:
            raise SpecError(
                f"axes has {len(self.axes)} numbers and lengths {len(self.lengths)}; expected two.",
                hint="Give two axes, and two lengths or none.",
            )
        for axis, length in zip(self.axes, lengths, strict=True):
            x = op(axis=axis, length=length, norm=self.norm)(x)
        return x


class FFT2D(_Picture):
    """The waves whose sum a picture is: how strong each is, in which direction and how close it runs."""

    formula = "y[k, l] = sum over m, n of x[m, n] · exp(-2 pi i (k m / M + l n / N))"
    advice = "Slow waves stand in the corners; Roll by half the size brings them to the middle."
    aliases = ("fft2",)

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        return self.transformed(FFT, x)


class InverseFFT2D(_Picture):
    """The picture whose waves are given: the way back from FFT2D."""

    formula = "y[m, n] = 1 / (M N) · sum over k, l of x[k, l] · exp(2 pi i (k m / M + l n / N))"
    advice = "Multiply some waves by zero before it, and it blurs or sharpens."
    aliases = ("ifft2",)

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        return self.transformed(InverseFFT, x)
