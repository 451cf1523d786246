"""The first graph of the README, drawn click by click in the real window, and trained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from app.application import Application

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
STEPS = README.partition("## Your first graph")[2].partition("\n## ")[0]


def test_the_steps_lead_to_a_network_that_learns(
    live: Application, use: Callable[[Application], Any]
) -> None:
    person = use(live)
    person.keys("Ctrl+N")
    person.keys("Shift+A")
    choose(person, "spirals")
    person.drag(person.header("spirals"), QPoint(150, 200))
    draw(person, "spirals", "points", QPoint(100, -40), "dense")
    person.fill("units", "32")
    activation = live.window.properties.form.row("activation").editor
    assert isinstance(activation, QComboBox)
    QTest.keyClicks(activation, "relu")
    draw(person, "dense", "y", QPoint(60, -40), "dense")
    person.fill("units", "1")
    draw(person, "dense_1", "y", QPoint(60, 0), "binarycrossentropy")
    person.drag(person.port("spirals", "labels"), person.port("binary_crossentropy", "labels"))
    draw(person, "binary_crossentropy", "loss", QPoint(-100, 160), "adam")
    assert person.wires == {
        "spirals.points > dense.x",
        "dense.y > dense_1.x",
        "dense_1.y > binary_crossentropy.logits",
        "spirals.labels > binary_crossentropy.labels",
        "binary_crossentropy.loss > adam.loss",
    }
    assert live.workspace.problems == ()
    person.keys("F5")
    person.wait(lambda: live.document.variables)
    assert set(live.document.variables) >= {"dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"}


def draw(person: Any, node: str, port: str, away: QPoint, op: str) -> None:
    """Drag a wire out of a port, drop it on free canvas, and choose what comes there."""
    start = person.port(node, port)
    person.drag(start, start + away)
    choose(person, op)


def choose(person: Any, op: str) -> None:
    """Type into the list that has opened, and take the first that is found."""
    assert f"`{op}`" in STEPS, "the README names what is typed"
    box = person.app.adding.box
    assert box.isVisible()
    person.type(op, box.field)
    assert box.titles()[0].lower() == op
    person.keys("Return", box.field)
