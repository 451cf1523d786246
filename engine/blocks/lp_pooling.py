"""Pooling by norms: between the sum of sizes and the largest size, in each window or over all places."""

from __future__ import annotations

from engine.errors import SpecError
from engine.families import number_like, require_rank
from engine.op import Block, Case, attribute
from engine.ops.comparison import IsFinite, LogicalAnd
from engine.ops.conversion import OnesLike
from engine.ops.elementwise import Abs
from engine.ops.pooling import PoolingWindow, SumPool
from engine.ops.reduction import ReduceMax, ReduceSum
from engine.ops.selection import Where
from engine.ops.shaping import Squeeze
from engine.ops.state import StopGradient
from engine.value import BlockBuilder, Value


class LpPool(Block, PoolingWindow):
    """The Lp norm of each window, channel by channel: from the sum of sizes, p = 1, to the largest size."""

    formula = "y[p, c] = (sum over k of |x[p · stride + k, c]|^power)^(1 / power)"
    advice = "A power of 2 is the root of the sum of squares. Margins of padding count as zeros."
    power: float = attribute(default=2.0, low=1.0, high=1000.0, help="The p of the norm.")
    cases = (
        Case([(2, 4, 6, 3)]),
        Case([(1, 5, 2)], {"power": 3.0, "window": [3], "strides": [2], "padding": "same"}),
        Case([(1, 6, 6, 1)], {"power": 1.0, "dilations": [2], "strides": [2], "ceil_mode": True}),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        settings = {name: value for name, value in self.settings().items() if name != "power"}
        total = SumPool(**settings)
        if self.power == 1.0:
            return total(Abs()(x))
        return _root(total(Abs()(x) ** self.power), self.power)


class GlobalLpPooling(Block):
    """The Lp norm of each channel over all places: from the sum of sizes, p = 1, to the largest size."""

    category = "Layers"
    formula = "y[c] = (sum over p of |x[p, c]|^power)^(1 / power)"
    advice = (
        "A power of 3 lies between GlobalAveragePooling and GlobalMaxPooling; it takes any number of axes."
    )
    power: float = attribute(default=2.0, low=1.0, high=1000.0, help="The p of the norm.")
    keep_dims: bool = attribute(default=False, help="Keep the reduced axes, with size 1.")
    cases = (
        Case([(2, 3, 4, 2)]),
        Case([(2, 5, 3)], {"power": 3.0, "keep_dims": True}),
        Case([(1, 2, 2, 2, 1)], {"power": 1.0}),
        Case([(2, 3, 1)], {"power": 100.0}, low=1e3, high=1e4),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        require_rank(x.spec, 3, "x", "Connect batch x places x channels.")
        if x.spec.rank is None:
            raise SpecError(f"x is {x.spec}; expected a known number of axes.", hint="Insert Reshape.")
        places = tuple(range(1, x.spec.rank - 1))
        sizes = Abs()(x)
        if self.power == 1.0:
            return ReduceSum(axes=places, keep_dims=self.keep_dims)(sizes)
        # Divided by the largest, no power leaves the dtype; whatever the divisor, the norm is the same.
        largest = StopGradient()(ReduceMax(axes=places, keep_dims=True)(sizes), name="largest")
        usable = LogicalAnd()(largest > 0, IsFinite()(largest))
        unit = Where()(usable, largest, OnesLike()(largest))
        total = ReduceSum(axes=places, keep_dims=True)((sizes / unit) ** self.power)
        norm = unit * _root(total, self.power)
        return norm if self.keep_dims else Squeeze(axes=places)(norm)


def _root(total: Value, power: float) -> Value:
    """The root of a sum of powers; at zero its gradient is zero."""
    positive = total > 0
    root = Where()(positive, total, OnesLike()(total)) ** (1.0 / power)
    return Where()(positive, root, number_like(total, 0.0))
