"""Looking at what passes: a tensor is handed on as it is, and refused or told."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from kernels.devices import to_host
from kernels.generic.output import Array, copied
from kernels.refusal import Refusal
from kernels.registry import kernel

PRINTED = "flowscope.print"
"""The log that Print writes to. Its records are warnings, because Python shows those where nobody listens."""

_log = logging.getLogger(PRINTED)


@kernel()
def check_numerics(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    finite = xp.isfinite(x)
    if not finite.all():
        host = np.asarray(to_host(x))
        nans, infinite = int(np.isnan(host).sum()), int(np.isinf(host).sum())
        place = np.argwhere(~np.isfinite(host))[0].tolist()
        raise Refusal(
            f"of {host.size} elements, {nans} are not a number and {infinite} are infinite; "
            f"the first lies at {place}.",
            "Look at what is divided by zero, or grows from step to step; a smaller learning rate may help.",
        )
    return copied(xp, x, out)


@kernel()
def assert_(xp: Any, x: Array, condition: Array, *, message: str, out: Array | None = None) -> Array:
    if not condition.all():
        false = int((~condition).sum())
        raise Refusal(
            message if message.endswith(".") else f"{message}.",
            f"The condition is false at {false:,} of {condition.size:,} places; look at what leads to it.",
        )
    return copied(xp, x, out)


@kernel()
def print_(
    xp: Any, x: Array, counter: Array, *, stream: int, message: str, every: int, out: Array | None = None
) -> Array:
    step = int(to_host(counter)[1])
    if step % every == 0:
        host = np.asarray(to_host(x))
        text = np.array2string(host, precision=4, threshold=50, edgeitems=3)
        _log.warning("%s", f"{message}: {text}" if message else text)
    return copied(xp, x, out)
