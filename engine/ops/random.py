"""Random tensors: the same seed, step and node always give the same numbers, on every device."""

from __future__ import annotations

import numpy as np

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import require_dtype, require_rank
from engine.op import Op, Port, attribute
from engine.spec import FLOATS, INTEGERS, Spec

_COUNTER = Sample((2,), "uint64", values=[7, 3])
_COUNT = Port("counter", hidden=True)
_LIKE = Port("like", optional=True, shape_only=True, help="A tensor whose shape and dtype are taken.")
_STREAM_HELP = "Which sequence of numbers is drawn from."
_CASES = (
    Case([None, _COUNTER], {"shape": [3, 4]}, gradient=False),
    Case([None, _COUNTER], {"shape": [], "dtype": "float64"}, gradient=False),
    Case([None, _COUNTER], {"shape": [5], "dtype": "float16", "stream": 9}, gradient=False),
    Case([(3, 4), _COUNTER], gradient=False),
    Case([(0, 4), _COUNTER], gradient=False),
)


class _Random(Op, abstract=True):
    """What random ops of floats share: a shape, and the counter that decides the numbers."""

    category = "Data"
    inputs = (_LIKE, _COUNT)
    differentiable = False
    shape: tuple[int, ...] = attribute(
        default=(), low=0, help="Its sizes, where nothing is connected to like."
    )
    dtype: str = attribute(
        default="float32",
        choices=FLOATS,
        help="The type of its elements, where nothing is connected to like.",
    )
    stream: int = attribute(default=0, low=0, help=_STREAM_HELP, hidden=True)
    cases = _CASES

    def infer(self, like: Spec | None = None, counter: Spec | None = None) -> Spec:
        if like is None:
            return Spec(self.dtype, self.shape)
        require_dtype(like, FLOATS, "like")
        return like


class RandomUniform(_Random):
    """Random numbers, all between two limits equally likely. They are drawn anew at each step."""

    low: float = attribute(default=0.0, help="The lower limit.")
    high: float = attribute(default=1.0, help="The upper limit.")

    def infer(self, like: Spec | None = None, counter: Spec | None = None) -> Spec:
        if self.low > self.high:
            raise SpecError(
                f"the lower limit {self.low:g} is above the upper limit {self.high:g}.",
                hint="Exchange low and high.",
            )
        return super().infer(like, counter)


class RandomNormal(_Random):
    """Random numbers around a mean, as errors of measurement scatter. They are drawn anew at each step.

    Source: Box and Muller, A Note on the Generation of Random Normal Deviates, 1958.
    """

    mean: float = attribute(default=0.0, help="Around which number they lie.")
    deviation: float = attribute(default=1.0, low=0.0, help="How far they scatter: their standard deviation.")


class RandomTruncatedNormal(_Random):
    """Random numbers around a mean, of which none lies further off than twice the deviation."""

    mean: float = attribute(default=0.0, help="Around which number they lie.")
    deviation: float = attribute(
        default=1.0, low=0.0, help="The standard deviation before what lies too far off is cut away."
    )


class RandomExponential(_Random):
    """Random waiting times: how long until something happens that happens `rate` times in a unit of time."""

    rate: float = attribute(default=1.0, low=1e-30, help="How often it happens; the mean is 1 / rate.")


