"""Expressions are computed as on paper, and what is none is refused in a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.arithmetic import calculate, names_in, with_name
from engine.errors import ExpressionProblem

VALUES = {"hidden": 128, "rate": 0.5, "e3": 7}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2*64", 128),
        ("28*28", 784),
        ("1e-3/2", 0.0005),
        ("2 * hidden", 256),
        ("hidden // 3 + 1", 43),
        ("-2**2", -4),
        ("2^-1", 0.5),
        ("2**3**2", 512),
        ("(1 + 2) * 3 % 4", 1),
        ("--3", 3),
        (".5 + 1.", 1.5),
        ("2e3", 2000.0),
        ("e3", 7),
        ("10 - 4 - 3", 3),
    ],
)
def test_an_expression_has_the_value_that_it_has_on_paper(text: str, value: float) -> None:
    found = calculate(text, VALUES)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "ends too soon"),
        ("2*", "ends too soon"),
        ("(2", "not closed"),
        ("2 3", "'3' is not expected"),
        ("*2", "'*' is not expected"),
        ("2)", "')' is not expected"),
        ("2; import os", "';' cannot stand"),
        ("hiden", "no project variable called 'hiden'"),
        ("hidden.bit_length()", "'.' cannot stand"),
        ("__import__", "no project variable called '__import__'"),
        ("1/0", "divides by zero"),
        ("0**-1", "divides by zero"),
        ("1e999", "too large"),
        ("9**9**9", "too large"),
        ("1e200*1e200", "too large"),
        ("(0-1)**0.5", "root of a negative"),
        ("(" * 60 + "1" + ")" * 60, "nested too deeply"),
        ("-" * 60 + "1", "nested too deeply"),
        ("1+" * 120 + "1", "at most 200 characters"),
    ],
)
def test_what_is_no_expression_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ExpressionProblem) as refused:
        calculate(text, VALUES)
    assert sentence in str(refused.value) and refused.value.hint


@given(st.integers(-1000, 1000), st.integers(-1000, 1000), st.integers(1, 1000))
def test_whole_numbers_are_computed_exactly(a: int, b: int, c: int) -> None:
    assert calculate(f"({a})*({b}) - ({a}) // {c} + ({b}) % {c}", {}) == a * b - a // c + b % c


@given(st.text(alphabet="0123456789.eE+-*/%^() abx", max_size=40))
def test_any_text_has_a_value_or_is_refused(text: str) -> None:
    try:
        assert isinstance(calculate(text, {"a": 3, "x": 0.5}), int | float)
    except ExpressionProblem as refused:
        assert refused.hint


def test_names_are_found_and_replaced_as_whole_words() -> None:
    text = "2*hidden + hidden_2 + 1e3*(hidden)"
    assert names_in(text) == ("hidden", "hidden_2")
    assert with_name(text, "hidden", "width") == "2*width + hidden_2 + 1e3*(width)"
