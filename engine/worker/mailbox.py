"""A queue between two threads in which a newer value takes the place of an older one, and that has an end."""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from engine.worker.messages import (
    Boundary,
    Busy,
    Evaluate,
    ExplainPasses,
    Message,
    NodeTimes,
    Observed,
    PassesExplained,
    Plane,
    Point,
    Progress,
    Scalars,
    Watch,
)

MOST_MESSAGES = 4096
MOST_POINTS = 65536
"""So much waits in a box at most; then whoever puts something in waits until there is room."""
POINTS_PER_MESSAGE = 1024
HURRY_AT = 256
"""So many points are worth a journey at once."""


def never() -> bool:
    """Do not give up waiting for room."""
    return False


def replaces(message: Message) -> Hashable | None:
    """The key under which only the newest message is of interest; None where every single one counts."""
    match message:
        case Observed():
            return (Observed, message.port)
        case Progress() | Plane() | NodeTimes() | Busy() | PassesExplained():
            return type(message)
        case Watch() | Evaluate() | Boundary() | ExplainPasses():
            return type(message)
        case _:
            return None


class Mailbox:
    """Messages in the order in which they were put in; of values that replace each other only the newest.

    `delay` is how long values and points of curves may gather before they are taken; other messages hurry.
    """

    def __init__(self, *, delay: float = 0.0) -> None:
        self._delay = delay
        self._changed = threading.Condition()
        self._waiting: OrderedDict[Hashable, Message] = OrderedDict()
        self._numbers = itertools.count()
        self._points: list[Point] = []
        self._gathered = 0
        self._hurry = False
        self._closed = False

    def put(self, message: Message, *, give_up: Callable[[], bool] = never) -> bool:
        """Put a message in; while the box is full, wait unless `give_up` says not to. False if not taken."""
        with self._changed:
            # Whoever waits for values to gather is not woken by each of them.
            news = not self._waiting and not self._points
            key = replaces(message)
            if key is None:
                if not self._wait_for_room(give_up):
                    return False
                self._gather()
                self._hurry = news = True
                self._gathered += len(message.points) if isinstance(message, Scalars) else 0
                key = next(self._numbers)
            else:
                self._waiting.pop(key, None)
            self._waiting[key] = message
            if news:
                self._changed.notify_all()
            return not self._closed

    def add_point(self, point: Point, *, give_up: Callable[[], bool] = never) -> bool:
        """Put one point of a curve in; it travels together with others. Waits as `put` does."""
        with self._changed:
            if not self._wait_for_room(give_up):
                return False
            news = not self._waiting and not self._points
            self._points.append(point)
            if len(self._points) == HURRY_AT:
                self._hurry = news = True
            if news:
                self._changed.notify_all()
            return True

    def take(self, most: int = MOST_MESSAGES) -> list[Message]:
        """Wait until there is something, and return it; an empty list when the box is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting or self._points)
            if self._delay:
                self._changed.wait_for(lambda: self._closed or self._hurry, timeout=self._delay)
            return self._take(most)

    def take_now(self, most: int = MOST_MESSAGES) -> list[Message]:
        """Return what is there, at most so many messages."""
        with self._changed:
            return self._take(most)

    def close(self) -> None:
        """Take nothing more in. What is there can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def wait_until_empty(self, timeout: float) -> bool:
        """Wait until everything was taken; False if that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._points, timeout)

    def __len__(self) -> int:
        with self._changed:
            return len(self._waiting) + (1 if self._points else 0)

    def _wait_for_room(self, give_up: Callable[[], bool]) -> bool:
        while not self._closed and self._is_full():
            if give_up():
                return False
            self._changed.wait(timeout=0.02)
        return not self._closed

    def _is_full(self) -> bool:
        return len(self._waiting) >= MOST_MESSAGES or self._gathered + len(self._points) >= MOST_POINTS

    def _gather(self) -> None:
        """Make messages of the points that have gathered, before anything that comes after them."""
        for start in range(0, len(self._points), POINTS_PER_MESSAGE):
            self._waiting[next(self._numbers)] = Scalars(self._points[start : start + POINTS_PER_MESSAGE])
        self._gathered += len(self._points)
        self._points = []

    def _take(self, most: int) -> list[Message]:
        self._gather()
        taken = [self._waiting.popitem(last=False)[1] for _ in range(min(most, len(self._waiting)))]
        self._gathered -= sum(len(message.points) for message in taken if isinstance(message, Scalars))
        self._hurry = bool(self._waiting)
        self._changed.notify_all()
        return taken
