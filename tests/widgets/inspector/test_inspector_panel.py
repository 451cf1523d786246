"""The inspector under real events: views, slices on request, tables of any size, broken tensors."""

import numpy as np
import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from widgets import theme
from widgets.controls.segmented import SegmentedControl
from widgets.inspector.looks import CaptionLook, HistogramLook, StatsLook, TensorLook, TileLook, TileRequest
from widgets.inspector.panel import EMPTY, InspectorPanel
from widgets.inspector.tiles import ArraySource

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot):
    theme.apply(QApplication.instance())
    panel = InspectorPanel()
    qtbot.addWidget(panel)
    panel.resize(532, 288)
    with qtbot.waitExposed(panel):
        panel.show()
    yield panel
    theme.set_theme("dark")


def look_of(array: np.ndarray, name: str = "node/port", **known) -> TensorLook:
    stats, histogram = StatsLook(size=array.size), None
    if array.dtype.kind in "fiub" and array.size:
        finite = array[np.isfinite(array)].astype(float)
        nan = int(np.isnan(array).sum()) if array.dtype.kind == "f" else 0
        if finite.size:
            low, high = finite.min(), finite.max()
            # Halves, because the span of the largest numbers is beyond float64.
            edges = 2 * np.linspace(low / 2, high / 2, 21) if low < high else np.array([low - 0.5, low + 0.5])
            histogram = HistogramLook(np.histogram(finite, edges)[0], edges)
            with np.errstate(over="ignore"):
                mean, std = finite.mean(), finite.std()
            stats = StatsLook(low, high, mean, std, nan, array.size - finite.size - nan, 0, array.size)
    known.setdefault("sample", array)
    shape = " x ".join(map(str, array.shape))
    return TensorLook(name, str(array.dtype), array.shape, shape, stats, histogram, **known)


def child(panel: QWidget, name: str, kind: type = QWidget):
    found = panel.findChild(kind, name)
    assert found is not None, name
    return found


def choose(qtbot, panel: InspectorPanel, index: int) -> None:
    control = child(panel, "inspector-views", SegmentedControl)
    qtbot.mouseClick(control, LEFT, pos=control.segment_rect(index).center().toPoint())


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def colours(widget: QWidget) -> set[int]:
    image = picture(widget)
    return {image.pixel(x, y) for y in range(image.height()) for x in range(image.width())}


def told(panel: InspectorPanel) -> str:
    return child(panel, "inspector-told").text()


def test_without_a_wire_it_says_what_to_do(panel):
    label = child(panel, "inspector-empty", QLabel)
    assert label.isVisible() and label.text() == EMPTY
    panel.set_tensor(look_of(np.zeros(3, np.float32)))
    assert not label.isVisible()
    panel.set_tensor(None)
    assert label.isVisible() and panel.view() is None


def test_the_header_names_the_wire_and_reports_the_pin(panel, qtbot):
    look = look_of(np.zeros((2, 8, 8), np.float32), "digits/images", count_text="32 of 360 val")
    panel.set_tensor(look)
    assert child(panel, "inspector-name").text() == "digits/images"
    assert child(panel, "inspector-count").text() == "32 of 360 val"
    with qtbot.waitSignal(panel.pin_wished) as wish:
        qtbot.mouseClick(child(panel, "inspector-pin"), LEFT)
    assert wish.args == [True]
    panel.set_tensor(look_of(np.zeros((2, 8, 8), np.float32), "digits/images", pinned=True))
    with qtbot.waitSignal(panel.pin_wished) as wish:
        qtbot.keyClick(child(panel, "inspector-pin"), Qt.Key.Key_Space)
    assert wish.args == [False]


def test_the_best_view_comes_first_and_a_choice_is_kept_per_wire(panel, qtbot):
    images = np.random.default_rng(0).random((4, 8, 8)).astype(np.float32)
    panel.set_tensor(look_of(images, "a/b"))
    assert panel.view() == "picture"
    choose(qtbot, panel, 2)
    assert panel.view() == "table" and child(panel, "inspector-table").isVisible()
    panel.set_tensor(look_of(np.eye(5, dtype=np.float32), "c/d"))
    assert panel.view() == "heat"
    panel.set_tensor(look_of(images, "a/b", revision=7))
    assert panel.view() == "table"


def test_views_can_be_chosen_by_keyboard(panel, qtbot):
    panel.set_tensor(look_of(np.eye(5, dtype=np.float32)))
    qtbot.keyClick(child(panel, "inspector-views"), Qt.Key.Key_Right)
    assert panel.view() == "table"


