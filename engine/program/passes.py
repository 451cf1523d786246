"""The passes by name, in the order in which they run, and what each of them did, for the user to see."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from engine.program.branches import choose_branches
from engine.program.cheapen import cheapen
from engine.program.describe import described
from engine.program.fold import fold
from engine.program.fuse import fuse
from engine.program.hoist import hoist
from engine.program.identity import remove_identities
from engine.program.inline import inline
from engine.program.layout import move_transposes
from engine.program.place import misplaced, place
from engine.program.program import Program
from engine.program.prune import prune
from engine.program.share import share
from engine.program.simplify import simplify
from engine.value import Call


@dataclass(frozen=True)
class Pass:
    """One pass. `rounds` says whether it may change the last digits of what is computed.

    `whole` says whether it looks into branches and loops itself; else it is run on each of them. `notes`
    tells in sentences what the pass cannot do as it was asked to.
    """

    name: str
    title: str
    help: str
    run: Callable[[Program], Program]
    rounds: bool = False
    whole: bool = False
    notes: Callable[[Program], tuple[str, ...]] = lambda _: ()


PASSES = (
    Pass(
        "inline",
        "Function inlining",
        "Writes out what functions do in the place of their calls, where the other passes can work on it.",
        inline,
    ),
    Pass(
        "prune",
        "Pruning",
        "Leaves out what nothing that is wanted depends on.",
        prune,
    ),
    Pass(
        "fold",
        "Constant folding",
        "Computes once, before running, what depends on constants alone.",
        fold,
    ),
    Pass(
        "branches",
        "Dead branches",
        "Where the predicate of an If is known beforehand, leaves the branch that runs, and no other.",
        choose_branches,
    ),
    Pass(
        "hoist",
        "Loop-invariant motion",
        "Computes once, before a loop, what is the same in each of its iterations.",
        hoist,
    ),
    Pass(
        "identity",
        "Identity removal",
        "Leaves out what hands its input on unchanged: copies, casts to the same dtype, margins of nothing.",
        remove_identities,
    ),
    Pass(
        "layout",
        "Layout",
        "Moves exchanges of axes behind elementwise operations, where pairs of them meet and cancel.",
        move_transposes,
    ),
    Pass(
        "simplify",
        "Algebraic simplification",
        "Uses identities that hold to the last bit: x · 1 is x, -(-x) is x, two exchanges of axes are one.",
        simplify,
    ),
    Pass(
        "cheapen",
        "Cheaper arithmetic",
        "Takes a faster or more exact way to the same number: x² for a power, log(1 + x) in one step. "
        "The last digits may differ.",
        cheapen,
        rounds=True,
    ),
    Pass(
        "share",
        "Common subexpressions",
        "Computes once what is drawn twice with the same inputs.",
        share,
    ),
    Pass(
        "placement",
        "Placement",
        "Lets each operation run on the device that its node is pinned to, and copies tensors that cross.",
        place,
        whole=True,
        notes=misplaced,
    ),
    Pass(
        "fuse",
        "Fusion",
        "Computes chains of elementwise operations in one go, piece by piece, so that nothing between them "
        "is written to memory. What is watched is computed as before.",
        fuse,
    ),
)
"""Every pass, in the order in which they run. Each is pure, and may be switched off."""

NAMES = tuple(each.name for each in PASSES)


@dataclass(frozen=True)
class Change:
    """What a pass did at one path: the call before and after; empty where it is new, or gone."""

    path: str
    before: str
    after: str


@dataclass(frozen=True)
class Report:
    """What one pass did: how many calls there were before and after, and which are others now.

    `changed` counts them all, `changes` holds the first of them.
    """

    name: str
    calls_before: int
    calls_after: int
    changed: int
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()


def optimise(program: Program, without: Collection[str] = ()) -> Program:
    """Run all passes but those named."""
    for each in PASSES:
        if each.name not in without:
            program = _run(each, program)
    # What the passes left without use; a constant that was folded away would still take memory.
    return program if "prune" in without else prune(program)


def explain(program: Program, without: Collection[str] = (), most: int = 500) -> tuple[Report, ...]:
    """Run the passes as `optimise` does, and report what each of them did, with up to `most` changes each."""
    reports = []
    for each in PASSES:
        if each.name in without:
            continue
        after = _run(each, program)
        found = report(each.name, program, after, most)
        reports.append(replace(found, notes=each.notes(program)))
        program = after
    return tuple(reports)


def _run(each: Pass, program: Program) -> Program:
    return each.run(program) if each.whole else run_inside(each.run, program)


def run_inside(run: Callable[[Program], Program], program: Program) -> Program:
    """Run a pass on a program and on the bodies of its branches and loops."""
    return run_in_bodies(run, run(program))


def run_in_bodies(run: Callable[[Program], Program], program: Program) -> Program:
    """Run a pass on nothing but the bodies of branches and loops."""
    if not any(call.bodies for call in program.calls):
        return program
    return replace(program, calls=tuple(_with_bodies(run, call) for call in program.calls))


def _with_bodies(run: Callable[[Program], Program], call: Call) -> Call:
    bodies = (replace(body, program=run_inside(run, body.program)) for body in call.bodies)
    return replace(call, bodies=tuple(bodies)) if call.bodies else call


def report(name: str, before: Program, after: Program, most: int = 500) -> Report:
    """What a pass did, with up to `most` changes."""
    old, new = described(before), described(after)
    changes = [
        Change(path, old.get(path, ""), new.get(path, ""))
        for path in dict.fromkeys([*old, *new])
        if old.get(path) != new.get(path)
    ]
    return Report(name, _count(before), _count(after), len(changes), tuple(changes[:most]))


def _count(program: Program) -> int:
    """How many calls there are, those in branches and loops included."""
    bodies = [body.program for call in program.calls for body in call.bodies]
    return len(program.calls) + sum(map(_count, bodies))
