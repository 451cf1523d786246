"""How a drawn node is run: on which device, in which precision, and whether at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import kernels
from engine.attribute import attribute, attributes_of

INHERIT = "inherit"
"""What a node says that is run as what lies around it."""

NORMAL, BYPASSED, MUTED = "normal", "bypassed", "muted"
"""Whether a node takes part."""

POLICIES = {"float32": "", "mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}
"""The dtype of what is computed in 16 bits, by the name of the precision."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The settings that every node has, whatever its op is. What lies inside the node is run so, too.

    The values of a file may be wrong; `check` tells.
    """

    device: str = attribute(
        default=INHERIT,
        choices=(INHERIT, *kernels.DEVICES),
        help="Where it runs, with all that is inside it. With inherit: where what lies around it does.",
    )
    precision: str = attribute(
        default=INHERIT,
        choices=(INHERIT, *POLICIES),
        help="In which dtypes it computes, with all that is inside it. float32 keeps it out of the mixed "
        "precision of the project. With inherit: as what lies around it.",
    )

    flow: str = attribute(
        default=NORMAL,
        choices=(NORMAL, BYPASSED, MUTED),
        help="Whether it takes part. Bypassed, each of its outputs is its first input of the same shape and "
        "dtype, and so are the gradients. Muted, it is left out with all that cannot do without it.",
    )

    def inside(self, around: Policy) -> Policy:
        """The policy with what it leaves open taken from around."""
        return Policy(
            device=around.device if self.device == INHERIT else self.device,
            precision=around.precision if self.precision == INHERIT else self.precision,
        )

    def check(self) -> None:
        """Raise AttributeProblem for a value that is none of the choices."""
        for declared in POLICY_ATTRIBUTES:
            declared.parse(getattr(self, declared.name))

    def changed(self, name: str, value: object) -> Policy:
        """The policy with another value; raises AttributeProblem for one that cannot be."""
        declared = next(each for each in POLICY_ATTRIBUTES if each.name == name)
        changed: dict[str, Any] = {name: declared.parse(value)}
        return replace(self, **changed)


POLICY_ATTRIBUTES = attributes_of(Policy)
"""The declarations of these settings: the form and the checks are made from them."""

NO_POLICY = Policy()
