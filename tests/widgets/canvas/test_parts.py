"""The arithmetic below the canvas: node measures, curves, notes, overview lists."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, QRectF

from widgets.canvas import curves, geometry, ink, routes
from widgets.canvas.looks import NodeLook, PortLook
from widgets.canvas.overview import Overview
from widgets.canvas.rich import parse
from widgets.canvas.wire_item import gradient_stroke

NODE = NodeLook("dense", "Dense", "Layers", 0, 0, "128, relu")


@pytest.mark.parametrize("name", ["d", "dense", "a_very_long_name_that_nobody_would_ever_type_twice"])
def test_width_is_100_to_240_in_steps_of_4(qapp: object, name: str) -> None:
    width = geometry.layout(replace(NODE, name=name), "build").width
    assert 100 <= width <= 240
    assert width % 4 == 0


def test_height_is_header_settings_rows_and_strip(qapp: object) -> None:
    two = (PortLook("x"), PortLook("y"))
    plain = replace(NODE, inputs=two, outputs=two[:1])
    assert geometry.layout(plain, "build").height == 40 + 22 + 2 * 22 + 6
    assert geometry.layout(replace(plain, has_thumbnail=True), "build").height == 40 + 22 + 2 * 22 + 50
    assert geometry.layout(replace(plain, collapsed=True), "build").height == 30


def test_port_centres_lie_on_the_edges(qapp: object) -> None:
    form = geometry.layout(replace(NODE, inputs=(PortLook("x"),), outputs=(PortLook("y"),)), "build")
    assert form.inputs == (QPointF(0, 73),)
    assert form.outputs == (QPointF(form.width, 73),)


def test_ports_of_a_pill_stay_on_it(qapp: object) -> None:
    ports = tuple(PortLook(str(i)) for i in range(6))
    form = geometry.layout(replace(NODE, collapsed=True, inputs=ports), "build")
    assert all(0 < place.y() < 30 for place in form.inputs)
    assert len({place.y() for place in form.inputs}) == 6


def test_text_is_elided_in_the_middle_and_wrapped_at_words(qapp: object) -> None:
    assert ink.elide("body", "short", 200) == "short"
    elided = ink.elide("body", "a_rather_long_name", 60)
    assert elided.startswith("a")
    assert "…" in elided[1:-1]
    lines = ink.wrap("hint", "one two three four five six seven eight nine ten", 80, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")


def test_handles_are_45_percent_within_limits() -> None:
    near, far = (curves.curve(QPointF(0, 0), QPointF(x, 0)) for x in (20, 1000))
    assert near[1].x() == 26
    assert far[1].x() == 110


def test_distance_and_meeting_point_lie_on_the_curve() -> None:
    wire = curves.curve(QPointF(0, 0), QPointF(200, 100))
    line = curves.samples(wire)
    assert curves.distance(line, curves.point_at(wire, 0.3)) < 1
    assert curves.distance(line, QPointF(0, 100)) > 30
    assert curves.distance(line, curves.at_x(line, 80)) < 1
    assert curves.at_x(line, -500).x() == 12
    assert curves.along(line, 0.5) == QPointF(100, 50)


def test_a_free_wire_is_one_curve_and_a_long_one_goes_round_what_hides_it() -> None:
    start, end = QPointF(0, 0), QPointF(900, 40)
    body = QRectF(300, -40, 160, 120)
    assert len(routes.find(start, end, lambda _: [])) == 1
    assert len(routes.find(start, QPointF(200, 0), lambda _: [body])) == 1
    route = routes.find(start, end, lambda _: [body])
    assert not any(body.contains(point) for point in routes.line(route))
    assert (route[0][0], route[-1][3]) == (start, end)
    lower = QRectF(500, 60, 160, 120)
    assert not any(lower.contains(p) for p in routes.line(routes.find(start, end, lambda _: [body, lower])))


def test_pieces_cover_the_whole_curve() -> None:
    route = (curves.curve(QPointF(0, 0), QPointF(5000, 3000)),)
    box = QRectF()
    for area, path in routes.pieces(route):
        assert area.adjusted(-1, -1, 1, 1).contains(path.boundingRect())
        box = box.united(path.boundingRect())
    assert box.contains(QPointF(2500, 1500))


def test_chevrons_stand_every_64_px() -> None:
    line = curves.samples(curves.curve(QPointF(0, 0), QPointF(640, 0)))
    places = [point.x() for point, _ in curves.walk(line, 64)]
    assert len(places) == 10
    assert places[1] - places[0] == pytest.approx(64, abs=1)


@pytest.mark.parametrize(
    ("rms", "width"), [(0.0, 1.0), (1e-8, 1.0), (1e3, 5.0), (float("inf"), 5.0), (float("nan"), 1.0)]
)
def test_gradient_width_is_1_to_5_px(rms: float, width: float) -> None:
    assert gradient_stroke(rms)[1] == pytest.approx(width)


def test_notes_know_bold_code_and_lists_and_nothing_else() -> None:
    bold, bullet, plain = parse("The **hidden** layer\n- try `units`\n<b>x</b> ![i](j)")
    assert (bold.text, bold.spans) == ("The hidden layer", ((4, 6, "bold"),))
    assert bullet.bullet
    assert (bullet.text, bullet.spans) == ("try units", ((4, 5, "code"),))
    assert (plain.text, plain.spans) == ("<b>x</b> ![i](j)", ())


def test_overview_keeps_its_bounds_current() -> None:
    overview = Overview()
    assert overview.bounds().isEmpty()
    overview.put_node("a", QRectF(0, 0, 100, 50), "Data", "normal")
    overview.put_node("b", QRectF(500, 300, 100, 50), "Math", "error")
    overview.put_node("b", QRectF(200, 100, 100, 50), "Shape", "normal")
    assert overview.bounds() == QRectF(0, 0, 300, 150)
    overview.put_wire(("b", "x"), (QPointF(0, 0), QPointF(1, 1)), "float32")
    overview.drop_wire(("b", "x"))
    overview.drop_wire(("b", "x"))
    overview.drop_node("a")
    assert overview.bounds() == QRectF(200, 100, 100, 50)
