"""Layers that change images by chance: what they do while training, that they rest otherwise, and crops."""

import colorsys
from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.augmentation import (
    RandomFlip,
    RandomRotation,
    RandomShear,
    RandomTranslation,
    RandomZoom,
)
from engine.blocks.colours import RandomGrayscale, RandomHue, RandomSaturation
from engine.blocks.cropping import CenterCrop, RandomCrop
from engine.blocks.image_values import RandomBrightness, RandomContrast, Rescaling
from engine.blocks.mixing import RandomErasing
from engine.blocks.rearranging import DepthToSpace, SpaceToDepth
from engine.blocks.sharpness import AutoContrast, RandomGaussianBlur
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session
from engine.spec import Spec

RNG = np.random.default_rng(4)
IMAGES = RNG.uniform(0.2, 0.8, size=(6, 6, 8, 2)).astype("float32")


def ran(op: Op, x: np.ndarray, *, training: bool = True, seed: int = 3) -> np.ndarray:
    graph = Graph()
    fed = graph.placeholder("x", ("batch", *x.shape[1:]), x.dtype.name)
    result: Any = Session(graph, seed=seed, device="cpu").run(op(fed), {fed: x}, training=training)
    return np.asarray(result)


@pytest.mark.parametrize(
    "op",
    [
        RandomFlip(mode="both"),
        RandomRotation(),
        RandomTranslation(),
        RandomZoom(),
        RandomShear(),
        RandomErasing(),
        RandomGaussianBlur(),
        RandomBrightness(),
        RandomContrast(),
    ],
    ids=lambda op: type(op).__name__,
)
def test_images_differ_while_training_and_rest_while_predicting(op: Op) -> None:
    assert not np.array_equal(ran(op, IMAGES), IMAGES)
    assert not np.array_equal(ran(op, IMAGES), ran(op, IMAGES, seed=4))
    np.testing.assert_array_equal(ran(op, IMAGES), ran(op, IMAGES))
    np.testing.assert_array_equal(ran(op, IMAGES, training=False), IMAGES)


def test_a_flip_mirrors_some_images_and_leaves_the_others() -> None:
    many = np.repeat(IMAGES[:1], 64, axis=0)
    flipped = ran(RandomFlip(), many)
    kept = (flipped == many).all(axis=(1, 2, 3))
    np.testing.assert_array_equal(flipped[~kept], many[~kept][:, :, ::-1])
    assert 16 < kept.sum() < 48


def test_a_translation_moves_whole_images() -> None:
    """A factor of one moves by up to the whole width; the mean of a moved image with zeros is smaller."""
    moved = ran(RandomTranslation(height_factor=0.0, width_factor=1.0, fill="zeros"), np.ones_like(IMAGES))
    rows = moved[..., 0]
    np.testing.assert_allclose(rows, np.broadcast_to(rows[:, :1], rows.shape), atol=1e-6)
    assert (rows.min(axis=(1, 2)) == 0.0).all()


def test_a_shear_moves_rows_by_their_distance_from_the_middle() -> None:
    """A ramp to the right gets steeper or flatter along the diagonal, and nothing else."""
    ramp = np.broadcast_to(np.arange(9.0)[None, None, :, None], (8, 5, 9, 1))
    sheared = ran(RandomShear(width_factor=0.5, fill="nearest"), ramp)
    slopes = sheared[:, 3, 4] - sheared[:, 2, 4]
    assert np.abs(slopes).max() <= 0.5 and np.unique(slopes).size == 8
    expected = 4.0 + slopes[:, None] * np.arange(-2, 3)[:, None]
    np.testing.assert_allclose(sheared[:, :, 4], expected, atol=1e-9)


def test_a_rotation_keeps_the_middle_and_what_is_round() -> None:
    y, x = np.mgrid[-3:4, -4:5]
    hill = np.exp(-(x**2 + y**2) / 6.0)[None, ..., None].repeat(8, axis=0)
    turned = ran(RandomRotation(factor=0.5, fill="nearest"), hill)
    np.testing.assert_allclose(turned[:, 3, 4], 1.0, atol=1e-9)
    assert np.abs(turned[:, 1:-1, 2:-2] - hill[:, 1:-1, 2:-2]).max() < 0.06


