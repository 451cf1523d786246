"""Fuzzy matching puts what one means first, and marks the letters it hit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.search.fuzzy import match, rank

NAMES = (
    "Dense",
    "DepthwiseConv2D",
    "Identity",
    "MultiHeadAttention",
    "MatMul",
    "ReduceMean",
    "LayerNormalization",
    "BatchNormalization",
    "Conv2D",
    "Conv2DTranspose",
    "SparseCategoricalCrossentropy",
    "Relu",
    "LeakyRelu",
)


def found(query: str) -> list[str]:
    return [name for name, _ in rank(query, NAMES, lambda name: (name,))]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("dense", "Dense"),
        ("relu", "Relu"),
        ("mha", "MultiHeadAttention"),
        ("scc", "SparseCategoricalCrossentropy"),
        ("conv2d", "Conv2D"),
        ("norm", "LayerNormalization"),
        ("mean", "ReduceMean"),
        ("c2t", "Conv2DTranspose"),
        ("btchnorm", "BatchNormalization"),
        (" MATMUL ", "MatMul"),
    ],
)
def test_the_meant_name_comes_first(query: str, first: str) -> None:
    assert found(query)[0] == first


def test_letters_that_are_not_there_in_order_find_nothing() -> None:
    assert found("xyz") == []
    assert match("esn", "Dense") is None


def test_an_empty_query_keeps_the_order() -> None:
    assert found("  ") == list(NAMES)


def test_words_beside_the_title_count_less_and_mark_nothing() -> None:
    items = [("Linear", "another name for dense"), ("Dense", "")]
    hits = rank("dense", items, lambda item: item)
    assert [item[0] for item, _ in hits] == ["Dense", "Linear"]
    assert hits[1][1].places == ()


def test_among_equal_hits_the_favoured_comes_first() -> None:
    names = ("ReduceMax", "ReduceMin", "ReduceMean")
    hits = rank("red", names, lambda name: (name,), favour=lambda name: float(name == "ReduceMean"))
    assert hits[0][0] == "ReduceMean"
    hits = rank("reducemin", names, lambda name: (name,), favour=lambda name: float(name == "ReduceMean"))
    assert hits[0][0] == "ReduceMin"


def test_a_sentence_is_found_by_its_words_and_not_by_scattered_letters() -> None:
    items = [("Dense", "Multiplies by a kernel, adds a bias and applies an activation.")]
    assert rank("kernel", items, lambda item: item)
    assert not rank("mbak", items, lambda item: item)


def test_at_most_so_many_hits_are_given() -> None:
    assert len(rank("", range(500), lambda number: (str(number),), most=7)) == 7


@given(st.text(max_size=30), st.text(max_size=6))
def test_marked_letters_are_the_letters_of_the_query(text: str, query: str) -> None:
    hit = match(query, text)
    if hit is None or not query:
        return
    assert len(hit.places) == len(query)
    assert list(hit.places) == sorted(set(hit.places))
    assert all(text[i].lower() == letter.lower() for i, letter in zip(hit.places, query, strict=True))


@given(st.text(min_size=1, max_size=20))
def test_every_text_finds_itself_best(text: str) -> None:
    hit = match(text, text)
    assert hit is not None
    assert hit.score == 100.0
