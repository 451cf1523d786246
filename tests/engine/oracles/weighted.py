"""Layers that learn, written once more with the functions of PyTorch and of JAX that take weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.blocks.attention_layers import MultiHeadAttention
from engine.blocks.convolutional import Conv1D, Conv2D, Conv3D, WindowedLayer
from engine.blocks.depthwise import DepthwiseConv1D, DepthwiseConv2D, SeparableConv1D, SeparableConv2D
from engine.blocks.embedding import Embedding
from engine.blocks.layers import Dense
from engine.blocks.normalization import BatchNormalization, GroupNormalization, LayerNormalization
from engine.blocks.recurrent_layers import GRU, LSTM, SimpleRNN
from engine.blocks.transposed import Conv1DTranspose, Conv2DTranspose, Conv3DTranspose
from engine.case import Sample
from engine.op import Op
from tests.engine.oracles import sequences, windows
from tests.engine.oracles.geometry import channels_first

Weights = Mapping[str, Any]
"""The variables of a layer by their paths inside it."""
Theirs = Callable[..., Any]
"""A function of the library's module, the weights, and the inputs."""
KERNELS = ("kernel", "recurrent_kernel", "bias", "recurrent_bias")


@dataclass(frozen=True)
class Weighted:
    """A layer, what it is given, and the same layer in two other libraries."""

    op: Op
    inputs: Sequence[tuple[int, ...] | Sample]
    torch: Theirs
    jax: Theirs
    training: bool = True


# ---- convolutions ----------------------------------------------------------------------------------------


def settings(layer: WindowedLayer, **more: Any) -> dict[str, Any]:
    return {"groups": 1, "output_padding": (0,), "sizes": (), **layer.settings_of_op(), **more}


def windowed(layer: WindowedLayer, x: tuple[int, ...], torch: Theirs, jax: Theirs, **more: Any) -> Weighted:
    """A layer of one kernel and a bias."""
    a = settings(layer, **more)
    return Weighted(
        layer,
        [x],
        lambda t, w, x: torch(t, a, x, w["kernel"]) + w["bias"],
        lambda j, w, x: jax(j, a, x, w["kernel"]) + w["bias"],
    )


def convolving(layer: WindowedLayer, x: tuple[int, ...], groups: int = 1) -> Weighted:
    return windowed(layer, x, windows.convolution, windows.convolution_in_jax, groups=groups)


def transposing(layer: WindowedLayer, x: tuple[int, ...]) -> Weighted:
    return windowed(layer, x, windows.transposed, windows.transposed_in_jax)


def separating(layer: WindowedLayer, x: tuple[int, ...]) -> Weighted:
    """A convolution in each channel, and one across them."""
    apart = settings(layer, groups=x[-1])
    mixed = {**apart, "groups": 1, "strides": (1,), "dilations": (1,), "pads": (), "padding": "valid"}

    def both(convolution: Theirs) -> Theirs:
        return lambda m, w, x: (
            convolution(m, mixed, convolution(m, apart, x, w["depthwise_kernel"]), w["pointwise_kernel"])
            + w["bias"]
        )

    return Weighted(layer, [x], both(windows.convolution), both(windows.convolution_in_jax))


# ---- normalisations --------------------------------------------------------------------------------------


def standardized(axes: Callable[[Any], tuple[int, ...]], epsilon: float) -> Theirs:
    return lambda j, w, x: j.nn.standardize(x, axes(x), epsilon=epsilon) * w["gamma"] + w["beta"]


def in_groups(j: Any, w: Weights, x: Any) -> Any:
    apart = x.reshape((*x.shape[:-1], 2, -1))
    inner = (*range(1, x.ndim - 1), x.ndim)
    return j.nn.standardize(apart, inner, epsilon=1e-3).reshape(x.shape) * w["gamma"] + w["beta"]


def of_channels(function: Callable[..., Any]) -> Theirs:
    """A function of PyTorch, which has channels before the sizes of an image."""
    return lambda t, w, x: function(t.nn.functional, w, channels_first(x)).movedim(1, -1)


def by_running_averages(j: Any, w: Weights, x: Any) -> Any:
    return (x - w["moving_mean"]) / (w["moving_variance"] + 1e-3) ** 0.5 * w["gamma"] + w["beta"]


# ---- sequences -------------------------------------------------------------------------------------------


def recurrent(layer: SimpleRNN | LSTM | GRU, states: int) -> Weighted:
    """A layer that begins with states of zeros, in one direction or in both."""
    oracle = sequences.ORACLES[f"{type(layer).__name__}Sequence"]
    paths = ("forward/", "backward/") if layer.direction == "both" else ("",)

    def read(library: str, zeros: Theirs, joined: Theirs) -> Theirs:
        def theirs(m: Any, w: Weights, x: Any) -> Any:
            ends = []
            for path in paths:
                given = [w[path + name] for name in KERNELS if path + name in w]
                start = [zeros(m, x, layer.units)] * states
                function = oracle.function(library, m)
                ends.append(function({"backward": path == "backward/"}, x, *given, *start))
            return [joined(m, parts) for parts in zip(*ends, strict=True)]

        return theirs

    return Weighted(
        layer,
        [(2, 4, 3)],
        read("torch", lambda t, x, units: x.new_zeros((len(x), units)), lambda t, parts: t.cat(parts, -1)),
        read(
            "jax",
            lambda j, x, units: j.numpy.zeros((len(x), units), x.dtype),
            lambda j, parts: j.numpy.concatenate(parts, -1),
        ),
    )


