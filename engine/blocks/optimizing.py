"""What all optimizers share: which variables they change, what becomes of gradients, decay and averages."""

from __future__ import annotations

import fnmatch
import functools
from typing import ClassVar

from engine.blocks import loss_scaling
from engine.errors import GraphError, SpecError
from engine.op import Block, Op, Port, attribute
from engine.ops.arithmetic import Add, Maximum, Minimum, Mod
from engine.ops.comparison import Equal
from engine.ops.conversion import Cast
from engine.ops.elementwise import Sqrt, Square
from engine.ops.reduction import ReduceSum
from engine.ops.selection import Clip, Where
from engine.ops.state import Assign, AssignAdd, Gradients
from engine.spec import Spec, same_shape
from engine.value import BlockBuilder, Value

Found = list[tuple[str, Value, Value]]
"""For each variable a name for its update, the variable, and its gradient."""


class LearningRate(Op, abstract=True):
    """The setting that every optimizer has."""

    learning_rate: float = attribute(
        quick=True,
        default=0.001,
        low=0.0,
        help="How far a step goes. Too large: the loss jumps or grows. Too small: it hardly moves.",
    )


class Update(Block, abstract=True):
    """One step of an optimizer for one variable. It has the settings that it needs of the optimizer's."""

    category = "Training"
    inputs: ClassVar[tuple[str | Port, ...]] = (Port("variable", variable=True), "gradient")
    outputs = ()
    has_effect = True
    internal = True
    differentiable = False


