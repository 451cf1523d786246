"""JAX with Optax: a compiled step, and many steps in one compiled loop."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tests.benchmarks.competitors.serving import Timed, serve
from tests.benchmarks.competitors.workloads import (
    EPSILON,
    FIT_EXAMPLES,
    LEARNING_RATE,
    Case,
    Cnn,
    Gpt,
    Lstm,
    Mlp,
    Pointwise,
    Regression,
    Workload,
    batch_of,
    batches,
    examples,
    flat_size,
)

VERSION = f"jax {jax.__version__}"
AT_ONCE = 8
"""Steps of one compiled loop."""
Parameters = Any
Keys = Iterator[Any]
done: Callable[[Any], Any] = jax.block_until_ready


def modes(case: Case) -> Sequence[str]:
    if case.what != "train":
        return ("jit",)
    # Where dropout draws, the generator of the hardware is faster than JAX' own.
    return ("jit", "fast random", "scan") if isinstance(case.size, Mlp) else ("jit", "scan")


def build(case: Case, mode: str) -> Timed:
    size = case.size
    if isinstance(size, Regression):
        return _regression(size)
    if isinstance(size, Pointwise):
        x = jnp.asarray(examples(size, 0)[0])
        compute = jax.jit(lambda x: jnp.tanh(size.a * x + size.b) * jax.nn.sigmoid(x))
        return _repeated(lambda: compute(x).block_until_ready())
    parameters = _parameters(size, iter(jax.random.split(jax.random.key(0), 64)))
    if case.what == "infer":
        answer = jax.jit(lambda parameters, x: _logits(size, parameters, x, None))
        data = [jnp.asarray(x) for x, _ in batches(case, 8)]
        turns = _turns(data)
        return _repeated(lambda: answer(parameters, next(turns)).block_until_ready())
    rule = _rule(size)
    key = jax.random.key(0, impl="threefry2x32" if mode == "jit" else "rbg")
    state = (parameters, rule.init(parameters), key)
    step = functools.partial(_step, size, rule)
    return _many(case, step, state) if mode == "scan" else _single(case, step, state)


# ---- networks ----------------------------------------------------------------------------------------


def _dense(keys: Keys, before: int, units: int) -> Parameters:
    limit = (6 / (before + units)) ** 0.5
    kernel = jax.random.uniform(next(keys), (before, units), minval=-limit, maxval=limit)
    return {"kernel": kernel, "bias": jnp.zeros(units)}


def _apply(p: Parameters, x: Any) -> Any:
    return x @ p["kernel"] + p["bias"]


def _norm(width: int) -> Parameters:
    return {"scale": jnp.ones(width), "shift": jnp.zeros(width)}


def _normalized(p: Parameters, x: Any) -> Any:
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(variance + EPSILON) * p["scale"] + p["shift"]


def _parameters(size: Workload, keys: Keys) -> Parameters:
    match size:
        case Mlp():
            pairs = zip(size.units, size.units[1:], strict=False)
            return [_dense(keys, before, units) for before, units in pairs]
        case Cnn():
            convolutions, channels = [], size.image[2]
            for layer in filter(None, size.layers):
                kernel = jax.random.normal(next(keys), (3, 3, channels, layer)) * (2 / (9 * channels)) ** 0.5
                convolutions.append({"kernel": kernel, "bias": jnp.zeros(layer)})
                channels = layer
            wide = _dense(keys, flat_size(size), size.dense[0])
            return {"convolutions": convolutions, "wide": wide, "head": _dense(keys, *size.dense)}
        case Lstm():
            recurrent = jax.random.orthogonal(next(keys), 4 * size.units)[: size.units]
            given = _dense(keys, size.features, 4 * size.units)
            return {"given": given, "recurrent": recurrent, "head": _dense(keys, size.units, size.classes)}
        case Gpt():
            width = size.width
            words, places = (
                0.02 * jax.random.normal(next(keys), (count, width)) for count in (size.words, size.context)
            )
            blocks = [
                {
                    "first": _norm(width),
                    "projections": _dense(keys, width, 3 * width),
                    "output": _dense(keys, width, width),
                    "second": _norm(width),
                    "wide": _dense(keys, width, 4 * width),
                    "narrow": _dense(keys, 4 * width, width),
                }
                for _ in range(size.blocks)
            ]
            ends = {"normal": _norm(width), "head": _dense(keys, width, size.words)}
            return {"words": words, "places": places, "blocks": blocks, **ends}
    raise AssertionError(size)


def _logits(size: Workload, p: Parameters, x: Any, key: Any) -> Any:
    match size:
        case Mlp():
            return _mlp(size, p, x, key)
        case Cnn():
            return _cnn(size, p, x)
        case Lstm():
            return _lstm(size, p, x)
        case Gpt():
            return _gpt(size, p, x)
    raise AssertionError(size)


def _mlp(size: Mlp, p: Parameters, x: Any, key: Any) -> Any:
    for layer in p[:-1]:
        x = jax.nn.relu(_apply(layer, x))
        if key is not None:
            key, drawn = jax.random.split(key)
            kept = jax.random.bernoulli(drawn, 1 - size.dropout, x.shape)
            x = jnp.where(kept, x / (1 - size.dropout), 0)
    return _apply(p[-1], x)


def _cnn(size: Cnn, p: Parameters, x: Any) -> Any:
    convolutions = iter(p["convolutions"])
    axes = ("NHWC", "HWIO", "NHWC")
    for layer in size.layers:
        if layer:
            c = next(convolutions)
            found = jax.lax.conv_general_dilated(x, c["kernel"], (1, 1), "VALID", dimension_numbers=axes)
            x = jax.nn.relu(found + c["bias"])
        else:
            x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    return _apply(p["head"], jax.nn.relu(_apply(p["wide"], x.reshape(x.shape[0], -1))))


def _lstm(size: Lstm, p: Parameters, x: Any) -> Any:
    given = _apply(p["given"], x).swapaxes(0, 1)

    def cell(carried: Any, now: Any) -> Any:
        state, memory = carried
        i, f, g, o = jnp.split(now + state @ p["recurrent"], 4, -1)
        memory = jax.nn.sigmoid(f) * memory + jax.nn.sigmoid(i) * jnp.tanh(g)
        return (jax.nn.sigmoid(o) * jnp.tanh(memory), memory), None

    zeros = jnp.zeros((x.shape[0], size.units))
    (state, _), _ = jax.lax.scan(cell, (zeros, zeros), given)
    return _apply(p["head"], state)


def _gpt(size: Gpt, p: Parameters, words: Any) -> Any:
    batch, steps = words.shape
    earlier = np.tril(np.ones((steps, steps), bool))
    x = p["words"][words] + p["places"]
    for block in p["blocks"]:
        three = _apply(block["projections"], _normalized(block["first"], x))
        q, k, v = three.reshape(batch, steps, 3, size.heads, -1).transpose(2, 0, 3, 1, 4)
        scores = q @ k.swapaxes(-1, -2) * (size.width // size.heads) ** -0.5
        seen = jax.nn.softmax(jnp.where(earlier, scores, -1e30)) @ v
        x = x + _apply(block["output"], seen.transpose(0, 2, 1, 3).reshape(x.shape))
        wide = jax.nn.gelu(_apply(block["wide"], _normalized(block["second"], x)))
        x = x + _apply(block["narrow"], wide)
    return _apply(p["head"], _normalized(p["normal"], x)).reshape(batch * steps, -1)


# ---- ways to run them --------------------------------------------------------------------------------


def _rule(size: Workload) -> Any:
    if isinstance(size, Gpt):
        return optax.adamw(LEARNING_RATE, weight_decay=size.weight_decay)
    return optax.adam(LEARNING_RATE)


def _step(size: Workload, rule: Any, state: Any, x: Any, y: Any) -> tuple[Any, Any]:
    parameters, moments, key = state
    key, drawn = jax.random.split(key)

    def loss(parameters: Parameters) -> Any:
        found = _logits(size, parameters, x, drawn)
        return optax.softmax_cross_entropy_with_integer_labels(found, y.reshape(-1)).mean()

    found, gradients = jax.value_and_grad(loss)(parameters)
    updates, moments = rule.update(gradients, moments, parameters)
    return (optax.apply_updates(parameters, updates), moments, key), found


def _single(case: Case, step: Callable[..., Any], state: Any) -> Timed:
    compiled = jax.jit(step, donate_argnums=0)
    if case.what == "fit":
        data, unit = _shuffled(case), -(-FIT_EXAMPLES[case.workload] // batch_of(case))
    else:
        data, unit = _turns([(jnp.asarray(x), jnp.asarray(y)) for x, y in batches(case)]), 1

    def run(count: int) -> float:
        nonlocal state
        total = 0.0
        for _ in range(count):
            state, found = compiled(state, *next(data))
            total += found
        done((state, total))
        return total

    return Timed(run, unit)


def _many(case: Case, step: Callable[..., Any], state: Any) -> Timed:
    pairs = batches(case, AT_ONCE)
    data = tuple(jnp.asarray(np.stack(part)) for part in zip(*pairs, strict=True))
    loop = jax.jit(lambda state: jax.lax.scan(lambda s, xy: step(s, *xy), state, data), donate_argnums=0)

    def run(count: int) -> None:
        nonlocal state
        for _ in range(count // AT_ONCE):
            state, _ = loop(state)
        done(state)

    return Timed(run, AT_ONCE)


def _shuffled(case: Case) -> Iterator[Any]:
    count, rows = FIT_EXAMPLES[case.workload], batch_of(case)
    x, y = examples(case.size, count)
    rng = np.random.default_rng(0)
    while True:
        order = rng.permutation(count)
        for start in range(0, count - rows + 1, rows):
            chosen = order[start : start + rows]
            yield x[chosen], y[chosen]


def _turns(data: Sequence[Any]) -> Iterator[Any]:
    while True:
        yield from data


def _repeated(once: Callable[[], object]) -> Timed:
    def run(count: int) -> None:
        for _ in range(count):
            once()

    return Timed(run)


def _regression(size: Regression) -> Timed:
    x, y = map(jnp.asarray, examples(size, 0))

    @jax.jit
    def descend(x: Any, y: Any) -> Any:
        def loss(p: Parameters) -> Any:
            return ((x @ p[0] + p[1] - y) ** 2).mean()

        def once(_: Any, p: Parameters) -> Any:
            return jax.tree.map(lambda a, d: a - size.rate * d, p, jax.grad(loss)(p))

        return jax.lax.fori_loop(0, size.steps, once, (jnp.zeros(size.features), jnp.zeros(())))

    return _repeated(lambda: done(descend(x, y)))


if __name__ == "__main__":
    serve(sys.modules["__main__"])
