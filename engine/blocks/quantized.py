"""Products and convolutions of quantized numbers."""

from __future__ import annotations

from engine.blocks.quantization import require_small, saturate
from engine.case import Sample
from engine.errors import SpecError
from engine.families import require_dtype
from engine.op import Block, Case, Port
from engine.ops.axes import SplitAxis
from engine.ops.conversion import Cast
from engine.ops.convolution import Convolution, Convolving
from engine.ops.elementwise import Round
from engine.ops.linear import MatMul
from engine.spec import FLOATS
from engine.value import BlockBuilder, Value


def _zero(name: str) -> Port:
    return Port(f"{name}_zero_point", optional=True, help=f"What stands for 0 in {name}.")


def _scale(name: str) -> Port:
    return Port(f"{name}_scale", help=f"How much one step of {name} is.")


_QUANTIZED_Y = (_scale("y"), Port("y_zero_point", help="What stands for 0 in y; its dtype is that of y."))


class MatMulInteger(Block):
    """The product of two matrices of small whole numbers, after their zero points are taken away, as int32.

    Source: MatMulInteger of ONNX.
    """

    category = "Math"
    inputs = ("a", "b", _zero("a"), _zero("b"))
    formula = "y = (a - a_zero_point) @ (b - b_zero_point)"
    advice = "A zero point of a is one number, or one for each row; one of b, or one for each column."
    differentiable = False
    cases = (
        Case([Sample((2, 3), "uint8", 0, 255), Sample((3, 4), "int8", -99, 99)]),
        Case(
            [
                Sample((2, 3), "uint8", 0, 255),
                Sample((3, 4), "uint8", 0, 255),
                Sample((2,), "uint8", 0, 255),
                Sample((4,), "uint8", 0, 255),
            ]
        ),
        Case([Sample((5, 2, 3), "int8", -99, 99), Sample((3, 4), "int8", -99, 99), Sample((), "int8")]),
        Case([Sample((0, 3), "uint8"), Sample((3, 4), "uint8")]),
    )

    def expand(
        self,
        b: BlockBuilder,
        left: Value,
        right: Value,
        zero_a: Value | None = None,
        zero_b: Value | None = None,
    ) -> Value:
        return Cast(dtype="int32")(_product(left, right, zero_a, zero_b))


class ConvolutionInteger(Convolving, Block):
    """The convolution of small whole numbers, after their zero points are taken away, as int32.

    Margins hold the zero point, which stands for 0. Source: ConvInteger of ONNX.
    """

    category = "Layers"
    inputs = ("x", "kernel", _zero("x"), _zero("kernel"))
    formula = "y = convolution(x - x_zero_point, kernel - kernel_zero_point)"
    advice = "A zero point of the kernel is one number, or one for each filter."
    differentiable = False
    cases = (
        Case([Sample((2, 5, 2), "uint8", 0, 255), Sample((3, 2, 4), "int8", -99, 99)]),
        Case(
            [
                Sample((1, 4, 4, 2), "uint8", 0, 255),
                Sample((3, 3, 2, 3), "uint8", 0, 255),
                Sample((), "uint8", 0, 255),
                Sample((3,), "uint8", 0, 255),
            ],
            {"padding": "same", "strides": [2]},
        ),
    )

    def expand(
        self,
        b: BlockBuilder,
        x: Value,
        kernel: Value,
        x_zero_point: Value | None = None,
        kernel_zero_point: Value | None = None,
    ) -> Value:
        shifted = _shifted(x, x_zero_point, "x"), _shifted(kernel, kernel_zero_point, "kernel")
        return Cast(dtype="int32")(Convolution(**self.settings())(*shifted))


