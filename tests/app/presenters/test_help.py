"""The palette and the help of ops, and the other names under which one looks for them."""

from app.presenters.help import help_look, palette_look
from engine.op import Op
from engine.ops.decompositions import QR
from engine.ops.statistics import ReduceNorm
from widgets.palette.looks import OpLook


def palette_entry(op: type[Op]) -> OpLook:
    return next(
        entry for group in palette_look().categories for entry in group.ops if entry.name == op.__name__
    )


def test_the_palette_finds_an_op_by_the_names_that_others_give_it() -> None:
    assert "ReduceL2" in palette_entry(ReduceNorm).aliases
    assert palette_entry(QR).aliases == ()


def test_help_tells_the_other_names() -> None:
    norm, factors = help_look("ReduceNorm"), help_look("QR")
    assert norm and any(sentence.startswith("Also called ReduceL1, ReduceL2") for sentence in norm.sentences)
    assert factors and not any(sentence.startswith("Also called") for sentence in factors.sentences)