def test_a_wrong_picture_has_a_frame_in_the_error_colour(panel):
    images = np.zeros((2, 8, 8), np.float32)
    error = QColor(theme.current().error).rgb()
    panel.set_tensor(look_of(images, captions=(CaptionLook("6"), CaptionLook("1")), revision=1))
    assert error not in colours(child(panel, "inspector-pictures"))
    panel.set_tensor(look_of(images, captions=(CaptionLook("6"), CaptionLook("1 -> 5", True)), revision=2))
    assert error in colours(child(panel, "inspector-pictures"))


def test_pictures_are_magnified_without_blur(panel):
    chessboard = np.indices((8, 8)).sum(axis=0)[None] % 2
    panel.set_tensor(look_of(chessboard.astype(np.float32)))
    view = child(panel, "inspector-pictures")
    rect = view.picture_rect(0)
    image = picture(view)
    cell = rect.width() / 8
    for row in range(8):
        for column in range(8):
            at = rect.topLeft() + QPointF((column + 0.5) * cell, (row + 0.5) * cell)
            wanted = 0xFFFFFFFF if (row + column) % 2 else 0xFF000000
            assert image.pixel(at.toPoint()) == wanted


def test_the_picture_under_the_pointer_or_the_mark_is_told(panel, qtbot):
    captions = tuple(CaptionLook(str(i)) for i in range(4))
    panel.set_tensor(look_of(np.ones((4, 8, 8), np.float32), captions=captions))
    view = child(panel, "inspector-pictures")
    qtbot.mouseMove(view, view.picture_rect(2).center().toPoint())
    assert told(panel) == "entry 2, 8 x 8, 2"
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert told(panel) == "entry 1, 8 x 8, 1"


def test_weights_are_shown_as_pictures_by_columns_or_rows(panel, qtbot):
    panel.set_tensor(look_of(np.random.default_rng(0).normal(size=(64, 64)).astype(np.float32)))
    panel.set_view("picture")
    view = child(panel, "inspector-pictures")
    assert view.count() == 32
    qtbot.mouseMove(view, view.picture_rect(3).center().toPoint())
    assert told(panel) == "column 3, 8 x 8"
    qtbot.keyClick(child(panel, "inspector-arrangement"), Qt.Key.Key_Right)
    qtbot.mouseMove(view, view.picture_rect(4).center().toPoint())
    assert told(panel) == "row 4, 8 x 8"


def test_a_heat_map_tells_index_and_value(panel, qtbot):
    panel.set_tensor(look_of(np.arange(12, dtype=np.float32).reshape(3, 4)))
    heat = child(panel, "inspector-heat-map")
    qtbot.mouseMove(heat, (heat.picture_rect().bottomRight() - QPointF(4, 4)).toPoint())
    assert told(panel) == "[2, 3]  11.00"


