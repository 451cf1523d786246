"""Windows: rows of weights that fade a piece of a signal in and out, before its frequencies are taken."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.families import open_sizes
from engine.op import Op, attribute, setting
from engine.spec import FLOATS, Spec

_CASES: tuple[Case, ...] = (
    Case([], {"size": 8}, gradient=False),
    Case([], {"size": 9, "periodic": False, "dtype": "float64"}, gradient=False),
    Case([], {"size": 1}, gradient=False),
    Case([], {"size": 1, "periodic": False, "dtype": "float16"}, gradient=False),
    Case([], {"size": 0}, gradient=False),
    Case([Sample((), "int32", values=5)], gradient=False),
)


class _Window(Op, abstract=True):
    """What the windows share."""

    category = "Data"
    inputs = (setting("size"),)
    advice = "Multiply the output of Frame by it, or let STFT do so."
    differentiable = False
    size: int = attribute(default=256, low=0, high=2**31, help="How many weights there are.")
    periodic: bool = attribute(
        default=True, help="One period of an endless wave, for spectra; else the last weight is the first."
    )
    dtype: str = attribute(default="float32", choices=FLOATS, help="The type of the weights.")
    cases = _CASES

    def infer(self, size: Spec | None = None) -> Spec:
        return Spec(self.dtype, (self.size,) if size is None else open_sizes(size.with_shape(())))


class HannWindow(_Window):
    """A raised cosine: it begins and ends at zero. Usual for spectra of sounds."""

    formula = "y[n] = 0.5 - 0.5 cos(2 pi n / N), where N is the size, and size - 1 if not periodic"


class HammingWindow(_Window):
    """A raised cosine that does not quite reach zero: it keeps the nearest side lobes of a spectrum low."""

    formula = "y[n] = alpha - (1 - alpha) cos(2 pi n / N), where N is the size, and size - 1 if not periodic"
    alpha: float = attribute(
        default=0.54, low=0.0, high=1.0, help="The mean of the window; ONNX takes 25 / 46 for it."
    )
    cases = (*_CASES, Case([], {"size": 6, "alpha": 25 / 46}, gradient=False))


class BlackmanWindow(_Window):
    """A sum of two cosines, narrower than the others: it hides far side lobes of a spectrum best."""

    formula = (
        "y[n] = 0.42 - 0.5 cos(2 pi n / N) + 0.08 cos(4 pi n / N), "
        "where N is the size, and size - 1 if not periodic"
    )