def attending(*inputs: tuple[int, ...]) -> Weighted:
    """Two heads of two features each; with one input it is compared with itself."""
    parts = ("query", "key", "value")

    def torch(t: Any, w: Weights, *xs: Any) -> Any:
        query, key = xs[0], xs[-1]
        given = {
            "in_proj_weight": t.cat([w[f"{part}/kernel"].mT for part in parts]),
            "in_proj_bias": t.cat([w[f"{part}/bias"] for part in parts]),
            "out_proj.weight": w["output/kernel"].mT,
            "out_proj.bias": w["output/bias"],
        }
        module = t.nn.MultiheadAttention(4, 2, batch_first=True, dtype=query.dtype)
        return t.func.functional_call(module, given, (query, key, key), {"need_weights": False})[0]

    def jax(j: Any, w: Weights, *xs: Any) -> Any:
        given = zip(parts, (xs[0], xs[-1], xs[-1]), strict=True)
        projected = [x @ w[f"{part}/kernel"] + w[f"{part}/bias"] for part, x in given]
        heads = [x.reshape((*x.shape[:2], 2, 2)).swapaxes(1, 2) for x in projected]
        y, _ = sequences.attention_in_jax(j, {"scale": 0.0, "causal": False}, *heads)
        return y.swapaxes(1, 2).reshape(xs[0].shape) @ w["output/kernel"] + w["output/bias"]

    return Weighted(MultiHeadAttention(heads=2, size=2), inputs, torch, jax)


IMAGES = (2, 5, 4, 2)
LAYERS: dict[str, Weighted] = {
    "Dense": Weighted(
        Dense(units=4),
        [(3, 2)],
        lambda t, w, x: t.nn.functional.linear(x, w["kernel"].mT, w["bias"]),
        lambda j, w, x: x @ w["kernel"] + w["bias"],
    ),
    "Dense, bent": Weighted(
        Dense(units=3, activation="softmax", use_bias=False),
        [(2, 3, 2)],
        lambda t, w, x: t.nn.functional.linear(x, w["kernel"].mT).softmax(-1),
        lambda j, w, x: j.nn.softmax(x @ w["kernel"], -1),
    ),
    "Conv1D": convolving(Conv1D(filters=3, strides=(2,), dilation=(2,)), (2, 8, 2)),
    "Conv2D": convolving(Conv2D(filters=3, padding="same", strides=(2, 1)), IMAGES),
    "Conv2D, groups": convolving(Conv2D(filters=4, kernel_size=(2, 3), groups=2, pads=(1,)), IMAGES, 2),
    "Conv3D": convolving(Conv3D(filters=2, kernel_size=(2,)), (1, 3, 3, 4, 2)),
    "Conv1DTranspose": transposing(Conv1DTranspose(filters=3, strides=(2,), padding="same"), (2, 4, 2)),
    "Conv2DTranspose": transposing(Conv2DTranspose(filters=2, strides=(2, 3), pads=(1,)), (2, 3, 2, 3)),
    "Conv3DTranspose": transposing(Conv3DTranspose(filters=2, kernel_size=(2,)), (1, 2, 3, 2, 2)),
    "DepthwiseConv1D": convolving(DepthwiseConv1D(depth_multiplier=2), (2, 5, 3), 3),
    "DepthwiseConv2D": convolving(DepthwiseConv2D(strides=(2,), padding="same"), IMAGES, 2),
    "SeparableConv1D": separating(SeparableConv1D(filters=4, depth_multiplier=2), (2, 6, 2)),
    "SeparableConv2D": separating(SeparableConv2D(filters=3, strides=(2,), padding="same"), IMAGES),
    "BatchNormalization": Weighted(
        BatchNormalization(),
        [(4, 3, 2)],
        of_channels(lambda f, w, x: f.batch_norm(x, None, None, w["gamma"], w["beta"], True, eps=1e-3)),
        standardized(lambda x: tuple(range(x.ndim - 1)), 1e-3),
    ),
    "BatchNormalization, predicting": Weighted(
        BatchNormalization(),
        [(4, 3, 2)],
        of_channels(
            lambda f, w, x: f.batch_norm(
                x, w["moving_mean"], w["moving_variance"], w["gamma"], w["beta"], False, eps=1e-3
            )
        ),
        by_running_averages,
        training=False,
    ),
    "LayerNormalization": Weighted(
        LayerNormalization(epsilon=1e-2),
        [(2, 3, 4)],
        lambda t, w, x: t.nn.functional.layer_norm(x, x.shape[-1:], w["gamma"], w["beta"], 1e-2),
        standardized(lambda x: (-1,), 1e-2),
    ),
    "GroupNormalization": Weighted(
        GroupNormalization(groups=2),
        [(2, 3, 2, 4)],
        of_channels(lambda f, w, x: f.group_norm(x, 2, w["gamma"], w["beta"], 1e-3)),
        in_groups,
    ),
    "SimpleRNN": recurrent(SimpleRNN(units=2), 1),
    "SimpleRNN, both ways": recurrent(SimpleRNN(units=2, direction="both"), 1),
    "LSTM": recurrent(LSTM(units=2, forget_bias=0.0), 2),
    "LSTM, both ways": recurrent(LSTM(units=2, forget_bias=0.0, direction="both"), 2),
    "GRU": recurrent(GRU(units=2), 1),
    "GRU, both ways": recurrent(GRU(units=2, direction="both"), 1),
    "MultiHeadAttention": attending((2, 3, 4)),
    "MultiHeadAttention, across": attending((2, 3, 4), (2, 5, 4)),
    "Embedding": Weighted(
        Embedding(input_size=4, output_size=3),
        [Sample((2, 3), "int64", values=[[0, 3, 1], [1, 1, 2]])],
        lambda t, w, indices: t.nn.functional.embedding(indices, w["table"]),
        lambda j, w, indices: j.numpy.take(w["table"], indices, axis=0),
    ),
}
