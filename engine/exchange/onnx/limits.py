"""How large a model and its parts may be. Every limit is enforced before memory is taken."""

from __future__ import annotations

GIBIBYTE = 2**30

MODEL_BYTES = 2 * GIBIBYTE - 1
"""More does not fit into a protocol buffer; weights beyond it lie in files of their own."""

TENSOR_BYTES = 16 * GIBIBYTE
"""One weight that lies in a file of its own."""

FOLDED_BYTES = GIBIBYTE
"""What is computed while importing may be as large."""

NODES = 100_000
NESTING = 64
"""How deep functions and branches may lie in one another."""
