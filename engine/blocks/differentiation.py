"""Derivatives in other forms: with a given upstream gradient, along a direction, and of whole vectors."""

from __future__ import annotations

import math

from engine.errors import SpecError
from engine.op import Block, Case, Port
from engine.ops.conversion import OnesLike
from engine.ops.matrix_parts import Eye
from engine.ops.shaping import Reshape
from engine.spec import FLOATS, Spec, same_shape, shape_text
from engine.value import BlockBuilder, Value

LARGEST = 65_536
"""Elements of the tensor whose Jacobian is taken, at most: each of them costs a walk backwards."""


class _Derivative(Block, abstract=True):
    """What they share: they look at all that lies between two tensors, and open into the gradient graph."""

    category = "Training"


class VectorJacobianProduct(_Derivative):
    """The gradient of each x, where the gradient of y is given: one step of the chain rule.

    Gradients does the same with ones in the place of `upstream`.
    """

    inputs = ("y", Port("upstream", help="The gradient of y; it has the shape of y."), Port("xs", many=True))
    outputs = (Port("grads", many=True),)
    formula = "grads[i] = upstream · dy / dxs[i]"
    advice = "To learn from an error that was computed elsewhere, wire it to upstream."
    aliases = ("vjp", "pullback")
    cases = (Case([(2, 3), (2, 3), (4,)]), Case([(), (), ()]))

    def expand(self, b: BlockBuilder, y: Value, upstream: Value, *xs: Value) -> tuple[Value, ...]:
        _require_float("y", y.spec)
        _require_like("upstream", upstream.spec, "y", y.spec)
        return b.gradients(y, xs, upstream)


class JacobianVectorProduct(_Derivative):
    """How y changes when x is moved along a direction: the derivative forwards.

    It is the transposition of a derivative that is linear in the gradient it is given, taken twice.
    Source: Townsend, A new trick for calculating Jacobian vector products, 2017.
    """

    inputs = ("y", "x", Port("direction", help="Where x moves to; it has the shape of x."))
    outputs = ("dy",)
    formula = "dy = dy/dx · direction"
    advice = "Cheaper than a Jacobian where one direction is enough."
    aliases = ("jvp", "forward mode", "directional derivative")
    cases = (Case([(2, 3), (4,), (4,)]), Case([(), (), ()]))

    def expand(self, b: BlockBuilder, y: Value, x: Value, direction: Value) -> Value:
        _require_float("y", y.spec)
        _require_like("direction", direction.spec, "x", x.spec)
        anything = OnesLike()(y, name="upstream")
        (back,) = b.gradients(y, [x], anything)
        return b.gradients(back, [anything], direction)[0]


class HessianVectorProduct(_Derivative):
    """How the gradient of y changes when x is moved along a direction. The Hessian itself is never made.

    Source: Pearlmutter, Fast exact multiplication by the Hessian, 1994.
    """

    inputs = ("y", "x", Port("direction", help="Where x moves to; it has the shape of x."))
    outputs = ("product",)
    formula = "product = d²y/dx² · direction"
    advice = "Along an eigenvector of the curvature it shows how steep the valley is."
    aliases = ("hvp",)
    cases = (Case([(2, 3), (4,), (4,)]), Case([(), (), ()]))

    def expand(self, b: BlockBuilder, y: Value, x: Value, direction: Value) -> Value:
        _require_float("y", y.spec)
        _require_like("direction", direction.spec, "x", x.spec)
        (gradient,) = b.gradients(y, [x])
        return b.gradients(gradient, [x], direction)[0]


class Jacobian(_Derivative):
    """All derivatives: how each element of y changes with each element of x.

    The gradient graph is drawn once, and run for each element of y.
    """

    inputs = ("y", "x")
    outputs = ("jacobian",)
    formula = "jacobian[i, j] = dy[i] / dx[j]"
    advice = "Of a gradient it is the Hessian."
    aliases = ("hessian", "jacrev")
    cases = (Case([(), ()]),)

    def expand(self, b: BlockBuilder, y: Value, x: Value) -> Value:
        _require_float("y", y.spec)
        rows, shape = _sizes("y", y.spec), _sizes("x", x.spec)
        count = math.prod(rows)
        if count > LARGEST:
            raise SpecError(
                f"y has {count:,} elements; a Jacobian has one row for each, and {LARGEST:,} at most.",
                hint="Take a JacobianVectorProduct or a VectorJacobianProduct.",
            )
        anything = OnesLike()(y, name="upstream")
        (back,) = b.gradients(y, [x], anything)
        units = Reshape(shape=(count, *rows))(
            b.emit(Eye(rows=count, columns=count, dtype=y.spec.dtype), (), "units")[0]
        )
        return Reshape(shape=(*rows, *shape))(b.for_each(back, anything, units))


def _require_float(port: str, spec: Spec) -> None:
    if spec.dtype not in FLOATS:
        raise SpecError(f"{port} is {spec}; expected a float dtype.", hint="Connect a loss.")


def _require_like(port: str, spec: Spec, other: str, like: Spec) -> None:
    if spec.dtype != like.dtype or not same_shape(spec.shape, like.shape):
        raise SpecError(
            f"{port} is {spec}, and {other} is {like.as_value()}.",
            hint=f"Give {port} the shape and dtype of {other}.",
        )


def _sizes(port: str, spec: Spec) -> tuple[int, ...]:
    if not spec.is_static:
        raise SpecError(
            f"{port} is {shape_text(spec.shape)}; a Jacobian needs known sizes.",
            hint="Give the placeholder numbers for its sizes.",
        )
    return spec.static_shape
