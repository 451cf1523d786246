"""Which opsets are understood: some at once, older ones after a conversion, newer ones not at all."""

from __future__ import annotations

from collections.abc import Iterable

from onnx import ModelProto, OperatorSetIdProto, version_converter

from engine.exchange.onnx.problems import ImportRefused

OLDEST = 7
NEWEST = 28


def opsets_of(imports: Iterable[OperatorSetIdProto]) -> dict[str, int]:
    """The version of each domain; the core domain is called "" throughout."""
    return {core(entry.domain): entry.version for entry in imports}


def core(domain: str) -> str:
    """The domain, by the one name that is used here."""
    return "" if domain == "ai.onnx" else domain


def understood(model: ModelProto, what: str) -> ModelProto:
    """The model with an opset that the translations know; raises ImportRefused where there is no way."""
    opset = opsets_of(model.opset_import).get("", OLDEST)
    if opset > NEWEST:
        raise ImportRefused(
            f"{what} is of opset {opset}; the newest that is understood is {NEWEST}.",
            hint=f"Export it with opset {NEWEST} or older.",
        )
    if opset >= OLDEST:
        return model
    try:
        return version_converter.convert_version(model, OLDEST)
    except Exception as error:  # noqa: BLE001 - the converter is compiled, and raises what it likes
        raise ImportRefused(
            f"{what} is of opset {opset}, and cannot be converted to opset {OLDEST}: {_first_line(error)}.",
            hint=f"Export it with opset {OLDEST} or newer.",
        ) from None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
