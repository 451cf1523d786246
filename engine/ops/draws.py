"""Draws whose parameters come by wire: gamma numbers, counts, and hits among trials."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.families import operands, require_dtype
from engine.op import Call, Gradients, Op, Port, attribute
from engine.ops.draw_slopes import GammaSlope
from engine.spec import FLOATS, Spec, broadcast_shapes, common_dtype
from engine.value import Value

_NAN, _INF = float("nan"), float("inf")
_COUNTER = Sample((2,), "uint64", values=[7, 3])
_COUNT = Port("counter", hidden=True)
_STREAM_HELP = "Which sequence of numbers is drawn from."
_ADVICE = "For many numbers of one kind connect Fill, or BroadcastTo."


class RandomGamma(Op):
    """Random waiting times: until as many things happened as the concentration says, one in a unit of time.

    An element that refuses 64 proposals, which none does in practice, gets its concentration less a third. A
    negative concentration gives no number. The gradient is that of a number that keeps its rank among all of
    its kind when the concentration changes.

    Sources: Marsaglia and Tsang, A simple method for generating gamma variables, 2000; Figurnov et al.,
    Implicit reparameterization gradients, 2018.
    """

    category = "Data"
    inputs = (Port("concentration", help="The mean of each element, and its variance."), _COUNT)
    formula = "density(y) = y ** (concentration - 1) · exp(-y) / gamma(concentration)"
    advice = f"Divide by a rate for things that happen more often. {_ADVICE}"
    aliases = ("standard_gamma", "Erlang")
    stream: int = attribute(default=0, low=0, help=_STREAM_HELP, hidden=True)
    logarithm: bool = attribute(
        default=False,
        help="Whether logarithms are given, as small concentrations need, whose numbers are almost nothing.",
    )
    cases = (
        Case([Sample((3, 4), low=0.1, high=9.0), _COUNTER], gradient=False),
        Case([Sample((3, 4), low=0.001, high=2.0), _COUNTER], {"logarithm": True}, gradient=False),
        Case([Sample(values=[0.0, -1.0, _NAN, _INF, 1e-30, 1e4]), _COUNTER], gradient=False),
        Case([Sample((), low=2.0, high=3.0), _COUNTER], gradient=False),
        Case([(0, 4), _COUNTER], gradient=False),
    )

    def infer(self, concentration: Spec, counter: Spec | None = None) -> Spec:
        require_dtype(concentration, FLOATS, "concentration")
        return concentration

    def gradient(self, call: Call, dy: Value) -> Gradients:
        concentration, _ = operands(call)
        return dy * GammaSlope(logarithm=self.logarithm)(call.outputs[0], concentration), None


class RandomPoisson(Op):
    """Random counts: how often something happens that happens at a rate. They have the dtype of the rate.

    Up to a rate of 10 chances are added up; beyond it an element that refuses 64 proposals, which none does
    in practice, gets its rate without what follows the point. A negative rate gives no number.

    Source: Hörmann, The transformed rejection method for generating Poisson random variables, 1993.
    """

    category = "Data"
    inputs = (Port("rate", help="The mean of each element, and its variance."), _COUNT)
    differentiable = False
    formula = "chance(y) = rate ** y · exp(-rate) / y!"
    advice = f"The noise of a camera in dim light is such. {_ADVICE}"
    stream: int = attribute(default=0, low=0, help=_STREAM_HELP, hidden=True)
    cases = (
        Case([Sample((3, 4), low=0.1, high=9.0), _COUNTER], gradient=False),
        Case([Sample((3, 4), low=8.0, high=1000.0), _COUNTER], gradient=False),
        Case([Sample(values=[0.0, -1.0, _NAN, _INF, 1e-30, 10.0]), _COUNTER], gradient=False),
        Case([Sample((), low=20.0, high=30.0), _COUNTER], gradient=False),
        Case([(0, 4), _COUNTER], gradient=False),
    )

    def infer(self, rate: Spec, counter: Spec | None = None) -> Spec:
        require_dtype(rate, FLOATS, "rate")
        return rate


class RandomBinomial(Op):
    """Random hits: how many of some trials succeed, each with a probability. They have a float dtype.

    Where up to 10 hits or misses are expected, chances are added up; beyond it an element that refuses 64
    proposals, which none does in practice, gets the likeliest number. Trials are rounded. A negative number
    of them, or a probability outside 0 to 1, gives no number.

    Source: Hörmann, The generation of binomial random variates, 1993.
    """

    category = "Data"
    inputs = ("trials", Port("probability", help="How likely each trial succeeds, from 0 to 1."), _COUNT)
    promotes = ("trials", "probability")
    differentiable = False
    formula = "chance(y) = n! / (y! (n - y)!) · p ** y · (1 - p) ** (n - y)"
    advice = f"For single trials use RandomBernoulli, which is faster. {_ADVICE}"
    stream: int = attribute(default=0, low=0, help=_STREAM_HELP, hidden=True)
    cases = (
        Case([Sample((3, 4), low=0.0, high=9.0), Sample((4,), low=0.0), _COUNTER], gradient=False),
        Case([Sample((3, 1), "int64", low=90, high=999), Sample((1, 4), low=0.0), _COUNTER], gradient=False),
        Case([Sample(values=[0.0, -1.0, _NAN, _INF, 9.0]), Sample(values=0.5), _COUNTER], gradient=False),
        Case([Sample(values=50.0), Sample(values=[0.0, 1.0, -0.1, 1.1, _NAN]), _COUNTER], gradient=False),
        Case([(0, 4), (), _COUNTER], low=0.0, gradient=False),
    )

    def infer(self, trials: Spec, probability: Spec, counter: Spec | None = None) -> Spec:
        require_dtype(probability, FLOATS, "probability")
        require_dtype(trials, FLOATS, "trials")
        return Spec(common_dtype(trials, probability), broadcast_shapes(trials.shape, probability.shape))
