"""Kernels that stretch nothing by more than one: divided by their largest singular value."""

from __future__ import annotations

from engine.case import Case
from engine.errors import SpecError
from engine.families import number_like
from engine.op import Block, attribute
from engine.ops.arithmetic import Maximum
from engine.ops.elementwise import Rsqrt, Square
from engine.ops.linear import MatMul
from engine.ops.reduction import ReduceSum
from engine.ops.shaping import Reshape
from engine.ops.state import Assign, StopGradient
from engine.value import BlockBuilder, Value


class SpectralNormalization(Block):
    """Divide a kernel by how much it stretches at most, so that a layer with it stretches nothing.

    The direction that is stretched most is kept, and followed while training by one or more steps of power
    iteration: multiply by the kernel, and by its transpose. While predicting it rests.

    Source: Miyato et al., Spectral normalization for generative adversarial networks, 2018.
    """

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
        matrix, outputs = self._matrix(kernel)
        fixed, dtype = StopGradient()(matrix), kernel.spec.dtype
        direction = b.variable(
            "direction", (outputs, 1), dtype=dtype, initializer="normal", spread=1.0, trainable=False
        )
        across, along = self._step(fixed, direction)
        if b.training:
            for _ in range(self.iterations - 1):
                across, along = self._step(fixed, along)
            direction = Assign()(direction, along, name="new_direction")
            across = self._unit(fixed @ direction)
        else:
            direction = self._unit(direction)
        stretch = ReduceSum()(across * (matrix @ direction), name="stretch")
        return kernel / Maximum()(stretch, number_like(stretch, self.epsilon))

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
        across = self._unit(matrix @ along)
        return across, self._unit(MatMul(transpose_a=True)(matrix, across))

    def _unit(self, vector: Value) -> Value:
        square = ReduceSum()(Square()(vector))
        return vector * Rsqrt()(Maximum()(square, number_like(square, self.epsilon**2)))
