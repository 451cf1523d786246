"""Keras on TensorFlow: functions of TensorFlow, plain and through XLA, and `fit` as it is by default."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf

from tests.benchmarks.competitors.serving import THREADS, Timed, serve
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
)

VERSION = f"keras {keras.__version__} on tensorflow {tf.__version__}"
tf.config.threading.set_intra_op_parallelism_threads(THREADS)
tf.config.threading.set_inter_op_parallelism_threads(THREADS)
layers = keras.layers


def modes(case: Case) -> Sequence[str]:
    if case.what == "fit":
        return ("default", "without XLA", "32 steps a call")
    if case.what == "total":
        return ("XLA",)
    return ("function", "XLA", "predict") if case.batch else ("function", "XLA")


def build(case: Case, mode: str) -> Timed:
    size = case.size
    keras.utils.set_random_seed(0)
    xla = mode == "XLA"
    if isinstance(size, Regression):
        return _regression(size, xla)
    if isinstance(size, Pointwise):
        return _pointwise(size, xla)
    network = _network(size)
    if case.what == "infer":
        return _infer(case, network, mode)
    return _fit(case, network, mode) if case.what == "fit" else _train(case, network, xla)


def _network(size: Workload) -> Any:
    match size:
        case Mlp():
            found = [keras.Input((size.units[0],))]
            for units in size.units[1:-1]:
                found += [layers.Dense(units, activation="relu"), layers.Dropout(size.dropout)]
            return keras.Sequential([*found, layers.Dense(size.units[-1])])
        case Cnn():
            found = [keras.Input(size.image)]
            for channels in size.layers:
                conv = layers.Conv2D(channels, 3, activation="relu") if channels else layers.MaxPooling2D()
                found.append(conv)
            wide = layers.Dense(size.dense[0], activation="relu")
            return keras.Sequential([*found, layers.Flatten(), wide, layers.Dense(size.dense[1])])
        case Lstm():
            read = [keras.Input((size.steps, size.features)), layers.LSTM(size.units)]
            return keras.Sequential([*read, layers.Dense(size.classes)])
        case Gpt():
            return _gpt(size)
    raise AssertionError(size)


def _gpt(size: Gpt) -> Any:
    words = keras.Input((size.context,), dtype="int32")
    # The places depend on the input in name only, so that they are part of the network.
    first = keras.ops.take(words, keras.ops.arange(1), axis=0)
    places = first * 0 + keras.ops.arange(size.context)
    x = layers.Embedding(size.words, size.width)(words) + layers.Embedding(size.context, size.width)(places)
    for _ in range(size.blocks):
        y = layers.LayerNormalization(epsilon=EPSILON)(x)
        x = x + layers.MultiHeadAttention(size.heads, size.width // size.heads)(y, y, use_causal_mask=True)
        y = layers.Dense(4 * size.width)(layers.LayerNormalization(epsilon=EPSILON)(x))
        x = x + layers.Dense(size.width)(keras.activations.gelu(y, approximate=True))
    return keras.Model(words, layers.Dense(size.words)(layers.LayerNormalization(epsilon=EPSILON)(x)))


def _rule(size: Workload) -> Any:
    if isinstance(size, Gpt):
        return keras.optimizers.AdamW(LEARNING_RATE, weight_decay=size.weight_decay)
    return keras.optimizers.Adam(LEARNING_RATE)


def _loss() -> Any:
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def _in_turn(compute: Callable[..., Any], data: Sequence[tuple[Any, ...]]) -> Timed:
    def run(count: int) -> None:
        for index in range(count):
            found = compute(*data[index % len(data)])
        found.numpy()

    return Timed(run)


def _train(case: Case, network: Any, xla: bool) -> Timed:
    rule, loss = _rule(case.size), _loss()
    rule.build(network.trainable_variables)

    def step(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            found = loss(y, network(x, training=True))
        rule.apply(tape.gradient(found, network.trainable_variables), network.trainable_variables)
        return found

    compiled = tf.function(step, jit_compile=xla, reduce_retracing=True)
    return _in_turn(compiled, [(tf.constant(x), tf.constant(y)) for x, y in batches(case)])


def _infer(case: Case, network: Any, mode: str) -> Timed:
    data = [x for x, _ in batches(case, 8)]
    if mode == "predict":
        network.compile()

        def run(count: int) -> None:
            for index in range(count):
                network.predict(data[index % len(data)], verbose=0)

        return Timed(run)
    answer = tf.function(lambda x: network(x, training=False), jit_compile=mode == "XLA")
    return _in_turn(answer, [(tf.constant(x),) for x in data])


def _fit(case: Case, network: Any, mode: str) -> Timed:
    size, rows = case.size, batch_of(case)
    count = FIT_EXAMPLES[case.workload]
    x, y = examples(size, count)
    settings: dict[str, Any] = {} if mode == "default" else {"jit_compile": False}
    if mode == "32 steps a call":
        settings["steps_per_execution"] = 32
    network.compile(_rule(size), _loss(), metrics=["accuracy"], **settings)
    unit = -(-count // rows)

    def run(steps: int) -> None:
        network.fit(x, y, batch_size=rows, epochs=steps // unit, verbose=0)

    return Timed(run, unit)


def _regression(size: Regression, xla: bool) -> Timed:
    x, y = map(tf.constant, examples(size, 0))
    factor = 2 * size.rate / size.examples

    def descend() -> Any:
        slopes, offset = tf.zeros((size.features,)), tf.zeros(())
        for _ in tf.range(size.steps):
            error = tf.linalg.matvec(x, slopes) + offset - y
            slopes -= factor * tf.linalg.matvec(x, error, transpose_a=True)
            offset -= factor * tf.reduce_sum(error)
        return slopes

    return _in_turn(tf.function(descend, jit_compile=xla), [()])


def _pointwise(size: Pointwise, xla: bool) -> Timed:
    x = tf.constant(examples(size, 0)[0])
    compute = tf.function(lambda x: tf.tanh(size.a * x + size.b) * tf.sigmoid(x), jit_compile=xla)

    def run(count: int) -> None:
        for _ in range(count):
            compute(x)

    return Timed(run)


if __name__ == "__main__":
    serve(sys.modules["__main__"])
