"""Recurrent layers whose products are convolutions: they read sequences of signals, images or volumes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from engine.blocks.convolutional import AXES, channels_of
from engine.blocks.parts import part
from engine.blocks.recurrence import Bend, LSTMStep
from engine.blocks.recurrent_cells import ACTIVATION, keeping_more
from engine.blocks.walking import DIRECTIONS, MERGES, merged, walk
from engine.case import Case
from engine.errors import SpecError
from engine.op import Block, Port, attribute
from engine.ops.axes import MergeAxes, SplitAxis
from engine.ops.conversion import ZerosLike
from engine.ops.convolution import Convolution
from engine.ops.reduction import ReduceSum
from engine.ops.state import INITIALIZERS
from engine.ops.windowing import LARGEST
from engine.value import BlockBuilder, Value
from kernels.generic.windows import each


@dataclass(frozen=True)
class _ConvolvedStep(LSTMStep):
    """A step of an LSTM at every place, which sees the states around it."""

    def of_state(self, state: Value) -> Value:
        return Convolution(padding="same")(self.seen(state), self.recurrent)


class _ConvLSTM(Block, abstract=True):
    """What the layers for signals, images and volumes share."""

    category = "Layers"
    inputs = (Port("x", help="batch x steps x places x channels."),)
    outputs = (
        Port("sequence", help="batch x steps x places x filters: the state after each step."),
        Port("last", help="batch x places x filters: the state at the end."),
        Port("cell", help="batch x places x filters: the cell at the end."),
    )
    formula = (
        "an LSTM whose products with kernels are convolutions: i, f, c, o = x * kernel + state * recurrent"
    )
    rank: ClassVar[int]
    filters: int = attribute(
        default=16, low=1, high=LARGEST, help="How many numbers the state has at each place."
    )
    kernel_size: tuple[int, ...] = attribute(
        default=(3,), low=1, high=LARGEST, help="How wide the windows are, by axis. One number is for all."
    )
    strides: tuple[int, ...] = attribute(
        default=(1,), low=1, high=LARGEST, help="How far the window on x moves, by axis."
    )
    padding: str = attribute(
        default="same",
        choices=("valid", "same"),
        help="Whether windows on x stay inside, or begin so far outside that no place is lost.",
    )
    activation: str = attribute(default="tanh", choices=ACTIVATION, help="What is applied to what is new.")
    recurrent_activation: str = attribute(
        default="sigmoid", choices=ACTIVATION, help="What is applied to the gates."
    )
    use_bias: bool = attribute(default=True, help="Whether a bias is added.")
    forget_bias: float = attribute(
        default=1.0, help="Is added to what the forget gate is given, so that little is forgotten at first."
    )
    direction: str = attribute(
        default="forward",
        choices=DIRECTIONS,
        help="From which end it reads. Both reads twice, with variables of its own for each direction.",
    )
    merge: str = attribute(
        default="concat", choices=MERGES, help="How the results of both directions become one."
    )
    kernel_initializer: str = attribute(
        default="glorot_uniform", choices=INITIALIZERS, help="How the first values of the kernel are drawn."
    )
    recurrent_initializer: str = attribute(
        default="orthogonal",
        choices=INITIALIZERS,
        help="How the first values of the recurrent kernel are drawn.",
    )
    trainable: bool = attribute(default=True, help="Whether optimizers change the variables.")

    def expand(self, b: BlockBuilder, x: Value) -> tuple[Value, ...]:
        channels = self._channels(x)
        if self.direction == "both":
            both = (replace(self, direction=way).apply(x, name=way) for way in ("forward", "backward"))
            return tuple(merged(self.merge, *pair) for pair in zip(*both, strict=True))
        kernel, recurrent = self._kernels(b, channels, x.spec.dtype)
        given = self._given(b, x, kernel)
        bend = Bend(self.activation)
        step = _ConvolvedStep(recurrent, Bend(self.recurrent_activation), bend, bend)
        none = part(ReduceSum(axes=(1,))(ZerosLike()(given)), 0, self.filters, name="zeros")
        backward = self.direction == "backward"
        sequence, last = walk(b, step, given, (none, none), None, backward=backward)
        return sequence, *last

    def _channels(self, x: Value) -> int:
        """The number of channels; raises SpecError where the sizes do not fit."""
        shape = x.spec.shape
        if shape is None or len(shape) != self.rank + 3:
            raise SpecError(
                f"x is {x.spec}; expected batch x steps x {AXES[self.rank]} x channels.",
                hint="Insert ExpandDims or Reshape.",
            )
        if len(self.kernel_size) not in (1, self.rank):
            raise SpecError(
                f"kernel_size has {len(self.kernel_size)} numbers, and there are {self.rank} axes.",
                hint="Give kernel_size one number, or one for each axis.",
            )
        return channels_of(x.spec.with_shape((shape[0], *shape[2:])), self.rank)

    def _kernels(self, b: BlockBuilder, channels: int, dtype: str) -> tuple[Value, Value]:
        """The kernel of the input, and that of the state. The gates lie side by side."""
        window = each(self.kernel_size, self.rank)
        kernel, recurrent = (
            b.variable(
                name,
                (*window, rows, 4 * self.filters),
                dtype=dtype,
                initializer=first,
                trainable=self.trainable,
            )
            for name, rows, first in (
                ("kernel", channels, self.kernel_initializer),
                ("recurrent_kernel", self.filters, self.recurrent_initializer),
            )
        )
        return kernel, recurrent

    def _given(self, b: BlockBuilder, x: Value, kernel: Value) -> Value:
        """What the inputs give to the gates, at every step."""
        given = self._convolved(b, x, kernel)
        if self.use_bias:
            shape, dtype = (4 * self.filters,), x.spec.dtype
            given = given + b.variable("bias", shape, dtype=dtype, trainable=self.trainable)
        return keeping_more(b, given, self.forget_bias, self.filters)

    def _convolved(self, b: BlockBuilder, x: Value, kernel: Value) -> Value:
        """What all steps give to the gates: at once where their number is known, else one by one."""
        steps = (x.spec.shape or ("?", "?"))[1]
        convolution = Convolution(strides=self.strides, padding=self.padding)
        if isinstance(steps, int) and steps:
            merged = MergeAxes(axis=0)(x)
            return SplitAxis(axis=0, sizes=(-1, steps))(convolution(merged, kernel))
        found: Value = b.map(lambda step: convolution(step, kernel), x, axis=1)
        return found


class ConvLSTM1D(_ConvLSTM):
    """Read a sequence of signals with a long short-term memory at every place, which sees its neighbours.

    Source: Shi et al., Convolutional LSTM Network: A Machine Learning Approach for Precipitation Nowcasting,
    2015.
    """

    rank = 1
    advice = "For several sensors in a row, measured again and again."
    cases = (
        Case([(2, 3, 4, 2)], {"filters": 2}),
        Case([(2, 2, 5, 1)], {"filters": 1, "strides": [2], "padding": "valid", "direction": "backward"}),
        Case([(1, 2, 3, 1)], {"filters": 1, "direction": "both"}),
        Case([(1, 1, 1, 1)], {"filters": 1, "direction": "both", "merge": "mean"}),
        Case([(0, 2, 3, 1)], {"filters": 1}),
    )


class ConvLSTM2D(_ConvLSTM):
    """Read a sequence of images with a long short-term memory at every place, which sees its neighbours.

    Source: Shi et al., Convolutional LSTM Network: A Machine Learning Approach for Precipitation Nowcasting,
    2015.
    """

    rank = 2
    advice = "For films and weather maps: a second one on top foretells the next image."
    cases = (
        Case([(1, 2, 3, 3, 1)], {"filters": 1}),
        Case(
            [(1, 2, 3, 4, 1)],
            {"filters": 2, "kernel_size": [2, 1], "use_bias": False, "recurrent_activation": "hard_sigmoid"},
            gradient=False,
        ),
    )


class ConvLSTM3D(_ConvLSTM):
    """Read a sequence of volumes with a long short-term memory at every place, which sees its neighbours.

    Source: Shi et al., Convolutional LSTM Network: A Machine Learning Approach for Precipitation Nowcasting,
    2015.
    """

    rank = 3
    advice = "Memory grows with the third power of the size: begin with few filters."
    cases = (Case([(1, 2, 2, 2, 2, 1)], {"filters": 1, "kernel_size": [2]}),)
