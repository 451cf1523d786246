"""What the form and the properties panel are told to show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from widgets.help.looks import HelpLook

FieldKind = Literal["int", "float", "bool", "choice", "text", "shape", "array", "ints", "floats", "names"]
FieldValue = bool | int | float | str | None | tuple["FieldValue", ...]
"""A plain JSON value; lists are tuples. A shape's dimension is an int or a name such as `batch`."""


@dataclass(frozen=True, slots=True)
class FieldLook:
    """One setting: its name in the file, its label on screen, its kind, value, default and limits.

    `low` and `high` limit a number, or every number of `ints` and `floats`. `choices` belong to the kind
    `choice`; the value None is shown as `none`. `error` is a sentence about this value that others found.
    A field that is not `enabled` shows a value that something else decides. A `mixed` field stands for
    several nodes whose values differ; `value` is that of one of them.

    `expression` is what the value was computed from, shown in its place. `calculate` gives the value of an
    expression, or raises ValueError with a sentence; without it only plain numbers can be typed. An
    expression that refers to names is reported as a text, any other as the number that it gives.
    """

    name: str
    label: str
    kind: FieldKind
    value: FieldValue
    default: FieldValue
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    help: str = ""
    error: str = ""
    enabled: bool = True
    mixed: bool = False
    expression: str = ""
    calculate: Callable[[str], float] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class VariableLook:
    """One variable: `hidden`, `2*64`, and the `128` that it gives, or why it gives none in a sentence."""

    name: str
    expression: str
    value: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class FlowRow:
    """One line of `What flows through`: a name, a value, and a note such as the dtype or the bytes.

    `dtype` colours the note; `tone` colours it where it is a judgement: `success`, `warn` or `error`.
    """

    name: str
    value: str
    note: str = ""
    dtype: str = ""
    tone: Literal["", "success", "warn", "error"] = ""


@dataclass(frozen=True, slots=True)
class PropertiesLook:
    """The selected node: title block, settings, what flows through it, and its help.

    Where several are selected, `nodes` are their names, and `node` says how many there are. `variables`
    are those of the project; None leaves their part away.
    """

    node: str
    op: str
    category: str
    fields: tuple[FieldLook, ...] = ()
    flows: tuple[FlowRow, ...] = ()
    help: HelpLook | None = None
    can_open: bool = False
    can_rename: bool = True
    nodes: tuple[str, ...] = ()
    variables: tuple[VariableLook, ...] | None = None