class RandomInteger(Op):
    """Random whole numbers, all from a first to before a last one equally likely."""

    category = "Data"
    inputs = (Port("like", optional=True, shape_only=True, help="A tensor whose shape is taken."), _COUNT)
    differentiable = False
    shape: tuple[int, ...] = attribute(
        default=(), low=0, help="Its sizes, where nothing is connected to like."
    )
    dtype: str = attribute(default="int64", choices=INTEGERS, help="The type of its elements.")
    stream: int = attribute(default=0, low=0, help=_STREAM_HELP, hidden=True)
    low: int = attribute(default=0, help="The first number.")
    high: int = attribute(default=10, help="The number behind the last one.")
    cases = (
        Case([None, _COUNTER], {"shape": [3, 4]}, gradient=False),
        Case([None, _COUNTER], {"shape": [], "dtype": "int8", "low": -128, "high": 128}, gradient=False),
        Case([(3, 4), _COUNTER], {"low": -5, "high": -4, "dtype": "int32"}, gradient=False),
        Case([(0, 4), _COUNTER], gradient=False),
    )

    def infer(self, like: Spec | None = None, counter: Spec | None = None) -> Spec:
        limits = np.iinfo(self.dtype)
        if not limits.min <= self.low < self.high <= int(limits.max) + 1:
            raise SpecError(
                f"there is no {self.dtype} from {self.low} to before {self.high}.",
                hint="Set high above low, both within what the dtype can hold.",
            )
        return Spec(self.dtype, self.shape if like is None else like.shape)


class RandomBernoulli(Op):
    """True with a probability of its own for each element: coins that are not fair."""

    category = "Data"
    inputs = (Port("probability", help="How likely each element is true, from 0 to 1."), _COUNT)
    differentiable = False
    stream: int = attribute(default=0, low=0, help=_STREAM_HELP, hidden=True)
    cases = (
        Case([(3, 4), _COUNTER], low=0.0, gradient=False),
        Case([Sample(values=[0.0, 1.0, 0.5, float("nan")]), _COUNTER], gradient=False),
        Case([(), _COUNTER], gradient=False),
        Case([(0, 4), _COUNTER], gradient=False),
    )

    def infer(self, probability: Spec, counter: Spec | None = None) -> Spec:
        require_dtype(probability, FLOATS, "probability")
        return probability.with_dtype("bool")


class RandomCategorical(Op):
    """Random class numbers: each class is drawn as often as the softmax of the logits says."""

    category = "Data"
    inputs = (Port("logits", help="The last axis holds one number for each class."), _COUNT)
    differentiable = False
    advice = "Connect the logarithm where there are probabilities in the place of logits."
    stream: int = attribute(default=0, low=0, help=_STREAM_HELP, hidden=True)
    samples: int = attribute(default=1, low=1, help="How many numbers are drawn for each row of logits.")
    cases = (
        Case([(3, 4), _COUNTER], {"samples": 5}, gradient=False),
        Case([(2, 3, 4), _COUNTER], gradient=False),
        Case([Sample(values=[-1e4, 0.0, -float("inf")]), _COUNTER], {"samples": 2}, gradient=False),
        Case([(0, 4), _COUNTER], gradient=False),
        Case([(2, 1), _COUNTER], gradient=False),
    )

    def infer(self, logits: Spec, counter: Spec | None = None) -> Spec:
        require_dtype(logits, FLOATS, "logits")
        require_rank(logits, 1, "logits", "The last axis holds one number for each class.")
        if logits.shape is None:
            return Spec("int64", None)
        if logits.shape[-1] == 0:
            raise SpecError(f"logits are {logits}: there are no classes.", hint="Connect at least one class.")
        return Spec("int64", (*logits.shape[:-1], self.samples))


class RandomPermutation(Op):
    """The numbers from 0 to before the size of the first axis of a tensor, each once, in random order."""

    category = "Data"
    inputs = (Port("like", shape_only=True, help="A tensor whose first axis says how many."), _COUNT)
    differentiable = False
    advice = "Gather with it to bring examples into another order, and their labels into the same one."
    stream: int = attribute(default=0, low=0, help=_STREAM_HELP, hidden=True)
    cases = (
        Case([(5, 2), _COUNTER], gradient=False),
        Case([(1,), _COUNTER], gradient=False),
        Case([(0, 4), _COUNTER], gradient=False),
        Case([Sample((4,), "bool"), _COUNTER], gradient=False),
    )

    def infer(self, like: Spec, counter: Spec | None = None) -> Spec:
        require_rank(like, 1, "like", "A single number has no order.")
        return Spec("int64", None if like.shape is None else like.shape[:1])