class Optimizer(Block, LearningRate, abstract=True):
    """What all optimizers share: they take a loss, return nothing, and run at every training step."""

    category = "Training"
    inputs = (
        Port("loss", help="The number that training makes smaller."),
        Port(
            "variables",
            many=True,
            optional=True,
            variable=True,
            help="What it changes. Open: all trainable variables that the loss depends on.",
        ),
    )
    outputs = ()
    has_effect = True
    differentiable = False
    update: ClassVar[type[Update]]
    """Its step for one variable, which takes the settings of equal names."""

    nodes: str = attribute(
        default="",
        help="Change only the variables in these nodes: names with commas between, * stands for any letters.",
    )
    weight_decay: float = attribute(
        default=0.0,
        low=0.0,
        high=1.0,
        help="Which part of each variable is taken off, times the learning rate.",
    )
    clip_value: float = attribute(
        default=0.0, low=0.0, help="How large an element of a gradient may be. 0: as large as it is."
    )
    clip_norm: float = attribute(
        default=0.0, low=0.0, help="How long the gradient of one variable may be. 0: as long as it is."
    )
    global_clip_norm: float = attribute(
        default=0.0, low=0.0, help="How long all gradients together may be. 0: as long as they are."
    )
    average: float = attribute(
        default=0.0,
        low=0.0,
        high=0.99999,
        help="How slowly a running average of each variable forgets, such as 0.99. 0: there is none.",
    )
    overwrite_every: int = attribute(
        default=0, low=0, help="After how many steps variables are set to their averages. 0: never."
    )

    loss_scale: float = attribute(
        default=0.0,
        low=0.0,
        help="By how much the loss is multiplied at first, before gradients are taken. It is doubled while "
        "they stay finite; a step where they do not is left out, and halves it. 32768 for float16. 0: no.",
    )
    scale_grows_after: int = attribute(
        default=2000, low=1, unit="steps", help="After how many good steps in a row loss_scale is doubled."
    )

    counts: ClassVar[bool] = False
    """Whether its steps depend on how many there were before."""

    def infer(self, loss: Spec, *variables: Spec) -> tuple[Spec, ...]:
        # Which variables there are is known only when the whole graph is built.
        if not loss.is_float or not same_shape(loss.shape, ()):
            raise SpecError(
                f"the loss is {loss}; expected one float number.",
                hint="Connect the output of a loss, or insert ReduceMean before it.",
            )
        return ()

    def expand(self, b: BlockBuilder, loss: Value, *variables: Value) -> tuple[Value, ...]:
        if not self.loss_scale:
            self._step(b, self.gradients(b, loss, variables))
            return ()
        before = b.changed()
        scale = loss_scaling.scale_variable(b, self.loss_scale)
        scaled = self.gradients(b, loss * scale, variables)
        found = [(name, variable, gradient / scale) for name, variable, gradient in scaled]
        finite = loss_scaling.all_finite([gradient for _, _, gradient in found])
        self._step(b, found)
        changed = [variable for variable in b.changed() if all(variable is not other for other in before)]
        loss_scaling.keep_where_not(b, finite, changed)
        loss_scaling.adapt(b, scale, finite, self.scale_grows_after)
        return ()

    def _step(self, b: BlockBuilder, found: Found) -> None:
        """Draw how the gradients change the variables."""
        found = self.clipped(found)
        step = None
        if self.counts or self.average:
            # In float64, because 1 - 0.999 ** step loses half of the digits of a float32 in the first steps.
            counter = b.variable("step", (), dtype="float64", trainable=False)
            step = AssignAdd()(counter, 1.0, name="next_step")
        shared = self.factors(b, step) if step is not None and self.counts else {}
        factors = {
            dtype: [Cast(dtype=dtype)(value, name=name) for name, value in shared.items()]
            for dtype in dict.fromkeys(variable.spec.dtype for _, variable, _ in found)
        }
        update = self.update(**{d.name: getattr(self, d.name) for d in self.update.attributes()})
        for name, variable, gradient in found:
            with b.beside(variable):
                if self.weight_decay:
                    kept = b.current(variable) * (1.0 - self.weight_decay * self.learning_rate)
                    Assign()(variable, kept, name=f"{name}_decay")
                update.apply(variable, gradient, *factors[variable.spec.dtype], name=name)
                if step is not None and self.average:
                    self._keep_average(b, name, variable, step)

    def factors(self, b: BlockBuilder, step: Value) -> dict[str, Value]:
        """Draw what the step for each variable takes beside its gradient, by name; in float64."""
        return {}

    def gradients(self, b: BlockBuilder, loss: Value, variables: tuple[Value, ...] = ()) -> Found:
        """Draw the gradients of the loss by the variables that are wired, named, or found."""
        chosen = list(variables or b.trainable_variables(loss))
        if not chosen:
            raise GraphError(
                "the loss depends on no trainable variable, so there is nothing to train.",
                hint="Put a layer with variables, such as Dense, between the data and the loss, "
                "or switch on its setting trainable.",
            )
        patterns = [pattern.strip() for pattern in self.nodes.split(",") if pattern.strip()]
        if patterns:
            paths = [b.variable_path(variable) for variable in chosen]
            chosen = [v for v, path in zip(chosen, paths, strict=True) if _lies_in(path, patterns)]
            if not chosen:
                raise GraphError(
                    f"no trainable variable of the loss lies in a node called {' or '.join(patterns)}.",
                    hint=f"There are {', '.join(paths)}.",
                )
        grads = Gradients().apply(loss, *chosen, name="gradients")
        names = [b.variable_path(variable).replace("/", "_") for variable in chosen]
        return list(zip(names, chosen, grads, strict=True))

    def clipped(self, found: Found) -> Found:
        """Draw how the gradients are kept within the limits that are set."""
        if sum(limit > 0 for limit in (self.clip_value, self.clip_norm, self.global_clip_norm)) > 1:
            raise GraphError(
                "more than one of clip_value, clip_norm and global_clip_norm is set.",
                hint="Set one of them, and the others to zero.",
            )
        if self.clip_value:
            clip = Clip(low=-self.clip_value, high=self.clip_value)
            return [(name, variable, clip(gradient)) for name, variable, gradient in found]
        if self.clip_norm:
            return [
                (name, variable, gradient * _shortening(Square()(gradient), self.clip_norm))
                for name, variable, gradient in found
            ]
        if self.global_clip_norm:
            dtype = found[0][1].spec.dtype
            squares = [Cast(dtype=dtype)(ReduceSum()(Square()(gradient))) for _, _, gradient in found]
            factor = _shortening(functools.reduce(Add(), squares), self.global_clip_norm)
            return [
                (name, variable, gradient * Cast(dtype=gradient.spec.dtype)(factor))
                for name, variable, gradient in found
            ]
        return found

    def _keep_average(self, b: BlockBuilder, name: str, variable: Value, step: Value) -> None:
        """Draw the running average of a variable; in the first step it is the variable itself."""
        spec = variable.spec
        held = b.variable(f"{name}_average", spec.static_shape, dtype=spec.dtype, trainable=False)
        keep = Cast(dtype=spec.dtype)(Minimum()(step - 1.0, self.average), name="keep")
        present = b.current(variable)
        new = Assign()(held, held * keep + present * (1.0 - keep), name=f"{name}_new_average")
        if self.overwrite_every:
            due = Equal()(Mod()(step, float(self.overwrite_every)), b.constant(0.0, "float64"))
            Assign()(variable, Where()(due, new, present), name=f"{name}_overwrite")


def slot(b: BlockBuilder, name: str, variable: Value, start: float = 0.0) -> Value:
    """A variable of the optimizer's own, as large as the one that it updates."""
    spec = variable.spec
    return b.variable(
        name, spec.static_shape, dtype=spec.dtype, initializer="constant", mean=start, trainable=False
    )


def _lies_in(path: str, patterns: list[str]) -> bool:
    """Whether a variable's path, or the path of a node around it, has one of the names."""
    parts = path.split("/")
    around = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return any(fnmatch.fnmatchcase(place, pattern) for place in around for pattern in patterns)


def _shortening(squares: Value, length: float) -> Value:
    """The factor that makes a vector, of whose elements the squares are given, no longer than a length."""
    norm = Sqrt()(ReduceSum()(squares))
    return length / Maximum()(norm, length)
