"""Connectionist temporal classification: a sequence of labels, and no word on when each of them sounds.

Source: Graves et al., Connectionist Temporal Classification, 2006.
"""

from __future__ import annotations

from typing import ClassVar

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import operands, require_dtype
from engine.op import Call, Gradients, Op, Port, attribute
from engine.ops.elementwise import Negate
from engine.ops.shaping import ExpandDims
from engine.spec import FLOATS, INTEGERS, Spec, same_dim, shape_text
from engine.value import Value

_LABELS = Sample((2, 2), "int64", values=[[1, 2], [1, 1]])


def _lengths(*values: int) -> Sample:
    return Sample((len(values),), "int64", values=list(values))


_ALIGNED = (
    Case([(2, 4, 3), _LABELS, _lengths(4, 4), _lengths(2, 2)]),
    Case([(2, 5, 3), _LABELS, _lengths(3, 5), _lengths(1, 2)]),
    Case([(2, 4, 3), _LABELS, _lengths(4, 4), _lengths(2, 2)], low=-90.0, high=0.0),
    Case([(1, 3, 3), Sample((1, 1), "int32", values=[[0]]), _lengths(3), _lengths(1)], {"blank": 2}),
    Case([(2, 3, 3), Sample((2, 0), "int64"), _lengths(3, 1), _lengths(0, 0)]),
    # The second example has no room for its two equal labels with a blank between them.
    Case([(2, 2, 3), _LABELS, _lengths(2, 2), _lengths(2, 2)], gradient=False),
    Case([(0, 4, 3), Sample((0, 2), "int64"), Sample((0,), "int64"), Sample((0,), "int64")], gradient=False),
)
_GIVEN: tuple[str | Port, ...] = (
    Port("log_probabilities", help="Examples x steps x classes."),
    Port("labels", help="Examples x labels, as class numbers without blanks."),
    Port("steps", help="How many steps each example has."),
    Port("lengths", help="How many labels each example has; what follows them is not read."),
)


class _Aligning(Op, abstract=True):
    """What the loss and its gradients share."""

    category = "Loss"
    inputs: ClassVar[tuple[str | Port, ...]] = _GIVEN
    blank: int = attribute(default=0, low=0, help="The class that stands for no label.")

    def checked(self, log_probabilities: Spec, labels: Spec, steps: Spec, lengths: Spec) -> Spec:
        """The spec of the log-probabilities; raises SpecError where the four do not fit together."""
        require_dtype(log_probabilities, FLOATS, "log_probabilities")
        ports = {"log_probabilities": 3, "labels": 2, "steps": 1, "lengths": 1}
        for spec, (port, rank) in zip(
            (log_probabilities, labels, steps, lengths), ports.items(), strict=True
        ):
            if rank < 3:
                require_dtype(spec, INTEGERS, port)
            if spec.rank not in (None, rank):
                axes = ("examples", "examples x labels", "examples x steps x classes")[rank - 1]
                raise SpecError(f"{port} is {spec}; expected {axes}.", hint="Insert Reshape.")
        known = [spec.shape for spec in (log_probabilities, labels, steps, lengths) if spec.shape]
        for shape in known[1:]:
            if not same_dim(shape[0], known[0][0]):
                raise SpecError(
                    f"the numbers of examples differ: {shape_text(known[0])} meets {shape_text(shape)}.",
                    hint="Connect labels, steps and lengths of the same examples.",
                )
        classes = (log_probabilities.shape or ("",))[-1]
        if isinstance(classes, int) and self.blank >= classes:
            raise SpecError(
                f"blank is class {self.blank}, and there are {classes} classes.",
                hint="Set blank to one of them.",
            )
        return log_probabilities


class CtcLoss(_Aligning):
    """Minus the log-probability of a sequence of labels, over all the ways to spread it over the steps.

    A way may repeat a label, and may put blanks between labels; between two equal ones it must. Where there
    are fewer steps than that takes, the loss is infinite.
    """

    outputs = ("loss",)
    formula = "loss = -log(sum over all ways of the product of their probabilities)"
    cases = _ALIGNED

    def infer(self, log_probabilities: Spec, labels: Spec, steps: Spec, lengths: Spec) -> Spec:
        spec = self.checked(log_probabilities, labels, steps, lengths)
        return spec.with_shape(None if spec.shape is None else spec.shape[:1])

    def gradient(self, call: Call, dloss: Value) -> Gradients:
        given = operands(call)
        occupancy = CtcOccupancy(blank=self.blank)(*given)
        return Negate()(occupancy * ExpandDims(axis=-1)(ExpandDims(axis=-1)(dloss))), None, None, None


class CtcOccupancy(_Aligning):
    """How likely each class sounds at each step, if the sequence of labels is the right one."""

    internal = True
    cases = tuple(
        Case(case.inputs, case.attributes, case.low, case.high, gradient=False) for case in _ALIGNED
    )

    def infer(self, log_probabilities: Spec, labels: Spec, steps: Spec, lengths: Spec) -> Spec:
        return self.checked(log_probabilities, labels, steps, lengths)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        # It is the gradient of a number, and so its own derivative is symmetric.
        return CtcCurvature(blank=self.blank)(dy, *operands(call)), None, None, None


class CtcCurvature(_Aligning):
    """How CtcOccupancy changes when the log-probabilities move in a direction."""

    internal = True
    inputs = ("direction", *_GIVEN)
    cases = tuple(
        Case([case.inputs[0], *case.inputs], case.attributes, case.low, case.high, gradient=False)
        for case in _ALIGNED
    )

    def infer(
        self, direction: Spec, log_probabilities: Spec, labels: Spec, steps: Spec, lengths: Spec
    ) -> Spec:
        return self.checked(log_probabilities, labels, steps, lengths)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        raise SpecError(
            "the loss can be differentiated twice, and not a third time.", hint="Ask for no higher gradient."
        )