def test_a_zoom_keeps_the_middle_and_what_is_symmetric() -> None:
    hill = np.zeros((4, 5, 5, 1))
    hill[:, 2, 2] = 1.0
    zoomed = ran(RandomZoom(factor=0.5), hill)
    np.testing.assert_allclose(zoomed[:, 2, 2], 1.0)
    np.testing.assert_allclose(zoomed, zoomed[:, ::-1, ::-1], atol=1e-12)
    assert len({float(image.sum().round(6)) for image in zoomed}) > 1


def test_light_stays_within_its_limits() -> None:
    for op in (RandomBrightness(factor=1.0), RandomContrast(factor=1.0)):
        found = ran(op, IMAGES)
        assert found.min() >= 0.0
        assert found.max() <= 1.0


def test_brightness_is_one_number_for_each_image() -> None:
    added = ran(RandomBrightness(factor=0.2), IMAGES) - IMAGES
    assert np.ptp(added, axis=(1, 2, 3)).max() < 1e-6
    assert np.ptp(added) > 0.05


def test_a_random_crop_is_a_part_of_its_image() -> None:
    cropped = ran(RandomCrop(height=4, width=5), IMAGES)
    begins = set()
    for part, whole in zip(cropped, IMAGES, strict=True):
        places = [
            (i, j) for i in range(3) for j in range(4) if np.array_equal(part, whole[i : i + 4, j : j + 5])
        ]
        assert len(places) == 1
        begins.update(places)
    assert len(begins) > 1
    np.testing.assert_array_equal(
        ran(RandomCrop(height=4, width=5), IMAGES, training=False), IMAGES[:, 1:5, 1:6]
    )


def test_a_center_crop_takes_the_middle_and_enlarges_what_is_too_small() -> None:
    np.testing.assert_array_equal(ran(CenterCrop(height=2, width=4), IMAGES), IMAGES[:, 2:4, 2:6])
    assert ran(CenterCrop(height=12, width=4), IMAGES).shape == (6, 12, 4, 2)


def test_rescaling_makes_bytes_small() -> None:
    np.testing.assert_allclose(
        ran(Rescaling(), np.array([[0.0, 255.0, 51.0]])), np.array([[0.0, 1.0, 0.2]]), rtol=1e-6
    )


@pytest.mark.parametrize("order", ["places_first", "channels_first"])
def test_channels_become_places_and_places_channels_again(order: str) -> None:
    packed = ran(SpaceToDepth(order=order), IMAGES)
    assert packed.shape == (6, 3, 4, 8)
    first = [0, 2, 4, 6] if order == "places_first" else [0, 1, 2, 3]
    np.testing.assert_array_equal(packed[0, 0, 0, first], IMAGES[0, :2, :2, 0].ravel())
    np.testing.assert_array_equal(ran(DepthToSpace(order=order), packed), IMAGES)


@pytest.mark.parametrize(
    ("op", "spec", "sentence"),
    [
        (RandomRotation(), Spec("float32", ("batch", "?", 8, 3)), "known height and width"),
        (DepthToSpace(), Spec("float32", ("batch", 2, 2, 6)), "Connect a multiple of 4 channels"),
        (SpaceToDepth(), Spec("float32", ("batch", 3, 4, 1)), "Insert ZeroPadding2D"),
    ],
    ids=lambda part: type(part).__name__,
)
def test_what_does_not_fit_is_refused_in_a_sentence(op: Op, spec: Spec, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence) as caught:
        op.output_specs([spec])
    assert str(caught.value).endswith(".")


COLOURED = RNG.uniform(0.2, 0.8, size=(64, 2, 3, 3)).astype("float32")
BRIGHTNESS = COLOURED @ np.array([0.299, 0.587, 0.114], "float32")


def test_some_images_become_grey_and_the_others_keep_their_colours() -> None:
    found = ran(RandomGrayscale(), COLOURED)
    kept = (found == COLOURED).all(axis=(1, 2, 3))
    assert 16 < kept.sum() < 48
    np.testing.assert_allclose(found[~kept], BRIGHTNESS[~kept][..., None].repeat(3, axis=-1), rtol=1e-5)
    np.testing.assert_array_equal(ran(RandomGrayscale(), COLOURED, training=False), COLOURED)


