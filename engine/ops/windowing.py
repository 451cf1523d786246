"""Ops whose window slides over an input: the settings that they share, and the rule for their sizes."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import SpecError
from engine.op import Op, attribute
from engine.spec import UNKNOWN, Dim, Shape, Spec, shape_text
from kernels.generic.windows import Axis, axes_of, each

LARGEST = 65_536
PADDINGS = ("valid", "same", "same_lower")
PADDING_HELP = (
    "Valid: no window leaves the input. Same: zeros around it, so that stride 1 keeps the sizes; of an odd "
    "margin the larger half lies behind, with same_lower in front."
)
PADS_HELP = "Margins of one's own: in front by axis, then behind. One number is for all; empty: by padding."


class Windowed(Op, abstract=True):
    """A window that slides over one to three axes between batch and channels."""

    category = "Layers"
    strides: tuple[int, ...] = attribute(
        default=(1,), low=1, high=LARGEST, help="How far the window moves, by axis. One number is for all."
    )
    padding: str = attribute(default="valid", choices=PADDINGS, help=PADDING_HELP)
    pads: tuple[int, ...] = attribute(default=(), low=0, high=LARGEST, help=PADS_HELP)

    @property
    def steps(self) -> tuple[int, ...]:
        """How far the window moves."""
        return self.strides

    def check_lengths(self, rank: int, **settings: tuple[int, ...]) -> None:
        """Raise SpecError for a setting that has neither one number nor one for each axis."""
        for name, numbers in {"strides": self.steps, **settings}.items():
            if len(numbers) not in (1, rank):
                raise SpecError(
                    f"{name} has {len(numbers)} numbers, and the window has {rank} axes.",
                    hint=f"Give {name} one number, or {rank}.",
                )
        if len(self.pads) not in (0, 1, 2 * rank):
            raise SpecError(
                f"pads has {len(self.pads)} numbers, and the window has {rank} axes.",
                hint=f"Give pads one number, or {2 * rank}: {rank} in front, then {rank} behind.",
            )

    def axis(self, i: int, rank: int, size: int, window: int, dilations: tuple[int, ...] = (1,)) -> Axis:
        """The geometry of one axis."""
        pads = each(self.pads, 2 * rank)
        pads = (pads[i], pads[rank + i]) if pads else ()
        strides, wide = each(self.steps, rank)[i : i + 1], each(dilations, rank)[i : i + 1]
        return axes_of((size,), (window,), strides, wide, self.padding, pads)[0]

    def places(self, x: Spec, window: Sequence[Dim], dilations: tuple[int, ...] = (1,)) -> Shape:
        """The sizes of the result between batch and channels; raises SpecError where no window fits."""
        sizes = (x.shape or ())[1:-1]
        found: list[Dim] = []
        for i, (size, wide) in enumerate(zip(sizes, window, strict=True)):
            if not isinstance(size, int) or not isinstance(wide, int):
                keeps = self.padding != "valid" and not self.pads and each(self.steps, len(sizes))[i] == 1
                found.append(size if keeps else UNKNOWN)
                continue
            axis = self.axis(i, len(sizes), size, wide, dilations)
            if size < 1 or axis.count(size) < 1:
                raise SpecError(
                    f"x is {shape_text(x.shape)}, and the window is {axis.extent} long on axis {i + 1}.",
                    hint="Choose a smaller window or padding same, or connect a larger input.",
                )
            found.append(axis.count(size))
        return tuple(found)


class WindowWithHoles(Windowed, abstract=True):
    """A window of a given width, between whose elements others may lie."""

    window: tuple[int, ...] = attribute(
        default=(2,), low=1, high=LARGEST, help="How wide the window is, by axis. One number is for all."
    )
    dilations: tuple[int, ...] = attribute(
        default=(1,),
        low=1,
        high=LARGEST,
        help="How far apart the elements of the window lie, by axis. One number is for all.",
    )


def window_rank(x: Spec) -> int | None:
    """How many axes lie between batch and channels; raises SpecError where they are not one to three."""
    if x.shape is None:
        return None
    rank = len(x.shape) - 2
    if not 1 <= rank <= 3:
        raise SpecError(
            f"x is {shape_text(x.shape)}; expected one to three axes between batch and channels.",
            hint="Insert ExpandDims with axis -1 where images have no channels: batch x 8 x 8 x 1.",
        )
    return rank
