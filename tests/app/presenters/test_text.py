"""The second line of a node: what differs from the defaults, in as few words as can be understood."""

import engine.blocks  # noqa: F401 - registers the ops
from app.presenters import text
from engine import registry


def settings(op: str, **attributes: object) -> str:
    return text.settings(registry.get(op).from_attributes(attributes))


def test_sizes_are_written_as_shapes_and_other_lists_say_what_they_are() -> None:
    assert settings("Conv2D", filters=8, kernel_size=[5, 3], strides=[2, 1]) == (
        "5 x 3, strides [2, 1], filters 8"
    )
    assert settings("StridedSlice", starts=[32], ends=[64], axes=[-1]) == "starts 32, ends 64, axes -1"


def test_a_list_that_an_op_is_about_stands_alone() -> None:
    assert settings("Transpose", permutation=[0, 2, 3, 1]) == "[0, 2, 3, 1]"


def test_a_default_that_is_written_out_for_every_axis_is_left_out() -> None:
    assert settings("Conv2D", filters=8, strides=[1, 1], dilation=[1, 1]) == "filters 8"
    assert settings("Conv2D", filters=8, strides=[2, 2]) == "strides [2, 2], filters 8"
