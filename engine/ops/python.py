"""An operation that the user writes in Python, over arrays; and the way back through it."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.coding.examples import FOUND, TEMPLATE, TWO
from engine.coding.signature import Signature, parse
from engine.coding.source import Source, check_parameters, read_arguments, read_source
from engine.errors import GraphError, SpecError
from engine.op import Call, Gradients, Op, Port, attribute
from engine.ops.conversion import ZerosLike
from engine.spec import DTYPES, Spec
from engine.value import Value


class Python(Op):
    """An operation of your own: `forward` computes it from arrays, `backward` its gradient.

    `np` is NumPy, on a GPU CuPy. `backward` is given the inputs, the outputs and the gradients of the
    outputs, and returns one gradient for each input; without it no gradient flows through. The same inputs
    must give the same outputs. Code from a file does not run before you have read and trusted that very text.
    """

    category = "Math"
    inputs = ()
    outputs = ()
    own_ports = True
    sizes_depend_on_values = True
    formula = "outputs = forward(inputs, arguments)"
    aliases = ("Lambda", "custom op")
    advice = "Open the node to write the code. Where operations of Flowscope can do it, they are faster."
    code: str = attribute(default=TEMPLATE, help="What the node computes, in Python.", hidden=True)
    signature: str = attribute(
        default="x[...] -> y[...]",
        help="Inputs and outputs with their sizes, such as x[..., n], w[n, m] -> y[..., m].",
    )
    dtypes: tuple[str, ...] = attribute(
        default=(),
        choices=DTYPES,
        help="The dtypes of the outputs. Where none is named it is that of the first input.",
    )
    arguments: str = attribute(
        default="", help="Values for what stands behind the star of forward, such as slope=0.1, width=3."
    )
    cases = (
        Case([(3, 4)]),
        Case([(0, 2)]),
        Case([()]),
        Case([(5,)], {"arguments": "slope=0.5"}),
        Case([(2, 3), (3, 4)], {"code": TWO, "signature": "x[m, n], w[n, k] -> y[m, k], total[]"}),
        Case(
            [Sample((4,), values=[1.0, -1.0, 2.0, 0.0])],
            {"code": FOUND, "signature": "x[n] -> y[?]", "dtypes": ["float64"]},
            gradient=False,
        ),
    )

    @property
    def parsed(self) -> Signature:
        """The signature; raises SpecError where it cannot be read."""
        return parse(self.signature)

    def ports_for(self, count: int) -> tuple[Port, ...]:
        return tuple(Port(tensor.name) for tensor in self.parsed.inputs)

    def outputs_for(self, count: int) -> tuple[Port, ...]:
        return tuple(Port(tensor.name) for tensor in self.parsed.outputs)

    def _check_count(self, given: int) -> None:
        names = [tensor.name for tensor in self.parsed.inputs]
        if given != len(names):
            raise GraphError(
                f"Python was given {given} tensors.", hint=f"Its signature takes {', '.join(names)}."
            )

    def infer(self, *inputs: Spec) -> tuple[Spec, ...]:
        signature = self.parsed
        self.source()
        shapes = signature.infer(inputs)
        dtypes = [*self.dtypes, *[inputs[0].dtype] * len(shapes)]
        return tuple(Spec(dtype, shape) for dtype, shape in zip(dtypes, shapes, strict=False))

    def source(self) -> Source:
        """What can be read off the code; raises SpecError where it does not fit signature and arguments."""
        found, signature = read_source(self.code), self.parsed
        inputs = [tensor.name for tensor in signature.inputs]
        check_parameters("forward", found.forward, inputs)
        if found.backward is not None:
            outputs = [tensor.name for tensor in signature.outputs]
            check_parameters(
                "backward", found.backward, [*inputs, *outputs, *(f"d{name}" for name in outputs)]
            )
        read_arguments(self.arguments, found)
        return found

    def gradient(self, call: Call, *dys: Value | None) -> Gradients:
        if self.source().backward is None:
            raise SpecError(
                "its code has no backward, so that no gradient flows through it.",
                hint="Write one, or put a StopGradient in front of the node.",
            )
        inputs = [value for value in call.inputs if value is not None]
        wanted = tuple(i for i, value in enumerate(inputs) if value.spec.is_differentiable)
        filled = [ZerosLike()(y) if dy is None else dy for y, dy in zip(call.outputs, dys, strict=True)]
        op = PythonGradient(code=self.code, wanted=wanted, inputs_count=len(inputs), arguments=self.arguments)
        found = iter(op.apply(*inputs, *call.outputs, *filled))
        return tuple(next(found) if i in wanted else None for i in range(len(inputs)))


class PythonGradient(Op):
    """The gradients of the inputs of a Python node, as its function backward gives them."""

    category = "Math"
    internal = True
    inputs = ()
    outputs = ()
    own_ports = True
    code: str = attribute(default=TEMPLATE, help="The code of the node.")
    wanted: tuple[int, ...] = attribute(default=(0,), low=0, help="Which inputs have gradients.")
    inputs_count: int = attribute(default=1, low=1, help="How many inputs the node has.")
    arguments: str = attribute(default="", help="The arguments of the node.")
    cases = (Case([(2, 3), (2, 3), (2, 3)], gradient=False),)

    def ports_for(self, count: int) -> tuple[Port, ...]:
        return tuple(Port(f"value:{i}") for i in range(count))

    def outputs_for(self, count: int) -> tuple[Port, ...]:
        return tuple(Port(f"grad:{i}") for i in range(len(self.wanted)))

    def _check_count(self, given: int) -> None:
        """The node that it belongs to has been checked."""

    def infer(self, *values: Spec) -> tuple[Spec, ...]:
        return tuple(values[i] for i in self.wanted)

    def gradient(self, call: Call, *dys: Value | None) -> Gradients:
        raise SpecError(
            "the code says how to differentiate once, and not twice.",
            hint="Build it from operations, or take no second derivative of it.",
        )
