"""Images resized, read between their pixels, cropped and rearranged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.blocks.rearranging import DepthToSpace, SpaceToDepth
from engine.blocks.sampling import GridSample
from engine.exchange.onnx.layout import channels_first, channels_last, transposed, untransposed
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.registry import Translation, translates
from engine.exchange.onnx.tensors import Tensor
from engine.op import Op
from engine.ops.centering import CenterCropPad
from engine.ops.indexing import Gather
from engine.ops.resize import Resize
from engine.ops.sampling import AffineGrid
from engine.ops.striding import StridedSlice
from engine.value import Value

_INTERPOLATIONS = {"bilinear": "linear", "bicubic": "cubic"}
_COORDINATES = {"tf_crop_and_resize": "crop_and_resize"}


@translates("Resize", since=11)
def resize(node: OnnxNode) -> Tensor:
    """Along axes in any order in ONNX, ascending here; an exchange of axes before it is let through."""
    x, permutation = untransposed(node.drawing, node[0])
    coordinates = node.get("coordinate_transformation_mode", "half_pixel")
    settings = {
        "interpolation": node.get("mode", "nearest"),
        "coordinates": _COORDINATES.get(coordinates, coordinates),
        "rounding": node.get("nearest_mode", "round_prefer_floor"),
        "coefficient": node.get("cubic_coeff_a", -0.75),
        "exclude_outside": bool(node.get("exclude_outside", 0)),
        "antialias": bool(node.get("antialias", 0)),
        "extrapolation": node.get("extrapolation_value", 0.0),
        "aspect": node.get("keep_aspect_ratio_policy", "stretch"),
    }
    rank = node.rank()
    axes = [axis % rank for axis in node.get("axes") or range(rank)]
    places = [permutation[axis] for axis in axes] if permutation else axes
    order = sorted(range(len(axes)), key=places.__getitem__)
    wired: list[Value | None] = [x, None, None, None]
    for port, name, index in ((1, "sizes", 3), (2, "scales", 2), (3, "region", 1)):
        if _is_given(node, index) and (name != "region" or coordinates == "tf_crop_and_resize"):
            picked = [*order, *(place + len(order) for place in order)] if name == "region" else order
            known = node.known(index)
            if known is None:
                wired[port] = _picked(node[index], picked)
            else:
                settings[name] = [known.item(i) for i in picked]
    return _resized(node, wired, settings, sorted(places), permutation)


def _resized(
    node: OnnxNode,
    inputs: Sequence[Value | None],
    settings: dict[str, object],
    axes: list[int],
    permutation: Sequence[int],
) -> Value:
    scales = settings.get("scales")
    if (
        isinstance(scales, list)
        and "sizes" not in settings
        and inputs[1] is None
        and "region" not in settings
    ):
        changed = [i for i, scale in enumerate(scales) if scale != 1.0] or [len(scales) - 1]
        axes, settings["scales"] = [axes[i] for i in changed], [scales[i] for i in changed]
    y = Resize.from_attributes({**settings, "axes": axes})(*inputs)
    return transposed(node.drawing, y, permutation) if permutation else y


def _is_given(node: OnnxNode, index: int) -> bool:
    """Whether an input says something: an empty list says no more than an open input."""
    return node.has(index) and node.spec(index).shape != (0,)


def _picked(numbers: Value, order: list[int]) -> Value:
    if order == list(range(len(order))):
        return numbers
    return Gather()(numbers, numbers.builder.constant(order, "int64"))


@translates("Resize", since=10)
@translates("Upsample", since=7)
def upsample(node: OnnxNode) -> Tensor:
    """What later became Resize, with the coordinates of that time."""
    x, permutation = untransposed(node.drawing, node[0])
    settings: dict[str, object] = {
        "interpolation": node.get("mode", "nearest"),
        "coordinates": "asymmetric",
        "rounding": "floor",
    }
    places = list(permutation) or list(range(node.rank()))
    order = sorted(range(len(places)), key=places.__getitem__)
    given = node.get("scales") if "scales" in node.attributes else node.known(1)
    if given is None:
        return _resized(node, [x, None, _picked(node[1], order)], settings, sorted(places), permutation)
    numbers = np.asarray(given, np.float64)
    settings["scales"] = [numbers.item(i) for i in order]
    return _resized(node, [x, None, None], settings, sorted(places), permutation)


@translates("GridSample")
def grid_sample(node: OnnxNode) -> Tensor:
    mode = node.get("mode", "bilinear")
    layer = GridSample(
        interpolation=_INTERPOLATIONS.get(mode, mode),
        padding=node.get("padding_mode", "zeros"),
        align_corners=bool(node.get("align_corners", 0)),
    )
    rank = node.rank()
    x = transposed(node.drawing, node[0], channels_last(rank))
    return transposed(node.drawing, layer(x, node[1]), channels_first(rank))


@translates("AffineGrid")
def affine_grid(node: OnnxNode) -> Tensor:
    """Only the sizes between batch and channels matter."""
    align = bool(node.get("align_corners", 0))
    known = node.known(1)
    if known is not None:
        return AffineGrid(sizes=tuple(known[2:].tolist()), align_corners=align)(node[0])
    sizes = StridedSlice(starts=(2,))(node[1])
    return AffineGrid(align_corners=align)(node[0], sizes)


@translates("CenterCropPad")
def center_crop_pad(node: OnnxNode) -> Tensor:
    return node.settled(CenterCropPad, [node[0]], {"sizes": 1}, axes=tuple(node.get("axes") or ()))


def _rearranging(kind: type[DepthToSpace] | type[SpaceToDepth]) -> Translation:
    def translate(node: OnnxNode) -> Tensor:
        order = "channels_first" if node.get("mode", "DCR") == "CRD" else "places_first"
        layer: Op = kind(block=node.get("blocksize"), order=order)
        x = transposed(node.drawing, node[0], channels_last(4))
        return transposed(node.drawing, layer(x), channels_first(4))

    return translate


translates("DepthToSpace")(_rearranging(DepthToSpace))
translates("SpaceToDepth")(_rearranging(SpaceToDepth))
