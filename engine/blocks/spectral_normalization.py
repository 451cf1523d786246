"""Kernels that stretch nothing by more than one: divided by their largest singular value."""

from __future__ import annotations

from engine.blocks.parts import narrowed, unit_vector, widened
from engine.case import Case
from engine.errors import SpecError
from engine.families import number_like
from engine.op import Block, attribute
from engine.ops.arithmetic import Maximum
from engine.ops.elementwise import Abs
from engine.ops.linear import MatMul
from engine.ops.reduction import ReduceMax, ReduceSum
from engine.ops.selection import Where
from engine.ops.shaping import Reshape
from engine.ops.state import Assign, StopGradient
from engine.value import BlockBuilder, Value


class SpectralNormalization(Block):
    """Divide a kernel by how much it stretches at most, so that a layer with it stretches nothing.

    The direction that is stretched most is kept, and followed while training by one or more steps of power
    iteration: multiply by the kernel, and by its transpose. While predicting it rests.

    Source: Miyato et al., Spectral normalization for generative adversarial networks, 2018.
    """

    full_precision = True
    category = "Layers"
    inputs = ("kernel",)
    formula = "y = kernel / largest singular value of the kernel as a matrix of inputs x outputs"
    advice = "Between a Variable and a MatMul or a Convolution. It keeps discriminators and critics gentle."
    iterations: int = attribute(
        default=1, low=1, high=1000, help="How many steps of power iteration each training step takes."
    )
    epsilon: float = attribute(
        default=1e-12, low=0.0, high=1.0, help="The least that is divided by, where a kernel is zero."
    )
    cases = (
        Case([(3, 4)]),
        Case([(2, 3, 3)], {"iterations": 2}),
        Case([(1, 1)], low=0.5),
        Case([(4, 1)]),
    )

    def expand(self, b: BlockBuilder, kernel: Value) -> Value:
        wide = widened(kernel)
        matrix, outputs = self._matrix(wide)
        fixed, dtype = StopGradient()(matrix), wide.spec.dtype
        direction = b.variable(
            "direction", (outputs, 1), dtype=dtype, initializer="normal", spread=1.0, trainable=False
        )
        across, along = self._step(fixed, direction)
        if b.training:
            for _ in range(self.iterations - 1):
                across, along = self._step(fixed, along)
            # A kernel of zeros sends every direction to zero, from which no later one would lead back.
            kept = Where()(ReduceMax()(Abs()(along)) > 0, along, direction)
            direction = Assign()(direction, kept, name="new_direction")
            across = unit_vector(fixed @ direction, 0)
        else:
            direction = unit_vector(direction, 0)
        stretch = ReduceSum()(across * (matrix @ direction), name="stretch")
        return narrowed(wide / Maximum()(stretch, number_like(stretch, self.epsilon)), kernel)

    def _matrix(self, kernel: Value) -> tuple[Value, int]:
        """The kernel as inputs x outputs, and how many outputs; raises SpecError where that is not known."""
        shape = kernel.spec.shape or ()
        outputs = shape[-1] if len(shape) > 1 else None
        if not kernel.spec.is_float or not isinstance(outputs, int):
            raise SpecError(
                f"kernel is {kernel.spec}; expected floats, in the last of two or more axes a known number.",
                hint="Connect a Variable: the last axis is that of the outputs.",
            )
        return Reshape(shape=(-1, outputs))(kernel, name="matrix"), outputs

    def _step(self, matrix: Value, along: Value) -> tuple[Value, Value]:
        """Where a direction is sent, and the direction that is sent there most: both of length one."""
        across = unit_vector(matrix @ along, 0)
        return across, unit_vector(MatMul(transpose_a=True)(matrix, across), 0)
