"""The palette and the help of every op, made from its declaration."""

from __future__ import annotations

from engine import registry
from engine.op import Block, Op, Port
from widgets.help.looks import HelpLook, LinkLook, PortLook
from widgets.palette.looks import CategoryLook, OpLook, PaletteLook


def palette_look() -> PaletteLook:
    """All ops that one can draw, by category, in alphabetical order."""
    return PaletteLook(
        tuple(
            CategoryLook(category, tuple(_op_look(op) for op in drawable_ops() if op.category == category))
            for category in registry.CATEGORIES
        )
    )


def drawable_ops() -> list[type[Op]]:
    """The ops of the palette, by name."""
    return sorted((op for op in registry.all_ops() if not op.internal), key=lambda op: op.__name__)


def summary(op: type[Op]) -> str:
    """The first sentence of an op's documentation."""
    return paragraphs(op)[0].split(". ")[0].rstrip(".") + "." if op.__doc__ else ""


def also_called(op: type[Op]) -> str:
    """A sentence with the other names of an op; empty where it has none."""
    return f"Also called {', '.join(op.aliases)}." if op.aliases else ""


def paragraphs(op: type[Op]) -> list[str]:
    """The documentation, a paragraph each, unwrapped."""
    return [" ".join(part.split()) for part in op.documentation().split("\n\n")] or [""]


def help_look(name: str) -> HelpLook | None:
    """The help of an op by its name."""
    op = registry.find(name)
    if op is None:
        return None
    sentences = paragraphs(op)
    if op.aliases:
        sentences.append(also_called(op))
    if issubclass(op, Block):
        sentences.append("This is a block: open it to see what it is made of.")
    ports = [_port_look(port, False) for port in op.input_ports if not port.hidden]
    ports += [_port_look(port, True) for port in op.output_ports]
    return HelpLook(
        title=name,
        sentences=tuple(sentences),
        formula=op.formula,
        advice=op.advice,
        ports=tuple(ports) if any(port.spec or port.text for port in ports) else (),
        links=tuple(LinkLook(other, f"help:{other}") for other in _related(op)),
    )


def _related(op: type[Op], most: int = 4) -> list[str]:
    """What one may have meant instead: ops that are declared with it, then those beside it in the palette."""
    ops = drawable_ops()
    family = _around(op.__name__, [o.__name__ for o in ops if o.__module__ == op.__module__], most)
    beside = _around(op.__name__, [o.__name__ for o in ops if o.category == op.category], most)
    return list(dict.fromkeys([*family, *beside]))[:most]


def _around(name: str, names: list[str], most: int) -> list[str]:
    """The names that stand nearest to one in a list."""
    at = names.index(name) if name in names else 0
    first = max(0, min(at - most // 2, len(names) - most - 1))
    return [other for other in names[first : first + most + 1] if other != name][:most]


def _op_look(op: type[Op]) -> OpLook:
    return OpLook(op.__name__, summary(op), op.aliases)


def _port_look(port: Port, output: bool) -> PortLook:
    kind = "variable" if port.variable else "any number of wires" if port.many else ""
    extra = "May stay open." if port.optional else ""
    return PortLook(port.name, kind, " ".join(filter(None, (port.help, extra))), output)
