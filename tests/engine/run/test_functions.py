"""Functions: called in several places, with variables of their own, written out or run as they are."""

import numpy as np
import pytest

from engine import Graph, Session
from engine.blocks.layers import Dense
from engine.blocks.losses import MeanSquaredError
from engine.blocks.normalization import BatchNormalization
from engine.blocks.optimizers import SGD
from engine.errors import GraphError, SpecError
from engine.ops.activation import Tanh
from engine.ops.random import RandomUniform
from engine.ops.reduction import ReduceSum
from engine.spec import Spec
from engine.value import Value

ROWS = Spec("float32", ("n", 3))
X = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)


def layers() -> Graph:
    """A layer that is called twice, and a loss."""
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    layer = g.function("layer", lambda v: Tanh()(Dense(units=3)(v, name="dense")), ROWS)
    y = layer(layer(x, name="first"), name="second")
    MeanSquaredError()(y, x, name="loss")
    return g


def test_each_call_has_variables_of_its_own() -> None:
    session = Session(layers(), device="cpu")
    session.run("loss", {"x": X})
    assert set(session.variables) == {
        "first/dense/kernel",
        "first/dense/bias",
        "second/dense/kernel",
        "second/dense/bias",
    }
    assert not np.array_equal(
        session.variables["first/dense/kernel"], session.variables["second/dense/kernel"]
    )


def test_it_learns_as_if_it_had_been_drawn_twice() -> None:
    with_function, plain = layers(), Graph()
    x = plain.placeholder("x", ("batch", 3))
    first = Tanh()(Dense(units=3)(x, name="first"))
    MeanSquaredError()(Tanh()(Dense(units=3)(first, name="second")), x, name="loss")
    sessions = []
    for g in (with_function, plain):
        loss = Value(g, ("loss", "loss"), Spec("float32", ()))
        optimizer = g.minimize(loss, SGD(learning_rate=0.1))
        session = Session(g, device="cpu")
        session.program((optimizer,), training=True, effects=True)
        names = sorted(session.variables)
        rng = np.random.default_rng(1)
        session.restore({n: rng.normal(size=session.variables[n].shape).astype(np.float32) for n in names})
        for _ in range(3):
            session.run(optimizer, {"x": X}, training=True)
        sessions.append(session)
    with_variables, plain_variables = (s.values() for s in sessions)
    for name in plain_variables:
        node, _, variable = name.partition("/")
        np.testing.assert_allclose(
            with_variables[f"{node}/dense/{variable}"], plain_variables[name], rtol=1e-6, err_msg=name
        )


def test_written_out_or_not_it_computes_the_same() -> None:
    results = [
        Session(layers(), seed=2, device="cpu", without=without).run(["second", "loss"], {"x": X})
        for without in ((), ("inline",))
    ]
    for inlined, called in zip(*results, strict=True):
        np.testing.assert_array_equal(inlined, called)


def test_random_numbers_are_the_same_written_out_or_not() -> None:
    g = Graph()
    noise = g.function("noise", lambda v: v + RandomUniform()(v), Spec("float32", (3,)))
    x = g.constant([0.0, 0.0, 0.0])
    a, b = noise(x), noise(x)
    found = [Session(g, seed=2, device="cpu", without=w).run([a, b]) for w in ((), ("inline",))]
    np.testing.assert_array_equal(found[0], found[1])
    assert not np.array_equal(found[0][0], found[0][1])


def test_what_a_function_assigns_is_assigned() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    normal = g.function("normal", lambda v: BatchNormalization()(v, name="norm"), ROWS)
    y = normal(x, name="call")
    for without in ((), ("inline",)):
        session = Session(g, device="cpu", without=without)
        session.run(y, {x: X + 5.0}, training=True)
        moved = {name: v for name, v in session.values().items() if "mean" in name}
        assert moved and all(np.all(v > 0.01) for v in moved.values())


def test_values_from_outside_are_handed_over_at_each_call() -> None:
    g = Graph()
    w = g.variable("w", (3,), initializer="ones")
    x = g.placeholder("x", (3,))
    scaled = g.function("scaled", lambda v: v * w * 2.0, Spec("float32", (3,)))
    y = ReduceSum()(scaled(scaled(x)))
    (grad,) = g.gradients(y, [w])
    found = Session(g, device="cpu").run([y, grad], {x: [1.0, 2.0, 3.0]})
    assert found[0] == 24.0
    np.testing.assert_array_equal(found[1], [8.0, 16.0, 24.0])


def test_a_function_may_call_others_and_give_several_tensors() -> None:
    g = Graph()
    square = g.function("square", lambda v: v * v, Spec("float32", ()))
    both = g.function("both", lambda v: (square(v), square(v) * v), Spec("float32", ()))
    second, third = both(g.constant(3.0))
    assert [float(v) for v in Session(g, device="cpu").run([second, third])] == [9.0, 27.0]
    assert float(Session(g, device="cpu").run("both/square")) == 9.0


def test_what_does_not_fit_its_inputs_is_refused_in_a_sentence() -> None:
    g = Graph()
    square = g.function("square", lambda v: v * v, ROWS)
    with pytest.raises(SpecError, match="v is 4 float32, and the function takes n x 3 float32"):
        square(g.constant([1.0, 2.0, 3.0, 4.0]))
    with pytest.raises(SpecError, match="v is 2 x 4 float32, and the function takes n x 3 float32"):
        square(g.constant(np.zeros((2, 4))))
    with pytest.raises(GraphError, match="Call was given 2 tensors"):
        square(g.constant(np.zeros((2, 3))), g.constant(1.0))
