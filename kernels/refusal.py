"""A kernel's refusal of values that no shape rule could foresee: an index outside, a singular matrix."""

from __future__ import annotations


class Refusal(ValueError):
    """What was found and what was expected, in one sentence; `hint` says what to do."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
