"""Any sequence of edits, taken back, gives the project that it began with, to the last byte of its file."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.document import clipboard, edits, framing, naming, routing, signing
from app.document.document import Document
from engine.errors import FlowscopeError
from engine.graph.graph import GraphDef
from engine.project.canonical_json import dump
from engine.project.codec import project_from_dict, project_to_dict
from engine.project.project import FRAME_COLOURS, Project
from engine.project.strict_json import parse

OPS = ("Constant", "Add", "Relu", "Dense", "Concat", "Digits")
EXPRESSIONS = ("3", "2*width", "width - depth", "depth/2", "size", "1/0", "2*")
numbers = st.integers(-2000, 2000)
picks = st.integers(0, 50)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


def written(project: Project) -> bytes:
    return dump(project_to_dict(project))


class AnyEdits(RuleBasedStateMachine):
    """A user who edits at random, and undoes and redoes in between. The model is a list of written files."""

    @initialize()
    def begin(self) -> None:
        self.document = Document(Project(GraphDef()))
        self.files = [written(self.document.project)]
        self.at = 0

    def node(self, pick: int) -> str:
        return list(self.project.graph.nodes)[pick % len(self.project.graph.nodes)]

    def signature(self, pick: int) -> str:
        return list(self.project.graph.signatures)[pick % len(self.project.graph.signatures)]

    def value(self, pick: int) -> str:
        return list(self.project.named_values)[pick % len(self.project.named_values)]

    @property
    def project(self) -> Project:
        return self.document.project

    def apply(self, project: Project) -> None:
        if project != self.project:
            self.files = [*self.files[: self.at + 1], written(project)]
            self.at += 1
        self.document.apply("An edit", project)

    def attempt(self, edit: Any, *given: Any) -> None:
        """Do an edit that may be refused; a refusal changes nothing."""
        before = written(self.project)
        try:
            project = edit(self.project, *given)
        except FlowscopeError:
            assert written(self.project) == before
            return
        self.apply(project)

    has_nodes = precondition(lambda self: bool(self.project.graph.nodes))
    has_values = precondition(lambda self: bool(self.project.named_values))
    has_notes = precondition(lambda self: bool(self.project.notes))
    has_signatures = precondition(lambda self: bool(self.project.graph.signatures))

    @rule(op=st.sampled_from(OPS), x=numbers, y=numbers)
    def add(self, op: str, x: int, y: int) -> None:
        self.apply(edits.add_node(self.project, op, x, y)[0])

    @has_nodes
    @rule(a=picks, b=picks, port=st.sampled_from(["a", "b", "x", "values:0", "values:1"]))
    def connect(self, a: int, b: int, port: str) -> None:
        self.attempt(edits.connect, (self.node(a), "y"), (self.node(b), port))

    @precondition(lambda self: bool(self.project.graph.wires))
    @rule(pick=picks)
    def disconnect(self, pick: int) -> None:
        wires = list(self.project.graph.wires)
        self.apply(edits.disconnect(self.project, wires[pick % len(wires)]))

    @has_nodes
    @rule(pick=picks, ports=st.permutations(["a", "b", "x"]))
    def swap(self, pick: int, ports: list[str]) -> None:
        self.apply(edits.swap(self.project, self.node(pick), ports[0], ports[1]))

    @precondition(lambda self: bool(self.project.graph.wires))
    @rule(pick=picks, x=numbers, y=numbers, on=st.booleans())
    def route(self, pick: int, x: int, y: int, on: bool) -> None:
        wires = list(self.project.graph.wires)
        wire = wires[pick % len(wires)]
        self.apply(routing.add_dot(self.project, wire, pick % 2, (x, y)))
        self.apply(routing.set_portals(self.project, [wire], on))

    @has_nodes
    @rule(pick=picks)
    def delete(self, pick: int) -> None:
        self.apply(edits.delete(self.project, [self.node(pick)]))

    @has_nodes
    @rule(pick=picks, x=numbers, y=numbers)
    def move(self, pick: int, x: int, y: int) -> None:
        self.apply(edits.move(self.project, {self.node(pick): (float(x), float(y))}))

    @has_nodes
    @rule(pick=picks, name=st.sampled_from(["a", "b", "two words", "", "relu"]))
    def rename(self, pick: int, name: str) -> None:
        self.attempt(edits.rename, self.node(pick), name)

    @has_nodes
    @rule(pick=picks, name=st.sampled_from(["units", "value", "axis"]), value=st.integers(-3, 9))
    def set_attribute(self, pick: int, name: str, value: int) -> None:
        self.attempt(edits.set_attribute, self.node(pick), name, value)

    @rule(name=st.sampled_from(["width", "depth", "2x"]), text=st.sampled_from(EXPRESSIONS))
    def define(self, name: str, text: str) -> None:
        self.attempt(naming.define, name, text)

    @has_values
    @rule(name=st.sampled_from(["width", "depth"]), text=st.sampled_from(EXPRESSIONS))
    def set_value(self, name: str, text: str) -> None:
        self.attempt(naming.set_value, name, text)

    @has_values
    @rule(pick=picks, name=st.sampled_from(["width", "depth", "size"]))
    def rename_value(self, pick: int, name: str) -> None:
        self.attempt(naming.rename_value, self.value(pick), name)

    @has_values
    @rule(pick=picks)
    def remove_value(self, pick: int) -> None:
        self.apply(naming.remove_value(self.project, self.value(pick)))

    @has_nodes
    @rule(pick=picks, name=st.sampled_from(["units", "axis", "nothing"]), text=st.sampled_from(EXPRESSIONS))
    def set_expression(self, pick: int, name: str, text: str) -> None:
        self.attempt(naming.set_expression, [self.node(pick)], name, text)

    @rule(pick=picks)
    def go_to(self, pick: int) -> None:
        self.at = pick % len(self.document.steps)
        self.document.go_to(self.at)

    @has_nodes
    @rule(pick=picks, flow=st.sampled_from(["normal", "bypassed", "muted", "sideways"]))
    def set_flow(self, pick: int, flow: str) -> None:
        self.attempt(edits.set_policy, [self.node(pick)], "flow", flow)

    @has_nodes
    @rule(first=picks, second=picks)
    def add_signature(self, first: int, second: int) -> None:
        self.attempt(
            lambda project: signing.add_signature(
                project, signing.outputs_of(project.graph, [self.node(first), self.node(second)])
            )[0]
        )

    @has_signatures
    @rule(pick=picks, name=st.sampled_from(["serving_default", "a", "two words"]))
    def rename_signature(self, pick: int, name: str) -> None:
        self.attempt(signing.rename_signature, self.signature(pick), name)

    @has_signatures
    @rule(pick=picks, name=st.sampled_from(["a", "two words", ""]))
    def rename_output(self, pick: int, name: str) -> None:
        signature = self.signature(pick)
        output = next(iter(self.project.graph.signatures[signature].outputs))
        self.attempt(signing.rename_entry, signature, "outputs", output, name)

    @has_signatures
    @rule(pick=picks)
    def remove_output(self, pick: int) -> None:
        signature = self.signature(pick)
        output = next(iter(self.project.graph.signatures[signature].outputs))
        self.apply(signing.remove_entry(self.project, signature, "outputs", output))

    @rule(epochs=st.integers(-1, 20))
    def set_training(self, epochs: int) -> None:
        self.attempt(edits.set_training, "epochs", epochs)

    @rule(x=numbers, y=numbers, text=texts)
    def add_note(self, x: int, y: int, text: str) -> None:
        self.apply(edits.add_note(self.project, x, y, text)[0])

    @rule(x=numbers, y=numbers, title=texts)
    def add_frame(self, x: int, y: int, title: str) -> None:
        self.apply(framing.add_frame(self.project, (x, y, 240, 160), title)[0])

    @precondition(lambda self: bool(self.project.frames))
    @rule(pick=picks, x=numbers, colour=st.sampled_from(FRAME_COLOURS))
    def change_frame(self, pick: int, x: int, colour: str) -> None:
        frame = self.project.frames[pick % len(self.project.frames)].id
        moved = edits.move(self.project, {}, {frame: (float(x), 0.0)})
        self.apply(framing.colour_frames(moved, (frame,), colour))

    @precondition(lambda self: bool(self.project.frames))
    @rule(pick=picks)
    def delete_frame(self, pick: int) -> None:
        frame = self.project.frames[pick % len(self.project.frames)].id
        self.apply(edits.delete(self.project, (), (), (frame,)))

    @has_notes
    @rule(pick=picks, text=texts, width=st.integers(50, 500))
    def change_note(self, pick: int, text: str, width: int) -> None:
        note = self.project.notes[pick % len(self.project.notes)].id
        self.apply(edits.resize_note(edits.edit_note(self.project, note, text), note, width, 80.0))

    @has_nodes
    @rule(first=picks, second=picks)
    def copy_and_paste(self, first: int, second: int) -> None:
        text = clipboard.to_text(self.project, {self.node(first), self.node(second)})
        self.apply(clipboard.paste(self.project, text, None)[0])

    @rule()
    def undo(self) -> None:
        self.document.undo()
        self.at = max(0, self.at - 1)

    @rule()
    def redo(self) -> None:
        self.document.redo()
        self.at = min(len(self.files) - 1, self.at + 1)

    @invariant()
    def the_file_is_what_the_history_says(self) -> None:
        assert written(self.project) == self.files[self.at]

    @invariant()
    def the_file_can_be_read_again(self) -> None:
        read = project_from_dict(parse(written(self.project), "the file"), "the file")
        assert read == self.project

    def teardown(self) -> None:
        if not hasattr(self, "document"):
            return
        for expected in reversed(self.files[: self.at + 1]):
            assert written(self.project) == expected
            self.document.undo()
        for expected in self.files:
            assert written(self.project) == expected
            self.document.redo()


AnyEdits.TestCase.settings = settings(max_examples=40, stateful_step_count=25)
TestAnyEdits = AnyEdits.TestCase
