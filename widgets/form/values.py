"""Between the text in a field and its value: strict reading, plain showing, hints, and steps."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from typing import TypeVar

from widgets.form import expressions
from widgets.form.looks import FieldLook, FieldValue

_WHOLE = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\?")
_BIGGEST = 2**63 - 1
Number = TypeVar("Number", int, float)
EXPRESSIONS = ("int", "float", "ints", "floats")
"""The kinds of fields whose values may be computed from names."""


class TextError(ValueError):
    """The text of a field cannot be taken; the message is the sentence to show below it."""


def shown(look: FieldLook) -> str:
    """The value of a field as text, in the form in which it can be typed; nothing where values are mixed."""
    if look.mixed:
        return ""
    if look.expression:
        return look.expression
    if look.value == () and may_be_empty(look):
        return ""
    return text_of(look.value, look.kind)


def may_be_empty(look: FieldLook) -> bool:
    """Whether a list without anything in it can be written as no text at all."""
    return look.default == () and look.kind in ("array", "ints", "floats", "names")


def text_of(value: FieldValue, kind: str) -> str:
    """A value as text: shapes as `batch x 28 x 28`, arrays as nested lists, numbers as short as exact."""
    if kind == "shape":
        if value is None:
            return ""
        dims = value if isinstance(value, tuple) else (value,)
        return " x ".join(str(dim) for dim in dims) if dims else "scalar"
    if kind == "names" and isinstance(value, tuple):
        return ", ".join(map(str, value))
    if kind in ("ints", "floats") and isinstance(value, tuple):
        return ", ".join(text_of(item, "float") for item in value)
    if kind == "array" and isinstance(value, tuple):
        return _rows_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value)
    return "" if value is None else str(value)


def read(look: FieldLook, text: str) -> FieldValue:
    """The value that a text means for this field; raises TextError with a sentence otherwise.

    An expression that refers to names is its own text: what it gives may change with them.
    """
    text = text.strip()
    if may_be_empty(look):
        if not text.strip("()[]"):
            return ()
        if look.kind == "array" and "[" not in text:
            text = f"[{text}]"
    if look.kind in EXPRESSIONS and look.calculate is not None and expressions.refers(text):
        computed(look, text)
        return text
    if look.kind == "int":
        return _within(look, _whole(look, text))
    if look.kind == "float":
        return _within(look, _number(look, text))
    if look.kind == "ints":
        words = expressions.parts(text)
        if not words:
            raise TextError(f"{look.label} needs whole numbers, such as 3, 3.")
        return tuple(_within(look, _whole(look, word)) for word in words)
    if look.kind == "floats":
        words = expressions.parts(text)
        if not words:
            raise TextError(f"{look.label} needs numbers, such as 0.5, 2.")
        return tuple(_within(look, _number(look, word)) for word in words)
    if look.kind == "names":
        words = [word for word in re.split(r"[,\s]+", text) if word]
        unknown = next((word for word in words if look.choices and word not in look.choices), None)
        if unknown is not None:
            raise TextError(f"{look.label} does not know {unknown}. It knows {', '.join(look.choices)}.")
        return tuple(words)
    if look.kind == "shape":
        return _shape(look, text)
    if look.kind == "array":
        return _array(look, text)
    return text


def hint(look: FieldLook) -> str:
    """The limits and the unit of a field, in words: `1 to 65,536`; or what its expression gives."""
    if look.mixed:
        return "mixed"
    if look.expression:
        return "" if look.error else f"= {text_of(look.value, look.kind)}"
    if look.value == () and may_be_empty(look):
        return "not set"
    if look.kind == "array" and not isinstance(look.value, tuple):
        return "or 1, 2, 3"  # which makes a table of it
    unit = f" {look.unit}" if look.unit else ""
    if look.kind not in ("int", "float", "ints", "floats"):
        return look.unit
    if look.low is not None and look.high is not None:
        return f"{_limit(look.low)} to {_limit(look.high)}{unit}"
    if look.low is not None:
        return f"from {_limit(look.low)}{unit}"
    return f"up to {_limit(look.high)}{unit}" if look.high is not None else look.unit


def hint_while_typing(look: FieldLook, text: str) -> str:
    """What the typed expression gives, as soon as it gives something; else what the hint is at rest."""
    if look.kind in EXPRESSIONS and look.calculate is not None and expressions.is_arithmetic(text):
        try:
            return f"= {text_of(computed(look, text), look.kind)}"
        except TextError:
            return ""
    return hint(replace(look, mixed=False, expression=""))


def is_news(look: FieldLook, value: FieldValue) -> bool:
    """Whether a value is another than the one that the field shows."""
    present = look.expression or look.value
    return look.mixed or value != present or type(value) is not type(present)


def read_number(look: FieldLook, text: str) -> float:
    """A number within an array, which may be arithmetic; raises TextError with a sentence."""
    return _number(look, text)


def stepped(look: FieldLook, value: float, steps: int, shift: bool) -> float:
    """The value some steps up or down, within the limits.

    A whole number steps by one, a float by one in its first digit: 0.001 goes to 0.002 or to 0.0009.
    With Shift a whole number takes ten steps at once, and a float a tenth of one.
    """
    if look.kind == "int":
        result: float = int(value) + steps * (10 if shift else 1)
    else:
        result = float(value)
        for _ in range(abs(steps)):
            result += math.copysign(_float_step(result, steps < 0) * (0.1 if shift else 1.0), steps)
            result = float(f"{result:.10g}")
    if look.low is not None:
        result = max(result, look.low)
    if look.high is not None:
        result = min(result, look.high)
    return int(result) if look.kind == "int" else result


def _float_step(value: float, down: bool) -> float:
    if value == 0.0:
        return 0.1
    decade = math.floor(math.log10(abs(value)) + 1e-9)
    smaller = (value > 0) == down
    first_digit_is_one = abs(value) < 1.0000001 * 10.0**decade
    return float(10.0 ** (decade - 1 if smaller and first_digit_is_one else decade))


def computed(look: FieldLook, text: str) -> FieldValue:
    """What an expression gives now, checked like a number; raises TextError with a sentence."""
    if look.kind in ("int", "float"):
        return _one(look, text)
    return tuple(_one(look, part) for part in expressions.parts(text))


def _one(look: FieldLook, text: str) -> int | float:
    if look.kind in ("int", "ints"):
        return _within(look, _whole(look, text))
    return _within(look, _number(look, text))


def _calculated(look: FieldLook, text: str) -> float | None:
    """What arithmetic gives; None where the field takes no more than plain numbers."""
    if look.calculate is None or not expressions.is_arithmetic(text):
        return None
    try:
        return look.calculate(text)
    except ValueError as wrong:
        raise TextError(f"{look.label}: {wrong}") from None


def _whole(look: FieldLook, text: str) -> int:
    result = _calculated(look, text)
    if result is not None:
        if result != int(result):
            raise TextError(f"{look.label} must be a whole number; this is {_float_text(float(result))}.")
        text = str(int(result))
    if not _WHOLE.fullmatch(text) or len(text) > 30:
        raise TextError(f"{look.label} must be a whole number.")
    value = int(text.replace(",", ""))
    if abs(value) > _BIGGEST:
        raise TextError(f"{look.label} must fit in 64 bits.")
    return value


def _number(look: FieldLook, text: str) -> float:
    result = _calculated(look, text)
    try:
        value = float(text) if result is None else float(result)
    except ValueError:
        raise TextError(f"{look.label} must be a number, such as 0.001 or 1e-3.") from None
    if not math.isfinite(value):
        raise TextError(f"{look.label} must be a finite number.")
    return value


def _within(look: FieldLook, value: Number) -> Number:
    if look.low is not None and value < look.low:
        raise TextError(_out_of_range(look))
    if look.high is not None and value > look.high:
        raise TextError(_out_of_range(look))
    return value


def _out_of_range(look: FieldLook) -> str:
    if look.low is not None and look.high is not None:
        return f"{look.label} must lie between {_limit(look.low)} and {_limit(look.high)}."
    if look.low is not None:
        return f"{look.label} must be at least {_limit(look.low)}."
    return f"{look.label} must be at most {_limit(look.high or 0)}."


def _shape(look: FieldLook, text: str) -> tuple[int | str, ...] | None:
    if not text:
        return None
    if text in ("scalar", "()"):
        return ()
    dims: list[int | str] = []
    for word in re.split(r"\s*(?:,|×|\bx\b|\s)\s*", text.strip("()[]").strip(" ,")):
        if look.calculate is not None and expressions.is_plain_arithmetic(word):
            dims.append(_dimension(look, _whole(look, word)))
        elif _WHOLE.fullmatch(word) and len(word) < 20:
            dims.append(_dimension(look, int(word.replace(",", ""))))
        elif _NAME.fullmatch(word):
            dims.append(word)
        else:
            raise TextError(f"{look.label} must be sizes joined by x, such as batch x 28 x 28.")
    return tuple(dims)


def _dimension(look: FieldLook, size: int) -> int:
    if size < -1:
        raise TextError(f"{look.label} has a size of {size}; sizes are 0 or more, or -1 for the rest.")
    return _within(look, size)


def _array(look: FieldLook, text: str) -> FieldValue:
    numbers = text.split()
    if "[" not in text and (len(numbers) > 1 or "," in text):
        text = f"[{text if ',' in text else ', '.join(numbers)}]"  # one row, as one would write it down
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except TextError:
        raise
    except RecursionError:
        raise TextError(f"{look.label} is nested too deeply.") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        example = "such as [[1, 2], [3, 4]]"
        raise TextError(f"{look.label} must be a number or a nested list, {example} ({place}).") from None
    except ValueError:
        raise TextError(f"{look.label} holds a number that is too large.") from None
    result, _ = _frozen(look, value)
    return result


def _no_constant(word: str) -> float:
    raise TextError(f"{word} cannot be written here; only finite numbers can.")


def _frozen(look: FieldLook, value: object) -> tuple[FieldValue, tuple[int, ...]]:
    """Nested lists as nested tuples with their shape; refuses what is ragged or no number."""
    if isinstance(value, (bool, int, float)):
        if isinstance(value, float) and not math.isfinite(value):
            raise TextError(f"{look.label} holds a number that is too large.")
        return value, ()
    if not isinstance(value, list):
        raise TextError(f"{look.label} may hold numbers only.")
    parts = [_frozen(look, item) for item in value]
    shapes = [shape for _, shape in parts]
    for place, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise TextError(_ragged(look, place, shape, shapes[0]))
    return tuple(item for item, _ in parts), (len(parts), *(shapes[0] if shapes else ()))


def _ragged(look: FieldLook, place: int, shape: tuple[int, ...], first: tuple[int, ...]) -> str:
    if len(shape) != len(first):
        return f"{look.label}: item {place + 1} is nested differently from item 1."
    if len(shape) == 1:
        return f"{look.label}: row {place + 1} has {shape[0]} numbers, row 1 has {first[0]}."
    return f"{look.label}: item {place + 1} has another shape than item 1."


def _rows_text(value: tuple[FieldValue, ...]) -> str:
    """A nested list with one row a line where it is a matrix."""
    plain = json.dumps(value)
    if value and all(isinstance(row, tuple) for row in value):
        return "[" + ",\n ".join(json.dumps(row) for row in value) + "]"
    return plain


def _float_text(value: float) -> str:
    text = repr(value)
    if text.endswith(".0"):
        return text[:-2] if abs(value) < 1e16 else text
    return re.sub(r"e([+-])0*(\d)", lambda m: f"e{'-' if m[1] == '-' else ''}{m[2]}", text)


def _limit(value: float) -> str:
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return _float_text(float(value))
