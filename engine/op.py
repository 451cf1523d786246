"""An op: one declaration of help, ports, attributes, shape rule, gradient and cases."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import re
from abc import ABC
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self, dataclass_transform

import numpy as np

from engine import registry
from engine.attribute import Attribute, attribute, attributes_of, to_json
from engine.case import Case
from engine.errors import AttributeProblem, GraphError
from engine.settings import check_setting
from engine.spec import Spec, meeting_dtype, number_dtype
from engine.value import BlockBuilder, Call, Number, Value, common_builder

__all__ = ["Block", "Call", "Case", "Gradients", "Op", "Port", "attribute", "repeated", "setting"]

Gradients = tuple[Value | None, ...]
"""One gradient for each input of a call; None where none flows."""


@dataclass(frozen=True)
class Port:
    """One named place at an op where a tensor enters or leaves.

    `many` takes any number of wires, saved as `name:0`, `name:1`...; `variable` takes only a variable;
    `hidden` is filled by the program and never drawn. Of what enters at a `shape_only` port the kernel reads
    the shape and the dtype and never an element, so that its memory may hold something else by then.
    What enters at a `setting` port takes the place of the attribute of that name; no kernel sees it.
    What enters at a `host` port is read on the host, on whichever device the kernel runs.
    """

    name: str
    help: str = ""
    optional: bool = False
    many: bool = False
    variable: bool = False
    hidden: bool = False
    shape_only: bool = False
    setting: bool = False
    host: bool = False

    @property
    def read_on_host(self) -> bool:
        """Whether it is the host that reads the elements of what enters."""
        return self.host or self.hidden or self.setting


def setting(name: str) -> Port:
    """An optional port at which a tensor takes the place of the attribute of that name."""
    return Port(name, f"Takes the place of the setting {name}.", optional=True, setting=True)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(attribute,))
class Op(ABC):
    """Base of all ops. A subclass is a frozen dataclass of its attributes and is registered by being defined.

    A primitive has a kernel of the op's name in snake case; a `Block` is made of other ops.
    """

    category: ClassVar[str]
    inputs: ClassVar[tuple[str | Port, ...]] = ("x",)
    outputs: ClassVar[tuple[str | Port, ...]] = ("y",)
    cases: ClassVar[tuple[Case, ...]] = ()
    formula: ClassVar[str] = ""
    advice: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Other names under which a search in the palette finds it: those of NumPy, PyTorch, Keras or ONNX."""

    has_effect: ClassVar[bool] = False
    """Whether every training step runs this op although nobody fetches it: assignments and optimizers."""
    is_view: ClassVar[bool] = False
    """Whether the output is the first input's memory under another shape."""
    internal: ClassVar[bool] = False
    """Whether only gradients and blocks use it, so that the palette does not offer it."""
    own_ports: ClassVar[bool] = False
    """Whether the ports follow from the attributes: `ports_for` and `outputs_for` say which they are."""
    sizes_depend_on_values: ClassVar[bool] = False
    """Whether the shape rule leaves sizes open that only the elements of the inputs decide."""
    promotes: ClassVar[tuple[str, ...]] = ()
    """The ports whose numbers are brought to one dtype that holds them all, by casts that nobody draws."""
    differentiable: ClassVar[bool] = True
    """False where a gradient neither exists nor is wanted (comparisons, integer results)."""

    input_ports: ClassVar[tuple[Port, ...]] = ()
    output_ports: ClassVar[tuple[Port, ...]] = ()

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # Making a dataclass takes time, and there are hundreds of ops: one without attributes of its own is
        # as its base made it.
        own = any("ClassVar" not in str(kind) for kind in inspect.get_annotations(cls).values())
        if own or len(cls.__bases__) > 1 or not dataclasses.is_dataclass(cls):
            dataclass(frozen=True, kw_only=True)(cls)
        cls.input_ports = tuple(Port(p) if isinstance(p, str) else p for p in cls.inputs)
        cls.output_ports = tuple(Port(p) if isinstance(p, str) else p for p in cls.outputs)
        if not abstract:
            registry.register(cls)

    @property
    def joined_paths(self) -> tuple[str, ...]:
        """The paths of the calls that were made one, where this op stands for several."""
        return ()

    # ---- what an op declares -------------------------------------------------------------------------

    def infer(self, *inputs: Any) -> Spec | tuple[Spec, ...]:
        """The specs of the outputs from those of the inputs (Spec, or None for an open optional input).

        Raises SpecError when they do not fit.
        """
        raise NotImplementedError(f"{type(self).__name__} declares no shape rule")

    def gradient(self, call: Call, *dys: Any) -> Gradients:
        """The gradients of the inputs from those of the outputs (Value, or None), as more graph."""
        raise NotImplementedError(f"{type(self).__name__} declares no gradient")

    def constant(self) -> np.ndarray | None:
        """What the only output holds, where the declaration alone says it."""
        return None

    # ---- calling -------------------------------------------------------------------------------------

    def apply(self, *inputs: Value | Number | None, name: str | None = None) -> tuple[Value, ...]:
        """Call the op on values; numbers become constants that widen none of them. Returns all outputs."""
        self._check_count(len(inputs))
        builder = common_builder(inputs, type(self).__name__)
        dtype = self._dtype_for_numbers(inputs)
        values = [
            builder.constant(x, number_dtype(x, dtype)) if isinstance(x, int | float) else x for x in inputs
        ]
        return builder.emit(self, values, name)

    def _dtype_for_numbers(self, inputs: Sequence[Value | Number | None]) -> str:
        """The dtype of the first tensor among those that are brought to one dtype, or else of the first."""
        ports = self.ports_for(len(inputs))
        pairs = [(port, x) for port, x in zip(ports, inputs, strict=True) if isinstance(x, Value)]
        together = [x for port, x in pairs if self._is_promoted(port)]
        return (together or [x for _, x in pairs])[0].spec.dtype

    def __call__(self, *inputs: Value | Number | None, name: str | None = None) -> Value:
        """Call an op that has one output."""
        outputs = self.apply(*inputs, name=name)
        if len(outputs) != 1:
            raise GraphError(f"{type(self).__name__} has {len(outputs)} outputs.", hint="Use apply().")
        return outputs[0]

    def _check_count(self, given: int) -> None:
        """Raise GraphError where there are more inputs than ports, or fewer than must be connected."""
        ports = self.input_ports
        least = sum(not (port.optional or port.hidden or port.many) for port in ports)
        if given < least or (given > len(ports) and not any(port.many for port in ports)):
            names = [port.name for port in ports if not port.hidden]
            raise GraphError(
                f"{type(self).__name__} was given {given} {'tensor' if given == 1 else 'tensors'}.",
                hint=f"It takes {', '.join(names)}." if names else "It takes none: draw it with g.source().",
            )

    def output_specs(self, inputs: Sequence[Spec | None]) -> tuple[Spec, ...]:
        """`infer`, with a variable's spec read as a plain value, after casts, and always a tuple."""
        ports = self.ports_for(len(inputs))
        plain = [s if s is None or p.variable else self.met(s) for s, p in zip(inputs, ports, strict=True)]
        for spec, port in zip(plain, ports, strict=True):
            if port.setting and spec is not None:
                check_setting(self.attribute(port.name), spec)
        brought = zip(plain, self.casts(inputs), strict=True)
        found = self.infer(*(spec.with_dtype(dtype) if spec and dtype else spec for spec, dtype in brought))
        return found if isinstance(found, tuple) else (found,)

    def met(self, spec: Spec) -> Spec:
        """What the shape rule sees of a tensor at a port that takes no variable."""
        return spec.as_value()

    def casts(self, inputs: Sequence[Spec | None]) -> tuple[str | None, ...]:
        """The dtype that each input is cast to before the op sees it; None where it stays what it is.

        True and false are no numbers, and are never made so unasked. A number of which nobody said the dtype
        widens none of the others.
        """
        ports = self.ports_for(len(inputs))
        together = [
            spec is not None and spec.dtype != "bool" and self._is_promoted(port)
            for spec, port in zip(inputs, ports, strict=True)
        ]
        common = meeting_dtype([s for s, chosen in zip(inputs, together, strict=True) if s and chosen])
        return tuple(
            common if chosen and spec and spec.dtype != common else None
            for spec, chosen in zip(inputs, together, strict=True)
        )

    @classmethod
    def _is_promoted(cls, port: Port) -> bool:
        return port.name.partition(":")[0] in cls.promotes

    def ports_for(self, count: int) -> tuple[Port, ...]:
        """The input ports of a call with `count` inputs; the variadic port is repeated as often as needed."""
        ports = repeated(self.input_ports, count - (len(self.input_ports) - 1))
        return ports[:count]

    def outputs_for(self, count: int) -> tuple[Port, ...]:
        """The output ports of a call with `count` inputs; a variadic output goes with the variadic input."""
        return repeated(self.output_ports, count - (len(self.input_ports) - 1))

    # ---- attributes ----------------------------------------------------------------------------------

    @classmethod
    @functools.cache
    def attributes(cls) -> tuple[Attribute, ...]:
        """The declared attributes, in order."""
        return attributes_of(cls)

    @classmethod
    def attribute(cls, name: str) -> Attribute:
        """The declared attribute of that name."""
        return next(declared for declared in cls.attributes() if declared.name == name)

    @classmethod
    def from_attributes(cls, given: Mapping[str, object]) -> Self:
        """Make the op from JSON values; raises AttributeProblem for a wrong or unknown one."""
        known = {declared.name: declared for declared in cls.attributes()}
        for name in given:
            if name not in known:
                raise AttributeProblem(
                    f"{cls.__name__} has no attribute {name!r}.",
                    hint=f"It has {', '.join(known)}." if known else "It has none.",
                )
        return cls(**{name: known[name].parse(value) for name, value in given.items()})

    def to_attributes(self) -> dict[str, object]:
        """The attributes that differ from their defaults, as JSON values."""
        return {
            declared.name: to_json(getattr(self, declared.name))
            for declared in self.attributes()
            if not declared.is_default(getattr(self, declared.name))
        }

    def settings(self) -> dict[str, Any]:
        """All attributes by name, as the kernel takes them."""
        return {declared.name: getattr(self, declared.name) for declared in self.attributes()}

    @classmethod
    def kernel_name(cls) -> str:
        """The op's name in snake case: MatMul is computed by `mat_mul`."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def documentation(cls) -> str:
        """The docstring, as help shows it."""
        return inspect.cleandoc(cls.__doc__ or "")


class Block(Op, abstract=True):
    """An op that is defined by a graph of other ops. Opening it shows that graph."""

    full_precision: ClassVar[bool] = False
    """Whether mixed precision leaves its inside in float32, because its sums must not be rounded."""

    def expand(self, b: BlockBuilder, *inputs: Any) -> Value | tuple[Value, ...]:
        """Draw the graph of the block from its input values, and return its outputs."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it is made of")

    def met(self, spec: Spec) -> Spec:
        # A number without a dtype meets the tensors inside.
        return dataclasses.replace(spec, variable=False)

    def infer(self, *inputs: Any) -> tuple[Spec, ...]:
        from engine.program.build import trace  # a block's specs follow from what it expands to

        return trace(self, inputs)


class DataSource(Op, abstract=True):
    """An op that brings examples into the graph: one output for each column, the first axis is the batch."""

    category = "Data"
    inputs = ()

    def load(self) -> Any:
        """Read the data set (engine.data.dataset.Dataset); its columns are named as the output ports are."""
        raise NotImplementedError(f"{type(self).__name__} does not say where its data come from")


def repeated(ports: tuple[Port, ...], times: int) -> tuple[Port, ...]:
    """Write a variadic port out: `xs:0`, `xs:1`..."""
    written: list[Port] = []
    for port in ports:
        if port.many:
            written += [dataclasses.replace(port, name=f"{port.name}:{i}") for i in range(times)]
        else:
            written.append(port)
    return tuple(written)
