"""Statistics of the dataset's features, per episode and pooled, in the shapes that LeRobot expects.

Vectors have shape (D,), images (3, 1, 1) scaled to [0, 1] over a sample of their pixels, `count`
always (1,).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.types import Image

QUANTILES = {"q01": 0.01, "q10": 0.10, "q50": 0.50, "q90": 0.90, "q99": 0.99}
NAMES = ("min", "max", "mean", "std", "count", *QUANTILES)
# every tenth frame, every second pixel of every second row
FRAME_STRIDE = 10
PIXEL_STRIDE = 2
LEVELS = np.arange(256)

Stats = dict[str, NDArray[Any]]


def vector_stats(values: NDArray[Any]) -> Stats:
    """Statistics over the rows of `values`, (N,) or (N, D)."""
    rows = values.reshape(len(values), -1).astype(np.float64)
    quantiles = np.quantile(rows, list(QUANTILES.values()), axis=0)
    return {
        "min": rows.min(axis=0),
        "max": rows.max(axis=0),
        "mean": rows.mean(axis=0),
        "std": rows.std(axis=0),
        "count": np.array([len(rows)]),
        **dict(zip(QUANTILES, quantiles, strict=True)),
    }


class ImageStats:
    """Collects the statistics of a video from a histogram per channel, (3, 256), while its frames
    pass by.
    """

    def __init__(self) -> None:
        self._histogram = np.zeros((3, 256), dtype=np.int64)
        self._seen = 0

    def add(self, image: Image) -> None:
        """Count the next frame (H, W, 3), if it belongs to the sample."""
        if self._seen % FRAME_STRIDE == 0:
            sample = image[
                PIXEL_STRIDE // 2 :: PIXEL_STRIDE, PIXEL_STRIDE // 2 :: PIXEL_STRIDE
            ].reshape(-1, 3)
            self._histogram += np.stack(
                [np.bincount(channel, minlength=256) for channel in sample.T]
            )
        self._seen += 1

    def stats(self) -> Stats:
        """The statistics so far; `count` is the number of frames in the sample."""
        histogram = self._histogram
        total = histogram.sum(axis=1, keepdims=True)
        cumulated = histogram.cumsum(axis=1)
        mean = histogram @ LEVELS / total[:, 0]
        variance = (histogram * (LEVELS - mean[:, None]) ** 2).sum(axis=1) / total[:, 0]
        levels = {
            "min": (histogram > 0).argmax(axis=1),
            "max": 255 - (histogram[:, ::-1] > 0).argmax(axis=1),
            "mean": mean,
            "std": np.sqrt(variance),
            **{
                name: (cumulated >= share * total).argmax(axis=1)
                for name, share in QUANTILES.items()
            },
        }
        scaled = {
            name: np.asarray(level, np.float64).reshape(3, 1, 1) / 255
            for name, level in levels.items()
        }
        return {"count": np.array([-(-self._seen // FRAME_STRIDE)]), **scaled}


def pooled(first: Stats, second: Stats) -> Stats:
    """The statistics of two sets together; quantiles are weighted means, as in LeRobot 0.6.1."""
    share = second["count"] / (first["count"] + second["count"])
    if first["mean"].ndim == 3:
        share = share.reshape(1, 1, 1)
    mixed = {
        name: first[name] + share * (second[name] - first[name]) for name in ("mean", *QUANTILES)
    }
    variance = (1 - share) * first["std"] ** 2 + share * second["std"] ** 2
    variance = variance + share * (1 - share) * (second["mean"] - first["mean"]) ** 2
    return {
        "min": np.minimum(first["min"], second["min"]),
        "max": np.maximum(first["max"], second["max"]),
        "std": np.sqrt(variance),
        "count": first["count"] + second["count"],
        **mixed,
    }


def pooled_features(first: Mapping[str, Stats], second: Mapping[str, Stats]) -> dict[str, Stats]:
    """`pooled` for every feature; an empty `first` gives `second`."""
    return {
        key: pooled(first[key], stats) if key in first else stats for key, stats in second.items()
    }


def as_lists(features: Mapping[str, Stats]) -> dict[str, dict[str, list[Any]]]:
    """The statistics as nested lists, for JSON and parquet."""
    return {key: {name: stats[name].tolist() for name in NAMES} for key, stats in features.items()}


def as_arrays(features: Mapping[str, Mapping[str, Any]]) -> dict[str, Stats]:
    """The inverse of `as_lists`."""
    return {
        key: {name: np.asarray(stats[name]) for name in NAMES} for key, stats in features.items()
    }
