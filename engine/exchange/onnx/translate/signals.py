"""Fourier transforms, and the windows and bands of sound. The last axis holds real and imaginary parts."""

from __future__ import annotations

from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.problems import Unsupported
from engine.exchange.onnx.registry import Translation, translates
from engine.exchange.onnx.tensors import Tensor, dtype_name
from engine.op import Op
from engine.ops.complex_numbers import Complex, Imaginary, Real
from engine.ops.conversion import Cast
from engine.ops.fourier import FFT, RFFT, InverseFFT, InverseRFFT
from engine.ops.framing import Frame
from engine.ops.joining import Stack
from engine.ops.mel import MelWeightMatrix
from engine.ops.shaping import ExpandDims, Squeeze
from engine.ops.striding import StridedSlice
from engine.ops.window_functions import BlackmanWindow, HammingWindow, HannWindow
from engine.value import Value

_FLOAT = 1


@translates("DFT", since=20)
def dft(node: OnnxNode) -> Tensor:
    known = node.known(2)
    if node.has(2) and known is None:
        # The last axis, of the parts, is none of ours: what counts from the end counts one less.
        return _dft(node, -1, node[2] + Cast(dtype=node.spec(2).dtype)(node[2] < 0))
    axis = -2 if known is None else int(known.reshape(()))
    return _dft(node, axis % node.rank())


@translates("DFT", since=17)
def dft_along_attribute(node: OnnxNode) -> Tensor:
    return _dft(node, node.get("axis", 1) % node.rank())


def _dft(node: OnnxNode, axis: int, wired: Value | None = None) -> Value:
    x, inverse, half = _signal(node), bool(node.get("inverse", 0)), bool(node.get("onesided", 0))
    kinds: dict[tuple[bool, bool], type[Op]] = {
        (False, False): FFT,
        (False, True): RFFT,
        (True, False): InverseFFT,
        (True, True): InverseRFFT,
    }
    y = node.settled(kinds[inverse, half], [x, None, wired], {"length": 1}, axis=axis)
    return _parts(y) if y.spec.is_complex else ExpandDims(axis=-1)(y)


def _signal(node: OnnxNode) -> Value:
    """The first input as one tensor of real or complex numbers."""
    parts = node.shape(0)[-1]
    if parts == 1:
        return Squeeze(axes=(-1,))(node[0])
    if parts != 2:
        raise Unsupported("its last axis must hold one or two parts of each number")
    real, imaginary = (
        Squeeze(axes=(-1,))(StridedSlice(starts=(i,), ends=(i + 1,), axes=(-1,))(node[0])) for i in (0, 1)
    )
    return Complex()(real, imaginary)


def _parts(y: Value) -> Value:
    """Complex numbers as pairs along a new last axis."""
    return Stack(axis=-1)(Real()(y), Imaginary()(y))


@translates("STFT")
def stft(node: OnnxNode) -> Tensor:
    """Pieces of the signal, faded in and out by the window, each transformed."""
    length = node.shape(2)[0] if node.has(2) else None
    frames = {"step": 1, "length": 3} if node.has(3) else {"step": 1}
    more = {"length": length} if isinstance(length, int) and not node.has(3) else {}
    pieces = node.settled(Frame, [_signal(node)], frames, **more)
    if node.has(2):
        pieces = pieces * node[2]
    half = bool(node.get("onesided", 1)) and not pieces.spec.is_complex
    return _parts((RFFT() if half else FFT())(pieces))


def _window(kind: type[Op], **more: object) -> Translation:
    def translate(node: OnnxNode) -> Tensor:
        dtype = dtype_name(node.get("output_datatype", _FLOAT))
        periodic = bool(node.get("periodic", 1))
        return node.settled(kind, [], {"size": 0}, periodic=periodic, dtype=dtype, **more)

    return translate


translates("BlackmanWindow")(_window(BlackmanWindow))
translates("HammingWindow")(_window(HammingWindow, alpha=25 / 46))
translates("HannWindow")(_window(HannWindow))


@translates("MelWeightMatrix")
def mel_weight_matrix(node: OnnxNode) -> Tensor:
    settings = {"bands": 0, "dft_length": 1, "sample_rate": 2, "lower": 3, "upper": 4}
    dtype = dtype_name(node.get("output_datatype", _FLOAT))
    return node.settled(MelWeightMatrix, [], settings, dtype=dtype)
