"""Loss scaling: the same steps as without, no step where gradients overflow, and a scale that adapts."""

from typing import Any

import numpy as np
import pytest

from engine.blocks.layers import Dense
from engine.blocks.losses import MeanSquaredError
from engine.blocks.optimizers import SGD, Adam
from engine.graph.builder import Graph
from engine.op import Op
from engine.ops.data import Spirals
from engine.run.session import Session
from engine.train.objective import objective


def drawn(optimizer: Op) -> Graph:
    graph = Graph()
    x, target = graph.placeholder("x", ("batch", 2)), graph.placeholder("target", ("batch", 1))
    loss = MeanSquaredError()(Dense(units=1)(x, name="dense"), target, name="loss")
    graph.minimize(loss, optimizer, name="optimizer")
    return graph


def feeds(size: float = 1.0) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(8, 2)).astype(np.float32)
    return {"x": x * np.float32(size), "target": x.sum(axis=1, keepdims=True)}


def step(session: Session, **fed: Any) -> None:
    session.run("optimizer", fed or feeds(), training=True)


@pytest.mark.parametrize("kind", [SGD, Adam])
def test_a_power_of_two_changes_no_step(kind: type[SGD] | type[Adam]) -> None:
    plain, scaled = (
        Session(drawn(kind()), device="cpu"),
        Session(drawn(kind(loss_scale=1024.0)), device="cpu"),
    )
    for _ in range(3):
        step(plain)
        step(scaled)
    for path, value in plain.values().items():
        np.testing.assert_array_equal(scaled.values()[path], value, err_msg=path)


def test_a_step_that_overflows_is_left_out_and_halves_the_scale() -> None:
    session = Session(drawn(Adam(loss_scale=1024.0)), device="cpu")
    step(session)
    before = session.values()
    step(session, **feeds(1e30))
    after = session.values()
    assert after.pop("optimizer/loss_scale") == 512.0
    assert after.pop("optimizer/good_steps") == 0.0
    for path, value in after.items():
        np.testing.assert_array_equal(value, before[path], err_msg=path)
    step(session)
    assert not np.array_equal(session.values()["dense/kernel"], before["dense/kernel"])


def test_good_steps_in_a_row_double_the_scale() -> None:
    session = Session(drawn(SGD(loss_scale=2.0, scale_grows_after=3)), device="cpu")
    found = []
    for _ in range(7):
        step(session)
        found.append(float(session.values()["optimizer/loss_scale"]))
    assert found == [2.0, 2.0, 4.0, 4.0, 4.0, 8.0, 8.0]


def test_the_scale_stays_finite() -> None:
    session = Session(drawn(SGD(loss_scale=2.0, scale_grows_after=1)), device="cpu")
    for _ in range(140):
        step(session, **{name: array * 0 for name, array in feeds().items()})
    assert session.values()["optimizer/loss_scale"] == 2.0**100


def test_the_scale_never_falls_below_one() -> None:
    session = Session(drawn(SGD(loss_scale=2.0)), device="cpu")
    for _ in range(3):
        step(session, **feeds(1e30))
    assert session.values()["optimizer/loss_scale"] == 1.0


def test_gradients_too_small_for_float16_are_told_with_a_scale() -> None:
    tiny = {name: array * np.float32(2e-4) for name, array in feeds().items()}

    def gradient(scale: float, precision: str) -> np.ndarray:
        session = Session(drawn(SGD(loss_scale=scale)), device="cpu", precision=precision)
        found: np.ndarray = session.run("optimizer/gradients.grads:0", tiny, training=True)
        return found / (scale or 1.0)

    exact = gradient(0.0, "float32")
    assert np.abs(gradient(0.0, "mixed_float16") / exact - 1).max() > 0.1
    np.testing.assert_allclose(gradient(2.0**13, "mixed_float16"), exact, rtol=5e-3)


def test_the_scale_is_told_as_a_curve() -> None:
    graph = Graph()
    x = graph.source(Spirals(), name="data")[0]
    loss = MeanSquaredError()(Dense(units=2)(x), x, name="loss")
    graph.minimize(loss, SGD(loss_scale=8.0), name="sgd")
    graph.minimize(loss, SGD(), name="other")
    assert objective(graph.definition).scales == ("sgd/loss_scale",)
