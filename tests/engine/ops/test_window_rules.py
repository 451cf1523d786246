"""Shapes of convolution and pooling: what is known of them beforehand, and what is refused, and how."""

from typing import Any

import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine.errors import SpecError
from engine.op import Op
from engine.ops.convolution import Convolution
from engine.ops.max_pooling import MaxPool, MaxUnpool
from engine.ops.pooling import AveragePool
from engine.ops.transposed import ConvolutionTranspose
from engine.spec import Spec
from kernels.generic.windows import axes_of

IMAGES = Spec("float32", ("batch", 8, 6, 3))
KERNEL = Spec("float32", (3, 3, 3, 5))


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ("batch", 6, 4, 5)),
        ({"padding": "same"}, ("batch", 8, 6, 5)),
        ({"padding": "same", "strides": (3, 4)}, ("batch", 3, 2, 5)),
        ({"pads": (1,)}, ("batch", 8, 6, 5)),
        ({"pads": (0, 1, 2, 3)}, ("batch", 8, 8, 5)),
        ({"dilations": (2,)}, ("batch", 4, 2, 5)),
    ],
    ids=str,
)
def test_convolution_knows_its_sizes(settings: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert Convolution(**settings).output_specs([IMAGES, KERNEL]) == (Spec("float32", expected),)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ("batch", 4, 3, 3)),
        ({"window": (3,)}, ("batch", 2, 2, 3)),
        ({"window": (3,), "ceil_mode": True}, ("batch", 3, 2, 3)),
        ({"dilations": (3,), "strides": (1,)}, ("batch", 5, 3, 3)),
        # A last window that would begin in the margin behind does not count.
        ({"window": (3,), "strides": (4,), "pads": (1,), "ceil_mode": True}, ("batch", 3, 2, 3)),
    ],
    ids=str,
)
def test_pooling_knows_its_sizes(settings: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert MaxPool(**settings).output_specs([IMAGES]) == (Spec("float32", expected),)


def test_same_lower_puts_the_larger_margin_in_front() -> None:
    behind, front = (axes_of((4,), (2,), (1,), (1,), padding, ())[0] for padding in ("same", "same_lower"))
    assert (behind.front, behind.behind) == (0, 1)
    assert (front.front, front.behind) == (1, 0)


def test_sizes_with_names_stay_where_the_window_leaves_them() -> None:
    sound = Spec("float32", ("batch", "time", 2))
    kernel = Spec("float32", (3, 2, 4))
    (kept,) = Convolution(padding="same").output_specs([sound, kernel])
    (lost,) = Convolution().output_specs([sound, kernel])
    assert (kept.shape, lost.shape) == (("batch", "time", 4), ("batch", "?", 4))
    assert Convolution().output_specs([Spec("float32", None), kernel]) == (Spec("float32", None),)


@pytest.mark.parametrize(
    ("size", "settings"),
    [(9, {}), (9, {"strides": (2,)}), (8, {"strides": (2,), "padding": "same"}), (9, {"pads": (1,)})],
    ids=str,
)
def test_transposed_convolution_undoes_the_sizes_of_a_convolution(
    size: int, settings: dict[str, Any]
) -> None:
    (small,) = Convolution(**settings).output_specs([Spec("float32", ("batch", size, size, 3)), KERNEL])
    (wide,) = ConvolutionTranspose(**settings).output_specs([small, KERNEL])
    assert wide.shape == ("batch", size, size, 3)


@pytest.mark.parametrize(
    ("op", "specs", "sentence"),
    [
        (Convolution(), [Spec("float32", ("batch", 8)), KERNEL], "one to three axes"),
        (Convolution(), [Spec("float32", (1, 2, 3, 4, 5, 6)), KERNEL], "one to three axes"),
        (Convolution(), [Spec("float32", ("batch", 8, 3)), KERNEL], "equally many axes"),
        (Convolution(), [IMAGES, Spec("float32", (3, 3, 4, 5))], "Give kernel 3 in its last axis but one"),
        (Convolution(groups=2), [IMAGES, KERNEL], "5 filters cannot be divided into 2 groups"),
        (Convolution(), [IMAGES, Spec("float32", (9, 3, 3, 5))], "window is 9 long on axis 1"),
        (Convolution(dilations=(3,)), [IMAGES, KERNEL], "window is 7 long on axis 2"),
        (Convolution(), [IMAGES, Spec("float32", (0, 3, 3, 5))], "window is empty"),
        (Convolution(), [IMAGES, Spec("bool", (3, 3, 3, 5))], "expected a float dtype"),
        (Convolution(), [Spec("int64", (1, 8, 6, 3)), Spec("int8", (3, 3, 3, 5))], "expected a float dtype"),
        (Convolution(strides=(1, 2, 3)), [IMAGES, KERNEL], "Give strides one number, or 2"),
        (Convolution(pads=(1, 2)), [IMAGES, KERNEL], "Give pads one number, or 4"),
        (ConvolutionTranspose(), [IMAGES, KERNEL], "Give kernel 3 in its last axis"),
        (
            ConvolutionTranspose(output_padding=(1,)),
            [Spec("float32", (1, 4, 4, 5)), KERNEL],
            "expected less than one of them",
        ),
        (ConvolutionTranspose(sizes=(8, 7)), [Spec("float32", (1, 4, 4, 5)), KERNEL], "cannot become 8 long"),
        (MaxUnpool(), [IMAGES, IMAGES], "expected a whole-number dtype"),
        (MaxUnpool(sizes=(8,)), [IMAGES, Spec("int64", IMAGES.shape)], "Give 2 sizes"),
        (MaxUnpool(), [IMAGES, Spec("int64", (1, 8, 6, 4))], "indices that MaxPoolIndices gives"),
        (MaxPool(), [Spec("float32", ("batch", 8))], "one to three axes"),
        (MaxPool(window=(9,)), [IMAGES], "window is 9 long on axis 1"),
        (MaxPool(window=(1, 2, 3)), [IMAGES], "Give strides one number, or 2"),
        (AveragePool(pads=(2,)), [IMAGES], "Choose pads smaller than the window"),
        (AveragePool(), [Spec("bool", (1, 8, 6, 3))], "expected a float dtype"),
        (ConvolutionTranspose(pads=(9,)), [Spec("float32", (1, 4, 4, 5)), KERNEL], "Choose smaller pads"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(op: Op, specs: list[Spec], sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence) as caught:
        op.output_specs(specs)
    assert str(caught.value).endswith(".")
