"""What a model cannot be imported for, and what one can do: the sentences that people read."""

from typing import Any

import pytest
from onnx import TensorProto, ValueInfoProto, helper

from engine.exchange.onnx.importing import import_model
from engine.exchange.onnx.problems import ImportRefused


def problem(op: str, given: ValueInfoProto, made: int = TensorProto.FLOAT, **attributes: Any) -> str:
    """The only problem of a model of one node."""
    node = helper.make_node(op, ["x"], ["y"], "node", **attributes)
    graph = helper.make_graph([node], "graph", [given], [helper.make_tensor_value_info("y", made, [2])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 24)], ir_version=11)
    with pytest.raises(ImportRefused) as caught:
        import_model(model)
    (sentence,) = caught.value.problems
    return sentence


@pytest.mark.parametrize(
    ("kind", "instead"),
    [
        ("FLOAT8E4M3FN", "float8e4m3fn are not supported; export the model in float16, bfloat16 or float32."),
        ("FLOAT4E2M1", "float4e2m1 are not supported; export the model in float16, bfloat16 or float32."),
        ("INT4", "int4 are not supported; export the model with int8 in their place."),
        ("UINT2", "uint2 are not supported; export the model with uint8 in their place."),
        ("STRING", "string are not supported; turn text into numbers before it enters the model."),
    ],
)
def test_an_element_type_that_is_none_here_says_what_to_take_instead(kind: str, instead: str) -> None:
    number = TensorProto.DataType.Value(kind)
    sentence = problem("Identity", helper.make_tensor_value_info("x", number, [2]), number)
    assert sentence == f"Input 'x': tensors of type {instead}"
    if kind != "STRING":
        given = helper.make_tensor_value_info("x", TensorProto.FLOAT, [2])
        assert problem("Cast", given, number, to=number) == f"Cast 'node': tensors of type {instead}"


def test_what_is_no_tensor_is_called_what_it_is() -> None:
    given = helper.make_tensor_sequence_value_info("x", TensorProto.FLOAT, [2])
    assert problem("Identity", given) == (
        "Input 'x': it is a sequence of tensors, and only tensors can be fed; export the model with tensors "
        "alone."
    )


def test_an_operator_on_lists_of_tensors_says_why_there_is_none() -> None:
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, [2])
    assert problem("SequenceConstruct", given) == (
        "SequenceConstruct 'node': this operator is not supported (domain ai.onnx 24): lists of tensors, and "
        "tensors that may be missing, are no values here; export it without them."
    )
