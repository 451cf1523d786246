"""Declared attributes of an op: type, default, limits and help; checks, forms and JSON come from them."""

from __future__ import annotations

import dataclasses
import json
import reprlib
from dataclasses import dataclass
from typing import Any, NewType, cast, get_type_hints

from engine.errors import AttributeProblem
from engine.spec import Shape

Nested = float | int | bool | tuple[Any, ...]
"""A number, or nested tuples of numbers: the literal value of a constant."""

FunctionName = NewType("FunctionName", str)
"""The name of a function of the graph; empty where none is chosen."""

_KINDS: dict[object, str] = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "text",
    FunctionName: "function",
    tuple[int, ...]: "ints",
    tuple[float, ...]: "floats",
    tuple[str, ...]: "names",
    Shape: "shape",
    Nested: "array",
}
_EXPECTED = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "text": "a text",
    "choice": "one of the choices",
    "function": "the name of a function",
    "ints": "a list of whole numbers",
    "floats": "a list of numbers",
    "names": "a list of names",
    "shape": "a list of sizes and names of sizes",
    "array": "a number or nested lists of numbers, all rows equally long",
}


@dataclass(frozen=True)
class Attribute:
    """One declared attribute, as forms, files and checks see it."""

    name: str
    kind: str
    default: object
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    hidden: bool = False
    quick: bool = False
    """Whether it is one of the few that are changed often, and can be edited on the node itself."""

    def parse(self, value: object) -> object:
        """Turn a JSON value into the attribute's own; raises AttributeProblem saying what was expected."""
        parsed = _PARSERS[self.kind](value)
        if parsed is None:
            raise self._problem(reprlib.repr(value), _EXPECTED[self.kind])
        chosen = parsed if isinstance(parsed, tuple) else (parsed,)
        wrong = [part for part in chosen if part not in self.choices] if self.choices else []
        if wrong:
            raise self._problem(reprlib.repr(wrong[0]), f"one of {', '.join(self.choices)}")
        if self.kind in ("int", "float", "ints", "floats"):
            numbers = parsed if isinstance(parsed, tuple) else (parsed,)
            for number in numbers:
                self._check_limits(cast(float, number))
        return parsed

    def is_default(self, value: object) -> bool:
        """Whether a value need not be written down. -0.0 equals 0.0, and is another number all the same."""
        if value != self.default:
            return False
        return not isinstance(value, float) or str(value)[0] == str(self.default)[0]

    def _check_limits(self, number: float) -> None:
        # Written so that NaN, which compares false with everything, is refused as well.
        if number != number or not (
            (self.low is None or number >= self.low) and (self.high is None or number <= self.high)
        ):
            raise self._problem(f"{number:g}", self.range_text)

    def _problem(self, found: str, expected: str) -> AttributeProblem:
        default = json.dumps(to_json(self.default))
        shown = {"[]": "an empty list", '""': "an empty text"}.get(default, default.strip('"'))
        return AttributeProblem(
            f"{self.name} is {found}; expected {expected}.",
            hint=f"Choose such a value; the default is {shown}.",
        )

    @property
    def range_text(self) -> str:
        if self.low is not None and self.high is not None:
            return f"{self.low:,.15g} to {self.high:,.15g}"
        if self.low is not None:
            return f"at least {self.low:,.15g}"
        return f"at most {self.high:,.15g}" if self.high is not None else "any number"


def attribute(
    *,
    default: Any,
    help: str,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    unit: str = "",
    hidden: bool = False,
    quick: bool = False,
) -> Any:
    """Declare an attribute in the body of an op."""
    metadata = {"help": help, "low": low, "high": high, "choices": choices, "unit": unit, "hidden": hidden}
    metadata["quick"] = quick
    return dataclasses.field(default=default, metadata=metadata)


def attributes_of(op: type) -> tuple[Attribute, ...]:
    """Read the declared attributes off an op's class; a field without a declaration is none."""
    hints = get_type_hints(op)
    found = []
    for field in dataclasses.fields(op):
        if not field.metadata:
            continue
        kind = _KINDS.get(hints[field.name])
        if kind == "text" and field.metadata["choices"]:
            kind = "choice"
        if kind is None:
            raise TypeError(f"{op.__name__}.{field.name} has type {hints[field.name]}, which no form knows")
        found.append(Attribute(field.name, kind, field.default, **field.metadata))
    return tuple(found)


def to_json(value: object) -> object:
    """The JSON value of an attribute's value."""
    return [to_json(part) for part in value] if isinstance(value, tuple) else value


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None
    return int(value) if abs(value) <= 2**63 and int(value) == value else None


def _wholes(value: object) -> tuple[int, ...] | None:
    if not isinstance(value, list | tuple):
        return None
    numbers = [_whole(part) for part in value]
    return None if None in numbers else cast(tuple[int, ...], tuple(numbers))


def _numbers(value: object) -> tuple[float, ...] | None:
    if not isinstance(value, list | tuple):
        return None
    numbers = [_number(part) for part in value]
    return None if None in numbers else cast(tuple[float, ...], tuple(numbers))


def _names(value: object) -> tuple[str, ...] | None:
    whole = isinstance(value, list | tuple) and all(isinstance(part, str) for part in value)
    return tuple(value) if whole and isinstance(value, list | tuple) else None


def _shape(value: object) -> Shape | None:
    if not isinstance(value, list | tuple):
        return None
    sizes = [size if isinstance(size, str) and size.isidentifier() else _whole(size) for size in value]
    if any(size is None or (isinstance(size, int) and size < 0) for size in sizes):
        return None
    return cast(Shape, tuple(sizes))


def _nested(value: object) -> Nested | None:
    if isinstance(value, bool | int | float):
        return value
    if not isinstance(value, list | tuple):
        return None
    parts = [_nested(part) for part in value]
    if None in parts or len({_nested_shape(cast(Nested, part)) for part in parts}) > 1:
        return None
    return cast(Nested, tuple(parts))


def _nested_shape(value: Nested) -> tuple[int, ...]:
    if not isinstance(value, tuple):
        return ()
    return (len(value), *(_nested_shape(value[0]) if value else ()))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


_PARSERS = {
    "bool": lambda value: value if isinstance(value, bool) else None,
    "int": _whole,
    "float": _number,
    "text": _text,
    "choice": _text,
    "function": _text,
    "ints": _wholes,
    "floats": _numbers,
    "names": _names,
    "shape": _shape,
    "array": _nested,
}
