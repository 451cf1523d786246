"""Transposed convolution: what the gradient of a convolution gives back to its input."""

from __future__ import annotations

from typing import Any

from kernels.generic.convolution import convolution_input_gradient
from kernels.generic.output import Array
from kernels.generic.windows import Sizes, axes_of, each, pads_of_same, pads_to
from kernels.registry import kernel


@kernel()
def convolution_transpose(
    xp: Any,
    x: Array,
    kernel: Array,
    *,
    strides: Sizes,
    padding: str,
    pads: Sizes,
    dilations: Sizes,
    groups: int,
    output_padding: Sizes,
    sizes: Sizes,
    out: Array | None = None,
) -> Array:
    counts, window = x.shape[1:-1], kernel.shape[:-2]
    if sizes:
        pads = pads_to(sizes, counts, window, strides, dilations, padding)
    else:
        axes = axes_of(counts, window, strides, dilations, "valid", pads)
        more = each(output_padding, len(counts))
        sizes = tuple(
            axis.full_size(count, padding, pads) + m
            for axis, count, m in zip(axes, counts, more, strict=True)
        )
        if any(more) and padding != "valid" and not pads:
            # What is longer behind moves nothing in front.
            pads = pads_of_same(window, strides, dilations, padding)
    shape = (x.shape[0], *sizes, kernel.shape[-2] * groups)
    result = xp.empty(shape, x.dtype) if out is None else out
    return convolution_input_gradient(
        xp,
        x,
        kernel,
        result,
        strides=strides,
        padding=padding,
        pads=pads,
        dilations=dilations,
        groups=groups,
        out=result,
    )
