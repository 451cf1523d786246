"""The walk that rewriting passes share: each call is kept, or other values take the place of its outputs."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from engine.op import Op
from engine.policy import NO_POLICY
from engine.program.program import Program, VariableRead, number
from engine.value import Call, Value

Rule = Callable[["Rewriter", Call], Value | None]
"""What can take the place of the one output of a call, or None where the rule does not apply."""

Rules = Mapping[str, Sequence[Rule]]
"""The rules by the name of the op that they look at, in the order in which they are tried."""


class Rewriter:
    """One walk. What a rule emits is looked at by the rules again, so each must make the program simpler."""

    def __init__(self, program: Program, rules: Rules) -> None:
        self._program = program
        self._rules = rules
        self._calls: list[Call] = []
        self._constants = dict(program.constants)
        self._makers: dict[int, Call] = {}
        self._instead: dict[int, Value] = {}
        self._uses = count_uses(program)
        self._keys = itertools.count(1 + max(all_keys(program), default=0))
        self._path = ""
        self._policy = NO_POLICY

    def run(self) -> Program:
        """Walk over all calls."""
        for call in self._program.calls:
            self._path, self._policy = call.path, call.policy
            inputs = tuple(value and self._present(value) for value in call.inputs)
            kept = call if inputs == call.inputs else replace(call, inputs=inputs)
            found = self._rewritten(kept)
            if found is None:
                self._keep(kept)
            else:
                self._replace(kept, found)
        return substituted(
            replace(self._program, calls=tuple(self._calls), constants=self._constants), self._instead
        )

    # ---- what rules ask ------------------------------------------------------------------------------

    def maker(self, value: Value | None, op: type[Op]) -> Call | None:
        """The call that makes a value, if it is one of that op."""
        call = None if value is None else self._makers.get(number(value))
        return call if call is not None and type(call.op) is op else None

    def known(self, value: Value | None) -> np.ndarray | None:
        """What a constant holds."""
        return None if value is None else self._constants.get(number(value))

    def used_once(self, value: Value) -> bool:
        """Whether nothing but one input reads the value, so that it need not be made when that is gone."""
        return self._uses[number(value)] == 1

    def emit(self, op: Op, *inputs: Value | None) -> Value:
        """Another call in the place of the present one."""
        (spec,) = op.output_specs([None if value is None else value.spec for value in inputs])
        output = Value(self._program.calls[0].outputs[0].builder, next(self._keys), spec)
        self._uses.update(number(value) for value in inputs if value is not None)
        call = Call(op, inputs, (output,), self._path, policy=self._policy)
        found = self._rewritten(call)
        if found is not None:
            self._replace(call, found)
            return found
        self._keep(call)
        return output

    def constant(self, array: np.ndarray, like: Value) -> Value:
        """A constant; `like` is any value of the program."""
        value = replace(like, key=next(self._keys), spec=like.spec.with_shape(array.shape))
        self._constants[number(value)] = np.asarray(array, like.spec.dtype)
        return value

    # ---- the walk ------------------------------------------------------------------------------------

    def _rewritten(self, call: Call) -> Value | None:
        for rule in self._rules.get(type(call.op).__name__, ()):
            found = rule(self, call)
            if found is not None:
                return found
        return None

    def _replace(self, call: Call, found: Value) -> None:
        """Let another value stand for the output of a call, which then reads nothing any more."""
        output = number(call.outputs[0])
        self._instead[output] = found
        self._uses[number(found)] += self._uses[output]
        self._uses.subtract(number(value) for value in call.inputs if value is not None)

    def _keep(self, call: Call) -> None:
        self._calls.append(call)
        self._makers.update({number(value): call for value in call.outputs})

    def _present(self, value: Value) -> Value:
        return self._instead.get(number(value), value)


def rewrite(program: Program, rules: Rules) -> Program:
    """Walk over a program with some rules; the values that are wanted are as before."""
    return Rewriter(program, rules).run() if program.calls else program


def substituted(program: Program, instead: Mapping[int, Value]) -> Program:
    """The program whose wanted and named values are others; the inputs of its calls are as they are."""

    def present(value: Value) -> Value:
        return instead.get(number(value), value)

    return replace(
        program,
        updates={path: present(value) for path, value in program.updates.items()},
        outputs={name: present(value) for name, value in program.outputs.items()},
        nodes={port: present(value) for port, value in program.nodes.items()},
        blocks={
            path: replace(
                block,
                inputs=tuple(value and present(value) for value in block.inputs),
                outputs=tuple(present(value) for value in block.outputs),
            )
            for path, block in program.blocks.items()
        },
    )


def count_uses(program: Program) -> Counter[int]:
    """How many inputs of calls, outputs and updates read each value."""
    read = [value for call in program.calls for value in call.inputs if value is not None]
    return Counter(number(value) for value in [*read, *program.outputs.values(), *program.updates.values()])


def all_keys(program: Program) -> Iterable[int]:
    """The keys of all values that a program makes or is given."""
    reads: Iterable[VariableRead] = program.variables.values()
    yield from (number(value) for value in program.feeds.values())
    yield from (number(read.value) for read in reads)
    yield from program.constants
    yield from (number(value) for call in program.calls for value in call.outputs)
