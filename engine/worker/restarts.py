"""How often the engine is started again by itself before the user is asked."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable


class RestartLimit:
    """At most so many restarts within so many seconds."""

    def __init__(
        self, most: int = 3, within: float = 300.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most = most
        self.within = within
        self._clock = clock
        self._times: deque[float] = deque()

    def take(self) -> bool:
        """Count a restart; False if there were too many already."""
        now = self._clock()
        while self._times and now - self._times[0] > self.within:
            self._times.popleft()
        if len(self._times) >= self.most:
            return False
        self._times.append(now)
        return True

    def reset(self) -> None:
        """Forget all restarts: the user has asked for a new one."""
        self._times.clear()
