"""Arithmetic as one types it into a field: `2*hidden`, `1e-3/2`. Reads numbers and names; never runs code."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping

from engine.errors import ExpressionProblem

Number = int | float

LONGEST = 200
"""Characters of an expression, at most."""
DEEPEST = 32
"""Parentheses and signs within each other, at most."""
_BITS = 1024
"""A whole number with more bits than this is larger than any float."""
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d]\w*)|(?P<sign>\*\*|//|[-+*/%^()]))"
)
_SUMS: dict[str, Callable[[Number, Number], Number]] = {"+": operator.add, "-": operator.sub}
_PRODUCTS: dict[str, Callable[[Number, Number], Number]] = {
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}


def calculate(text: str, values: Mapping[str, Number]) -> Number:
    """The value of an expression whose names have these values; whole numbers stay whole but under `/`.

    Raises ExpressionProblem with a sentence for a text that is none, or that has no finite value.
    """
    return _Reading(text, values).whole()


def names_in(text: str) -> tuple[str, ...]:
    """The names that an expression refers to, each once, in their order."""
    return tuple(dict.fromkeys(match["name"] for match in _TOKEN.finditer(text) if match["name"]))


def with_name(text: str, old: str, new: str) -> str:
    """The expression with another name in the place of one."""
    parts, end = [], 0
    for match in _TOKEN.finditer(text):
        if match["name"] == old:
            parts += [text[end : match.start("name")], new]
            end = match.end("name")
    return "".join([*parts, text[end:]])


class _Reading:
    """Walks once over the tokens of an expression, by recursive descent, and computes as it goes."""

    def __init__(self, text: str, values: Mapping[str, Number]) -> None:
        self._values = values
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def whole(self) -> Number:
        value = self._sum()
        if self._next:
            raise ExpressionProblem(
                f"'{self._next}' is not expected here.", hint="Put an operator before it."
            )
        return value

    @property
    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._next
        self._at += 1
        return token

    def _sum(self) -> Number:
        value = self._product()
        while sign := _SUMS.get(self._next):
            self._take()
            value = _apply(sign, value, self._product())
        return value

    def _product(self) -> Number:
        value = self._signed()
        while sign := _PRODUCTS.get(self._next):
            self._take()
            value = _apply(sign, value, self._signed())
        return value

    def _signed(self) -> Number:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionProblem("the expression is nested too deeply.", hint="Write it more simply.")
        if self._next in ("+", "-"):
            value = -self._signed() if self._take() == "-" else self._signed()
        else:
            value = self._power()
        self._depth -= 1
        return value

    def _power(self) -> Number:
        base = self._atom()
        if self._next not in ("**", "^"):
            return base
        self._take()
        return _apply(_power, base, self._signed())

    def _atom(self) -> Number:
        token = self._take()
        if token == "(":
            value = self._sum()
            if self._take() != ")":
                raise ExpressionProblem("a parenthesis is not closed.", hint="Add ')'.")
            return value
        if not token:
            raise ExpressionProblem("the expression ends too soon.", hint="Add a number or a name.")
        if token[0].isdigit() or token[0] == ".":
            return _finite(int(token) if token.isdigit() else float(token))
        if token.isidentifier():
            if token not in self._values:
                raise ExpressionProblem(
                    f"there is no project variable called '{token}'.", hint="Define it, or write a number."
                )
            return self._values[token]
        raise ExpressionProblem(f"'{token}' is not expected here.", hint="Put a number or a name before it.")


def _tokens(text: str) -> list[str]:
    if len(text) > LONGEST:
        raise ExpressionProblem(f"an expression has at most {LONGEST} characters.", hint="Write it shorter.")
    tokens, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            wrong = text[at:].strip()[0]
            raise ExpressionProblem(f"'{wrong}' cannot stand in an expression.", hint="Use + - * / and ().")
        tokens.append(match.group().strip())
        at = match.end()
    return tokens


def _apply(sign: Callable[[Number, Number], Number], left: Number, right: Number) -> Number:
    try:
        return _finite(sign(left, right))
    except ZeroDivisionError:
        raise ExpressionProblem("the expression divides by zero.", hint="Change the divisor.") from None
    except OverflowError:
        raise _too_large() from None


def _power(base: Number, exponent: Number) -> Number:
    """A power, refused before it is computed where it could not be written down."""
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * abs(exponent) > 2 * _BITS:
        raise _too_large()
    value = base**exponent
    if isinstance(value, complex):
        raise ExpressionProblem("the root of a negative number is no number.", hint="Change the base.")
    return value if isinstance(value, int) else float(value)


def _finite(value: Number) -> Number:
    too_large = value.bit_length() > _BITS if isinstance(value, int) else not math.isfinite(value)
    if too_large:
        raise _too_large()
    return value


def _too_large() -> ExpressionProblem:
    return ExpressionProblem("the value of the expression is too large.", hint="Write a smaller one.")
