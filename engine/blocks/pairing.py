"""How predictions meet what they are compared with: one dtype, one shape, and a word where they differ."""

from __future__ import annotations

from engine.errors import SpecError
from engine.ops.conversion import Cast
from engine.ops.shaping import ExpandDims
from engine.spec import Spec, common_dtype, same_shape, shape_text
from engine.value import Value


def like(labels: Value, logits: Value) -> Value:
    """Labels as numbers of the dtype of the logits."""
    if not logits.spec.is_float:
        raise SpecError(f"logits are {logits.spec}; expected a float dtype.", hint="Insert Cast to float32.")
    if labels.spec.dtype == logits.spec.dtype:
        return labels
    return Cast(dtype=logits.spec.dtype)(labels)


def pair(prediction: Value, target: Value, first: str, second: str) -> tuple[Value, Value]:
    """Both in one shape. One number for each example may stand as `batch` or as `batch x 1`.

    Without this rule, `batch x 1` minus `batch` would silently broadcast to `batch x batch`.
    """
    common_dtype(prediction.spec, target.spec)
    if _is_column_of(prediction.spec, target.spec):
        target = ExpandDims(axis=-1)(target)
    elif _is_column_of(target.spec, prediction.spec):
        prediction = ExpandDims(axis=-1)(prediction)
    check_same_shape(prediction.spec, target.spec, first, second)
    return prediction, target


def check_same_shape(a: Spec, b: Spec, first: str, second: str) -> None:
    """Raise SpecError where two shapes cannot be equal."""
    if not same_shape(a.shape, b.shape):
        raise SpecError(
            f"{first} and {second} have different shapes: {shape_text(a.shape)} meets {shape_text(b.shape)}.",
            hint="Set the units of the last layer to what the labels have, or reshape one of both.",
        )


def _is_column_of(column: Spec, row: Spec) -> bool:
    """Whether `column` is `row` with one more axis of size 1 at its end."""
    if column.shape is None or row.shape is None:
        return False
    return len(column.shape) == len(row.shape) + 1 and column.shape[-1] == 1
