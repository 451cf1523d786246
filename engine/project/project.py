"""A project: the graph with all that a user keeps beside it. One frozen value; an edit makes another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.attribute import Attribute, attribute, attributes_of
from engine.graph.graph import GraphDef, PortKey
from engine.policy import POLICIES
from engine.program.passes import NAMES as PASSES

Position = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class _Declared:
    """The settings that this version knows; each is declared like an attribute of an op."""

    epochs: int = attribute(default=10, low=1, high=1_000_000, help="How often training sees every example.")
    batch_size: int = attribute(
        default=32, low=1, high=1_048_576, help="How many examples one training step looks at."
    )
    validation_split: float = attribute(
        default=0.1,
        low=0.0,
        high=0.9,
        help="The part of the training examples that is kept back to judge the model after each epoch.",
    )
    shuffle: bool = attribute(
        default=True, help="Whether each epoch sees the examples in a new random order."
    )
    drop_remainder: bool = attribute(
        default=False, help="Whether the last batch of an epoch is left out when it is not full."
    )
    seed: int = attribute(
        default=0,
        low=0,
        high=2**31 - 1,
        help="Where random numbers start. The same seed gives the same training again.",
    )
    device: str = attribute(
        default="auto",
        choices=("auto", "cpu", "gpu"),
        help="Where the graph runs. With auto it runs on the GPU if there is one.",
    )
    precision: str = attribute(
        default="float32",
        choices=tuple(POLICIES),
        help="In which dtype the network is computed. The mixed ones take 16 bits for products of matrices, "
        "and float32 for variables, losses and statistics. With float16, set loss_scale of the optimizer. "
        "A node can have a precision of its own.",
    )
    record_every: int = attribute(
        default=1,
        low=1,
        high=1_000_000,
        unit="steps",
        help="How many training steps lie between two recorded points of a curve.",
    )
    histograms_every: int = attribute(
        default=1,
        low=0,
        high=1_000_000,
        unit="epochs",
        help="How many epochs lie between two recorded histograms of the variables. 0 records none.",
    )
    without: tuple[str, ...] = attribute(
        default=(),
        choices=PASSES,
        help="The passes that are left out when the graph is made ready to run.",
        hidden=True,
    )
    checkpoint_every: int = attribute(
        default=1,
        low=0,
        high=1_000_000,
        unit="epochs",
        help="How many epochs lie between two checkpoints. 0 saves only the last state.",
    )


TRAINING_ATTRIBUTES: tuple[Attribute, ...] = attributes_of(_Declared)
"""The declarations of the training settings: a form, its help and its checks are made from them."""


@dataclass(frozen=True, kw_only=True)
class TrainingSettings(_Declared):
    """How the graph is trained. Raises AttributeProblem for a value of a wrong type or outside its limits."""

    extra: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for declared in TRAINING_ATTRIBUTES:
            object.__setattr__(self, declared.name, declared.parse(getattr(self, declared.name)))


@dataclass(frozen=True)
class Card:
    """Something that lies on the canvas beside the nodes, where and how large. Ids of all kinds differ."""

    id: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Note(Card):
    """A text that lies on the canvas beside the nodes."""

    text: str
    extra: Mapping[str, object] = field(default_factory=dict)


FRAME_COLOURS = ("plain", "blue", "teal", "green", "lime", "amber", "orange", "red", "purple")
"""The colours that a frame can have."""


@dataclass(frozen=True)
class Frame(Card):
    """A titled area behind the nodes; what lies in it moves with it."""

    title: str = ""
    colour: str = FRAME_COLOURS[0]
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Route:
    """How a wire is drawn where it does not go straight: through dots, or named at both ends and not drawn.

    It says nothing about what the wire carries; the engine never sees it.
    """

    dots: tuple[Position, ...] = ()
    portal: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)


Routes = Mapping[PortKey, Route]
"""Routes by the input that their wire ends in."""


@dataclass(frozen=True)
class Project:
    """What one `.flowscope` file holds, except for the trained variables.

    `positions` says where a node's upper left corner lies on the canvas; a node that has none there is put
    somewhere when it is first drawn. `routes` says how wires are drawn that do not go straight. `layouts` and
    `function_routes` say the same for what is inside of each function. `extra` keeps,
    at each level, the fields of a file that this version does not know, so that saving the file again does
    not lose them.
    """

    graph: GraphDef
    positions: Mapping[str, Position] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    training: TrainingSettings = TrainingSettings()
    extra: Mapping[str, object] = field(default_factory=dict)
    layouts: Mapping[str, Mapping[str, Position]] = field(default_factory=dict)
    named_values: Mapping[str, str] = field(default_factory=dict)
    """Numbers with names, and the expressions of attributes that refer to them (see `named_values`)."""
    routes: Routes = field(default_factory=dict)
    function_routes: Mapping[str, Routes] = field(default_factory=dict)
    frames: tuple[Frame, ...] = ()

    def __post_init__(self) -> None:
        """A route goes with its wire, whatever edit took that away."""
        if self.routes:
            object.__setattr__(self, "routes", _of_wires(self.routes, self.graph))
        if self.function_routes:
            functions = self.graph.functions
            kept = {
                name: left
                for name, routes in self.function_routes.items()
                if name in functions and (left := _of_wires(routes, functions[name].graph))
            }
            object.__setattr__(self, "function_routes", kept)

    @property
    def cards(self) -> tuple[Card, ...]:
        """Notes and frames."""
        return (*self.notes, *self.frames)


def _of_wires(routes: Routes, graph: GraphDef) -> Routes:
    """The routes that say something, of wires that are there."""
    return {end: route for end, route in routes.items() if end in graph.wires and route != Route()}
