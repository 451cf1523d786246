"""What a script meets: `from engine import ...`, a network in ten lines, and mistakes told in sentences."""

import inspect
import re
from collections.abc import Callable

import numpy as np
import pytest

import engine
from engine import FlowscopeError, Graph, Session, Trainer
from engine.blocks.layers import Dense, Dropout, Flatten
from engine.blocks.losses import SparseCategoricalCrossentropy
from engine.blocks.metrics import Accuracy
from engine.blocks.optimizers import SGD
from engine.ops.arithmetic import Add
from engine.ops.data import Digits, Spirals
from engine.ops.reduction import ReduceMean
from engine.ops.shaping import Reshape
from engine.ops.state import Gradients

PUBLIC = (FlowscopeError, Graph, Session, Trainer)


def test_the_face_is_what_all_names() -> None:
    named = {"FlowscopeError", "Graph", "Session", "Trainer", "accelerate", "blocks", "ops"}
    assert set(engine.__all__) == named
    assert all(hasattr(engine, name) for name in engine.__all__)


def test_ten_lines_train_a_network() -> None:
    g = Graph()
    images, labels = g.source(Digits(), "digits")
    hidden = Dense(units=32, activation="relu")(Flatten()(images), name="hidden")
    logits = Dense(units=10)(hidden, name="logits")
    loss = SparseCategoricalCrossentropy()(logits, labels, name="loss")
    Accuracy()(logits, labels, name="accuracy")
    g.minimize(loss)
    trainer = Trainer(g)
    history = trainer.fit(epochs=4)
    assert history.train("loss") == sorted(history.train("loss"), reverse=True)
    assert history.test["accuracy"] > 0.85
    probabilities = trainer.session.run(logits, {images: np.zeros((3, 8, 8), np.float32)})
    assert probabilities.shape == (3, 10)


def test_a_session_computes_and_keeps_variables() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 2))
    w, b = g.variable("w", (2, 1)), g.variable("b", (1,))
    y = x @ w + b
    step = g.minimize(ReduceMean()((y - 1.0) ** 2.0, name="loss"), SGD(learning_rate=0.1))
    session = Session(g)
    feeds = {x: [[1.0, 0.0], [0.0, 1.0]]}
    before = session.run("loss", feeds)
    for _ in range(20):
        session.run(step, feeds)
    after, answer = session.run(["loss", y], feeds)
    assert after < 0.01 * before
    np.testing.assert_allclose(answer, [[1], [1]], atol=0.1)


def wrong_sizes() -> None:
    g = Graph()
    g.placeholder("x", ("batch", 3)) @ g.variable("w", (4, 2))


def wrong_attribute() -> None:
    Dense.from_attributes({"units": -1})


def unknown_attribute() -> None:
    Dense.from_attributes({"unit": 3})


def setting_out_of_range() -> None:
    Dropout(rate=2.0)(Graph().placeholder("x", ("batch", 3)))


def setting_that_is_none_of_the_choices() -> None:
    Dense(activation="rleu")(Graph().placeholder("x", ("batch", 3)))


def setting_of_another_type() -> None:
    Dense(units="many")(Graph().placeholder("x", ("batch", 3)))  # type: ignore[arg-type] # the mistake


def two_graphs() -> None:
    Graph().placeholder("x", ()) + Graph().placeholder("y", ())


def no_tensor() -> None:
    Reshape()(3.0)


def too_many_tensors() -> None:
    x = Graph().placeholder("x", ())
    Reshape()(x, x)


def too_few_tensors() -> None:
    Add()(Graph().placeholder("x", ()))


def data_called_like_a_layer() -> None:
    Spirals()(Graph().placeholder("x", ()))


def two_outputs() -> None:
    g = Graph()
    x = g.placeholder("x", ())
    Gradients()(x * x, x, x)


def unknown_fetch() -> None:
    g = Graph()
    g.constant(1.0, name="one")
    Session(g).run("two")


def no_feed() -> None:
    g = Graph()
    Session(g).run(g.placeholder("x", ("batch",)) + 1.0)


def wrong_feed() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    Session(g).run(x + 1.0, {x: np.zeros((2, 4), np.float32)})


def nothing_to_train() -> None:
    g = Graph()
    g.constant(1.0)
    Trainer(g)


def no_variable() -> None:
    g = Graph()
    points, _ = g.source(Spirals(), "spirals")
    g.minimize(ReduceMean()(points, name="loss"))
    Trainer(g)


MISTAKES = (
    wrong_sizes,
    wrong_attribute,
    unknown_attribute,
    setting_out_of_range,
    setting_that_is_none_of_the_choices,
    setting_of_another_type,
    two_graphs,
    no_tensor,
    too_many_tensors,
    too_few_tensors,
    data_called_like_a_layer,
    two_outputs,
    unknown_fetch,
    no_feed,
    wrong_feed,
    nothing_to_train,
    no_variable,
)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_a_mistake_is_told_in_sentences(mistake: Callable[[], None]) -> None:
    with pytest.raises(FlowscopeError) as caught:
        mistake()
    sentences = str(caught.value)
    assert re.match(r"[A-Z'a-z]", sentences)
    assert sentences.endswith("."), sentences
    assert not re.search(r"Traceback|object at 0x|<class|NoneType", sentences), sentences


@pytest.mark.parametrize("public", PUBLIC, ids=lambda public: public.__name__)
def test_what_is_public_is_documented(public: type) -> None:
    """The classes themselves, and what each of them adds to call or to read."""
    assert inspect.getdoc(public)
    own = {name: thing for name, thing in vars(public).items() if not name.startswith("_")}
    bare = [
        name
        for name, thing in own.items()
        if (inspect.isroutine(thing) or isinstance(thing, property))
        and not inspect.getdoc(getattr(public, name))
    ]
    assert bare == []
