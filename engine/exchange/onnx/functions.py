"""Functions: what an op is made of, where the model or the definition of ONNX says it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from onnx import AttributeProto, FunctionProto, NodeProto, TypeProto, defs

from engine.exchange.onnx.tensors import elem_type
from engine.exchange.onnx.versions import core
from engine.spec import UNKNOWN, Spec

FunctionKey = tuple[str, str, str]


def functions_by_key(functions: Iterable[FunctionProto]) -> dict[FunctionKey, FunctionProto]:
    """The model's own functions by domain, name and overload."""
    return {(core(f.domain), f.name, f.overload): f for f in functions}


def schema_of(op: str, domain: str, version: int) -> Any:
    """The definition of an op in a version of its domain, or None; the stubs of onnx lack most of it."""
    try:
        return defs.get_schema(op, version, domain)
    except defs.SchemaError:
        return None


def can_be_made_of_others(schema: Any) -> bool:
    """Whether ONNX defines an op by others."""
    return bool(schema.has_function or schema.has_context_dependent_function)


def standard_body(
    schema: Any, node: NodeProto, version: int, specs: Sequence[Spec | None]
) -> FunctionProto | None:
    """What ONNX says that a node is made of; for some ops that depends on dtypes and shapes."""
    if schema.has_function:
        data = schema.get_function_with_opset_version(version)
    else:
        types = [_type(spec).SerializeToString() for spec in specs]
        data = schema.get_context_dependent_function_with_opset_version(
            version, node.SerializeToString(), types
        )
    return FunctionProto.FromString(data) if data else None


def settings_of_call(call: NodeProto, body: FunctionProto, schema: Any) -> dict[str, AttributeProto]:
    """The attributes that a body may refer to: those of the call, or else their defaults."""
    given = {a.name: a for a in body.attribute_proto}
    if schema is not None:
        for name, declared in schema.attributes.items():
            if declared.default_value.type:
                given[name] = declared.default_value
    return {**given, **{a.name: a for a in call.attribute}}


def resolved(node: NodeProto, given: Mapping[str, AttributeProto], unconnected: Collection[str]) -> NodeProto:
    """A node of a body with the attributes that it refers to written in, and without inputs that are open."""
    made = NodeProto()
    made.CopyFrom(node)
    made.input[:] = ["" if name in unconnected else name for name in node.input]
    del made.attribute[:]
    for attribute in node.attribute:
        source = given.get(attribute.ref_attr_name) if attribute.ref_attr_name else attribute
        if source is None:
            continue  # an optional attribute that the call leaves open
        written = made.attribute.add()
        written.CopyFrom(source)
        written.name = attribute.name
        if attribute.HasField("g"):
            inner = [resolved(child, given, unconnected) for child in attribute.g.node]
            del written.g.node[:]
            written.g.node.extend(inner)
    return made


def _type(spec: Spec | None) -> TypeProto:
    made = TypeProto()
    if spec is None:
        return made
    made.tensor_type.elem_type = elem_type(spec.dtype)
    if spec.shape is not None:
        made.tensor_type.shape.SetInParent()
        for size in spec.shape:
            dim = made.tensor_type.shape.dim.add()
            if isinstance(size, int):
                dim.dim_value = size
            elif size != UNKNOWN:
                dim.dim_param = size
    return made
