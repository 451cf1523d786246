"""What can be read off a text of Python without running it: its functions, and what is wrong with it."""

from __future__ import annotations

import ast
import functools
from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import SpecError

LONGEST = 65_536
"""Characters."""


@dataclass(frozen=True)
class Source:
    """The parameters of `forward`, and of `backward` where there is one.

    `arguments` are those behind the star of `forward`, `needed` those of them that have no default.
    """

    forward: tuple[str, ...]
    backward: tuple[str, ...] | None
    arguments: tuple[str, ...]
    needed: tuple[str, ...]


@functools.lru_cache(maxsize=256)
def read_source(code: str) -> Source:
    """Read the code; raises SpecError with the line where it is no Python, or saying what is missing."""
    if len(code) > LONGEST:
        raise SpecError(
            f"the code has {len(code):,} characters; the limit is {LONGEST:,}.",
            hint="Put what it does into several nodes.",
        )
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        raise SpecError(f"line {error.lineno} of the code is no Python: {error.msg}.", hint=_OPEN) from None
    except (ValueError, RecursionError, MemoryError):
        raise SpecError("the code is no Python that can be read.", hint=_OPEN) from None
    functions = {node.name: node.args for node in tree.body if isinstance(node, ast.FunctionDef)}
    if "forward" not in functions:
        raise SpecError("the code has no function forward.", hint="Write def forward(x): and return y.")
    forward = functions["forward"]
    words = [word.arg for word in forward.kwonlyargs]
    open_ones = [word for word, default in zip(words, forward.kw_defaults, strict=True) if default is None]
    backward = functions.get("backward")
    return Source(
        _positional(forward),
        None if backward is None else _positional(backward),
        tuple(words),
        tuple(open_ones),
    )


def check_parameters(what: str, found: Sequence[str], expected: Sequence[str]) -> None:
    """Raise SpecError where a function does not take what it will be given."""
    if list(found) != list(expected):
        raise SpecError(
            f"{what}({', '.join(found)}) does not fit the signature.",
            hint=f"Write def {what}({', '.join(expected)}).",
        )


def read_arguments(arguments: str, source: Source) -> None:
    """Check arguments written as `slope=0.1, width=3`; raises SpecError for what cannot be one."""
    try:
        call = ast.parse(f"f({arguments})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise SpecError(f"the arguments {arguments[:60]!r} cannot be read.", hint=_WRITE) from None
    if not isinstance(call, ast.Call) or call.args:
        raise SpecError(f"the arguments {arguments[:60]!r} have no names.", hint=_WRITE)
    names = []
    for word in call.keywords:
        try:
            ast.literal_eval(word.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            raise SpecError(f"the argument {word.arg} is no plain value.", hint=_WRITE) from None
        names.append(word.arg or "**")
    unknown = next((name for name in names if name not in source.arguments), None)
    if unknown is not None:
        takes = ", ".join(source.arguments) or "none: write it behind a star, def forward(x, *, slope=0.1)"
        raise SpecError(f"forward has no argument {unknown}.", hint=f"It takes {takes}.")
    missing = next((name for name in source.needed if name not in names), None)
    if missing is not None:
        raise SpecError(f"the argument {missing} has no value.", hint=f"Add {missing}= to the arguments.")


_OPEN = "Open the node and mend its code."
_WRITE = "Write them as slope=0.1, width=3."


def _positional(arguments: ast.arguments) -> tuple[str, ...]:
    return tuple(argument.arg for argument in (*arguments.posonlyargs, *arguments.args))
