"""All series of all runs, by run, tag and split, smoothed alike."""

from collections.abc import Iterable

from widgets.curves.looks import Split
from widgets.curves.pyramid import FloatArray
from widgets.curves.series import Series

_FIRST_TAGS = ("loss", "accuracy")


class CurveStore:
    """Keeps every point that came. Training curves are smoothed.

    Validation is measured over all held-out data at once, so it is shown as it is: an average over the last
    epochs would only make it late.
    """

    def __init__(self, smoothing: float) -> None:
        self.smoothing = smoothing
        self._series: dict[str, dict[tuple[str, Split], Series]] = {}

    def extend(
        self,
        run: str,
        tag: str,
        split: Split,
        steps: FloatArray,
        epochs: FloatArray,
        seconds: FloatArray,
        values: FloatArray,
    ) -> None:
        """Append points to one curve; it begins to exist with them."""
        tagged = self._series.setdefault(tag, {})
        if (run, split) not in tagged:
            tagged[run, split] = Series(self.smoothing if split == "train" else 0.0)
        tagged[run, split].extend(steps, epochs, seconds, values)

    def smooth(self, weight: float) -> None:
        """Smooth all training curves anew."""
        self.smoothing = weight
        for tagged in self._series.values():
            for (_, split), series in tagged.items():
                if split == "train":
                    series.smooth(weight)

    def clear_run(self, run: str) -> None:
        """Forget all points of one run."""
        for tag in list(self._series):
            self._series[tag] = {key: series for key, series in self._series[tag].items() if key[0] != run}
            if not self._series[tag]:
                del self._series[tag]

    def tags(self, runs: Iterable[str]) -> tuple[str, ...]:
        """Return the tags of these runs: loss and accuracy first, then in order of appearance."""
        wanted = set(runs)
        found = [tag for tag, tagged in self._series.items() if any(run in wanted for run, _ in tagged)]
        return tuple(sorted(found, key=lambda tag: (_rank(tag), found.index(tag))))

    def tagged(self, tag: str) -> dict[tuple[str, Split], Series]:
        """Return the series of one tag by run and split."""
        return self._series.get(tag, {})


def _rank(tag: str) -> int:
    return _FIRST_TAGS.index(tag) if tag in _FIRST_TAGS else len(_FIRST_TAGS)
