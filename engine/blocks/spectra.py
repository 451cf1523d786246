"""Sounds as pictures: the waves in each short piece of a signal, and the signal back from them.

Source: Allen and Rabiner, A unified approach to short-time Fourier analysis and synthesis, 1977.
"""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import INEXACT, number_like, require_dtype, require_rank
from engine.op import Block, Port, attribute
from engine.ops.arithmetic import Maximum
from engine.ops.complex_numbers import Imaginary, Real
from engine.ops.conversion import Cast, OnesLike
from engine.ops.elementwise import Abs, Log, Square
from engine.ops.fourier import FFT, LONGEST, RFFT, InverseRFFT
from engine.ops.framing import Frame, OverlapAdd
from engine.ops.mel import MelWeightMatrix
from engine.ops.padding import Pad
from engine.ops.selection import Where
from engine.ops.window_functions import BlackmanWindow, HammingWindow, HannWindow
from engine.spec import COMPLEX, FLOATS, part_dtype, same_shape
from engine.value import BlockBuilder, Value

_WINDOWS = {"hann": HannWindow, "hamming": HammingWindow, "blackman": BlackmanWindow}
_OWN = Port(
    "window",
    "Weights of one's own, as many as a piece is long; they take the place of the setting window.",
    optional=True,
)
_SMALL = {"frame_length": 8, "step": 4}
_LONG = {"frame_length": 6, "step": 2, "fft_length": 8}
_CENTERED = {"frame_length": 6, "step": 3, "centered": True, "window": "hamming"}