class QuantizedMatMul(Block):
    """The product of two quantized matrices, quantized again: no float is kept between layers.

    Source: QLinearMatMul of ONNX.
    """

    category = "Math"
    inputs = (
        "a",
        _scale("a"),
        Port("a_zero_point", help="What stands for 0 in a."),
        "b",
        _scale("b"),
        Port("b_zero_point", help="What stands for 0 in b."),
        *_QUANTIZED_Y,
    )
    formula = "y = quantized (dequantized a @ dequantized b)"
    advice = "The scale of y should take the largest product to the end of its range."
    differentiable = False
    cases = (
        Case(
            [
                Sample((2, 3), "uint8", 0, 255),
                Sample(values=0.02),
                Sample((), "uint8", 0, 255),
                Sample((3, 4), "uint8", 0, 255),
                Sample((4,), low=0.01, high=0.03),
                Sample((4,), "uint8", 0, 255),
                Sample(values=0.5),
                Sample((), "uint8", 0, 255),
            ]
        ),
        Case(
            [
                Sample((2, 3), "int8", -99, 99),
                Sample((2,), low=0.01, high=0.03),
                Sample((2,), "int8", -9, 9),
                Sample((3, 4), "int8", -99, 99),
                Sample(values=0.02),
                Sample((), "int8", -9, 9),
                Sample(values=0.1),
                Sample((), "int8", -9, 9),
            ]
        ),
    )

    def expand(
        self,
        b: BlockBuilder,
        left: Value,
        left_scale: Value,
        left_zero: Value,
        right: Value,
        right_scale: Value,
        right_zero: Value,
        y_scale: Value,
        y_zero: Value,
    ) -> Value:
        product = _product(left, right, left_zero, right_zero)
        return _requantized(product, _rows(left_scale, left), right_scale, y_scale, y_zero)


class QuantizedConvolution(Convolving, Block):
    """The convolution of quantized tensors, quantized again: no float is kept between layers.

    A bias is given in steps of x_scale · kernel_scale. Source: QLinearConv of ONNX.
    """

    category = "Layers"
    inputs = (
        "x",
        _scale("x"),
        Port("x_zero_point", help="What stands for 0 in x."),
        "kernel",
        _scale("kernel"),
        Port("kernel_zero_point", help="What stands for 0 in the kernel."),
        *_QUANTIZED_Y,
        Port("bias", optional=True, help="Added to each filter, as int32."),
    )
    formula = "y = quantized (convolution of dequantized x and kernel + bias)"
    advice = "Scale and zero point of the kernel are one number, or one for each filter."
    differentiable = False
    cases = (
        Case(
            [
                Sample((1, 4, 4, 2), "uint8", 0, 255),
                Sample(values=0.02),
                Sample((), "uint8", 0, 255),
                Sample((3, 3, 2, 3), "uint8", 0, 255),
                Sample((3,), low=0.01, high=0.03),
                Sample((3,), "uint8", 0, 255),
                Sample(values=0.5),
                Sample((), "uint8", 0, 255),
                Sample((3,), "int32", -999, 999),
            ],
            {"padding": "same"},
        ),
    )

    def expand(
        self,
        b: BlockBuilder,
        x: Value,
        x_scale: Value,
        x_zero: Value,
        kernel: Value,
        kernel_scale: Value,
        kernel_zero: Value,
        y_scale: Value,
        y_zero: Value,
        bias: Value | None = None,
    ) -> Value:
        y = Convolution(**self.settings())(_shifted(x, x_zero, "x"), _shifted(kernel, kernel_zero, "kernel"))
        return _requantized(y if bias is None else y + bias, x_scale, kernel_scale, y_scale, y_zero)


def _product(a: Value, b: Value, a_zero: Value | None, b_zero: Value | None) -> Value:
    rows = None if a_zero is None else _rows(a_zero, a)
    return MatMul()(_shifted(a, rows, "a"), _shifted(b, b_zero, "b"))


def _rows(each: Value, a: Value) -> Value:
    """One number for each row of a matrix, as a column."""
    return SplitAxis(sizes=(-1, 1))(each) if each.spec.rank == 1 and (a.spec.rank or 0) > 1 else each


def _shifted(x: Value, zero_point: Value | None, port: str) -> Value:
    """Quantized numbers around zero. float64 holds every sum of their products, and has fast kernels."""
    require_small(x.spec, port)
    wide = Cast(dtype="float64")(x)
    if zero_point is None:
        return wide
    if zero_point.spec.dtype != x.spec.dtype:
        raise SpecError(
            f"{port} is {x.spec}, and its zero point is {zero_point.spec}; expected one dtype.",
            hint=f"Insert Cast to {x.spec.dtype}.",
        )
    return wide - Cast(dtype="float64")(zero_point)


def _requantized(product: Value, first: Value, second: Value, scale: Value, zero_point: Value) -> Value:
    """A product of numbers of two scales, in steps of a third."""
    for name, given in (("a scale of an input", first), ("a scale of an input", second), ("y_scale", scale)):
        require_dtype(given.spec, FLOATS, name)
    require_small(zero_point.spec, "y_zero_point")
    return saturate(Round()(product * (first * second / scale)), zero_point, zero_point.spec.dtype)
