"""Fuzzy matching of names: exact, prefix, word start, initials, substring, then letters in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")
WORDS = 40
"""A text longer than this is a sentence: nobody types its initials, and only whole pieces are looked for."""
FAVOUR = 4.0
"""What being favoured adds to a score: among equals, never enough for a worse kind of hit."""


@dataclass(frozen=True, slots=True)
class Match:
    """How well a query fits a text (more is better), and which letters of the text it hit."""

    score: float
    places: tuple[int, ...]


def match(query: str, text: str) -> Match | None:
    """Matches a query without blanks around it, in any case; None if its letters are not there in order."""
    wanted, lower = _lower(query), _lower(text)
    if not wanted:
        return Match(0.0, ())
    whole = _whole(wanted, text, lower)
    if whole is not None:
        return whole
    if not _follows(wanted, lower, 0):
        return None
    brevity = 1.0 / (1.0 + len(text))
    starts = [i for i in range(len(text)) if _starts_word(text, i)]
    initials = "".join(lower[i] for i in starts)
    if initials.startswith(wanted):
        return Match(85.0 + brevity, tuple(starts[: len(wanted)]))
    found = _in_order(wanted, text, lower)
    spread = found[-1] - found[0] + 1
    words = sum(_starts_word(text, i) for i in found)
    return Match(10.0 + 30.0 * len(wanted) / spread + 3.0 * words + brevity, found)


def rank(
    query: str,
    items: Iterable[Item],
    texts: Callable[[Item], tuple[str, ...]],
    most: int = 200,
    favour: Callable[[Item], float] | None = None,
) -> list[tuple[Item, Match]]:
    """The items that match, best first; `texts` gives an item's title, then less important words.

    A hit beside the title counts less and marks no letters. Equals keep the order they came in, unless one is
    favoured by more, from 0 to 1.
    """
    query = query.strip()
    hits: list[tuple[Item, Match]] = []
    for item in items:
        title, *others = texts(item)
        best = match(query, title)
        for other in others:
            hit = match(query, other) if len(other) <= WORDS else _whole(_lower(query), other, _lower(other))
            # Beside the title only whole pieces count: scattered letters fit almost any sentence.
            if hit is not None and hit.score >= 60.0 and (best is None or hit.score * 0.6 > best.score):
                best = Match(hit.score * 0.6, ())
        if best is not None:
            hits.append((item, best))
    if favour is None:
        hits.sort(key=lambda hit: -hit[1].score)
    else:
        hits.sort(key=lambda hit: -hit[1].score - FAVOUR * favour(hit[0]))
    return hits[:most]


def _whole(wanted: str, text: str, lower: str) -> Match | None:
    """A hit of the query in one piece: all of the text, its beginning, the start of a word, or anywhere."""
    at = _best_substring(wanted, text, lower) if wanted else -1
    if at < 0:
        return None
    places = tuple(range(at, at + len(wanted)))
    if len(wanted) == len(lower):
        return Match(100.0, places)
    brevity = 1.0 / (1.0 + len(text))
    return Match((90.0 if at == 0 else 80.0 if _starts_word(text, at) else 60.0) + brevity, places)


def _lower(text: str) -> str:
    """The text in lower case, letter by letter, so that places stay the same."""
    if text.isascii():
        return text.lower()
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def _best_substring(wanted: str, text: str, lower: str) -> int:
    """Where the query stands as a whole, at the start of a word if it does so anywhere; else -1."""
    first = at = lower.find(wanted)
    while at > 0:
        if _starts_word(text, at):
            return at
        at = lower.find(wanted, at + 1)
    return at if at == 0 else first


def _starts_word(text: str, at: int) -> bool:
    """True at the first letter of a word: after a blank or sign, or where capitals or digits begin."""
    if at == 0:
        return True
    before, here = text[at - 1], text[at]
    if not here.isalnum():
        return False
    if not before.isalnum():
        return True
    if here.isupper():
        next_is_lower = at + 1 < len(text) and text[at + 1].islower()
        return not before.isupper() or next_is_lower
    return here.isdigit() and not before.isdigit()


def _in_order(wanted: str, text: str, lower: str) -> tuple[int, ...]:
    """The places of letters that are there in order, each at a word's start where one is left."""
    places: list[int] = []
    at = 0
    for place, letter in enumerate(wanted):
        found = lower.find(letter, at)
        rest = wanted[place + 1 :]
        starts = (i for i in range(found, len(lower)) if lower[i] == letter and _starts_word(text, i))
        start = next(starts, found)
        if start > found and _follows(rest, lower, start + 1):
            found = start
        places.append(found)
        at = found + 1
    return tuple(places)


def _follows(letters: str, lower: str, at: int) -> bool:
    """Whether the letters are there in order from a place on."""
    for letter in letters:
        at = lower.find(letter, at) + 1
        if at == 0:
            return False
    return True
