"""Which texts can be names, and how a text from a file is quoted in a message."""

from __future__ import annotations

import unicodedata

from engine.project import limits

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control and formatting characters, among them those that reverse the direction of text; line separators."""


def name_problem(name: str) -> str:
    """Why a text cannot be a name, as the end of a sentence that begins with the name; empty if it can."""
    if not name:
        return "is empty"
    if len(name) > limits.NAME_CHARACTERS:
        return f"has {len(name):,} characters; the limit is {limits.NAME_CHARACTERS}"
    for character in name:
        if unicodedata.category(character) in _UNSEEN:
            return f"has the character U+{ord(character):04X}, which cannot be seen"
    if name != unicodedata.normalize("NFC", name):
        return "has characters that are composed of parts (it is not in Unicode's form NFC)"
    if name != name.strip():
        return "begins or ends with a blank"
    return ""


def shown(text: str) -> str:
    """A text as it can be quoted in a message: short, and without characters that cannot be seen."""
    visible = "".join(c if unicodedata.category(c) not in _UNSEEN else "?" for c in text[:61])
    return visible if len(text) <= 60 else visible[:57] + "..."
