"""The mel scale: frequencies as far apart as they sound."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.op import Op, attribute, setting
from engine.spec import FLOATS, UNKNOWN, Spec


class MelWeightMatrix(Op):
    """The matrix that turns a spectrum into bands that lie as far apart as their pitches sound.

    Each column is a triangle over the frequencies of one band. A spectrum with one row for each moment,
    multiplied by it, is a mel spectrogram.

    Source: ONNX, MelWeightMatrix; the scale is that of O'Shaughnessy, Speech communication, 1987.
    """

    category = "Data"
    inputs = (
        setting("bands"),
        setting("dft_length"),
        setting("sample_rate"),
        setting("lower"),
        setting("upper"),
    )
    formula = "mel = 2595 log10(1 + hertz / 700)"
    advice = "A MatMul behind Spectrogram; the logarithm of the result is what speech is recognised from."
    differentiable = False
    bands: int = attribute(default=40, low=1, high=65_536, help="How many bands, which are the columns.")
    dft_length: int = attribute(
        default=256, low=1, high=2**24, help="How many samples each spectrum was made of: 2 · (rows - 1)."
    )
    sample_rate: int = attribute(default=16_000, low=1, help="How many samples there are in a second.")
    lower: float = attribute(default=20.0, low=0.0, unit="Hz", help="Where the lowest band begins.")
    upper: float = attribute(
        default=8000.0, low=0.0, unit="Hz", help="Where the highest band ends; at most half the sample rate."
    )
    dtype: str = attribute(default="float32", choices=FLOATS, help="The type of the weights.")
    cases = (
        Case(
            [], {"bands": 8, "dft_length": 64, "sample_rate": 8192, "lower": 0, "upper": 4096}, gradient=False
        ),
        # So many bands that some are only one frequency wide.
        Case([], {"bands": 20, "dft_length": 16, "dtype": "float64"}, gradient=False),
        Case([], {"bands": 1, "dft_length": 1, "sample_rate": 2, "lower": 0, "upper": 1}, gradient=False),
        Case([Sample((), "int32", values=4), Sample((1,), "int64", values=[32])], gradient=False),
    )

    def infer(
        self,
        bands: Spec | None = None,
        dft_length: Spec | None = None,
        sample_rate: Spec | None = None,
        lower: Spec | None = None,
        upper: Spec | None = None,
    ) -> Spec:
        known = sample_rate is None and lower is None and upper is None
        if known and not self.lower <= self.upper <= self.sample_rate / 2:
            raise SpecError(
                f"the bands go from {self.lower:g} to {self.upper:g} Hz, and the sample rate is "
                f"{self.sample_rate}; expected at most half of it.",
                hint="Change lower, upper or sample_rate.",
            )
        rows = self.dft_length // 2 + 1 if dft_length is None else UNKNOWN
        return Spec(self.dtype, (rows, self.bands if bands is None else UNKNOWN))
