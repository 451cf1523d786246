"""Random tensors: the same seed, step and node always give the same numbers."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import require_dtype
from engine.op import Op, Port, attribute
from engine.spec import FLOATS, Spec

_COUNTER = Sample((2,), "uint64", values=[7, 3])
_CASES = (
    Case([None, _COUNTER], {"shape": [3, 4]}, gradient=False),
    Case([None, _COUNTER], {"shape": [], "dtype": "float64"}, gradient=False),
    Case([None, _COUNTER], {"shape": [5], "dtype": "float16", "stream": 9}, gradient=False),
    Case([(3, 4), _COUNTER], gradient=False),
    Case([(0, 4), _COUNTER], gradient=False),
)


class _Random(Op, abstract=True):
    """What random ops share: a shape, and the counter that decides the numbers."""

    category = "Data"
    inputs = (
        Port("like", optional=True, shape_only=True, help="A tensor whose shape and dtype are taken."),
        Port("counter", hidden=True),
    )
    differentiable = False
    shape: tuple[int, ...] = attribute(
        default=(), low=0, help="Its sizes, where nothing is connected to like."
    )
    dtype: str = attribute(
        default="float32",
        choices=FLOATS,
        help="The type of its elements, where nothing is connected to like.",
    )
    stream: int = attribute(default=0, low=0, help="Which sequence of numbers is drawn from.", hidden=True)
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
    """Random numbers around a mean, as errors of measurement scatter. They are drawn anew at each step."""

    mean: float = attribute(default=0.0, help="Around which number they lie.")
    deviation: float = attribute(default=1.0, low=0.0, help="How far they scatter: their standard deviation.")
