"""Where examples come from: one node for each data set, one output for each of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from engine.data.builtin import diabetes, digits, spirals
from engine.data.dataset import FEATURES, LABELS, Columns, Dataset
from engine.data.mnist import mnist
from engine.data.sequences import digit_orders, marked_numbers
from engine.op import Case, DataSource, Port, attribute
from engine.spec import Spec

_TEST_FRACTION_HELP = "The part of the examples that training never sees, and that judges the result."
_SPLIT_SEED_HELP = "Which examples become the test part. Another number draws another part."


class Digits(DataSource):
    """1,797 handwritten digits of 8 x 8 pixels from 0 (paper) to 1 (ink), and which digit each of them is."""

    outputs = (Port("images", help="8 x 8 pixels from 0 to 1."), Port("labels", help="The digit, 0 to 9."))
    advice = "Small enough to train in seconds. Flatten the images before a Dense layer."
    test_fraction: float = attribute(default=0.2, low=0.05, high=0.9, help=_TEST_FRACTION_HELP)
    seed: int = attribute(default=0, low=0, high=2**31 - 1, help=_SPLIT_SEED_HELP)
    cases = (Case([]), Case([], {"test_fraction": 0.5, "seed": 3}))

    def infer(self) -> tuple[Spec, ...]:
        return Spec("float32", ("batch", 8, 8)), Spec("int64", ("batch",))

    def load(self) -> Dataset:
        return _renamed(digits(test_fraction=self.test_fraction, seed=self.seed), {FEATURES: "images"})


class Mnist(DataSource):
    """70,000 handwritten digits of 28 x 28 pixels from 0 (paper) to 1 (ink), and which digit each of them is.

    Without a folder they are downloaded once and kept.
    """

    outputs = (Port("images", help="28 x 28 pixels from 0 to 1."), Port("labels", help="The digit, 0 to 9."))
    advice = "The classic first data set. The last 10,000 digits are the test part, as everywhere."
    folder: str = attribute(
        default="", help="A folder with the four IDX files or mnist.npz. Empty: download them once."
    )

    def infer(self) -> tuple[Spec, ...]:
        return Spec("float32", ("batch", 28, 28)), Spec("int64", ("batch",))

    def load(self) -> Dataset:
        folder = Path(self.folder).expanduser() if self.folder else None
        return _renamed(mnist(folder), {FEATURES: "images"})


class Diabetes(DataSource):
    """442 patients: ten measurements, and how far the disease had progressed a year later.

    Each measurement is scaled to mean 0 and spread 1 over the train part; the target keeps its own unit.
    """

    outputs = (
        Port("features", help="Ten measurements, standardised."),
        Port("target", help="The progress of the disease, from 25 to 346."),
    )
    advice = "A classic for linear regression: a straight line explains about half of the differences."
    test_fraction: float = attribute(default=0.2, low=0.05, high=0.9, help=_TEST_FRACTION_HELP)
    seed: int = attribute(default=0, low=0, high=2**31 - 1, help=_SPLIT_SEED_HELP)
    cases = (Case([]),)

    def infer(self) -> tuple[Spec, ...]:
        return Spec("float32", ("batch", 10)), Spec("float32", ("batch", 1))

    def load(self) -> Dataset:
        return _renamed(diabetes(test_fraction=self.test_fraction, seed=self.seed), {LABELS: "target"})


class Spirals(DataSource):
    """Points in a plane on two spirals that wind around each other, and on which of them each point lies."""

    outputs = (
        Port("points", help="Two coordinates, about -1 to 1."),
        Port("labels", help="0 for the first spiral, 1 for the second."),
    )
    advice = "No straight line parts the spirals: it takes at least one hidden layer. More turns are harder."
    count: int = attribute(default=1000, low=20, high=1_000_000, help="How many points there are.")
    turns: float = attribute(
        default=1.5, low=0.0, high=20.0, help="How often a spiral winds around the centre."
    )
    noise: float = attribute(
        default=0.05, low=0.0, high=10.0, help="How far the points stray from their spiral."
    )
    test_fraction: float = attribute(default=0.2, low=0.05, high=0.9, help=_TEST_FRACTION_HELP)
    seed: int = attribute(default=0, low=0, high=2**31 - 1, help="Which points are drawn.")
    cases = (Case([]), Case([], {"count": 20, "noise": 0.0, "turns": 3.0, "seed": 1}))

    def infer(self) -> tuple[Spec, ...]:
        return Spec("float32", ("batch", 2)), Spec("int64", ("batch",))

    def load(self) -> Dataset:
        data = spirals(
            count=self.count,
            turns=self.turns,
            noise=self.noise,
            test_fraction=self.test_fraction,
            seed=self.seed,
        )
        return _renamed(data, {FEATURES: "points"})


class MarkedNumbers(DataSource):
    """Sequences of numbers, two of which are marked, and the sum of these two.

    Source: the adding problem of Hochreiter and Schmidhuber, Long short-term memory, 1997.
    """

    outputs = (
        Port("sequence", help="At each step a number from 0 to 1, and whether it is marked."),
        Port("target", help="The sum of both marked numbers."),
    )
    advice = "A test of memory for LSTM and GRU. Guessing 1 each time has a mean squared error of 0.17."
    count: int = attribute(default=2000, low=20, high=1_000_000, help="How many sequences there are.")
    steps: int = attribute(default=12, low=2, high=1000, help="How long each sequence is.")
    test_fraction: float = attribute(default=0.2, low=0.05, high=0.9, help=_TEST_FRACTION_HELP)
    seed: int = attribute(default=0, low=0, high=2**31 - 1, help="Which sequences are drawn.")
    cases = (Case([]), Case([], {"count": 20, "steps": 2, "seed": 1}))

    def infer(self) -> tuple[Spec, ...]:
        return Spec("float32", ("batch", self.steps, 2)), Spec("float32", ("batch", 1))

    def load(self) -> Dataset:
        data = marked_numbers(
            count=self.count, steps=self.steps, test_fraction=self.test_fraction, seed=self.seed
        )
        return _renamed(data, {FEATURES: "sequence", LABELS: "target"})


class DigitOrders(DataSource):
    """Sequences of random digits, and the same digits in another order."""

    outputs = (
        Port("digits", help="The digits, 0 to 9."),
        Port("answers", help="The same digits, reversed or in ascending order."),
    )
    advice = "For attention: it learns from which place each digit of the answer comes."
    count: int = attribute(default=4000, low=20, high=1_000_000, help="How many sequences there are.")
    steps: int = attribute(default=8, low=2, high=1000, help="How long each sequence is.")
    order: str = attribute(
        default="reversed", choices=("reversed", "ascending"), help="In which order the answers are."
    )
    test_fraction: float = attribute(default=0.2, low=0.05, high=0.9, help=_TEST_FRACTION_HELP)
    seed: int = attribute(default=0, low=0, high=2**31 - 1, help="Which sequences are drawn.")
    cases = (Case([]), Case([], {"count": 20, "steps": 2, "order": "ascending", "seed": 1}))

    def infer(self) -> tuple[Spec, ...]:
        return Spec("int64", ("batch", self.steps)), Spec("int64", ("batch", self.steps))

    def load(self) -> Dataset:
        data = digit_orders(
            count=self.count,
            steps=self.steps,
            order=self.order,
            test_fraction=self.test_fraction,
            seed=self.seed,
        )
        return _renamed(data, {FEATURES: "digits", LABELS: "answers"})


def _renamed(data: Dataset, names: Mapping[str, str]) -> Dataset:
    """The same data set, its columns named as the output ports are."""

    def columns(part: Columns) -> Columns:
        return {names.get(column, column): array for column, array in part.items()}

    return replace(data, train=columns(data.train), test=columns(data.test))
