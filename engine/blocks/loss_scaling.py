"""Loss scaling: gradients made larger, so that 16 bits can tell them, and steps left out that went wrong.

Sources: Micikevicius et al., Mixed Precision Training, ICLR 2018; LossScaleOptimizer of Keras.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from engine.ops.arithmetic import Maximum, Minimum
from engine.ops.comparison import IsFinite, LogicalAnd
from engine.ops.conversion import Cast
from engine.ops.reduction import ReduceAll
from engine.ops.selection import Where
from engine.ops.state import Assign
from engine.value import BlockBuilder, Value

SCALE = "loss_scale"
"""The variable of the optimizer that holds the scale."""
_LARGEST = 2.0**100
"""The scale stays finite where gradients are zero for ever."""


def scale_variable(b: BlockBuilder, start: float) -> Value:
    """The number that the loss is multiplied by before its gradients are taken."""
    return b.variable(SCALE, (), initializer="constant", mean=start, trainable=False)


def all_finite(gradients: Sequence[Value]) -> Value:
    """Whether no element of any gradient is infinite or not a number."""
    return functools.reduce(LogicalAnd(), [ReduceAll()(IsFinite()(gradient)) for gradient in gradients])


def keep_where_not(b: BlockBuilder, finite: Value, changed: Sequence[Value]) -> None:
    """Leave variables as they were when the step began, where a gradient was not finite."""
    for variable in changed:
        name = b.variable_path(variable).replace("/", "_")
        with b.beside(variable):
            Assign()(variable, Where()(finite, b.current(variable), variable), name=f"{name}_if_finite")


def adapt(b: BlockBuilder, scale: Value, finite: Value, grows_after: int) -> None:
    """Double the scale after so many good steps in a row, and halve it after a bad one, within limits."""
    good = b.variable("good_steps", (), initializer="zeros", trainable=False)
    count = good + 1.0
    grows = count >= float(grows_after)
    larger = Where()(grows, Minimum()(scale * 2.0, _LARGEST), scale)
    Assign()(scale, Where()(finite, larger, Maximum()(scale * 0.5, 1.0)), name="new_loss_scale")
    kept = Where()(grows, count * 0.0, count)
    Assign()(good, kept * Cast(dtype="float32")(finite), name="new_good_steps")
