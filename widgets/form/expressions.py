"""Which texts in a field are expressions, and how they are cut; what they give is computed elsewhere."""

from __future__ import annotations

import re

_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")
_LITERAL = re.compile(r"[+-]?((\d[\d,]*)?\.?\d*(e[+-]?\d+)?|inf(inity)?|nan)", re.IGNORECASE)
_SIGN = re.compile(r"(?<=[\w.)])\s*(\*\*|//|[-+*/%^])|[()]")


def is_arithmetic(text: str) -> bool:
    """Whether a text is more than a plain number: it has operators, parentheses or names."""
    return not _LITERAL.fullmatch(text.strip())


def is_plain_arithmetic(text: str) -> bool:
    """Whether a text has operators between numbers, and no names: `28*28`."""
    return bool(_SIGN.search(text)) and not _NAME.search(text)


def refers(text: str) -> bool:
    """Whether a text refers to names, other than the infinite and what is no number."""
    return is_arithmetic(text) and bool(_NAME.search(text))


def parts(text: str) -> list[str]:
    """The items of a list: between commas, or between spaces where there are no commas."""
    bare = text.strip()
    if bare[:1] in ("[", "(") and bare[-1:] in ("]", ")") and _is_one_pair(bare):
        bare = bare[1:-1]
    return [part.strip() for part in bare.split("," if "," in bare else None) if part.strip()]


def _is_one_pair(text: str) -> bool:
    """Whether the first bracket is closed by the last one, as in `(3, 5)` and not in `(1+2)*(3+4)`."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if depth == 0:
            return place == len(text) - 1
    return True
