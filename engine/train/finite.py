"""When numbers overflow: find the node whose output was the first that is not finite, and the step.

Training itself only looks at the scalars that it tells anyway. When one of them is not finite, the run goes
back to the last state that was in order and takes the steps since then again; they give the same bits, and
now every node is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import FlowscopeError
from engine.graph.graph import GraphDef
from engine.program.program import Program
from engine.spec import spec_of

LOOK_EVERY = 100
"""Steps between two states that are kept to go back to. Copying the variables then costs next to nothing."""


class NotFinite(FlowscopeError):
    """A number that became infinite or not a number."""


def is_finite(array: NDArray[Any]) -> bool:
    """Whether all elements are ordinary numbers."""
    return not spec_of(array).is_differentiable or bool(np.isfinite(array).all())


def all_finite(arrays: Iterable[NDArray[Any]]) -> bool:
    return all(is_finite(array) for array in arrays)


def blame_output(
    graph: GraphDef, outputs: Mapping[str, NDArray[Any]], fed: set[str], step: int
) -> NotFinite | None:
    """Name the first node, in the order of the graph, that has an output which is not finite.

    All nodes before it are in order, so it is the one where the trouble begins.
    """
    bad: dict[str, str] = {}
    for name, array in outputs.items():
        if not is_finite(array):
            bad.setdefault(name.partition(".")[0], name)
    first = next((node for node in graph.order() if node in bad), None)
    if first is None:
        return None
    array = outputs[bad[first]]
    wrong = int(array.size - np.isfinite(array).sum())
    count = "its value is" if array.size == 1 else f"{wrong:,} of its {array.size:,} values are"
    op = graph.nodes[first].op
    what = f"{op} '{first}': in step {step + 1:,} {count} not finite (infinite or not a number)"
    if first in fed:
        rows = np.flatnonzero(~np.isfinite(array.reshape(len(array), -1)).all(axis=1))
        return NotFinite(
            f"{what}, beginning with example {int(rows[0]) + 1} of the batch.",
            node=first,
            hint="Repair or remove this example in the data.",
        )
    return NotFinite(
        f"{what}, while what goes into it is in order.",
        node=first,
        hint="Lower the learning rate, or keep its inputs away from the values where it overflows.",
    )


def blame_update(
    variables: Mapping[str, NDArray[Any]], program: Program, graph: GraphDef, steps: int
) -> NotFinite | None:
    """Name the node that gave a variable a value which is not finite, while all outputs were in order."""
    path = next((path for path, array in variables.items() if not is_finite(array)), None)
    if path is None:
        return None
    writer = program.updates.get(path)
    node = next((call.node for call in program.calls if writer in call.outputs), path.partition("/")[0])
    return NotFinite(
        f"{graph.nodes[node].op} '{node}': in step {steps:,} it gives the variable '{path}' a value that is "
        "not finite (infinite or not a number): the gradient or the step is too large.",
        node=node,
        hint="Lower the learning rate.",
    )
