"""Which views fit a tensor, and which one shows it best."""

from widgets.inspector.looks import TensorLook, ViewName
from widgets.inspector.pictures import Arrangement, arrangements, is_real

TITLES: dict[ViewName, str] = {
    "picture": "Picture",
    "heat": "Heat map",
    "table": "Table",
    "histogram": "Histogram",
}


def fitting(look: TensorLook) -> tuple[ViewName, ...]:
    """Return the views that can show this tensor, in the order of the control."""
    views: list[ViewName] = []
    full = 0 not in look.shape
    if full and is_real(look.dtype):
        if ways(look):
            views.append("picture")
        if look.shape:
            views.append("heat")
    views.append("table")
    if look.histogram is not None and look.histogram.counts.size:
        views.append("histogram")
    return tuple(views)


def ways(look: TensorLook) -> tuple[Arrangement, ...]:
    """Return how the sample can be cut into pictures; columns need all rows of the matrix."""
    if look.sample is None or not look.sample.size:
        return ()
    whole = look.sample.shape == look.shape
    return tuple(way for way in arrangements(look.shape) if whole or way != "columns")


def best(look: TensorLook) -> ViewName:
    """Return the view to begin with: pictures for stacks of them, heat maps for matrices, else the table."""
    views = fitting(look)
    if len(look.shape) >= 3 and "picture" in views:
        return "picture"
    if len(look.shape) >= 2 and "heat" in views:
        return "heat"
    return "table"
