"""An action: a name, what it does, its shortcut, and when it can be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace


def always() -> bool:
    return True


@dataclass(frozen=True)
class Action:
    """One thing that the user can do. `menu` says where it stands; `is_on` makes it a check mark.

    `enabled` is asked whenever a menu opens, and before a shortcut acts. A line is drawn above an action
    that begins a `group`.
    """

    id: str
    title: str
    menu: str
    run: Callable[[], object]
    shortcut: str = ""
    icon: str = ""
    enabled: Callable[[], bool] = always
    is_on: Callable[[], bool] | None = None
    begins_group: bool = False
    submenu: str = ""


def separated(*groups: list[Action]) -> list[Action]:
    """Join groups of one menu with a line before each but the first."""
    joined = list(groups[0])
    for group in groups[1:]:
        joined += [replace(group[0], begins_group=True), *group[1:]]
    return joined
