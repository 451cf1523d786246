"""What Print writes while the engine runs is told to the window, and stands in its log."""

from __future__ import annotations

import logging
from collections.abc import Callable

from engine.worker.messages import Log
from kernels.generic.checks import PRINTED


class Printing(logging.Handler):
    """A handler of the log of Print: each record becomes a message."""

    def __init__(self, tell: Callable[[Log], None]) -> None:
        super().__init__()
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._tell(Log("info", record.getMessage()))


def tell_what_is_printed(tell: Callable[[Log], None]) -> None:
    """From now on tell what Print writes, instead of writing it to standard error."""
    log = logging.getLogger(PRINTED)
    log.propagate = False
    log.addHandler(Printing(tell))