def test_a_heat_map_zooms_with_wheel_and_keys_and_pans_by_dragging(panel, qtbot):
    panel.set_tensor(look_of(np.random.default_rng(0).normal(size=(50, 60)).astype(np.float32)))
    heat = child(panel, "inspector-heat-map")
    at = heat.picture_rect().center().toPoint()
    event = QWheelEvent(
        QPointF(at),
        QPointF(heat.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(heat, event)
    zoomed = heat.window_shown()
    assert zoomed.bottom - zoomed.top == pytest.approx(50 * 0.64)
    qtbot.mousePress(heat, LEFT, pos=at)
    qtbot.mouseMove(heat, at + QPoint(20, 10))
    qtbot.mouseRelease(heat, LEFT, pos=at + QPoint(20, 10))
    assert heat.window_shown().left < zoomed.left and heat.window_shown().top < zoomed.top
    qtbot.keyClick(heat, Qt.Key.Key_0)
    assert heat.window_shown().bottom == 50
    qtbot.keyClick(heat, Qt.Key.Key_Plus)
    qtbot.keyClick(heat, Qt.Key.Key_Down)
    assert heat.window_shown().top > 5


def test_what_is_not_finite_is_magenta_in_the_heat_map(panel):
    values = np.ones((4, 4), np.float32)
    magenta = QColor(theme.current().nan).rgb()
    panel.set_tensor(look_of(values))
    assert magenta not in colours(child(panel, "inspector-heat-map"))
    values = values.copy()
    values[1, 1], values[2, 2] = np.nan, np.inf
    panel.set_tensor(look_of(values, revision=1))
    assert magenta in colours(child(panel, "inspector-heat-map"))


def test_a_heat_map_of_a_large_tensor_asks_for_reduced_cells_and_shows_a_spike(panel):
    array = np.zeros((5000, 4000), np.float32)
    array[2500, 2000] = 100.0
    asked: list[TileRequest] = []
    panel.slice_requested.connect(asked.append)
    panel.set_tensor(look_of(array, sample=None))
    heat = child(panel, "inspector-heat-map")
    before = colours(heat)
    (request,) = asked
    cells = (request.row1 - request.row0) // request.row_step
    assert cells * (request.column1 - request.column0) // request.column_step < 200_000
    panel.set_tile(ArraySource(array).read(request))
    assert colours(heat) != before
    assert QColor("#FDE725").rgb() in colours(heat)


def test_a_table_of_a_hundred_million_values_opens_and_reads_only_what_is_seen(panel, qtbot):
    asked: list[TileRequest] = []
    panel.slice_requested.connect(asked.append)
    look = TensorLook("big/x", "float32", (10_000, 10_000), "10000 x 10000", StatsLook(size=10**8))
    panel.set_tensor(look)
    panel.set_view("table")
    table = child(panel, "inspector-table")
    table.grab()
    assert (table.model().rowCount(), table.model().columnCount()) == (10_000, 10_000)
    assert 1 <= len(asked) <= 8
    assert all((r.row1 - r.row0) * (r.column1 - r.column0) <= 4096 for r in asked)
    goto = child(panel, "inspector-go-to")
    qtbot.keyClicks(goto, "9999, 9999")
    qtbot.keyClick(goto, Qt.Key.Key_Return)
    table.grab()
    assert table.currentIndex().row() == 9999 and table.currentIndex().column() == 9999
    assert any(request.row1 == 10_000 and request.column1 == 10_000 for request in asked)


def test_a_vector_of_a_hundred_million_values_is_folded(panel, qtbot):
    look = TensorLook("big/v", "float32", (100_000_000,), "100000000", StatsLook(size=10**8))
    panel.slice_requested.connect(
        lambda asked: panel.set_tile(TileLook(asked, np.arange(asked.column0, asked.column1)[None]))
    )
    panel.set_tensor(look)
    table = child(panel, "inspector-table")
    goto = child(panel, "inspector-go-to")
    qtbot.keyClicks(goto, "87654321")
    qtbot.keyClick(goto, Qt.Key.Key_Return)
    assert table.model().data(table.currentIndex()) == "87654321"


def test_missing_values_are_quiet_until_their_tile_comes(panel):
    array = np.arange(400.0).reshape(20, 20)
    asked: list[TileRequest] = []
    panel.slice_requested.connect(asked.append)
    panel.set_tensor(look_of(array, sample=None))
    panel.set_view("table")
    model = child(panel, "inspector-table").model()
    assert model.data(model.index(3, 4)) == "·"
    for request in asked:
        panel.set_tile(ArraySource(array).read(request))
    assert model.data(model.index(3, 4)) == "64.00"


def test_a_selection_is_copied_as_tab_separated_text(panel, qtbot):
    panel.set_tensor(look_of(np.arange(12).reshape(3, 4)))
    panel.set_view("table")
    table = child(panel, "inspector-table")
    model = table.model()
    chosen = QItemSelection(model.index(1, 1), model.index(2, 2))
    table.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "5\t6\n9\t10"
    assert told(panel) == "Copied 2 x 2 values."


def test_copying_waits_for_values_that_are_not_here(panel, qtbot):
    array = np.arange(12.0).reshape(3, 4)
    asked: list[TileRequest] = []
    panel.slice_requested.connect(asked.append)
    panel.set_tensor(look_of(array, sample=None))
    panel.set_view("table")
    table = child(panel, "inspector-table")
    QGuiApplication.clipboard().setText("before")
    table.selectAll()
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "before"
    for request in asked:
        panel.set_tile(ArraySource(array).read(request))
    assert QGuiApplication.clipboard().text().splitlines()[2] == "8.000\t9.000\t10.00\t11.00"


def test_all_digits_are_shown_on_request(panel, qtbot):
    panel.set_tensor(look_of(np.array([[0.123456789]])))
    panel.set_view("table")
    model = child(panel, "inspector-table").model()
    assert model.data(model.index(0, 0)) == "0.1235"
    qtbot.keyClick(child(panel, "inspector-digits"), Qt.Key.Key_Right)
    assert model.data(model.index(0, 0)) == "0.123456789"


def test_leading_axes_are_picked_by_fields(panel, qtbot):
    array = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    panel.set_tensor(look_of(array))
    panel.set_view("table")
    model = child(panel, "inspector-table").model()
    qtbot.keyClick(child(panel, "inspector-axis-0"), Qt.Key.Key_Up)
    field = child(panel, "inspector-axis-1")
    field.selectAll()
    qtbot.keyClicks(field, "2")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert model.data(model.index(0, 0)) == str(array[1, 2, 0, 0])
    field.selectAll()
    qtbot.keyClicks(field, "9")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.is_wrong() and model.data(model.index(0, 0)) == str(array[1, 2, 0, 0])


def test_going_to_a_wrong_index_says_why(panel, qtbot):
    panel.set_tensor(look_of(np.zeros((2, 2))))
    panel.set_view("table")
    goto = child(panel, "inspector-go-to")
    qtbot.keyClicks(goto, "7, 0")
    qtbot.keyClick(goto, Qt.Key.Key_Return)
    assert told(panel) == "Axis 0 has 2 entries. Choose an index from 0 to 1."
    assert goto.is_wrong()


def test_going_to_an_index_moves_the_leading_axes_too(panel, qtbot):
    array = np.arange(4 * 5 * 6).reshape(4, 5, 6)
    panel.set_tensor(look_of(array))
    panel.set_view("table")
    qtbot.keyClicks(child(panel, "inspector-go-to"), "3, 1, 2")
    qtbot.keyClick(child(panel, "inspector-go-to"), Qt.Key.Key_Return)
    table = child(panel, "inspector-table")
    assert table.model().data(table.currentIndex()) == str(array[3, 1, 2])
    assert child(panel, "inspector-axis-0").text() == "3"


def test_the_histogram_tells_its_bins_and_counts_logarithmically(panel, qtbot):
    panel.set_tensor(look_of(np.r_[np.zeros(1000), 1.0]))
    panel.set_view("histogram")
    view = child(panel, "inspector-histogram")
    rect = view.plot_rect()
    qtbot.mouseMove(view, QPoint(int(rect.left()) + 3, int(rect.center().y())))
    assert told(panel) == "0.000 to 0.050: 1,000 values"
    linear = picture(view)
    qtbot.keyClick(child(panel, "inspector-log-counts"), Qt.Key.Key_Right)
    assert picture(view) != linear


def test_statistics_are_readable_by_screen_readers(panel):
    panel.set_tensor(look_of(np.array([[0.0, 1.0], [np.nan, np.inf]])))
    words = child(panel, "inspector-statistics").accessibleDescription()
    assert "2 x 2 float64" in words and "Max 1.000" in words and "NaN, Inf 1, 1" in words


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((0, 8), np.float32),
        np.zeros((0,), np.int64),
        np.zeros((3, 0, 8, 8), np.float32),
        np.array(3.5),
        np.array(True),
        np.full((4, 8, 8), np.nan, np.float32),
        np.full((5, 5), np.inf),
        np.array([1e308, -1e308]),
        np.array(["cat", "dog"], object),
        np.array([1 + 2j, np.nan]),
        np.ones((2, 3, 4, 5, 6), np.float32),
        np.random.default_rng(0).random((2, 9, 9, 3)),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
@pytest.mark.parametrize("name", ["dark", "light"])
def test_no_tensor_breaks_any_view(panel, array, name):
    theme.set_theme(name)
    panel.set_tensor(look_of(array))
    for view in ("picture", "heat", "table", "histogram"):
        panel.set_view(view)
        panel.grab()
    assert panel.view() is not None


def test_a_live_tensor_keeps_view_zoom_and_place(panel, qtbot):
    random = np.random.default_rng(0)
    panel.set_tensor(look_of(random.normal(size=(2, 30, 30)), revision=1))
    panel.set_view("heat")
    heat = child(panel, "inspector-heat-map")
    qtbot.keyClick(child(panel, "inspector-axis-0"), Qt.Key.Key_Up)
    qtbot.keyClick(heat, Qt.Key.Key_Plus)
    window, before = heat.window_shown(), picture(heat)
    panel.set_tensor(look_of(random.normal(size=(2, 30, 30)), revision=2))
    assert heat.window_shown() == window
    assert child(panel, "inspector-axis-0").text() == "1"
    assert picture(heat) != before


def test_a_theme_switch_repaints_every_view(panel):
    panel.set_tensor(look_of(np.random.default_rng(0).normal(size=(64, 64))))
    for view in ("picture", "heat", "table", "histogram"):
        panel.set_view(view)
        theme.set_theme("dark")
        dark = picture(panel)
        theme.set_theme("light")
        assert picture(panel) != dark
        assert QColor(theme.current().panel).rgb() in colours(panel)


def test_a_narrow_panel_gives_the_room_to_the_view(panel):
    panel.set_tensor(look_of(np.eye(3)))
    assert child(panel, "inspector-statistics").isVisible()
    panel.resize(300, 288)
    assert not child(panel, "inspector-statistics").isVisible()


def test_every_control_has_a_name_for_screen_readers(panel):
    panel.set_tensor(look_of(np.zeros((2, 3, 4, 5))))
    panel.set_view("table")
    names = ("pin", "views", "table", "go-to", "digits", "axis-0", "statistics", "heat-map", "histogram")
    for name in names:
        assert child(panel, f"inspector-{name}").accessibleName()
