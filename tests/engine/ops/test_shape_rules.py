"""Shape rules: named sizes that survive, and sentences for what does not fit."""

import math
from typing import Any

import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine import registry
from engine.errors import AttributeProblem, SpecError
from engine.spec import Shape, Spec


def infer(op: str, *inputs: Spec | Shape | None, **attributes: Any) -> Spec:
    """The inferred spec; a shape alone is float32."""
    specs = [x if isinstance(x, Spec) or x is None else Spec("float32", x) for x in inputs]
    (found,) = registry.get(op).from_attributes(attributes).output_specs(specs)
    return found


def ints(*shape: int | str) -> Spec:
    return Spec("int64", shape)


@pytest.mark.parametrize(
    ("op", "inputs", "attributes", "expected"),
    [
        ("Add", [("batch", 4), (4,)], {}, ("batch", 4)),
        ("Add", [("batch", 1), (1, 4)], {}, ("batch", 4)),
        ("Add", [("?", 4), ("batch", 4)], {}, ("batch", 4)),
        ("MatMul", [("batch", 784), (784, 10)], {}, ("batch", 10)),
        ("MatMul", [("batch", 784), ("batch", 10)], {"transpose_a": True}, (784, 10)),
        ("MatMul", [("batch", 5, 3), (3,)], {}, ("batch", 5)),
        ("MatMul", [("batch", "?"), (3, 2)], {}, ("batch", 2)),
        ("Reshape", [("batch", 28, 28)], {"shape": [-1, 784]}, ("batch", 784)),
        ("Reshape", [("batch", 28, 28)], {"shape": [-1]}, ("?",)),
        ("Reshape", [None], {"shape": [-1, 2]}, ("?", 2)),
        ("Reshape", [("batch", 4, 6)], {"shape": [0, 8, -1], "keep": True}, ("batch", 8, 3)),
        ("Reshape", [(4, "steps", 6)], {"shape": [-1, 0, 2], "keep": True}, (12, "steps", 2)),
        ("StridedSlice", [("batch", 5)], {"starts": [0, 1], "ends": [2**40, 4]}, ("batch", 3)),
        ("StridedSlice", [("batch", 5)], {"starts": [1], "ends": [2**40]}, ("?", 5)),
        ("Unsqueeze", [("batch", 4)], {"axes": [0, -1]}, (1, "batch", 4, 1)),
        ("GatherND", [("batch", 8), ints("n", 1)], {}, ("n", 8)),
        ("GatherND", [("batch", 8), ints("batch", 1)], {"batch_axes": 1}, ("batch",)),
        ("NonZero", [("batch", 8)], {}, ("?", 2)),
        ("DynamicSlice", [("batch", 8), ints(2)], {"size": [1, 4]}, (1, 4)),
        ("Repeat", [("batch", 8)], {"repeats": [2], "axis": 1}, ("batch", 16)),
        ("Repeat", [("batch", 8)], {"repeats": [1, 2]}, (3, 8)),
        ("Transpose", [("batch", 3, 4)], {}, (4, 3, "batch")),
        ("ExpandDims", [("batch",)], {"axis": -1}, ("batch", 1)),
        ("Squeeze", [("batch", 1)], {"axes": [-1]}, ("batch",)),
        ("Concat", [("batch", 3), ("batch", 4)], {"axis": -1}, ("batch", 7)),
        ("Concat", [("batch", 3), ("other", 3)], {}, ("?", 3)),
        ("Concat", [("?", 3), ("batch", 4)], {"axis": 1}, ("batch", 7)),
        ("Stack", [("batch",), ("batch",)], {"axis": 1}, ("batch", 2)),
        ("Slice", [("batch", 5)], {"begin": [0, 1], "size": [-1, 2]}, ("batch", 2)),
        ("Slice", [("batch",)], {"begin": [2], "size": [-1]}, ("?",)),
        ("Slice", [("batch",)], {"begin": [-2], "size": [-1]}, (2,)),
        ("Pad", [("batch", 3)], {"before": [0, 1], "after": [0, 1]}, ("batch", 5)),
        ("Tile", [("batch", 3)], {"multiples": [1, 2]}, ("batch", 6)),
        ("BroadcastTo", [("batch", 1)], {"shape": [-1, 4]}, ("batch", 4)),
        ("Gather", [(100, 8), ints("batch", 5)], {}, ("batch", 5, 8)),
        ("OneHot", [ints("batch")], {"depth": 10}, ("batch", 10)),
        ("ReduceSum", [("batch", 4)], {"axes": [-1]}, ("batch",)),
        ("ReduceSum", [("batch", 4)], {"axes": [-1], "keep_dims": True}, ("batch", 1)),
        ("ReduceSum", [None], {}, ()),
        ("ArgMax", [("batch", 10)], {}, ("batch",)),
        ("SparseSoftmaxCrossEntropy", [("batch", 10), ints("batch")], {}, ("batch",)),
        ("RandomNormal", [("batch", 3), None], {}, ("batch", 3)),
    ],
)
def test_named_sizes_survive(op: str, inputs: list[Any], attributes: dict[str, Any], expected: Shape) -> None:
    specs = [Spec("float32", x) if x is None and op != "RandomNormal" else x for x in inputs]
    assert infer(op, *specs, **attributes).shape == expected


