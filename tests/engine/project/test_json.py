"""JSON: the strict reader refuses what is ambiguous, and the writer has one form for each value."""

import json
import random
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.project import limits
from engine.project.canonical_json import dump, sorted_keys
from engine.project.durable import FileError
from engine.project.names import name_problem, shown
from engine.project.strict_json import parse

NUMBERS = st.integers(-(10**19), 10**19) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(TEXTS, inner, max_size=6),
    max_leaves=60,
)


@given(VALUES)
def test_what_is_written_reads_as_the_same_and_is_written_as_the_same(value: Any) -> None:
    data = dump(value)
    assert parse(data, "x") == value
    assert json.loads(data) == value
    assert dump(parse(data, "x")) == data


@given(VALUES)
def test_no_line_is_longer_than_a_screen_unless_one_text_is(value: Any) -> None:
    for line in dump(value).decode().splitlines():
        assert len(line) <= 102 or '"' in line


def test_the_form_is_readable() -> None:
    value = {"wires": {"b.x": "a.y"}, "numbers": list(range(40)), "texts": ["t" * 60, "u" * 60], "none": {}}
    assert dump(value).decode().splitlines() == [
        "{",
        '  "wires": {"b.x": "a.y"},',
        '  "numbers": [',
        "    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,",
        "    26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39",
        "  ],",
        '  "texts": [',
        f'    "{"t" * 60}",',
        f'    "{"u" * 60}"',
        "  ],",
        '  "none": {}',
        "}",
    ]


def test_keys_are_sorted_at_every_level() -> None:
    value = MappingProxyType({"b": (MappingProxyType({"d": 1, "c": 2}),), "a": 0})
    assert dump(sorted_keys(value)) == b'{"a": 0, "b": [{"c": 2, "d": 1}]}\n'


def test_not_a_number_is_never_written() -> None:
    with pytest.raises(ValueError, match="JSON"):
        dump([float("nan")])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Data is empty."),
        (b" \n\t", "Data is empty."),
        (b"{", "line 1, column 2"),
        (b'{"a": 1,}', "not valid JSON: line 1"),
        (b"{'a': 1}", "not valid JSON: line 1, column 2"),
        (b"[1] [2]", "Extra data"),
        (b"\xff\xfe{\x00}\x00", "not text in UTF-8: byte 0"),
        (b'"\xed\xa0\x80"', "not text in UTF-8: byte 1"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "the key 'c' twice"),
        (b"NaN", "the number NaN; only finite"),
        (b"[-Infinity]", "the number -Infinity; only finite"),
        (b"1e999", "the number 1e999; only finite"),
        (b"9" * 5000, "a whole number of 5,000 digits; the limit is 20"),
        (b"-" + b"9" * 21, "a whole number of 21 digits"),
        (rb'{"a\ud800": 1}', "half of a character"),
        (rb'["\udc00"]', "half of a character"),
        (b'"line\nbreak"', "Invalid control character"),
        (b"[" * 65 + b"]" * 65, "nested deeper than 64 levels"),
        (b"[" * 1_000_000, "nested deeper than 64 levels"),
        (b'{"a":' * 1_000_000, "nested deeper than 64 levels"),
    ],
)
def test_bad_json_is_refused_in_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(FileError) as caught:
        parse(data, "Data")
    assert sentence in caught.value.what
    assert caught.value.what.startswith("Data ")
    assert caught.value.what.endswith(".")


def test_the_limits_themselves_are_allowed() -> None:
    assert parse(b"[" * 64 + b"]" * 64, "x")
    assert parse(b"9" * 20, "x") == int("9" * 20)
    assert parse(b"[1]" + b" " * 7, "x", max_bytes=10) == [1]
    with pytest.raises(FileError, match="11 bytes; the limit is 10"):
        parse(b"[1]" + b" " * 8, "x", max_bytes=10)


def test_brackets_in_texts_do_not_count_as_depth() -> None:
    assert parse(json.dumps(["[" * 100, '"\\' + "{" * 100]).encode(), "x") == ["[" * 100, '"\\' + "{" * 100]


def test_pairs_of_escaped_halves_and_a_byte_order_mark_are_fine() -> None:
    assert parse(rb'"\ud83d\ude00"', "x") == "😀"
    assert parse(b"\xef\xbb\xbf[1]", "x") == [1]


def test_quotes_without_an_end_take_linear_time() -> None:
    # With quadratic time this would take hours; the test's own limit of time would end it.
    with pytest.raises(FileError, match="not valid JSON"):
        parse(b'"\\' * 2_000_000, "x")


@given(st.binary(max_size=200))
def test_bytes_are_read_or_refused_with_a_sentence(data: bytes) -> None:
    try:
        parse(data, "x")
    except FileError as error:
        assert error.what.startswith("x")


def test_flipped_bytes_are_read_or_refused_with_a_sentence() -> None:
    chance = random.Random(2)
    good = dump({"a": [1, 2.5, "text", None, True], "b": {"c": "ü"}})
    for _ in range(3000):
        data = bytearray(good)
        data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            parse(bytes(data), "x")
        except FileError as error:
            assert error.what.startswith("x")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "is empty"),
        ("n" * 257, "has 257 characters; the limit is 256"),
        ("a\x00b", "has the character U+0000"),
        ("a\u202eb", "has the character U+202E"),
        ("a\u2028b", "has the character U+2028"),
        ("a\u200bb", "has the character U+200B"),
        ("e\u0301", "composed of parts"),
        (" a", "begins or ends with a blank"),
    ],
)
def test_a_name_that_deceives_is_refused(name: str, problem: str) -> None:
    assert problem in name_problem(name)


@pytest.mark.parametrize("name", ["dense_1", "dense_1/kernel", "größe", "层", "n" * 256, "x:0"])
def test_an_honest_name_is_accepted(name: str) -> None:
    assert name_problem(name) == ""


def test_a_quoted_text_is_short_and_visible() -> None:
    assert shown("a" * 60) == "a" * 60
    assert shown("a" * 61) == "a" * 57 + "..."
    assert shown("a\u202e\nb") == "a??b"


def test_a_large_object_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FIELDS_PER_OBJECT", 2)
    assert len(parse(b'{"a": 1, "b": 2}', "x")) == 2
    with pytest.raises(FileError, match="3 fields; the limit is 2"):
        parse(b'{"a": 1, "b": 2, "c": 3}', "x")


def test_outer_levels_can_be_kept_open_so_that_changes_stay_apart() -> None:
    value = {"wires": {"b.x": "a.y", "c.x": "b.y"}, "none": {}}
    assert dump(value, open_levels=2).decode().splitlines() == [
        "{",
        '  "wires": {',
        '    "b.x": "a.y",',
        '    "c.x": "b.y"',
        "  },",
        '  "none": {}',
        "}",
    ]
