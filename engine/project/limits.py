"""How large a file and its parts may be. Every limit is enforced before memory is taken."""

from __future__ import annotations

MEBIBYTE = 1024 * 1024

JSON_BYTES = 64 * MEBIBYTE
JSON_DEPTH = 64
STRING_CHARACTERS = 1024 * 1024
INTEGER_DIGITS = 20
NAME_CHARACTERS = 256
FIELDS_PER_OBJECT = 1_000_000

NODES = 100_000
WIRES = 1_000_000
NOTES = 10_000
FUNCTIONS = 10_000
PORTS_PER_FUNCTION = 10_000
SIGNATURES = 1_000
PORTS_PER_SIGNATURE = 10_000
ATTRIBUTES_PER_NODE = 1024

ARCHIVE_BYTES = 4 * 1024 * MEBIBYTE - 1
"""A zip archive that is larger needs fields of 64 bits, which the reader refuses."""

TENSOR_HEADER_BYTES = 8 * MEBIBYTE
TENSORS = 100_000
TENSOR_RANK = 16
TENSOR_BYTES = 2**40
