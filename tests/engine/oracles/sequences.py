"""Oracles of attention and of recurrences whose kernels are given."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.case import Case, Sample
from tests.engine.oracles.oracle import Oracle
from tests.engine.oracles.samples import flip, number, one_of, times

Settings = dict[str, Any]
Rng = np.random.Generator


# ---- attention -------------------------------------------------------------------------------------------


def attended(rng: Rng) -> Case:
    """Queries and keys of different number, groups of heads, masks of both kinds, and the causal one."""
    batch, groups, heads = number(rng, 1, 3), number(rng, 1, 3), number(rng, 1, 3)
    queries, keys, size, width = (int(n) for n in rng.integers(1, 5, 4))
    shapes = [(batch, heads * groups, queries, size), (batch, heads, keys, size), (batch, heads, keys, width)]
    settings = {"scale": one_of(rng, [0.0, 0.3]), "causal": flip(rng)}
    kind = int(rng.integers(3))
    if settings["causal"] or kind == 0:
        return Case(shapes, settings)
    if kind == 1:
        return Case([*shapes, (batch, 1, queries, keys)], settings)
    seen = rng.integers(0, 2, (queries, keys)).astype(bool)
    seen[:, 0] = True
    return Case([*shapes, Sample(seen.shape, "bool", values=seen.tolist())], settings)


def grouped(m: Any, q: Any, k: Any) -> Any:
    """The heads of keys as often as they serve heads of queries."""
    return m.concatenate([k[:, i // (q.shape[1] // k.shape[1])][:, None] for i in range(q.shape[1])], 1)


def weights(m: Any, nn: Any, a: Settings, q: Any, k: Any, mask: Any = None) -> Any:
    scores = m.matmul(q, grouped(m, q, k).swapaxes(-1, -2)) * (a["scale"] or 1 / math.sqrt(q.shape[-1]))
    if a["causal"]:
        mask = m.tril(m.ones(tuple(scores.shape[-2:]))) > 0
    if mask is not None:
        scores = m.where(mask, scores, -math.inf) if "bool" in str(mask.dtype) else scores + mask
    return nn.softmax(scores, -1)


def attention(t: Any, a: Settings, q: Any, k: Any, v: Any, mask: Any = None) -> Any:
    y = t.nn.functional.scaled_dot_product_attention(
        q, k, v, mask, 0.0, a["causal"], scale=a["scale"] or None, enable_gqa=True
    )
    return y, weights(t, t.nn.functional, a, q, k, mask)


def attention_in_jax(j: Any, a: Settings, q: Any, k: Any, v: Any, mask: Any = None) -> Any:
    """By its formula: JAX's own function computes the softmax in float32, whatever comes in."""
    found = weights(j.numpy, j.nn, a, q, k, mask)
    return found @ grouped(j.numpy, q, v), found


# ---- recurrences -----------------------------------------------------------------------------------------


def sequence(gates: int, states: int, biases: int) -> Any:
    """Steps, kernels of drawn sizes, biases, and where each state begins."""

    def sample(rng: Rng) -> Case:
        batch, steps, size, units = (int(n) for n in rng.integers(1, 4, 4))
        kernels = [(size, gates * units), (units, gates * units)]
        more = [None] * (2 if gates == 4 else 1)  # the peephole of an LSTM, and the mask
        given = [
            (batch, steps, size),
            *kernels,
            *[(gates * units,)] * biases,
            *more,
            *[(batch, units)] * states,
        ]
        return Case(given, {"backward": flip(rng)})

    return times(6, sample)


def walked(m: Any, a: Settings, x: Any, step: Any, *states: Any) -> Any:
    """All states of the first kind in the order of the steps, and the last ones of each kind."""
    order = range(x.shape[1])
    found: dict[int, Any] = {}
    for position in reversed(order) if a["backward"] else order:
        states = step(x[:, position], *states)
        found[position] = states[0]
    return m.stack([found[position] for position in order], 1), *states


def simple(m: Any, nn: Any, a: Settings, x: Any, kernel: Any, recurrent: Any, bias: Any, state: Any) -> Any:
    return walked(m, a, x, lambda given, h: (m.tanh(given @ kernel + bias + h @ recurrent),), state)


def long_short(
    m: Any, nn: Any, a: Settings, x: Any, kernel: Any, recurrent: Any, bias: Any, state: Any, cell: Any
) -> Any:
    units = recurrent.shape[0]

    def step(given: Any, h: Any, c: Any) -> Any:
        both = given @ kernel + bias + h @ recurrent
        i, f, new, o = (both[:, n * units : (n + 1) * units] for n in range(4))
        c = nn.sigmoid(f) * c + nn.sigmoid(i) * m.tanh(new)
        return nn.sigmoid(o) * m.tanh(c), c

    return walked(m, a, x, step, state, cell)


def gated(
    m: Any, nn: Any, a: Settings, x: Any, kernel: Any, recurrent: Any, bias: Any, inner: Any, state: Any
) -> Any:
    units = recurrent.shape[0]

    def step(given: Any, h: Any) -> Any:
        one, other = given @ kernel + bias, h @ recurrent + inner
        (z, r, new), (zh, rh, nh) = (
            [part[:, n * units : (n + 1) * units] for n in range(3)] for part in (one, other)
        )
        z, new = nn.sigmoid(z + zh), m.tanh(new + nn.sigmoid(r + rh) * nh)
        return (z * h + (1 - z) * new,)

    return walked(m, a, x, step, state)


def in_torch(function: Any) -> Any:
    """PyTorch's own recurrence; backwards it is that of the steps turned round."""

    def oracle(t: Any, a: Settings, x: Any, *given: Any) -> Any:
        turned = (1,) if a["backward"] else ()
        y, *states = function(t, t.flip(x, turned), *given)
        return t.flip(y, turned), *(state[0] for state in states)

    return oracle


def with_biases(t: Any, kernel: Any, recurrent: Any, bias: Any, inner: Any = None) -> list[Any]:
    return [
        kernel.mT.contiguous(),
        recurrent.mT.contiguous(),
        bias,
        t.zeros_like(bias) if inner is None else inner,
    ]


def torch_gru(t: Any, x: Any, kernel: Any, recurrent: Any, bias: Any, inner: Any, state: Any) -> Any:
    """PyTorch has the reset gate first."""
    units = recurrent.shape[0]
    order = np.r_[units : 2 * units, :units, 2 * units : 3 * units]
    parts = [part[..., order] for part in (kernel, recurrent, bias, inner)]
    return t.gru(x, state[None], with_biases(t, *parts), True, 1, 0.0, False, False, True)


ORACLES: dict[str, Oracle] = {
    "ScaledDotProductAttention": Oracle(attention, attention_in_jax, times(12, attended)),
    "SimpleRNNSequence": Oracle(
        in_torch(
            lambda t, x, k, r, b, h: t.rnn_tanh(
                x, h[None], with_biases(t, k, r, b), True, 1, 0.0, False, False, True
            )
        ),
        lambda j, a, *given: simple(j.numpy, j.nn, a, *given),
        sequence(1, 1, 1),
    ),
    "LSTMSequence": Oracle(
        in_torch(
            lambda t, x, k, r, b, h, c: t.lstm(
                x, (h[None], c[None]), with_biases(t, k, r, b), True, 1, 0.0, False, False, True
            )
        ),
        lambda j, a, *given: long_short(j.numpy, j.nn, a, *given),
        sequence(4, 2, 1),
    ),
    "GRUSequence": Oracle(
        in_torch(torch_gru), lambda j, a, *given: gated(j.numpy, j.nn, a, *given), sequence(3, 1, 2)
    ),
}
