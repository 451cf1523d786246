"""Quantized tensors: rounding, saturation, zero points, and scales by slice and by block."""

from typing import Any

import numpy as np
import pytest

import engine.blocks  # noqa: F401 - registers the blocks
from engine.errors import FlowscopeError
from engine.graph.builder import Graph
from engine.registry import get
from engine.run.session import Session


def compute(op: str, *arrays: Any, **attributes: Any) -> list[np.ndarray]:
    graph = Graph()
    inputs = [
        None if a is None else graph.placeholder(f"x{i}", np.shape(a), a.dtype.name)
        for i, a in enumerate(arrays)
    ]
    outputs = get(op).from_attributes(attributes).apply(*inputs)
    feeds = {x: a for x, a in zip(inputs, arrays, strict=True) if x is not None}
    return [*Session(graph, device="cpu").run(list(outputs), feeds)]


def f32(values: Any) -> np.ndarray:
    return np.asarray(values, np.float32)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        ("uint8", [0, 0, 0, 2, 2, 200, 255, 255, 0]),
        ("int8", [-128, -2, 0, 2, 2, 127, 127, 127, 0]),
        ("uint16", [0, 0, 0, 2, 2, 200, 300, 65535, 0]),
        ("int16", [-300, -2, 0, 2, 2, 200, 300, 32767, 0]),
    ],
)
def test_halves_go_to_the_even_number_and_the_range_has_ends(dtype: str, expected: list[int]) -> None:
    x = f32([-600, -3, 1, 3, 5, 400, 600, np.inf, np.nan])
    (y,) = compute("Quantize", x, f32(2.0), dtype=dtype)
    assert y.dtype == dtype
    assert y.tolist() == expected


def test_the_zero_point_is_added_after_rounding_and_decides_the_dtype() -> None:
    (y,) = compute("Quantize", f32([0.5, 1.5, 2.5]), f32(1.0), np.array(1, np.int8))
    assert (y.dtype.name, y.tolist()) == ("int8", [1, 3, 3])


def test_float16_keeps_all_numbers_of_16_bits() -> None:
    x = np.array([0.0, 1.0, -1.0], np.float16)
    (y,) = compute("Quantize", x, np.array(1.0, np.float16), np.array(32769, np.uint16))
    assert y.tolist() == [32769, 32770, 32768]


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_each_slice_has_its_own_scale(axis: int) -> None:
    rng = np.random.default_rng(0)
    x = f32(rng.normal(size=(3, 4, 5)) * 20)
    count = x.shape[axis]
    scale = f32(rng.uniform(0.1, 0.4, count))
    zero: np.ndarray = np.asarray(rng.integers(0, 255, count), np.uint8)
    (y,) = compute("Quantize", x, scale, zero, axis=axis)
    (back,) = compute("Dequantize", y, scale, zero, axis=axis)
    for i in range(count):
        part, quantized = np.take(x, i, axis), np.take(y, i, axis)
        expected = np.clip(np.rint(part / scale[i]) + zero[i], 0, 255)
        np.testing.assert_array_equal(quantized, expected)
        np.testing.assert_allclose(np.take(back, i, axis), (expected - float(zero[i])) * scale[i], rtol=1e-6)


def test_neighbours_share_a_scale_and_the_last_block_may_be_short() -> None:
    x, scale = f32([[2, 4, 6, 8, 10]]), f32([[1, 2, 5]])
    assert compute("Quantize", x, scale, block_size=2)[0].tolist() == [[2, 4, 3, 4, 2]]
    steps = np.array([[2, 4, 3, 4, 2]], np.uint8)
    assert compute("Dequantize", steps, scale, block_size=2)[0].tolist() == x.tolist()


def test_a_tensor_calls_for_its_own_range() -> None:
    y, scale, zero = compute("DynamicQuantize", f32([0, 2, -3, -2.5, 1.34, 0.5]))
    assert scale == pytest.approx(5 / 255)
    assert zero == 153
    assert y.tolist() == [153, 255, 0, 26, 221, 179]
    y, scale, zero = compute("DynamicQuantize", f32([0.0, 0.0]))
    assert scale == pytest.approx(1 / 255)
    assert (y.tolist(), int(zero)) == ([0, 0], 0)


