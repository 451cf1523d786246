"""Between text and value: what is typed is read strictly, what is shown can be typed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.form import values
from widgets.form.looks import FieldLook, FieldValue


def field(kind: str, value: FieldValue = None, **more: object) -> FieldLook:
    return FieldLook("size", "Size", kind, value, None, **more)  # type: ignore[arg-type]  # kinds come from tables


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_whole_numbers_survive_being_shown_and_read(number: int) -> None:
    assert values.read(field("int"), values.text_of(number, "int")) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_survive_being_shown_and_read(number: float) -> None:
    assert values.read(field("float"), values.text_of(number, "float")) == number


@given(st.lists(st.integers(0, 10_000) | st.sampled_from(["batch", "time", "?"]), max_size=6))
def test_shapes_survive_being_shown_and_read(dims: list[int | str]) -> None:
    assert values.read(field("shape"), values.text_of(tuple(dims), "shape")) == tuple(dims)


@given(st.lists(st.lists(st.integers(-9, 9) | st.floats(-1e6, 1e6), min_size=3, max_size=3), max_size=4))
def test_arrays_survive_being_shown_and_read(rows: list[list[float]]) -> None:
    value = tuple(tuple(row) for row in rows)
    assert values.read(field("array"), values.text_of(value, "array")) == value


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("int", "65,536", 65536),
        ("int", " -3 ", -3),
        ("float", "1e-3", 0.001),
        ("ints", "3, 3", (3, 3)),
        ("ints", "(3 5)", (3, 5)),
        ("floats", "0.5, 2", (0.5, 2.0)),
        ("floats", "[1e-3]", (0.001,)),
        ("shape", "batch x 28 x 28", ("batch", 28, 28)),
        ("shape", "-1, 784", (-1, 784)),
        ("shape", "scalar", ()),
        ("shape", "", None),
        ("array", "2.5", 2.5),
        ("array", "[1, 2]", (1, 2)),
        ("array", "1, 2.5", (1, 2.5)),
        ("array", "1 2  3", (1, 2, 3)),
        ("array", "[[true, false]]", ((True, False),)),
        ("text", "  hello ", "hello"),
    ],
)
def test_what_people_type_is_understood(kind: str, text: str, value: FieldValue) -> None:
    assert values.read(field(kind), text) == value


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("int", "12.5", "whole number"),
        ("int", "1,2", "whole number"),
        ("int", "9" * 25, "64 bits"),
        ("int", "9" * 9999, "whole number"),
        ("float", "fast", "must be a number"),
        ("float", "nan", "finite"),
        ("float", "1e999", "finite"),
        ("ints", "", "whole numbers"),
        ("floats", " ", "needs numbers"),
        ("floats", "0.5, fast", "must be a number"),
        ("shape", "batch x 2.5", "sizes joined by x"),
        ("shape", "-4", "-4"),
        ("array", "[1, 2", "line 1, column 6"),
        ("array", "[[1, 2], [3]]", "row 2 has 1 numbers, row 1 has 2"),
        ("array", "[1, [2]]", "nested differently"),
        ("array", '["a"]', "numbers only"),
        ("array", "[NaN]", "NaN"),
        ("array", "[1e999]", "too large"),
        ("array", "[" * 100_000, "nested too deeply"),
        ("array", "[" + "1" * 5000 + "]", "too large"),
        ("array", "__import__('os')", "nested list"),
    ],
)
def test_what_cannot_be_taken_is_said_in_a_sentence(kind: str, text: str, words: str) -> None:
    with pytest.raises(values.TextError, match=words) as caught:
        values.read(field(kind), text)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("limits", "text", "words"),
    [
        ({"low": 1, "high": 65536}, "0", "Size must lie between 1 and 65,536."),
        ({"low": 1}, "0", "Size must be at least 1."),
        ({"high": 8}, "9", "Size must be at most 8."),
    ],
)
def test_limits_are_named(limits: dict[str, float], text: str, words: str) -> None:
    with pytest.raises(values.TextError) as caught:
        values.read(field("int", **limits), text)
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("more", "hint"),
    [
        ({"low": 1, "high": 65536}, "1 to 65,536"),
        ({"low": 0.0, "high": 1.0, "unit": "s"}, "0 to 1 s"),
        ({"low": 1e-7}, "from 1e-7"),
        ({"high": 10}, "up to 10"),
        ({"unit": "ms"}, "ms"),
        ({}, ""),
    ],
)
def test_the_hint_says_limits_and_unit(more: dict[str, float | str], hint: str) -> None:
    assert values.hint(field("float", **more)) == hint


@pytest.mark.parametrize(
    ("value", "steps", "shift", "result"),
    [
        (0.001, 1, False, 0.002),
        (0.001, -1, False, 0.0009),
        (0.0009, 1, False, 0.001),
        (0.25, 1, True, 0.26),
        (0.0, 1, False, 0.1),
        (-0.2, 1, False, -0.1),
        (9.0, 2, False, 20.0),
    ],
)
def test_a_float_steps_in_its_first_digit(value: float, steps: int, shift: bool, result: float) -> None:
    assert values.stepped(field("float"), value, steps, shift) == pytest.approx(result, rel=1e-12)


def test_whole_numbers_step_by_one_or_ten_and_stay_within_limits() -> None:
    look = field("int", low=1, high=100)
    assert values.stepped(look, 5, 1, False) == 6
    assert values.stepped(look, 5, 1, True) == 15
    assert values.stepped(look, 95, 1, True) == 100
    assert values.stepped(look, 1, -1, False) == 1


@given(st.floats(1e-12, 1e12), st.sampled_from([-1, 1]))
def test_a_step_goes_the_way_that_was_asked(value: float, way: int) -> None:
    result = values.stepped(field("float"), value, way, False)
    assert math.copysign(1, result - value) == way


@pytest.mark.parametrize("kind", ["ints", "floats", "names", "array"])
@pytest.mark.parametrize("text", ["", "  ", "[]", "()"])
def test_a_list_that_may_be_empty_is_emptied_by_taking_its_text_away(kind: str, text: str) -> None:
    look = FieldLook("pads", "Pads", kind, (1, 2), ())  # type: ignore[arg-type]  # kinds come from the table
    assert values.read(look, text) == ()


def test_a_list_that_may_be_empty_says_so_and_is_typed_without_brackets() -> None:
    look = FieldLook("alphas", "Alphas", "array", (), ())
    assert (values.shown(look), values.hint(look)) == ("", "not set")
    assert values.read(look, "0.5, 2") == (0.5, 2)
    assert values.read(look, "[0.5, 2]") == (0.5, 2)
