"""A cache of steps that is written at a place of its own in each example, and the way back."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import require_dtype, require_rank
from engine.op import Call, Gradients, Op, Port, attribute
from engine.ops.conversion import ZerosLike
from engine.spec import INTEGERS, Spec, common_dtype, normalize_axis, same_dim, same_shape, shape_text
from engine.value import Value

_AT = Sample((2,), "int64", values=[1, 0])
_ROUND = Sample((2,), "int64", values=[3, 6])
_HINT = "Connect one whole number for each example: where its new steps are written."


class _AtPlaces(Op, abstract=True):
    """What both ways share: the axis of the steps, and what happens at its end."""

    category = "State"
    axis: int = attribute(default=-2, help="The axis of the steps, which is not the batch; -1 is the last.")
    circular: bool = attribute(
        default=False, help="Whether writing goes on at the beginning when it has reached the end."
    )

    def check(self, cache: Spec, update: Spec, indices: Spec | None) -> None:
        """Raise SpecError where the steps do not fit into the cache."""
        require_rank(cache, 2, "cache", "The first axis is the batch, another one holds the steps.")
        if indices is not None:
            require_dtype(indices, INTEGERS, "indices")
        if cache.shape is None or update.shape is None:
            return
        axis = normalize_axis(self.axis, len(cache.shape))
        if axis == 0:
            raise SpecError("axis 0 is the batch.", hint="Set axis to the one of the steps.")
        pairs = list(zip(cache.shape, update.shape, strict=False))
        fits = len(cache.shape) == len(update.shape)
        if not fits or not all(same_dim(*pair) for place, pair in enumerate(pairs) if place != axis):
            raise SpecError(
                f"the cache is {shape_text(cache.shape)}, and the new steps are {shape_text(update.shape)}.",
                hint=f"All sizes but that of axis {axis} must be equal.",
            )
        room, steps = pairs[axis]
        if isinstance(room, int) and isinstance(steps, int) and steps > room:
            raise SpecError(
                f"{steps} new steps do not fit into a cache of {room}.", hint="Make the cache longer."
            )
        if indices is not None and not same_shape(indices.shape, cache.shape[:1]):
            raise SpecError(f"indices is {indices}; expected {shape_text(cache.shape[:1])}.", hint=_HINT)


class TensorScatter(_AtPlaces):
    """Write new steps into a cache, in each example at a place of its own.

    Without indices they are written at the beginning. An attention that predicts word after word keeps the
    keys and values of all words so far in such a cache.
    """

    inputs = ("cache", "update", Port("indices", optional=True, help="Where each example is written."))
    promotes = ("cache", "update")
    aliases = ("KVCache",)
    formula = "y = cache;  y[b, indices[b] + s] = update[b, s]"
    advice = "The cache has room for the longest sequence from the beginning, and never grows."
    cases = (
        Case([(2, 4, 3), (2, 2, 3), _AT]),
        Case([(2, 4, 3), (2, 2, 3), None]),
        Case([(2, 4), (2, 2), _ROUND], {"axis": 1, "circular": True}),
        Case([(2, 2, 4, 3), (2, 2, 1, 3), _AT]),
        Case([(2, 3), (2, 0), _AT], {"axis": 1}),
        Case([(0, 3), (0, 1), Sample((0,), "int64")], {"axis": 1}),
        Case(
            [Sample((2, 3), "int64", -9, 9), Sample((2, 1), "int64", -9, 9), _AT],
            {"axis": 1},
            gradient=False,
        ),
    )

    def infer(self, cache: Spec, update: Spec, indices: Spec | None = None) -> Spec:
        self.check(cache, update, indices)
        return cache.with_dtype(common_dtype(cache, update))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        _, update, *rest = call.inputs
        assert update is not None
        kept = TensorScatter(axis=self.axis, circular=self.circular)(dy, ZerosLike()(update), *rest)
        written = TensorScatterPart(axis=self.axis, circular=self.circular)(dy, update, *rest)
        return kept, written, *(None for _ in rest)


class TensorScatterPart(_AtPlaces):
    """What stands in a cache where new steps were written: the way back from TensorScatter."""

    internal = True
    inputs = ("x", Port("like", shape_only=True), Port("indices", optional=True))
    cases = (
        Case([(2, 4, 3), (2, 2, 3), _AT]),
        Case([(2, 4, 3), (2, 2, 3), None]),
        Case([(2, 4), (2, 2), _ROUND], {"axis": 1, "circular": True}),
    )

    def infer(self, x: Spec, like: Spec, indices: Spec | None = None) -> Spec:
        self.check(x, like, indices)
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, _, *rest = call.inputs
        assert x is not None
        back = TensorScatter(axis=self.axis, circular=self.circular)(ZerosLike()(x), dy, *rest)
        return back, None, *(None for _ in rest)
