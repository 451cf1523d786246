"""Reading runs: TensorBoard's own files too, while they grow, and when they are hostile."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from engine.telemetry.events import Image, Scalar, Text, histogram_of
from engine.telemetry.frames import frame
from engine.telemetry.messages import Bins, Number, Picture, Point, Words
from engine.telemetry.png import encode_png
from engine.telemetry.reader import RunReader
from engine.telemetry.runs import event_files
from engine.telemetry.store import RunWriter

Losses = Callable[..., list[Scalar]]


def event(step: int, *values: Any) -> Any:
    return event_pb2.Event(wall_time=step * 2.0, step=step, summary=summary_pb2.Summary(value=values))


def tensor(tag: str, plugin: str, proto: Any) -> Any:
    value = summary_pb2.Summary.Value(tag=tag, tensor=proto)
    value.metadata.plugin_data.plugin_name = plugin
    return value


def shape(*sizes: int) -> Any:
    dims = [tensor_shape_pb2.TensorShapeProto.Dim(size=size) for size in sizes]
    return tensor_shape_pb2.TensorShapeProto(dim=dims)


def by_tensorboard(folder: Path, *events: Any) -> None:
    writer = EventFileWriter(str(folder))
    for one in events:
        writer.add_event(one)
    writer.close()


def test_a_run_of_tensorboards_own_writer_is_read(tmp_path: Path) -> None:
    simple = [event(s, summary_pb2.Summary.Value(tag="loss", simple_value=1 / s)) for s in range(1, 50)]
    by_tensorboard(tmp_path / "train", *simple)
    reader = RunReader(tmp_path)
    assert reader.poll() == {("train", "loss")}
    series = reader.series("train", "loss")
    assert series.steps.tolist() == list(range(1, 50))
    assert series.wall_times.tolist() == [s * 2.0 for s in range(1, 50)]
    assert series.values.tolist() == [float(np.float32(1 / s)) for s in range(1, 50)]
    assert reader.epochs("train", series.steps).tolist() == [-1] * 49


def test_scalars_that_tensorflow_2_writes_as_tensors_are_read(tmp_path: Path) -> None:
    listed = tensor_pb2.TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[0.5])
    packed = tensor_pb2.TensorProto(dtype=types_pb2.DT_DOUBLE, tensor_content=np.float64(0.25).tobytes())
    whole = tensor_pb2.TensorProto(dtype=types_pb2.DT_INT64, int64_val=[7])
    events = [event(i, tensor("x", "scalars", proto)) for i, proto in enumerate((listed, packed, whole))]
    by_tensorboard(tmp_path, *events)
    reader = RunReader(tmp_path)
    reader.poll()
    assert reader.scalars() == [("", "x")]
    assert reader.series("", "x").values.tolist() == [0.5, 0.25, 7.0]


def test_histograms_images_and_texts_of_tensorflow_2_are_read(tmp_path: Path) -> None:
    rows = np.array([[0.0, 1.0, 3.0], [1.0, 2.0, 4.0]])
    png = encode_png(np.zeros((2, 3), np.uint8))
    by_tensorboard(
        tmp_path,
        event(
            1,
            tensor(
                "h",
                "histograms",
                tensor_pb2.TensorProto(
                    dtype=types_pb2.DT_DOUBLE, tensor_shape=shape(2, 3), tensor_content=rows.tobytes()
                ),
            ),
        ),
        event(
            2,
            tensor(
                "i",
                "images",
                tensor_pb2.TensorProto(dtype=types_pb2.DT_STRING, string_val=[b"3", b"2", png]),
            ),
        ),
        event(
            3, tensor("t", "text", tensor_pb2.TensorProto(dtype=types_pb2.DT_STRING, string_val=[b"hello"]))
        ),
    )
    reader = RunReader(tmp_path)
    reader.poll()
    assert reader.others() == [("", "h"), ("", "i"), ("", "t")]
    (histogram,) = reader.points("", "h")
    assert isinstance(histogram.value, Bins)
    assert histogram.value.counts.tolist() == [3.0, 4.0]
    assert histogram.value.edges.tolist() == [0.0, 1.0, 2.0]
    assert [p.value for p in reader.points("", "i")] == [Picture(3, 2, png)]
    assert [p.value for p in reader.points("", "t")] == [Words("hello")]


def test_our_own_histograms_images_and_texts_are_read_back(writer: RunWriter) -> None:
    written = histogram_of(
        np.random.default_rng(1).normal(size=500), tag="h", split="train", step=1, epoch=0, wall_time=0.0
    )
    pixels = np.full((3, 4), 200, np.uint8)
    writer.write([written, Image("i", "train", 1, 0, 0.0, pixels), Text("t", "train", 1, 0, 0.0, "ü")])
    writer.close()
    reader = RunReader(writer.folder)
    reader.poll()
    (found,) = reader.points("train", "h")
    assert isinstance(found.value, Bins)
    assert np.array_equal(found.value.counts, written.counts)
    assert np.array_equal(found.value.edges, written.edges)
    assert reader.points("train", "i")[0].value == Picture(4, 3, encode_png(pixels))
    assert reader.points("train", "t")[0] == Point("t", 1, 0.0, Words("ü"))


def test_a_growing_file_is_followed(writer: RunWriter, losses: Losses) -> None:
    reader = RunReader(writer.folder)
    reader.poll()
    assert len(reader.series("train", "loss")) == 0
    for last in (3, 10, 11):
        first = len(reader.series("train", "loss")) + 1
        writer.write(losses(first, last))
        assert ("train", "loss") in reader.poll()
        assert reader.poll() == set()
        assert reader.series("train", "loss").steps.tolist() == list(range(1, last + 1))
        assert reader.series("train", "loss", first - 1).steps.tolist() == list(range(first, last + 1))
    assert reader.generation == 0
    writer.close()


def test_a_frame_that_arrives_in_two_parts_is_read_once(tmp_path: Path) -> None:
    folder = tmp_path / "train"
    folder.mkdir()
    path = folder / "events.out.tfevents.1.x"
    data = frame(
        [event(s, summary_pb2.Summary.Value(tag="x", simple_value=s)).SerializeToString() for s in (1, 2)]
    )
    reader = RunReader(tmp_path)
    for length in range(len(data) + 1):
        path.write_bytes(data[:length])
        reader.poll()
        assert reader.damage == {}
    assert reader.series("train", "x").steps.tolist() == [1, 2]
    assert reader.generation == 0


def test_a_resumed_run_is_read_again(writer: RunWriter, losses: Losses) -> None:
    writer.write(losses(1, 30))
    writer.close()
    reader = RunReader(writer.folder)
    reader.poll()
    resumed = RunWriter.resume(writer.folder, 20)
    resumed.write(losses(21, 25))
    reader.poll()
    assert reader.generation == 1
    assert reader.series("train", "loss").steps.tolist() == list(range(1, 26))
    assert reader.epochs("train", np.array([1, 10, 11, 25])).tolist() == [0, 0, 1, 2]
    resumed.close()


def test_reading_can_be_done_in_portions(writer: RunWriter, losses: Losses) -> None:
    writer.write(losses(1, 1000))
    writer.close()
    reader = RunReader(writer.folder)
    sizes = []
    while reader.poll(most_bytes=4096):
        sizes.append(len(reader.series("train", "loss")))
    assert sizes[-1] == 1000
    assert len(sizes) > 5 and sizes == sorted(sizes)


def test_a_record_longer_than_a_portion_is_read(writer: RunWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    import engine.telemetry.reader as module

    monkeypatch.setattr(module, "_PIECE", 64)
    writer.write([Text("long", "train", 1, 0, 0.0, "x" * 10_000), Scalar("x", "train", 2, 0, 0.0, 1.0)])
    writer.close()
    reader = RunReader(writer.folder)
    reader.poll()
    assert reader.points("train", "long")[0].value == Words("x" * 10_000)
    assert len(reader.series("train", "x")) == 1


@pytest.mark.parametrize(
    ("tail", "sentence"),
    [
        (b"\xff" * 8 + bytes(8), "a record claims 18,446,744,073,709,551,615 bytes, at byte"),
        (bytes(64), "the checksum of a record does not match, at byte"),
        (frame([b"\xff\xff\xff"]), "a record is not an event, near byte"),
    ],
)
def test_damage_is_named_and_what_precedes_it_is_read(
    writer: RunWriter, losses: Losses, tail: bytes, sentence: str
) -> None:
    writer.write(losses(1, 5))
    writer.close()
    (path,) = event_files(writer.folder / "train")
    with path.open("ab") as file:
        file.write(tail)
    reader = RunReader(writer.folder)
    reader.poll()
    assert sentence in reader.damage[path]
    assert reader.series("train", "loss").steps.tolist() == [1, 2, 3, 4, 5]
    assert reader.poll() == set()


def test_strange_values_are_left_out(tmp_path: Path) -> None:
    odd = [
        tensor(
            "a", "images", tensor_pb2.TensorProto(dtype=types_pb2.DT_STRING, string_val=[b"x", b"y", b"z"])
        ),
        tensor("b", "scalars", tensor_pb2.TensorProto(dtype=types_pb2.DT_FLOAT, tensor_content=b"123")),
        tensor("c", "scalars", tensor_pb2.TensorProto(dtype=types_pb2.DT_VARIANT)),
        tensor("d", "scalars", tensor_pb2.TensorProto(dtype=types_pb2.DT_FLOAT, tensor_shape=shape(2**40))),
        tensor("e", "histograms", tensor_pb2.TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[1, 2])),
        summary_pb2.Summary.Value(tag="f", histo=summary_pb2.HistogramProto(bucket_limit=[1.0])),
        summary_pb2.Summary.Value(tag="g"),
        summary_pb2.Summary.Value(tag="good", simple_value=1.0),
    ]
    by_tensorboard(tmp_path, event(1, *odd))
    reader = RunReader(tmp_path)
    assert reader.poll() == {("", "good")}
    assert reader.damage == {}
    assert isinstance(Point("x", 1, 0.0, Number(1.0)).value, Number)


def test_an_empty_or_missing_folder_has_nothing(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        reader = RunReader(folder)
        assert reader.poll() == set()
        assert reader.scalars() == []
