"""Frame times of the canvas, pan, zoom and drag at 200, 1,000 and 5,000 nodes, and the search for an op."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication, QWidget

from widgets import theme
from widgets.canvas.looks import Bars, CanvasLook, NodeLook, PortLook, WireLook, canvas_look
from widgets.canvas.view import CanvasView
from widgets.help.looks import HelpLook
from widgets.search.add_box import AddBox
from widgets.search.looks import AddLook
from widgets.tokens import CATEGORIES

FRAMES = 40
WORDS = ("Dense", "Conv2D", "Sparse", "Cross", "Batch", "Norm", "Max", "Pool", "Mean")
THUMBNAIL = Bars(tuple(float((7 * i) % 10) for i in range(10)), 3)


def graph(count: int) -> CanvasLook:
    """A grid of nodes with two inputs, two wires each, 2 % of the nodes have one from far away."""
    columns = max(round((count * 0.8) ** 0.5), 1)
    nodes, wires = [], []
    for i in range(count):
        row, column = divmod(i, columns)
        ports = (PortLook("x", "float32", 2), PortLook("labels", "int64", 1))
        out = (PortLook("y", "float32", 2, "batch x 128"),)
        node = NodeLook(f"dense_{i}", "Dense", CATEGORIES[i % 9], 208.0 * column, 176.0 * row)
        nodes.append(
            NodeLook(
                node.name, node.op, node.category, node.x, node.y, "128, relu", "0.08 ms", ports, out,
                is_block=i % 3 == 0, thumbnail=THUMBNAIL,
            )
        )  # fmt: skip
        if column:
            wires.append(WireLook(f"dense_{i - 1}", "y", node.name, "x", "float32", "batch x 128"))
        far = i - columns if i % 50 else (7919 * i) % count
        if i >= max(columns, 1):
            wires.append(WireLook(f"dense_{far}", "y", node.name, "labels", "int64", "batch"))
    return canvas_look(tuple(nodes), tuple(wires))


def timed(app: QApplication, steps: Iterator[Callable[[], None]]) -> dict[str, float]:
    """Median and longest time from a change to its pixels, and the median of processor time, in ms."""
    times, work = [], []
    for step in steps:
        start, worked = time.perf_counter(), time.process_time()
        step()
        app.processEvents()
        times.append(1000 * (time.perf_counter() - start))
        work.append(1000 * (time.process_time() - worked))
    middle, cpu = statistics.median(times), statistics.median(work)
    return {"median_ms": round(middle, 2), "max_ms": round(max(times), 2), "cpu_ms": round(cpu, 2)}


def pans(view: CanvasView) -> Iterator[Callable[[], None]]:
    """Steps of 11 px to and fro."""
    return (lambda i=i: view.camera.pan(-11 if i % 20 < 10 else 11, -5) for i in range(FRAMES))  # type: ignore[misc]


def zooms(view: CanvasView) -> Iterator[Callable[[], None]]:
    """Small steps in and out around the middle."""
    centre = QPointF(view.viewport().rect().center())
    return (lambda i=i: view.camera.zoom_at(1.02 if i % 10 < 5 else 1 / 1.02, centre) for i in range(FRAMES))  # type: ignore[misc]


def drags(view: CanvasView, names: list[str]) -> Iterator[Callable[[], None]]:
    """Steps of 8 px of some nodes, as the move gesture shows them."""
    graph = view.graph
    places = {name: graph.nodes[name].pos() for name in names}

    def step(i: int) -> None:
        graph.move_nodes({name: place + QPointF(8 * (i % 20), 0) for name, place in places.items()})
        graph.touched.emit()

    return (lambda i=i: step(i) for i in range(FRAMES))  # type: ignore[misc]


def measure(app: QApplication, count: int) -> dict[str, object]:
    """All figures for one size of graph."""
    look = graph(count)
    view = CanvasView()
    view.resize(1600, 1000)
    view.show()
    app.processEvents()
    start = time.perf_counter()
    view.set_look(look)
    app.processEvents()
    result: dict[str, object] = {"build_ms": round(1000 * (time.perf_counter() - start), 1)}
    bounds = view.graph.overview.bounds()
    for label, scale in (("1:1", 1.0), ("half", 0.5), ("all", 0.0)):
        if scale:
            view.set_place(bounds.center().x(), bounds.center().y(), scale)
        else:
            view.fit_all(animated=False)
        app.processEvents()
        names = view.visible_nodes()
        result[f"{label} pan"] = timed(app, pans(view))
        result[f"{label} zoom"] = timed(app, zooms(view))
        result[f"{label} drag 1"] = timed(app, drags(view, names[:1]))
        result[f"{label} drag 100"] = timed(app, drags(view, names[:100]))
    view.close()
    return result


def searches(app: QApplication, count: int = 1000) -> dict[str, float]:
    """From a key in the box that adds a node to its answer on screen, over so many ops."""
    names = [f"{a}{b}{i}" for i in range(40) for a in WORDS for b in WORDS if a != b][:count]
    words = ("Batch norm", "What it does, in a sentence of some length that nobody reads to its end.")
    ops = tuple(AddLook(name, CATEGORIES[i % 9], words, i % 7 / 10) for i, name in enumerate(names))
    window = QWidget()
    window.resize(1600, 1000)
    box = AddBox(window, lambda op: HelpLook(op, words, "y = x", "Try it."))
    window.show()
    box.open_at(ops, QPoint(400, 300))
    app.processEvents()
    # Each text once, so that no answer is remembered from before.
    texts = (
        "d",
        "de",
        "den",
        "dens",
        "dense",
        "dn",
        "cross",
        "mp",
        "xyz",
        "norm",
        "conv",
        "conv2",
        "btch",
        "",
    )
    result = timed(app, (lambda text=text: box.field.setText(text) for text in texts * 3))  # type: ignore[misc]
    window.close()
    return result


def main() -> None:
    """Prints a table; `--json FILE` writes the figures as well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, nargs="*", default=[200, 1000, 5000])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app)
    figures: dict[str, object] = {}
    for count in options.nodes:
        figures[str(count)] = result = measure(app, count)
        print(f"{count} nodes: built in {result.pop('build_ms')} ms")
        for name, times in result.items():
            assert isinstance(times, dict)
            middle, longest, cpu = times["median_ms"], times["max_ms"], times["cpu_ms"]
            print(f"  {name:14} median {middle:7.2f} ms   max {longest:7.2f} ms   cpu {cpu:7.2f} ms")
    figures["search"] = found = searches(app)
    print(
        "search in 1,000 ops: median {median_ms:.2f} ms   max {max_ms:.2f} ms   cpu {cpu_ms:.2f} ms".format(
            **found
        )
    )
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
