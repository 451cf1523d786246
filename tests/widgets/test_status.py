"""The status bar shows its parts, and leaves out what is empty."""

from typing import Any

from widgets import theme
from widgets.controls.labels import ElidedLabel
from widgets.status import StatusBar, StatusLook

LOOK = StatusLook(
    "success",
    "Training, 45 steps per second",
    "CPU, 8 threads",
    "GPU off: no CUDA device found",
    "142 MiB",
    "8 nodes, 9,610 parameters",
    "Saved",
)


def label(bar: StatusBar, part: str) -> ElidedLabel:
    found = bar.findChild(ElidedLabel, f"status-{part}")
    assert isinstance(found, ElidedLabel)
    return found


def test_all_parts_are_shown_and_read_out(show: Any) -> None:
    bar = StatusBar()
    show(bar, 1200, 24)
    bar.set_look(LOOK)
    assert label(bar, "state").text() == "Training, 45 steps per second"
    assert label(bar, "saved").geometry().right() <= 1200 - 16
    assert bar.accessibleName() == (
        "Status: Training, 45 steps per second, CPU, 8 threads, GPU off: no CUDA device found, "
        "142 MiB, 8 nodes, 9,610 parameters, Saved"
    )


def test_an_empty_part_takes_no_room(show: Any) -> None:
    bar = StatusBar()
    show(bar, 1200, 24)
    bar.set_look(StatusLook(state="Ready", saved="Modified"))
    assert not label(bar, "gpu").isVisible()
    assert label(bar, "saved").isVisible()


def test_what_does_not_fit_is_in_the_tool_tip(show: Any) -> None:
    bar = StatusBar()
    bar.set_look(LOOK)
    show(bar, 360, 24)
    assert label(bar, "gpu").toolTip() == LOOK.gpu


def test_the_dot_has_the_colour_of_the_state(show: Any) -> None:
    bar = StatusBar()
    show(bar, 600, 24)
    for tone, token in (("success", "success"), ("error", "error"), ("idle", "strong")):
        bar.set_look(StatusLook(tone))  # type: ignore[arg-type]  # the tones of the table are known
        dot = bar.grab().toImage().pixelColor(18, 12).name().upper()
        assert dot == getattr(theme.DARK, token)
