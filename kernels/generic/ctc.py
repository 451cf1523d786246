"""Connectionist temporal classification: the ways through the labels, forwards and backwards, in logarithms.

Between labels, before and after them stand blanks: of L labels come 2 L + 1 places. A way begins at one of
the first two places, stays, moves on by one, or skips the blank between two different labels.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.generic.indexing import check_indices
from kernels.generic.output import Array, deliver
from kernels.refusal import Refusal
from kernels.registry import kernel

_TINY = 1e-30


@kernel()
def ctc_loss(
    xp: Any,
    log_probabilities: Array,
    labels: Array,
    steps: Array,
    lengths: Array,
    *,
    blank: int,
    out: Array | None = None,
) -> Array:
    ways = _Ways(xp, log_probabilities.astype(np.float64), labels, steps, lengths, blank)
    return deliver(xp, (-ways.total).astype(log_probabilities.dtype), out)


@kernel()
def ctc_occupancy(
    xp: Any,
    log_probabilities: Array,
    labels: Array,
    steps: Array,
    lengths: Array,
    *,
    blank: int,
    out: Array | None = None,
) -> Array:
    ways = _Ways(xp, log_probabilities.astype(np.float64), labels, steps, lengths, blank)
    return deliver(xp, ways.occupancy().astype(log_probabilities.dtype), out)


@kernel()
def ctc_curvature(
    xp: Any,
    direction: Array,
    log_probabilities: Array,
    labels: Array,
    steps: Array,
    lengths: Array,
    *,
    blank: int,
    out: Array | None = None,
) -> Array:
    # A tiny imaginary step: the imaginary part of the result is the derivative, to the last digit, because
    # nothing is subtracted. Squire and Trapp, Using Complex Variables to Estimate Derivatives, 1998.
    moved = log_probabilities.astype(np.float64) + 1j * _TINY * direction.astype(np.float64)
    ways = _Ways(xp, moved, labels, steps, lengths, blank)
    return deliver(xp, (ways.occupancy().imag / _TINY).astype(log_probabilities.dtype), out)


class _Ways:
    """All ways through the places, from the first step on; `total` is the logarithm of their sum."""

    def __init__(self, xp: Any, logs: Array, labels: Array, steps: Array, lengths: Array, blank: int) -> None:
        count, time, self._classes = logs.shape
        _check_lengths(xp, steps, lengths, time, labels.shape[1])
        labels = xp.where(xp.arange(labels.shape[1]) < lengths[:, None], labels, blank)
        check_indices(xp, labels, self._classes)
        self._xp = xp
        self._places = xp.full((count, 2 * labels.shape[1] + 1), blank, np.int64)
        self._places[:, 1::2] = labels
        place = xp.arange(self._places.shape[1])
        shape = (count, time, place.size)
        self._sounds = xp.take_along_axis(logs, xp.broadcast_to(self._places[:, None, :], shape), axis=2)
        self._skips = xp.zeros(self._places.shape, bool)
        self._skips[:, 2:] = (self._places[:, 2:] != blank) & (self._places[:, 2:] != self._places[:, :-2])
        self._steps = steps.astype(np.int64)
        last = 2 * lengths.astype(np.int64)[:, None]
        self._ends = xp.where((place == last) | (place == last - 1), 0.0, -np.inf)
        self._forward = xp.full(shape, -np.inf, logs.dtype)
        if time:
            self._forward[:, 0, :2] = self._sounds[:, 0, :2]
        for step in range(1, time):
            self._forward[:, step] = self._sounds[:, step] + self._joined(self._forward[:, step - 1])
        final = self._forward[xp.arange(count), self._steps - 1] if time else self._ends
        self.total = _sum_of_logs(xp, final + self._ends)

    def occupancy(self) -> Array:
        """The share of the ways that pass through each class at each step; zero where there is no way."""
        xp = self._xp
        shares = xp.zeros_like(self._forward)
        known = (self.total.real != -np.inf)[:, None]
        backward = xp.full_like(self._forward[:, 0], -np.inf)
        for step in range(self._forward.shape[1] - 1, -1, -1):
            is_last = (self._steps == step + 1)[:, None]
            backward = xp.where(is_last, self._ends, backward)
            exponent = self._forward[:, step] + backward - self.total[:, None]
            shares[:, step] = xp.where(known, xp.exp(exponent), 0.0)
            backward = self._joined(backward + self._sounds[:, step], back=True)
        classes = self._places[:, :, None] == xp.arange(self._classes)
        return xp.matmul(shares, classes.astype(shares.dtype))

    def _joined(self, logs: Array, *, back: bool = False) -> Array:
        """The logarithms of the sums over the moves that lead to each place, or away from it."""
        xp = self._xp
        one, two = xp.full_like(logs, -np.inf), xp.full_like(logs, -np.inf)
        if back:
            one[:, :-1] = logs[:, 1:]
            two[:, :-2] = xp.where(self._skips, logs, -np.inf)[:, 2:]
        else:
            one[:, 1:] = logs[:, :-1]
            two[:, 2:] = xp.where(self._skips[:, 2:], logs[:, :-2], -np.inf)
        return _sum_of_logs(xp, xp.stack([logs, one, two], axis=-1))


def _sum_of_logs(xp: Any, logs: Array) -> Array:
    """log(sum(exp(logs))) along the last axis, also where all are minus infinity, and of complex ones."""
    largest = logs.real.max(axis=-1, keepdims=True)
    largest = xp.where(xp.isfinite(largest), largest, 0.0)
    return xp.log(xp.exp(logs - largest).sum(axis=-1)) + largest[..., 0]


def _check_lengths(xp: Any, steps: Array, lengths: Array, time: int, most: int) -> None:
    """Refuse lengths that the tensors do not have. Only on the host, so that no device waits."""
    if xp is not np or not steps.size:
        return
    if steps.min() < 1 or steps.max() > time:
        raise Refusal(
            f"an example has {steps.min()} to {steps.max()} steps; expected 1 to {time}.",
            "Give no more steps than the logits have.",
        )
    if lengths.min() < 0 or lengths.max() > most:
        raise Refusal(
            f"an example has {lengths.min()} to {lengths.max()} labels; expected 0 to {most}.",
            "Give no more labels than the rows have.",
        )