def test_colours_become_stronger_or_paler_as_bright_as_before() -> None:
    found = ran(RandomSaturation(lowest=-9.0, highest=9.0), COLOURED)
    np.testing.assert_allclose(found @ np.array([0.299, 0.587, 0.114]), BRIGHTNESS, rtol=1e-5)
    strength = (found - BRIGHTNESS[..., None]) / (COLOURED - BRIGHTNESS[..., None])
    per_image = np.median(strength, axis=(1, 2, 3))
    assert per_image.min() < 0.7 and per_image.max() > 1.3 and np.abs(per_image - 1).max() <= 0.501
    limited = ran(RandomSaturation(), COLOURED)
    assert limited.min() >= 0 and limited.max() <= 1


def test_hues_turn_as_those_of_the_standard_library() -> None:
    found = ran(RandomHue(factor=0.5), COLOURED.astype("float64"))
    np.testing.assert_allclose(found.max(axis=-1), COLOURED.max(axis=-1), rtol=1e-6)
    np.testing.assert_allclose(found.min(axis=-1), COLOURED.min(axis=-1), rtol=1e-6)
    turns = []
    for before, after in zip(COLOURED.astype("float64"), found, strict=True):
        was, is_now = (
            np.array([colorsys.rgb_to_hsv(*pixel) for pixel in image.reshape(-1, 3)])
            for image in (before, after)
        )
        np.testing.assert_allclose(is_now[:, 1:], was[:, 1:], rtol=1e-6)
        turned = (is_now[:, 0] - was[:, 0]) % 1.0
        away = (turned - turned[0] + 0.5) % 1.0 - 0.5
        np.testing.assert_allclose(away, 0.0, atol=1e-6, err_msg="one turn for all pixels of an image")
        turns.append(float(turned[0]))
    assert min(turns) < 0.1 and max(turns) > 0.9
    grey = np.full((2, 2, 2, 3), 0.4)
    np.testing.assert_allclose(ran(RandomHue(factor=0.5), grey), grey)


def test_a_blur_spreads_a_point_as_a_normal_distribution() -> None:
    points = np.zeros((4, 9, 9, 1))
    points[:, 4, 4] = 1.0
    found = ran(RandomGaussianBlur(window=7, smallest=0.8, largest=0.8), points)
    weights = np.exp(-0.5 * (np.arange(-4, 5) / 0.8) ** 2) * (np.abs(np.arange(-4, 5)) < 4)
    weights /= weights.sum()
    np.testing.assert_allclose(
        found[..., 0], np.broadcast_to(np.outer(weights, weights), (4, 9, 9)), atol=1e-12
    )
    ones = np.ones((3, 5, 5, 1))
    np.testing.assert_allclose(ran(RandomGaussianBlur(), ones), ones)


def test_a_window_of_an_even_size_has_no_middle() -> None:
    with pytest.raises(SpecError, match="window is 4; expected an odd number"):
        RandomGaussianBlur(window=4).output_specs([Spec("float32", ("batch", 4, 4, 1))])


def test_contrast_is_stretched_to_all_there_is_and_flat_channels_stay() -> None:
    images = IMAGES.copy()
    images[0, :, :, 0] = 0.3
    found = ran(AutoContrast(lowest=-1.0, highest=3.0), images, training=False)
    np.testing.assert_array_equal(found[0, :, :, 0], images[0, :, :, 0])
    rest = found.transpose(0, 3, 1, 2).reshape(-1, 48)[1:]
    np.testing.assert_allclose(rest.min(axis=1), -1.0, atol=1e-6)
    np.testing.assert_allclose(rest.max(axis=1), 3.0, atol=1e-6)


def test_images_without_three_colours_are_refused() -> None:
    with pytest.raises(SpecError, match="expected three channels: red, green and blue"):
        RandomGrayscale().output_specs([Spec("float32", ("batch", 4, 4, 1))])
