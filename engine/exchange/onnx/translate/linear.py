"""Products of matrices."""

from __future__ import annotations

from string import ascii_letters

from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.registry import translates
from engine.exchange.onnx.tensors import Known, Tensor
from engine.ops.einsum import Einsum
from engine.ops.linear import MatMul
from engine.ops.linear_algebra import Determinant
from engine.ops.matrix_parts import Diagonal
from engine.value import Value


@translates("MatMul")
def mat_mul(node: OnnxNode) -> Tensor:
    return MatMul()(node[0], node[1])


@translates("Gemm", since=7)
def gemm(node: OnnxNode) -> Tensor:
    """alpha · a · b + beta · c. A weight that is to be transposed is so at once, as our layers have it."""
    b = node.tensor(1)
    transpose_b = bool(node.get("transB", 0))
    if transpose_b and isinstance(b, Known) and node.uses(node.proto.input[1]) == 1:
        b, transpose_b = Known(b.array.T.copy(), b.name, b.trainable), False
    product = MatMul(transpose_a=bool(node.get("transA", 0)), transpose_b=transpose_b)
    y = _times(product(node[0], node.drawing.value(b)), node.get("alpha", 1.0))
    if not node.has(2):
        return y
    return y + _times(node[2], node.get("beta", 1.0))


def _times(x: Value, factor: float) -> Value:
    return x if factor == 1.0 else x * (factor if x.spec.is_float else int(factor))


@translates("Einsum")
def einsum(node: OnnxNode) -> Tensor:
    ranks = [node.rank(index) for index in range(len(node))]
    left, _, right = _whole_equation(node.get("equation"), ranks).partition("->")
    terms, values = left.split(","), node.values()
    for place, term in enumerate(terms):
        # A letter that stands twice at the end asks for the diagonal.
        if term[-2:-1] and term[-2] == term[-1]:
            terms[place], values[place] = term[:-1], Diagonal()(values[place])
    return Einsum(equation=f"{','.join(terms)}->{right}")(*values)


def _whole_equation(equation: str, ranks: list[int]) -> str:
    """An equation with letters in the place of dots, and with a right side."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    free = [letter for letter in ascii_letters if letter not in equation]
    counts = [rank - len(term.replace("...", "")) for term, rank in zip(terms, ranks, strict=True)]
    dots = "".join(free[: max((c for t, c in zip(terms, counts, strict=True) if "..." in t), default=0)])
    terms = [
        term.replace("...", dots[len(dots) - count :]) for term, count in zip(terms, counts, strict=True)
    ]
    if not arrow:
        letters = "".join(terms)
        right = dots + "".join(sorted({c for c in letters if letters.count(c) == 1} - set(dots)))
    return f"{','.join(terms)}->{right.replace('...', dots)}"


@translates("Det")
def det(node: OnnxNode) -> Tensor:
    return Determinant()(node[0])
