"""Einstein's sum: products of tensors whose axes have letters, summed over the letters that vanish."""

from __future__ import annotations

from collections.abc import Sequence

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import ARITHMETIC, conjugate, operands, require_dtype
from engine.op import Call, Gradients, Op, Port, attribute
from engine.ops.reduction import BroadcastLike
from engine.spec import Dim, Spec, common_dtype, merge_dim, same_dim
from engine.value import Value

_HINT = "Write it as ij,jk->ik: one letter for each axis, commas between tensors, an arrow before the result."


class Einsum(Op):
    """The sum of products that an equation of letters describes: one letter for each axis.

    A letter that several tensors share is multiplied along; one that the result lacks is summed over.
    """

    category = "Math"
    inputs = (Port("values", many=True),)
    promotes = ("values",)
    formula = "ij,jk->ik: y[i, k] = sum over j of a[i, j] · b[j, k]"
    advice = "For a plain product of matrices MatMul is the shorter way."
    equation: str = attribute(
        default="ij,jk->ik", help="The letters of each tensor, an arrow, and the letters of the result."
    )
    cases = (
        Case([(2, 3), (3, 4)], {"equation": "ij,jk->ik"}),
        Case([(5, 2, 3), (5, 4, 3)], {"equation": "bij,bkj->bik"}),
        Case([(3,), (4,)], {"equation": "i,j->ij"}),
        Case([(3, 4)], {"equation": "ij->ji"}),
        Case([(3, 4)], {"equation": "ij->"}),
        Case([(2, 3), (3, 4), (4, 2)], {"equation": "ij, jk, kl -> il"}),
        # Letters that stand in one tensor alone, and vanish.
        Case([(2, 3), (4, 5)], {"equation": "ij,kl->k"}),
        Case([(2, 3), ()], {"equation": "ij,->ij"}),
        Case([(2, 0), (0, 3)], {"equation": "ij,jk->ik"}),
        Case([Sample((2, 3), "complex"), Sample((3, 2), "complex")], {"equation": "ij,jk->ik"}),
        Case(
            [Sample((2, 3), "int64", -9, 9), Sample((3,), "int64", -9, 9)],
            {"equation": "ij,j->i"},
            gradient=False,
        ),
    )

    def infer(self, *values: Spec) -> Spec:
        terms, result = self._letters(len(values))
        for number, spec in enumerate(values):
            require_dtype(spec, ARITHMETIC, f"values:{number}")
        sizes: dict[str, Dim] = {}
        for number, (term, spec) in enumerate(zip(terms, values, strict=True)):
            self._take(sizes, term, spec, number)
        dtype = common_dtype(*values)
        return Spec(dtype, tuple(sizes.get(letter, "?") for letter in result))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        values = operands(call)
        terms, result = self._letters(len(values))
        return tuple(self._back(dy, values, terms, result, number) for number in range(len(values)))

    def _back(
        self, dy: Value, values: Sequence[Value], terms: Sequence[str], result: str, number: int
    ) -> Value:
        """The sum of dy with the other tensors, repeated along the axes whose letter only this tensor has."""
        others = [term for place, term in enumerate(terms) if place != number]
        term, shared = terms[number], {*result, *"".join(others)}
        kept = "".join(letter for letter in term if letter in shared)
        equation = f"{','.join([result, *others])}->{kept}"
        factors = (conjugate(x) for place, x in enumerate(values) if place != number)
        found = Einsum(equation=equation)(dy, *factors)
        alone = tuple(axis for axis, letter in enumerate(term) if letter not in shared)
        return BroadcastLike(axes=alone)(found, values[number]) if alone else found

    def _letters(self, count: int) -> tuple[list[str], str]:
        """The letters of each tensor and of the result; raises SpecError for what is no equation."""
        before, arrow, result = self.equation.replace(" ", "").partition("->")
        terms = before.split(",")
        found = f"equation is {self.equation!r}"
        if not arrow or not all(part.isascii() and (part.isalpha() or not part) for part in (*terms, result)):
            raise SpecError(f"{found}; expected letters, commas and one arrow.", hint=_HINT)
        for part in (*terms, result):
            if len(set(part)) < len(part):
                raise SpecError(
                    f"{found}: {part} has a letter twice; expected each once in a tensor.",
                    hint="For the diagonal of a matrix use Diagonal first.",
                )
        unknown = [letter for letter in result if letter not in before]
        if unknown:
            raise SpecError(f"{found}: {unknown[0]} stands only behind the arrow.", hint=_HINT)
        if len(terms) != count:
            raise SpecError(
                f"{found}, which is for {len(terms)} tensors; found {count}.",
                hint="Connect as many tensors as there are parts before the arrow.",
            )
        return terms, result

    def _take(self, sizes: dict[str, Dim], term: str, spec: Spec, number: int) -> None:
        """Note the sizes that a tensor gives its letters; raises SpecError where they contradict."""
        if spec.shape is None:
            return
        if len(term) != len(spec.shape):
            raise SpecError(
                f"values:{number} is {spec}; expected {len(term)} axes, one for each letter of {term!r}.",
                hint="Change the equation.",
            )
        for letter, size in zip(term, spec.shape, strict=True):
            before = sizes.get(letter, size)
            if not same_dim(before, size):
                raise SpecError(
                    f"values:{number} is {spec}: {letter} is {size} here and {before} before it.",
                    hint="Axes with one letter must have one size.",
                )
            sizes[letter] = merge_dim(before, size)
