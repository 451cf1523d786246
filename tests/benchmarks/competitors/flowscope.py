"""Our engine, as a script uses it: a drawn graph, and a session or a trainer that runs it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[3]))

import app
from engine import Graph, Session, accelerate
from engine.blocks.attention_layers import MultiHeadAttention
from engine.blocks.convolutional import Conv2D
from engine.blocks.embedding import Embedding
from engine.blocks.layers import Dense, Dropout, Flatten
from engine.blocks.losses import SparseCategoricalCrossentropy
from engine.blocks.metrics import Accuracy
from engine.blocks.normalization import LayerNormalization
from engine.blocks.optimizers import Adam, AdamW
from engine.blocks.pooling import MaxPooling2D
from engine.blocks.recurrent_layers import LSTM
from engine.data.dataset import Dataset
from engine.op import DataSource, attribute
from engine.ops.activation import Gelu, Sigmoid, Tanh
from engine.ops.arithmetic import Multiply
from engine.ops.linear import MatMul
from engine.ops.reduction import ReduceSum
from engine.ops.shaping import Reshape
from engine.project.project import TrainingSettings
from engine.spec import Dim, Spec, spec_of
from engine.telemetry.recorder import Recorder
from engine.telemetry.runs import RunInfo
from engine.telemetry.store import RunWriter
from engine.train.trainer import Trainer
from engine.value import Value
from kernels.cpu.tier import tier
from tests.benchmarks.competitors.serving import Timed, serve
from tests.benchmarks.competitors.workloads import (
    EPSILON,
    FIT_EXAMPLES,
    LEARNING_RATE,
    WORKLOADS,
    Array,
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

VERSION = f"flowscope {app.__version__}"
T = TypeVar("T")


def modes(case: Case) -> Sequence[str]:
    """With the compiled kernels, as users have them, and without."""
    return ("compiled", "numpy")


def build(case: Case, mode: str) -> Timed:
    """Draw the graph of a case and make it ready."""
    accelerate(wait=True)
    return _ready(case) if mode == "compiled" else _without_compiled_code(lambda: _ready(case))


def _without_compiled_code(make: Callable[[], Timed]) -> Timed:
    """What is run in NumPy alone, as before the kernels of a new machine are built."""

    def plain(run: Callable[[], T]) -> T:
        compiled, tier.current = tier.current, None
        try:
            return run()
        finally:
            tier.current = compiled

    timed = plain(make)
    return Timed(lambda count: plain(lambda: timed.run(count)), timed.unit)


def _ready(case: Case) -> Timed:
    size = case.size
    if isinstance(size, Regression):
        return _regression(size)
    if isinstance(size, Pointwise):
        return _pointwise(size)
    if case.what == "fit":
        return _fit(case, size)
    return _train(case, size) if case.what == "train" else _infer(case, size)


# ---- networks ----------------------------------------------------------------------------------------


def logits(g: Graph, size: Workload, x: Value) -> Value:
    """The network of a workload on its inputs."""
    match size:
        case Mlp():
            for units in size.units[1:-1]:
                x = Dropout(rate=size.dropout)(Dense(units=units, activation="relu")(x))
            return Dense(units=size.units[-1])(x)
        case Cnn():
            for channels in size.layers:
                layer = Conv2D(filters=channels, activation="relu") if channels else MaxPooling2D()
                x = layer(x)
            return Dense(units=size.dense[1])(Dense(units=size.dense[0], activation="relu")(Flatten()(x)))
        case Lstm():
            return Dense(units=size.classes)(LSTM(units=size.units).apply(x)[1])
        case Gpt():
            return _gpt(g, size, x)
    raise AssertionError(size)


def _gpt(g: Graph, size: Gpt, words: Value) -> Value:
    places = g.variable("places", (size.context, size.width), initializer="uniform")
    x = Embedding(input_size=size.words, output_size=size.width)(words) + places
    heads = MultiHeadAttention(heads=size.heads, size=size.width // size.heads, causal=True)
    normal = LayerNormalization(epsilon=EPSILON)
    for _ in range(size.blocks):
        x = x + heads(normal(x))
        wide = Gelu(approximate=True)(Dense(units=4 * size.width)(normal(x)))
        x = x + Dense(units=size.width)(wide)
    return Dense(units=size.words)(normal(x))


def _inputs(g: Graph, x: Array) -> Value:
    sizes: list[Dim] = ["batch", *x.shape[1:]]
    return g.placeholder("x", sizes, x.dtype.name)


def _learning(g: Graph, size: Workload, x: Value, labels: Value) -> None:
    loss = SparseCategoricalCrossentropy()(logits(g, size, x), labels, name="loss")
    if isinstance(size, Gpt):
        g.minimize(loss, AdamW(learning_rate=LEARNING_RATE, weight_decay=size.weight_decay))
    else:
        g.minimize(loss, Adam(learning_rate=LEARNING_RATE))


# ---- ways to run them --------------------------------------------------------------------------------


def _train(case: Case, size: Workload) -> Timed:
    """Steps of training on ready batches, one after the other."""
    g = Graph()
    data = batches(case)
    x, y = data[0]
    labels: list[Dim] = ["batch", *y.shape[1:]]
    _learning(g, size, _inputs(g, x), g.placeholder("y", labels, y.dtype.name))
    step = Session(g).prepare(["loss"], {"x": spec_of(x), "y": spec_of(y)}, training=True, effects=True)
    feeds = [{"x": x, "y": y} for x, y in data]
    return Timed(_in_turn(step, feeds))


def _infer(case: Case, size: Workload) -> Timed:
    g = Graph()
    inputs = [x for x, _ in batches(case, 8)]
    output = logits(g, size, _inputs(g, inputs[0]))
    assert isinstance(output.key, tuple)
    step = Session(g).prepare([output.key[0]], {"x": spec_of(inputs[0])})
    return Timed(_in_turn(step, [{"x": x} for x in inputs]))


def _in_turn(
    step: Callable[[Mapping[str, Array]], object], feeds: Sequence[Mapping[str, Array]]
) -> Callable[[int], None]:
    def run(count: int) -> None:
        for index in range(count):
            step(feeds[index % len(feeds)])

    return run


class Made(DataSource):
    """The examples of a workload."""

    outputs = ("x", "y")
    internal = True
    workload: str = attribute(default="W1", help="Of which workload.")

    def infer(self) -> tuple[Spec, ...]:
        x, y = examples(WORKLOADS[self.workload], 1)
        return tuple(Spec(a.dtype.name, ("batch", *a.shape[1:])) for a in (x, y))

    def load(self) -> Dataset:
        x, y = examples(WORKLOADS[self.workload], FIT_EXAMPLES[self.workload])
        few = batch_of(Case(self.workload, "fit", 1.0))
        return Dataset(self.workload, {"x": x, "y": y}, {"x": x[:few], "y": y[:few]})


def _fit(case: Case, size: Workload) -> Timed:
    """Epochs of training with everything that is on unless one says otherwise: shuffling and recording."""
    g = Graph()
    x, y = g.source(Made(workload=case.workload), "data")
    outputs = logits(g, size, x)
    loss = SparseCategoricalCrossentropy()(outputs, y, name="loss")
    Accuracy()(outputs, y, name="accuracy")
    g.minimize(loss, Adam(learning_rate=LEARNING_RATE))
    rows = batch_of(case)
    settings = TrainingSettings(batch_size=rows, validation_split=0.0, epochs=1)
    folder = tempfile.TemporaryDirectory()
    writer = RunWriter.create(Path(folder.name), RunInfo("fit", {}))
    trainer = Trainer(g, settings, recorder=Recorder(writer))
    unit = -(-FIT_EXAMPLES[case.workload] // rows)

    def run(count: int) -> None:
        assert folder  # it is removed when nothing needs it any more
        trainer.fit(count // unit)

    return Timed(run, unit)


def _regression(size: Regression) -> Timed:
    """Gradient descent, drawn by hand: as a loop inside the graph."""
    x, y = examples(size, 0)
    g = Graph()
    xs, ys = g.placeholder("x", x.shape), g.placeholder("y", y.shape)
    factor = 2 * size.rate / size.examples

    def step(slopes: Value, offset: Value, _: Value) -> tuple[Value, Value]:
        error = Reshape(shape=(-1,))(MatMul()(xs, slopes)) + offset - ys
        gradient = MatMul(transpose_a=True)(xs, Reshape(shape=(-1, 1))(error))
        return slopes - gradient * factor, offset - ReduceSum()(error) * factor

    def body(carried: Sequence[Value], turn: Value) -> tuple[tuple[Value, Value], None]:
        return step(carried[0], carried[1], turn), None

    start = (g.constant([[0.0]] * size.features), g.constant(0.0))
    turns = g.constant([0.0] * size.steps)
    found, _ = g.scan(body, start, turns, name="descent")
    assert isinstance(found[0].key, tuple)
    ready = Session(g).prepare(["descent." + found[0].key[1]], {"x": spec_of(x), "y": spec_of(y)})
    return Timed(_in_turn(ready, [{"x": x, "y": y}]))


def _pointwise(size: Pointwise) -> Timed:
    (x, _) = examples(size, 0)
    g = Graph()
    given = g.placeholder("x", ("n",))
    Multiply()(Tanh()(given * size.a + size.b), Sigmoid()(given), name="y")
    step = Session(g).prepare(["y"], {"x": spec_of(x)})
    return Timed(_in_turn(step, [{"x": x}]))


if __name__ == "__main__":
    serve(sys.modules["__main__"])
