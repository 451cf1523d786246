"""One drawn curve: which series, under which name, and in which colour, dash and marker."""

from dataclasses import dataclass

from widgets.curves.looks import RunLook, Split
from widgets.curves.series import Series

COLOURS = 8
DASH = (5.0, 3.5)
"""Pixels drawn and left out of dashed curves."""


@dataclass(frozen=True, eq=False)
class CurveLine:
    """A series with its appearance. `marker` counts how often the colours have been used up before."""

    run: str
    split: Split
    label: str
    series: Series
    colour: int
    dashed: bool
    marker: int = 0


def lines_of(tag_series: dict[tuple[str, Split], Series], runs: tuple[RunLook, ...]) -> tuple[CurveLine, ...]:
    """Return the lines of one tag: of one run by split, of several runs by run, validation always dashed."""
    shown = [(place, run) for place, run in enumerate(runs) if run.shown]
    lines = []
    for place, run in shown:
        for split in ("train", "validation"):
            series = tag_series.get((run.name, split))
            if series is None or not len(series):
                continue
            dashed = split == "validation"
            short = "val" if dashed else "train"
            if len(shown) == 1:
                lines.append(CurveLine(run.name, split, short, series, int(dashed), dashed))
            else:
                label = f"{run.title} {short}" if dashed else run.title
                lines.append(
                    CurveLine(run.name, split, label, series, place % COLOURS, dashed, place // COLOURS)
                )
    return tuple(lines)
