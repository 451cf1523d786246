"""Everything that a training run is at one moment, as one frozen value: what resuming needs, and no more."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.project.durable import FileError
from engine.train.progress import EpochResult

Sums = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, eq=False)
class TrainState:
    """A run between two steps. Training that goes on from here gives the same bits as if it had not stopped.

    The data position needs no more than `epoch` and `batch`, because the order of examples follows from the
    seed and the epoch; random ops need no more than `seed` and `step`. The log of the run is cut at `step`.
    """

    variables: Mapping[str, NDArray[Any]]
    """What every variable holds, those of the optimizers among them, by path."""
    seed: int
    epoch: int = 0
    """How many epochs are complete."""
    batch: int = 0
    """How many steps of the present epoch are done."""
    step: int = 0
    """How many steps are done in all."""
    sums: Sums = field(default_factory=dict)
    """What the means of the present epoch are made from: sums of value times examples, and of examples."""
    history: tuple[EpochResult, ...] = ()

    def digest(self) -> str:
        """A hash of all bits of the state."""
        found = hashlib.sha256(self.to_json())
        for path, array in sorted(self.variables.items()):
            found.update(f"{path} {array.dtype.str} {array.shape}".encode())
            found.update(np.asarray(array, order="C").tobytes())
        return found.hexdigest()

    def to_json(self) -> bytes:
        """All but the variables. Floats are written in hexadecimal: every bit survives, and NaN as well."""
        return msgspec.json.encode(
            _Stored(
                seed=self.seed,
                epoch=self.epoch,
                batch=self.batch,
                step=self.step,
                sums={name: (total.hex(), seen.hex()) for name, (total, seen) in self.sums.items()},
                history=[
                    _StoredEpoch(result.epoch, _hex(result.train), _hex(result.validation))
                    for result in self.history
                ],
            )
        )

    @staticmethod
    def from_json(data: bytes, variables: Mapping[str, NDArray[Any]]) -> TrainState:
        """The state that `to_json` wrote, with its variables; raises FileError for anything else."""
        try:
            stored = msgspec.json.decode(data, type=_Stored)
            return TrainState(
                variables,
                stored.seed,
                stored.epoch,
                stored.batch,
                stored.step,
                {name: (_unhex(total), _unhex(seen)) for name, (total, seen) in stored.sums.items()},
                tuple(
                    EpochResult(
                        found.epoch,
                        {name: _unhex(value) for name, value in found.train.items()},
                        {name: _unhex(value) for name, value in found.validation.items()},
                    )
                    for found in stored.history
                ),
            )
        except (msgspec.MsgspecError, ValueError, OverflowError) as error:
            raise FileError(f"The checkpoint does not describe a state of training: {error}.") from error


class _StoredEpoch(msgspec.Struct, array_like=True):
    epoch: int
    train: dict[str, str]
    validation: dict[str, str]


class _Stored(msgspec.Struct, forbid_unknown_fields=True):
    seed: int
    epoch: int
    batch: int
    step: int
    sums: dict[str, tuple[str, str]]
    history: list[_StoredEpoch]


def _hex(values: Mapping[str, float]) -> dict[str, str]:
    return {name: value.hex() for name, value in values.items()}


def _unhex(text: str) -> float:
    return float.fromhex(text)
