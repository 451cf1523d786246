"""Losses that are computed straight from logits, one number for each example; for accuracy near 0 and 1."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import operands, require_dtype, require_rank
from engine.op import Call, Gradients, Op
from engine.ops.activation import Sigmoid, Softmax
from engine.ops.indexing import OneHot
from engine.ops.shaping import ExpandDims
from engine.spec import FLOATS, INTEGERS, Spec, common_dtype, same_shape, shape_text
from engine.value import Value


class SparseSoftmaxCrossEntropy(Op):
    """How surprised softmax(logits) is by the right class, for each example; 0 means certain and right.

    A label is the number of the right class, and the last axis of the logits has one number for each class.
    """

    category = "Loss"
    inputs = ("logits", "labels")
    outputs = ("loss",)
    formula = "loss = log(sum(exp(logits))) - logits[label]"
    advice = "Give it logits, not probabilities: no Softmax in front of it."
    cases = (
        Case([(3, 4), Sample((3,), "int64", 0, 4)]),
        Case([(2, 3, 4), Sample((2, 3), "int32", 0, 4)]),
        Case([(4,), Sample((), "uint8", 0, 4)]),
        Case([(3, 1), Sample((3,), "int64", 0, 1)]),
        Case([(0, 4), Sample((0,), "int64", 0, 4)]),
        Case([(2, 3), Sample((2,), "int64", 0, 3)], low=300.0, high=400.0),
        Case([Sample(values=[[2.0, 2.0], [-1e4, 1e4]]), Sample((2,), "int64", values=[0, 0])]),
    )

    def infer(self, logits: Spec, labels: Spec) -> Spec:
        require_dtype(logits, FLOATS, "logits")
        require_dtype(labels, INTEGERS, "labels")
        require_rank(logits, 1, "logits", "The last axis holds one number for each class.")
        if logits.shape is None:
            return Spec(logits.dtype, labels.shape)
        if not isinstance(logits.shape[-1], int):
            raise SpecError(
                f"logits are {logits}: the number of classes is not known.",
                hint="Reshape them so that the last size is a number.",
            )
        if not same_shape(logits.shape[:-1], labels.shape):
            raise SpecError(
                f"labels are {shape_text(labels.shape)}; expected {shape_text(logits.shape[:-1])}, "
                f"as the logits are {shape_text(logits.shape)}.",
                hint="Connect one class number for each example. Behind rows of zeros and ones put ArgMax.",
            )
        return Spec(logits.dtype, logits.shape[:-1])

    def gradient(self, call: Call, dloss: Value) -> Gradients:
        logits, labels = operands(call)
        classes = (logits.spec.shape or (0,))[-1]
        assert isinstance(classes, int)
        right = OneHot(depth=classes, dtype=logits.spec.dtype)(labels)
        return (Softmax()(logits) - right) * ExpandDims(axis=-1)(dloss), None


class SigmoidCrossEntropy(Op):
    """How surprised sigmoid(logits) is by targets between 0 and 1, for each element."""

    category = "Loss"
    inputs = ("logits", "targets")
    promotes = ("logits", "targets")
    outputs = ("loss",)
    formula = "loss = log(1 + exp(logits)) - logits · targets"
    advice = "Give it logits, not probabilities: no Sigmoid in front of it."
    cases = (
        Case([(3, 4), Sample((3, 4), low=0.0)]),
        Case([(), Sample((), low=0.0)]),
        Case([(0, 4), (0, 4)]),
        Case([Sample((3,), low=300.0, high=400.0), Sample((3,), low=0.0)]),
        Case([Sample((3,), low=-400.0, high=-300.0), Sample((3,), low=0.0)]),
        Case([Sample(values=[0.0, 30.0]), Sample(values=[1.0, 1.0])]),
    )

    def infer(self, logits: Spec, targets: Spec) -> Spec:
        require_dtype(logits, FLOATS, "logits")
        require_dtype(targets, FLOATS, "targets")
        dtype = common_dtype(logits, targets)
        if not same_shape(logits.shape, targets.shape):
            raise SpecError(
                f"logits are {shape_text(logits.shape)} and targets are {shape_text(targets.shape)}; "
                "expected one shape.",
                hint="Reshape one of them.",
            )
        return Spec(dtype, targets.shape if logits.shape is None else logits.shape)

    def gradient(self, call: Call, dloss: Value) -> Gradients:
        logits, targets = operands(call)
        return dloss * (Sigmoid()(logits) - targets), -(dloss * logits)