class _Framed(Block, abstract=True):
    """How a signal is cut into pieces, and how they are weighted."""

    category = "Math"
    frame_length: int = attribute(default=256, low=1, high=LONGEST, help="How long each piece is.")
    step: int = attribute(default=128, low=1, high=LONGEST, help="How far apart the pieces begin.")
    fft_length: int = attribute(
        default=0, low=0, high=LONGEST, help="Fill each piece up with zeros to this length. 0: as it is."
    )
    window: str = attribute(
        default="hann",
        choices=("hann", "hamming", "blackman", "none"),
        help="The weights that fade each piece in and out.",
    )
    centered: bool = attribute(
        default=False,
        help="Mirror the signal at both ends first, so that the first piece lies around its beginning.",
    )

    @property
    def wave_length(self) -> int:
        """How many elements each transform takes."""
        if 0 < self.fft_length < self.frame_length:
            raise SpecError(
                f"fft_length is {self.fft_length}, and each piece is {self.frame_length} long.",
                hint="Set fft_length to 0, or to at least frame_length.",
            )
        return self.fft_length or self.frame_length

    def weights(self, b: BlockBuilder, own: Value | None, dtype: str) -> Value | None:
        """The window in a dtype, or None where all weights are one."""
        if own is not None:
            require_dtype(own.spec, FLOATS, "window")
            if not same_shape(own.spec.shape, (self.frame_length,)):
                raise SpecError(
                    f"window is {own.spec}; expected {self.frame_length} weights, as a piece is long.",
                    hint="Set frame_length to the length of the window.",
                )
        elif self.window != "none":
            made = _WINDOWS[self.window](size=self.frame_length, dtype=part_dtype(dtype))
            (own,) = b.emit(made, ())
        return own if own is None or own.spec.dtype == dtype else Cast(dtype=dtype)(own)

    def spectra(self, b: BlockBuilder, x: Value, own: Value | None, *, half: bool = True) -> Value:
        """The waves of each piece of a signal; of a real one only half of them, if wanted."""
        require_dtype(x.spec, INEXACT, "x")
        require_rank(x.spec, 1, "x", "A single number is no signal.")
        length = self.wave_length
        if self.centered:
            margin = (self.frame_length // 2,)
            x = Pad(before=margin, after=margin, axes=(-1,), mode="reflect")(x)
        pieces = Frame(length=self.frame_length, step=self.step)(x)
        weights = self.weights(b, own, x.spec.dtype)
        pieces = pieces if weights is None else pieces * weights
        transform = RFFT if half and not x.spec.is_complex else FFT
        return transform(length=length)(pieces)


class STFT(_Framed):
    """The waves in each short piece of a signal: when which frequencies sound.

    The signal lies along the last axis; pieces and their waves take its place.
    """

    inputs = ("x", _OWN)
    formula = "y[i, k] = sum over n of window[n] · x[i · step + n] · exp(-2 pi i k n / N)"
    advice = "Abs of it is a spectrogram; InverseSTFT makes the signal again."
    aliases = ("ShortTimeFourierTransform",)
    half: bool = attribute(
        default=True,
        help="Keep only frequencies up to the middle of a real signal: the others are their conjugates.",
    )
    cases = (
        Case([(2, 16)], _SMALL, gradient=False),
        Case([(2, 9)], _LONG, gradient=False),
        Case([(2, 9)], _CENTERED, gradient=False),
        Case([Sample((2, 12), "complex")], {**_SMALL, "window": "none"}, gradient=False),
        Case([(1, 8)], {**_SMALL, "window": "blackman", "half": False}, gradient=False),
    )

    def expand(self, b: BlockBuilder, x: Value, window: Value | None = None) -> Value:
        return self.spectra(b, x, window, half=self.half)


class InverseSTFT(_Framed):
    """The real signal out of half the waves of its pieces: the way back from STFT, with the same settings.

    The pieces are weighted once more, added up, and divided by what the weights add up to. Where no piece
    had any weight, the signal is zero.
    """

    inputs = ("x", _OWN)
    formula = "y[n] = sum over i of window[n - i · step] · piece[i, n - i · step] / sum of window²"
    advice = "A step of at most half a piece lets no place go without weight."
    cases = (
        Case([Sample((2, 3, 5), "complex")], _SMALL, gradient=False),
        Case([Sample((2, 3, 5), "complex")], _LONG, gradient=False),
        Case([Sample((2, 3, 4), "complex")], _CENTERED, gradient=False),
        Case([Sample((1, 1, 5), "complex")], {**_SMALL, "window": "none"}, gradient=False),
    )

    def expand(self, b: BlockBuilder, x: Value, window: Value | None = None) -> Value:
        require_dtype(x.spec, COMPLEX, "x")
        require_rank(x.spec, 2, "x", "Give it pieces by waves, as STFT makes them.")
        pieces = InverseRFFT(length=self.wave_length)(x)
        if self.wave_length > self.frame_length:
            surplus = self.wave_length - self.frame_length
            pieces = Pad(before=(0,), after=(-surplus,), axes=(-1,))(pieces)
        weights = self.weights(b, window, pieces.spec.dtype)
        shares = OnesLike()(pieces)
        if weights is not None:
            pieces, shares = pieces * weights, shares * Square()(weights)
        back = OverlapAdd(step=self.step)
        signal, total = back(pieces), back(shares)
        signal = signal / Where()(total > 1e-10, total, number_like(total, 1.0))
        if self.centered:
            margin = (-(self.frame_length // 2),)
            signal = Pad(before=margin, after=margin, axes=(-1,))(signal)
        return signal


class Spectrogram(_Framed):
    """How strong each frequency is in each short piece of a signal: a sound as a picture."""

    inputs = ("x", _OWN)
    formula = "power: y = |STFT(x)|²; magnitude: y = |STFT(x)|"
    advice = "Pieces are rows, frequencies are columns; ExpandDims makes it a picture with one channel."
    aliases = ("STFTSpectrogram",)
    scale: str = attribute(
        default="power", choices=("power", "magnitude"), help="The squares of the sizes, or the sizes."
    )
    cases = (
        Case([(2, 16)], _SMALL),
        Case([(2, 9)], {**_LONG, "scale": "magnitude"}),
        Case([(2, 9)], _CENTERED),
    )

    def expand(self, b: BlockBuilder, x: Value, window: Value | None = None) -> Value:
        waves = self.spectra(b, x, window)
        if self.scale == "magnitude":
            return Abs()(waves)
        return _power(waves)


class LogMelSpectrogram(_Framed):
    """The logarithm of how strong each band of pitch is in each short piece of a sound.

    It is what most networks that listen to speech or music are given.
    """

    inputs = ("x", _OWN)
    formula = "y = log(max(|STFT(x)|² · mel weights, floor))"
    advice = (
        "Pieces of about 25 ms that begin every 10 ms suit speech: 400 and 160 at 16,000 samples a second."
    )
    aliases = ("MelSpectrogram",)
    bands: int = attribute(default=40, low=1, high=65_536, help="How many bands of pitch.")
    sample_rate: int = attribute(default=16_000, low=1, help="How many samples there are in a second.")
    lower: float = attribute(default=20.0, low=0.0, unit="Hz", help="Where the lowest band begins.")
    upper: float = attribute(
        default=8000.0, low=0.0, unit="Hz", help="Where the highest band ends; at most half the sample rate."
    )
    floor: float = attribute(
        default=1e-6, low=1e-38, high=1.0, help="What silence counts as, so that it has a logarithm."
    )
    cases = (
        Case([(2, 16)], {**_SMALL, "bands": 2, "lower": 0}),
        Case([(2, 20)], {**_LONG, "bands": 3, "centered": True}),
    )

    def expand(self, b: BlockBuilder, x: Value, window: Value | None = None) -> Value:
        require_dtype(x.spec, FLOATS, "x")
        waves = self.spectra(b, x, window)
        power = _power(waves)
        mel = MelWeightMatrix(
            bands=self.bands,
            dft_length=self.wave_length,
            sample_rate=self.sample_rate,
            lower=self.lower,
            upper=self.upper,
            dtype=power.spec.dtype,
        )
        (weights,) = b.emit(mel, ())
        return Log()(Maximum()(power @ weights, self.floor))


def _power(waves: Value) -> Value:
    """The square of the size of each complex number."""
    return Square()(Real()(waves)) + Square()(Imaginary()(waves))
