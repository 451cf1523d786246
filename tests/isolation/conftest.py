"""A conversation with a real engine's process, and small projects to give it."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from engine import registry
from engine.blocks.layers import Dense
from engine.graph.builder import Graph
from engine.graph.graph import Node
from engine.project.project import Project, TrainingSettings
from engine.worker.client import ClientEvent, WorkerClient
from engine.worker.messages import Command, Ready, Train
from engine.worker.restarts import RestartLimit
from engine.worker.stored import project_to_bytes

FAULTS = Path(__file__).with_name("faults.py")
PATIENCE = 30.0
"""Seconds until a test gives up; nothing is said by it about how fast anything should be."""

T = TypeVar("T")


class Conversation:
    """Sends commands, and waits for events in their order."""

    def __init__(self, restarts: RestartLimit | None = None) -> None:
        self.client = WorkerClient(preload=[FAULTS], restarts=restarts or RestartLimit(100))
        self.told = threading.Event()
        self.client.on_wakeup = self.told.set
        self.events: list[ClientEvent] = []
        self._seen = 0

    def start(self) -> Ready:
        self.client.start()
        return self.wait_for(Ready)

    def send(self, command: Command) -> None:
        self.client.send(command)

    def wait_for(self, kind: type[T], when: Callable[[T], bool] = lambda event: True) -> T:
        """Wait for the next event of a kind; fail when it does not come."""
        deadline = time.monotonic() + PATIENCE
        while True:
            while self._seen < len(self.events):
                event = self.events[self._seen]
                self._seen += 1
                if isinstance(event, kind) and when(event):
                    return event
            self.told.clear()
            self.events += self.client.poll(1.0)
            if self._seen == len(self.events):
                self.told.wait(0.05)
            if time.monotonic() > deadline:
                pytest.fail(f"no {kind.__name__} came; the last events are {self.events[-5:]}")

    def all(self, kind: type) -> list[ClientEvent]:
        """Every event of a kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def train(self, project: Project, folder: Path, **options: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.send(Train(project_to_bytes(project), str(folder), **options))


@pytest.fixture
def talk() -> Iterator[Conversation]:
    conversation = Conversation()
    yield conversation
    conversation.client.close()


def make_digits(between_node: Node | None = None, **settings: Any) -> Project:
    """A small network on the digits; the node `between` passes its input on, or is what is given for it."""
    g = Graph()
    images, labels = g.source(registry.get("Digits")(), name="digits")
    flat = registry.get("Flatten")()(images, name="flatten")
    between = registry.get("Identity")()(flat, name="between")
    hidden = registry.get("Relu")()(Dense(units=16)(between, name="hidden"), name="relu")
    logits = Dense(units=10)(hidden, name="logits")
    loss = registry.get("SparseCategoricalCrossentropy")()(logits, labels, name="loss")
    g.minimize(loss, name="adam")
    graph = g.definition if between_node is None else g.definition.replace_node(between_node)
    return Project(graph, training=TrainingSettings(**{"epochs": 1000, **settings}))


def make_fault(kind: str, after: int = 60, **settings: Any) -> Project:
    """The same network with an op that misbehaves after some calls; an epoch has 46 of them."""
    return make_digits(Node("between", "Fault", {"kind": kind, "after": after}), **settings)


@pytest.fixture
def digits() -> Callable[..., Project]:
    return make_digits


@pytest.fixture
def with_fault() -> Callable[..., Project]:
    return make_fault


@pytest.fixture
def conversation() -> type[Conversation]:
    return Conversation