@pytest.mark.parametrize(
    ("op", "inputs", "attributes", "sentence"),
    [
        ("MatMul", [("batch", 784), (800, 10)], {}, "inner sizes differ: batch x 784 meets 800 x 10"),
        ("MatMul", [(), (2, 2)], {}, "a is scalar float32; expected at least one axis."),
        ("Add", [(3,), Spec("bool", (3,))], {}, "b is 3 bool; expected numbers."),
        ("Add", [(3,), (4,)], {}, "shapes do not broadcast: 3 meets 4."),
        ("Add", [Spec("bool", ()), Spec("bool", ())], {}, "a is scalar bool; expected numbers."),
        ("Divide", [ints(3), ints(3)], {}, "a is 3 int64; expected a float or a complex dtype."),
        ("Sqrt", [ints(3)], {}, "Insert Cast to float32."),
        ("LogicalNot", [(3,)], {}, "x is 3 float32; expected bool."),
        ("Where", [(3,), (3,), (3,)], {}, "condition is 3 float32; expected bool."),
        ("Clip", [(3,)], {"low": 2, "high": 1}, "the lower limit 2 is above the upper limit 1."),
        ("Reshape", [(3, 4)], {"shape": [5, -1]}, "expected a multiple of 5 elements."),
        ("Reshape", [(3, 4)], {"shape": [2, 5]}, "x is 3 x 4, not 2 x 5; expected 10 elements."),
        ("Reshape", [(3, 4)], {"shape": [-1, -1]}, "has more than one -1."),
        ("Transpose", [(3, 4)], {"permutation": [0, 0]}, "Name each of the 2 axes once."),
        ("Squeeze", [(3, 4)], {"axes": [1]}, "axis 1 has size 4; expected 1."),
        ("Squeeze", [("batch", 1)], {}, "Set axes to those to drop."),
        ("ExpandDims", [(3,)], {"axis": 3}, "axis 3 lies outside a tensor of rank 2."),
        ("Concat", [(2, 3), (2, 4)], {}, "sizes differ: 2 x 3 meets 2 x 4."),
        ("Concat", [(2, 3), (2,)], {}, "ranks differ: 2 x 3 meets 2."),
        ("Concat", [], {}, "no tensor is connected; expected at least one."),
        ("Stack", [(2, 3), (2, 4)], {}, "sizes differ: 2 x 3 meets 2 x 4."),
        ("Slice", [(4,)], {"begin": [3], "size": [2]}, "axis 0 of 4 has 4 elements, and from 3 to 5"),
        ("Slice", [(4,)], {"begin": [0, 0], "size": [1]}, "begin has 2 numbers and size has 1"),
        ("Pad", [ints(2)], {"value": 0.5}, "value is 0.5; expected a whole number from"),
        (
            "Pad",
            [Spec("int8", (2,))],
            {"value": 300},
            "value is 300; expected a whole number from -128 to 127",
        ),
        ("Fill", [], {"value": -1, "dtype": "uint8"}, "value is -1; expected a whole number from 0 to 255"),
        ("Fill", [], {"value": math.inf, "dtype": "int64"}, "value is inf; expected a whole number"),
        ("OneHot", [ints(3)], {"on": 2.5, "dtype": "int64"}, "on is 2.5; expected a whole number"),
        ("Range", [], {"limit": math.inf, "dtype": "float32"}, "this counts inf numbers"),
        ("Histogram", [(3,)], {"high": math.inf}, "end at inf; expected two finite limits"),
        ("Tile", [(2, 3)], {"multiples": [2]}, "Give one number for each of the 2 axes."),
        ("BroadcastTo", [(3,)], {"shape": [4]}, "x is 3, which does not broadcast to 4."),
        ("Gather", [(3, 2), (2,)], {}, "indices is 2 float32; expected a whole-number dtype."),
        ("ReduceSum", [(3, 4)], {"axes": [2]}, "axes 2 lies outside a tensor of rank 2."),
        ("ReduceSum", [(3, 4)], {"axes": [1, -1]}, "axes [1, -1] name one axis twice."),
        ("ArgMax", [()], {}, "A single number has no position."),
        ("ArgMax", [(3, 0)], {}, "axis -1 has no elements."),
        ("Softmax", [()], {}, "Connect a tensor with an axis of classes."),
        (
            "SparseSoftmaxCrossEntropy",
            [("batch", 10), ints("batch", 10)],
            {},
            "labels are batch x 10; expected batch,",
        ),
        (
            "SparseSoftmaxCrossEntropy",
            [("batch", "?"), ints("batch")],
            {},
            "the number of classes is not known.",
        ),
        (
            "SigmoidCrossEntropy",
            [(3, 1), (3,)],
            {},
            "logits are 3 x 1 and targets are 3; expected one shape.",
        ),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(
    op: str, inputs: list[Any], attributes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(SpecError) as caught:
        infer(op, *inputs, **attributes)
    assert sentence in str(caught.value)
    assert caught.value.hint.endswith(".")


def test_an_attribute_outside_its_limits_is_told_in_a_sentence() -> None:
    with pytest.raises(AttributeProblem, match="depth is 0; expected at least 1"):
        registry.get("OneHot").from_attributes({"depth": 0})
    with pytest.raises(AttributeProblem, match="dtype is 'text'; expected one of"):
        registry.get("Cast").from_attributes({"dtype": "text"})
