"""A fully connected layer along any axes: its product is written in letters."""

from __future__ import annotations

from engine import registry
from engine.blocks.layers import ACTIVATIONS
from engine.case import Case
from engine.errors import SpecError
from engine.families import require_dtype
from engine.op import Block, attribute
from engine.ops.einsum import Einsum
from engine.ops.state import INITIALIZERS
from engine.spec import FLOATS, Spec
from engine.value import BlockBuilder, Value

_HINT = (
    "Write it as abc,cd->abd: the letters of x, a comma, those of the kernel, an arrow, those of the result."
)


class EinsumDense(Block):
    """Sums of x, weighted by a kernel, along the axes that an equation of letters names.

    Letters of the kernel that x has take the sizes of x. The others are new, and take `sizes` in order.
    """

    category = "Layers"
    formula = "abc,cd->abd: y[a, b, d] = activation(sum over c of x[a, b, c] · kernel[c, d] + bias[d])"
    advice = "Dense is the same for the last axis alone. Attention projects to heads by abc,cde->abde."
    equation: str = attribute(
        default="abc,cd->abd", help="The letters of x, of the kernel behind the comma, and of the result."
    )
    sizes: tuple[int, ...] = attribute(
        default=(64,), low=1, high=65_536, help="How many there are of each letter that x lacks, in order."
    )
    bias_axes: str = attribute(
        default="", help="The letters of the result for which there is a bias. Empty adds none."
    )
    activation: str = attribute(
        default="linear",
        choices=tuple(ACTIVATIONS),
        help="What is applied to the result. Linear applies nothing.",
    )
    kernel_initializer: str = attribute(
        default="glorot_uniform", choices=INITIALIZERS, help="How the first values of the kernel are drawn."
    )
    bias_initializer: str = attribute(
        default="zeros", choices=INITIALIZERS, help="How the first values of the bias are drawn."
    )
    trainable: bool = attribute(default=True, help="Whether optimizers change kernel and bias.")
    cases = (
        Case([(2, 3, 4)], {"sizes": [5]}),
        Case([(2, 3, 4)], {"equation": "abc,cde->abde", "sizes": [2, 3], "bias_axes": "de"}),
        Case([(2, 3, 4, 2)], {"equation": "abde,dec->abc", "sizes": [3], "bias_axes": "c"}),
        Case([(2, 3, 4)], {"equation": "abc,bd->adc", "sizes": [5], "bias_axes": "d", "activation": "tanh"}),
        Case([(2, 3)], {"equation": "ab,b->ab", "sizes": [], "bias_axes": "b"}),
        Case([(0, 1, 4)], {"sizes": [1]}),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        require_dtype(x.spec, FLOATS, "x")
        sizes, kernel = self._sizes(x.spec)
        y = Einsum(equation=self.equation)(
            x, self._variable(b, "kernel", [sizes[letter] for letter in kernel], x, self.kernel_initializer)
        )
        result = self.equation.replace(" ", "").rpartition("->")[2]
        missing = [letter for letter in self.bias_axes if letter not in result or letter not in sizes]
        if missing:
            raise SpecError(
                f"bias_axes is {self.bias_axes!r}: the size of {missing[0]} in the result is not known.",
                hint="Name letters of the result whose sizes are numbers.",
            )
        if self.bias_axes:
            first = min(result.index(letter) for letter in self.bias_axes)
            shape = [sizes[letter] if letter in self.bias_axes else 1 for letter in result[first:]]
            y = y + self._variable(b, "bias", shape, x, self.bias_initializer)
        op = ACTIVATIONS[self.activation]
        return registry.get(op)()(y) if op else y

    def _variable(self, b: BlockBuilder, name: str, shape: list[int], x: Value, initializer: str) -> Value:
        return b.variable(
            name, tuple(shape), dtype=x.spec.dtype, initializer=initializer, trainable=self.trainable
        )

    def _sizes(self, x: Spec) -> tuple[dict[str, int], str]:
        """The sizes of all letters that are known, and the letters of the kernel."""
        before, _, _ = self.equation.replace(" ", "").partition("->")
        own, comma, kernel = before.partition(",")
        if not comma or "," in kernel:
            raise SpecError(f"equation is {self.equation!r}; expected one comma.", hint=_HINT)
        if x.shape is None or len(x.shape) != len(own):
            raise SpecError(
                f"x is {x}; expected {len(own)} axes, one for each letter of {own!r}.",
                hint="Change the equation.",
            )
        known = {a: size for a, size in zip(own, x.shape, strict=True) if isinstance(size, int)}
        new = [letter for letter in kernel if letter not in own]
        if len(new) != len(self.sizes):
            raise SpecError(
                f"sizes has {len(self.sizes)} numbers, and the kernel {len(new)} letters that x lacks.",
                hint="Give sizes one number for each of them.",
            )
        known |= dict(zip(new, self.sizes, strict=True))
        unknown = [letter for letter in kernel if letter not in known]
        if unknown:
            raise SpecError(
                f"x is {x}: the size of {unknown[0]}, along which the kernel lies, is not known.",
                hint="Connect a tensor whose size there is a number.",
            )
        return known, kernel
