"""Prints how long one refresh of the curves takes: 20 curves of 100,000 points, all visible and zoomed in."""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

RUNS, POINTS, LIVE = 20, 100_000, 50


def main() -> None:
    """Measure and print; with --json FILE also write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--frames", type=int, default=15, help="refreshes per figure (default 15)")
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    figures = measure(arguments.frames)
    for name, value in figures.items():
        print(f"{name:42} {value:8.1f} ms")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def measure(frames: int) -> dict[str, float]:
    """Return milliseconds by name, medians of `frames` refreshes."""
    from PySide6.QtWidgets import QApplication

    from widgets import theme
    from widgets.curves.looks import CurveSettings, RunLook
    from widgets.curves.panel import CurvesPanel

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app)
    panel = CurvesPanel()
    panel.resize(660, 286)
    panel.show()
    panel.set_runs(tuple(RunLook(f"run-{i}", f"run {i}") for i in range(RUNS)))
    random = np.random.default_rng(0)
    steps = np.arange(POINTS, dtype=np.float64)

    def extend(first: int, count: int) -> None:
        part = steps[first : first + count]
        for run in range(RUNS):
            values = np.exp(-part / 20_000) + 0.05 * random.normal(size=part.size)
            panel.add_points(f"run-{run}", "loss", "train", part, part / 1000, part / 100, values)

    def refreshed(change: Callable[[int], None]) -> float:
        spent = []
        for frame in range(frames):
            start = time.perf_counter()
            change(frame)
            panel.refresh()
            panel.repaint()
            app.processEvents()
            spent.append(1000 * (time.perf_counter() - start))
        return statistics.median(spent)

    before = POINTS - LIVE * frames
    start = time.perf_counter()
    extend(0, before)
    figures = {"load 20 x 100,000 points": 1000 * (time.perf_counter() - start)}
    figures["refresh live, all visible"] = refreshed(lambda frame: extend(before + LIVE * frame, LIVE))
    plot = panel.plots()[0]
    figures["pan, 1 % visible"] = refreshed(
        lambda frame: plot.range_wished.emit((frame * 100, 1000 + frame * 100))
    )
    plot.range_wished.emit(None)
    figures["move the cursor"] = refreshed_cursor(panel, app, frames)
    panel.set_settings(CurveSettings(0.9, log_y=True))
    figures["refresh, logarithmic y"] = refreshed(lambda frame: extend(POINTS + LIVE * frame, LIVE))
    figures["move the smoothing slider"] = refreshed(
        lambda frame: panel.set_settings(CurveSettings(0.5 + 0.01 * frame))
    )
    panel.close()
    return figures


def refreshed_cursor(panel: object, app: object, frames: int) -> float:
    """Return how long the plot takes to follow the pointer."""
    from PySide6.QtWidgets import QApplication

    from widgets.curves.panel import CurvesPanel

    assert isinstance(panel, CurvesPanel) and isinstance(app, QApplication)
    plot, spent = panel.plots()[0], []
    for frame in range(frames):
        start = time.perf_counter()
        plot.cursor_wished.emit(1000.0 * frame)
        app.processEvents()
        spent.append(1000 * (time.perf_counter() - start))
    plot.cursor_wished.emit(None)
    return statistics.median(spent)


if __name__ == "__main__":
    main()