def test_products_of_whole_numbers_are_exact() -> None:
    rng = np.random.default_rng(1)
    a, b = (
        rng.integers(0, 255, (3, 4000)).astype(np.uint8),
        rng.integers(-128, 127, (4000, 2)).astype(np.int8),
    )
    zero_a, zero_b = np.array([3, 200, 0], np.uint8), np.array([5, -7], np.int8)
    (y,) = compute("MatMulInteger", a, b, zero_a, zero_b)
    expected = (a.astype(np.int64) - zero_a[:, None]) @ (b.astype(np.int64) - zero_b)
    assert y.dtype == np.int32
    np.testing.assert_array_equal(y, expected)


def test_margins_of_a_quantized_convolution_stand_for_zero() -> None:
    x = np.full((1, 3, 1), 7, np.uint8)
    kernel = np.ones((3, 1, 1), np.uint8)
    (y,) = compute("ConvolutionInteger", x, kernel, np.array(7, np.uint8), None, padding="same")
    assert y.ravel().tolist() == [0, 0, 0]
    (y,) = compute("ConvolutionInteger", x, kernel, np.array(6, np.uint8), None, padding="same")
    assert y.ravel().tolist() == [2, 3, 2]


def test_a_quantized_product_is_the_product_of_floats_quantized() -> None:
    a = np.array([[208, 236, 0, 238], [3, 214, 255, 29]], np.uint8)
    b = np.array([[152, 51, 244], [60, 26, 255], [0, 127, 246], [127, 254, 247]], np.uint8)
    zero_a, zero_b, zero_y = np.array(113, np.uint8), np.array(114, np.uint8), np.array(118, np.uint8)
    (y,) = compute("QuantizedMatMul", a, f32(0.0066), zero_a, b, f32(0.00705), zero_b, f32(0.0107), zero_y)
    # The example of ONNX.
    assert y.tolist() == [[168, 115, 255], [1, 66, 151]]


def test_a_quantized_convolution_adds_its_bias_in_steps_of_both_scales() -> None:
    x, kernel = np.array([[[10], [20]]], np.uint8), np.array([[[3]]], np.uint8)
    one, none = f32(1.0), np.array(0, np.uint8)
    arrays = x, f32(0.5), none, kernel, f32(0.5), none, one, none, np.array([8], np.int32)
    assert compute("QuantizedConvolution", *arrays)[0].ravel().tolist() == [10, 17]


@pytest.mark.parametrize(
    ("op", "arrays", "attributes", "sentence"),
    [
        ("Quantize", [f32([1]), f32([[1]])], {}, "Set block_size"),
        ("Quantize", [f32([1]), f32(1), np.array(0, np.int64)], {}, "zero_point is scalar int64"),
        ("Quantize", [f32([[1, 2]]), f32([1])], {"block_size": 2}, "expected as many axes"),
        ("Dequantize", [f32([1]), f32(1)], {}, "expected a whole-number dtype"),
        ("Dequantize", [np.zeros(2, np.int8), f32(1), np.array(0, np.uint8)], {}, "expected one dtype"),
        ("MatMulInteger", [f32([[1]]), f32([[1]])], {}, "Insert Quantize"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(
    op: str, arrays: list[Any], attributes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(FlowscopeError, match=sentence):
        compute(op, *arrays, **attributes)


@pytest.mark.oracle("torch")
@pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning")
def test_fake_quantization_is_that_of_torch_and_lets_the_gradient_straight_through() -> None:
    import torch

    values = f32(np.random.default_rng(2).uniform(-4, 8, 200))
    scale, zero = 8 / 15, 4
    tensor: Any = torch.from_numpy(values.copy()).requires_grad_()
    expected: Any = torch.fake_quantize_per_tensor_affine(tensor, scale, zero, 0, 15)
    weights = torch.arange(200.0)
    (expected * weights).sum().backward()
    graph = Graph()
    x = graph.placeholder("x", (200,))
    y = get("FakeQuantize").from_attributes({"low": -2.0, "high": 6.0, "bits": 4}).apply(x)[0]
    (gradient,) = graph.gradients(y * graph.constant(np.arange(200.0), "float32"), [x])
    found = Session(graph, device="cpu").run([y, gradient], {x: values})
    np.testing.assert_allclose(found[0], expected.detach().numpy(), atol=1e-6)
    inside = (values >= -zero * scale) & (values <= (15 - zero) * scale)
    np.testing.assert_array_equal(found[1], np.where(inside, np.arange(200.0), 0))
    # Half a step beyond the range torch still lets the gradient pass.
    differs = found[1] != tensor.grad.numpy()
    assert (
        np.abs(values[differs] - np.clip(values[differs], -zero * scale, (15 - zero) * scale)) <= scale / 2
    ).all()
