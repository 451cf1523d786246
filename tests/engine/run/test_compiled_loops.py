"""Loops over slices in compiled code: the same numbers, in all directions and ways to lie in memory."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from engine import Graph, Session
from engine.blocks.losses import SparseCategoricalCrossentropy
from engine.blocks.optimizers import SGD
from engine.blocks.recurrent_layers import LSTM
from engine.errors import Interrupted, KernelError
from engine.ops.activation import Tanh
from engine.ops.indexing import Gather
from engine.ops.linear import MatMul
from engine.run import loops
from engine.spec import spec_of
from engine.value import Value
from kernels.cpu.records.moving import move
from kernels.cpu.table import Table
from kernels.cpu.tier import Compiled, bring, tier

Feeds = dict[str, np.ndarray]
Drawn = tuple[Graph, list[Value]]


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return bring()


@pytest.fixture(autouse=True)
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The turns of the loops that compiled code took in a test, which begins without it."""
    counted: list[int] = []
    run = loops.CompiledLoop.run

    def counting(loop: loops.CompiledLoop, stop: Callable[[], None]) -> bool:
        done = run(loop, stop)
        counted.append(loop.turns)
        return done

    monkeypatch.setattr(loops.CompiledLoop, "run", counting)
    before, tier.current = tier.current, None
    yield counted
    tier.current = before


def both(compiled: Compiled, draw: Callable[[], Drawn], feeds: Feeds) -> Sequence[list[np.ndarray]]:
    """What is found without compiled code, and with it."""
    found = []
    for used in (None, compiled):
        tier.current = used
        graph, fetches = draw()
        found.append(Session(graph, seed=1, device="cpu").run(fetches, feeds))
    return found


def agree(plain: Sequence[np.ndarray], fast: Sequence[np.ndarray]) -> None:
    for expected, found in zip(plain, fast, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def normal(*shape: int) -> np.ndarray:
    return np.random.default_rng(shape).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("reverse", [False, True])
def test_scans_in_all_directions(compiled: Compiled, taken: list[int], axis: int, reverse: bool) -> None:
    rows = (7, 5)[axis]

    def draw() -> Drawn:
        g = Graph()
        xs, w, h0 = g.placeholder("xs", (5, 7, 4)), g.placeholder("w", (4, 4)), g.placeholder("h0", (rows, 4))

        def body(carried: Sequence[Value], x: Value) -> tuple[tuple[Value, ...], Value]:
            h = Tanh()(MatMul()(carried[0], w) + x)
            return (h, carried[1] + 1.0), h * x

        (h, count), ys = g.scan(body, (h0, g.constant(0.0)), xs, axis=axis, reverse=reverse)
        return g, [h, count, ys]

    plain, fast = both(compiled, draw, {"xs": normal(5, 7, 4), "w": normal(4, 4), "h0": normal(rows, 4)})
    assert taken == [(5, 7)[axis]]
    agree(plain, fast)
    assert fast[1] == (5, 7)[axis]


def test_a_map_carries_nothing(compiled: Compiled, taken: list[int]) -> None:
    def draw() -> Drawn:
        g = Graph()
        xs = g.placeholder("xs", (6, 3, 2))
        return g, [g.map(lambda x: Tanh()(x) * 2.0, xs, axis=1)]

    agree(*both(compiled, draw, {"xs": normal(6, 3, 2)}))
    assert taken == [3]


def test_a_recurrent_layer_learns_the_same(compiled: Compiled, taken: list[int]) -> None:
    found = []
    for used in (None, compiled):
        tier.current = used
        g = Graph()
        x, labels = g.placeholder("x", ("batch", 9, 6)), g.placeholder("labels", ("batch",), "int64")
        last = LSTM(units=8).apply(x)[1]
        loss = SparseCategoricalCrossentropy()(last, labels, name="loss")
        g.minimize(loss, SGD(learning_rate=0.5))
        session = Session(g, seed=2, device="cpu")
        feeds = {"x": normal(12, 9, 6), "labels": np.arange(12) % 8}
        specs = {name: spec_of(array) for name, array in feeds.items()}
        step = session.prepare(["loss"], specs, training=True, effects=True)
        losses = [float(step(feeds)["loss"]) for _ in range(5)]
        found.append([np.array(losses), *session.values().values()])
    agree(*found)
    assert taken.count(9) == 10, "forwards and backwards, in each of five steps"


def test_a_value_refused_in_a_loop_is_told_as_ever(compiled: Compiled) -> None:
    tier.current = compiled
    g = Graph()
    table, places = g.placeholder("table", (4, 3)), g.placeholder("places", (6, 2), "int64")
    y = g.map(lambda place: Gather()(table, place), places, name="look")
    session = Session(g, device="cpu")
    feeds = {"table": normal(4, 3), "places": np.array([[0, 1], [2, 3], [3, 0], [1, 1], [2, 2], [0, 0]])}
    np.testing.assert_array_equal(session.run(y, feeds), feeds["table"][feeds["places"]])
    feeds["places"][4, 1] = 9
    with pytest.raises(KernelError, match="index 9"):
        session.run(y, feeds)


def test_a_long_loop_can_be_stopped(compiled: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "LONGEST", 1)
    tier.current = compiled
    g = Graph()
    xs = g.placeholder("xs", (50, 3))
    _, ys = g.scan(lambda h, x: (h + x, h), g.constant([0.0] * 3), xs)
    asked = iter(range(100))
    with pytest.raises(Interrupted):
        Session(g, device="cpu").run(ys, {"xs": normal(50, 3)}, interrupt=lambda: next(asked) == 20)


@pytest.mark.parametrize("dtype", ["float32", "int64"])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_slices_are_moved_from_turn_to_turn(compiled: Compiled, axis: int, dtype: str) -> None:
    source = np.arange(6 * 5 * 4).reshape(6, 5, 4).astype(dtype)
    whole = np.moveaxis(source, axis, 0)
    target = np.zeros(whole.shape, dtype)
    record = move(compiled.library, whole[0], target[0], whole.strides[0], target.strides[0])
    assert record is not None
    table = Table([record], [False], compiled.team.threads)
    compiled.team.walk(table.address, 0, 1, True, table, range(len(whole)))
    np.testing.assert_array_equal(target, whole)


def test_slices_in_pieces_of_many_kinds_are_left_to_numpy(compiled: Compiled) -> None:
    source = np.zeros((4, 4, 4, 4), np.float32)[:, ::2, :, ::2]
    assert move(compiled.library, source, np.zeros(source.shape, np.float32)) is None
    assert move(compiled.library, np.zeros(3, np.bool_), np.zeros(3, np.bool_)) is None
