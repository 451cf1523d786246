"""Resizing: what it does with sizes, regions and aspects, and what it refuses, and how."""

import tracemalloc
from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.ops.resize import Resize
from engine.run.session import Session
from engine.spec import Spec

IMAGES = Spec("float32", ("batch", 6, 4, 3))
RAMP = np.arange(4.0).reshape(1, 4, 1)


def resized(x: np.ndarray, **settings: Any) -> Any:
    graph = Graph()
    fed = graph.placeholder("x", x.shape, x.dtype.name)
    return Session(graph, device="cpu").run(Resize(**settings)(fed), {fed: x})


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ("batch", 12, 8, 3)),
        ({"sizes": (3,)}, ("batch", 3, 3, 3)),
        ({"sizes": (3, 9)}, ("batch", 3, 9, 3)),
        ({"scales": (0.6,)}, ("batch", 3, 2, 3)),
        ({"sizes": (3, 3), "aspect": "not_larger"}, ("batch", 3, 2, 3)),
        ({"sizes": (3, 3), "aspect": "not_smaller"}, ("batch", 5, 3, 3)),
        ({"axes": (-1,), "sizes": (5,)}, ("batch", 6, 4, 5)),
    ],
    ids=str,
)
def test_knows_its_sizes(settings: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert Resize(**settings).output_specs([IMAGES]) == (Spec("float32", expected),)


def test_sizes_are_known_although_those_before_are_not() -> None:
    sound = Spec("float32", ("batch", "time", 2))
    assert Resize(sizes=(8,)).output_specs([sound])[0].shape == ("batch", 8, 2)
    assert Resize().output_specs([sound])[0].shape == ("batch", "?", 2)


@pytest.mark.parametrize(
    ("settings", "spec", "sentence"),
    [
        ({}, Spec("float32", ("batch", 3)), "Say with axes which are resized"),
        ({"sizes": (3, 4, 5)}, IMAGES, "Give one number, or 2"),
        ({"region": (0.0, 1.0)}, IMAGES, "Give 2 starts, then 2 ends"),
        ({"axes": (2, 1)}, IMAGES, "do not ascend"),
        ({"sizes": (3,)}, Spec("float32", (1, 0, 2, 1)), "nothing cannot be enlarged"),
        ({"scales": (60_000.0,)}, IMAGES, "Choose smaller scales"),
        ({}, Spec("int64", (1, 2, 2, 1)), "expected a float dtype"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused_in_a_sentence(
    settings: dict[str, Any], spec: Spec, sentence: str
) -> None:
    with pytest.raises(SpecError, match=sentence) as caught:
        Resize(**settings).output_specs([spec])
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        ("round_prefer_floor", [0, 0, 0, 1]),
        ("round_prefer_ceil", [0, 0, 1, 1]),
        ("floor", [0, 0, 0, 0]),
        ("ceil", [0, 1, 1, 1]),
    ],
)
def test_the_nearest_element_is_the_one_that_rounding_says(rounding: str, expected: list[int]) -> None:
    # The new elements lie at 0, 1/4, 1/2 and 3/4.
    found = resized(RAMP, interpolation="nearest", coordinates="asymmetric", rounding=rounding, scales=(4.0,))
    assert found.ravel()[:4].tolist() == expected


def test_a_region_becomes_the_image_and_has_a_value_outside() -> None:
    found = resized(
        RAMP, coordinates="crop_and_resize", sizes=(3,), region=(1 / 3, 5 / 3), extrapolation=-1.0
    )
    np.testing.assert_allclose(found.ravel(), [1.0, 3.0, -1.0])


@pytest.mark.parametrize("interpolation", ["linear", "area"])
def test_memory_grows_with_a_long_signal_and_not_with_its_square(interpolation: str) -> None:
    x = np.sin(np.arange(20_000) / 100).reshape(1, -1, 1)
    tracemalloc.start()
    found = resized(x, interpolation=interpolation, scales=(2.0,))
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    places = np.linspace(-0.25, 19_999.25, 40_000)
    if interpolation == "area":
        places = np.repeat(np.arange(20_000), 2)
    np.testing.assert_allclose(found.ravel(), np.interp(places, np.arange(20_000), x.ravel()), atol=1e-9)
    assert memory < 100 * x.nbytes
