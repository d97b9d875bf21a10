"""Undamaged files of every kind that the program reads, and the function that reads each kind.

They are made without a simulation.
"""

import hashlib
import itertools
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import safetensors.torch

from pilotnet.common.provenance import read_provenance, write_provenance
from pilotnet.common.reading import load_yaml
from pilotnet.data import suites
from pilotnet.data.store import Dataset, DatasetWriter, EpisodeRecorder, Marks, write_marks
from pilotnet.evaluation.metrics import EpisodeScore
from pilotnet.evaluation.report.plots import read_metrics
from pilotnet.evaluation.report.traces import read_traces
from pilotnet.evaluation.results import (
    INFO_FILE,
    TRACES_SCHEMA,
    evaluate_settings,
    read_results,
    write_results,
)
from pilotnet.live.controller_files import ControllerFiles
from pilotnet.modular.detection.detector import DetectorCheckpoint, load_detector, save_detector
from pilotnet.modular.detection.network import DetectorNetwork
from pilotnet.training.checkpoint import (
    FILE_NAME,
    NETWORK_FORMAT,
    Checkpoint,
    load_checkpoint,
    save_checkpoint,
)
from pilotnet.training.model import PilotNet
from pilotnet.training.viewpoint import ViewCamera
from sim.geometry.camera import Camera
from sim.scenario import RoadKind, Scenario, Split, road_seed
from sim.viewer.input.controller_map import Axis, ControllerMap
from tests.pilotnet.data.store.synthetic_drives import FPS, as_recorded_earlier, scenario, steps

CAMERAS = {"centre": Camera(width=64, height=32, focal=35.0, horizon=13.0)}
LENGTHS = (12, 11)  # frames
GUID = "0300aa"  # of a controller
COPIES = itertools.count()  # numbers of the copies of the suites' folder


@dataclass(frozen=True)
class Settings:
    """Settings as a stage writes them beside its results."""

    drivers: tuple[str, ...] = ("expert", "straight")
    suite: str = "lane_keeping"
    split: str = "test"
    episodes: int = 3
    noise: float = 0.2
    pedals: str = "shared"
    seed: int = 0


@dataclass(frozen=True)
class Sample:
    """A kind of file.

    path: of the file below the folder of all samples; its first part is the folder that `read`
    takes.
    read: reads that folder and returns everything that the program uses of it.
    trusted: whether the file has no digest, because users edit it or an earlier version wrote it;
    valid changes are accepted.
    """

    path: str
    read: Callable[[Path], Any]
    trusted: bool = False


def make_samples(root: Path) -> None:
    """Write all folders below `root`."""
    _make_dataset(root / "data")
    save_checkpoint(
        _made(root / "model"),
        Checkpoint(PilotNet(0.02), ViewCamera(), Camera(), {"config": {"epochs": 3}}),
    )
    write_provenance(root / "model", "train", Settings(), 0)
    losses = "".join(f"{epoch},{1 / (1 + epoch)},{1.1 / (1 + epoch)}\n" for epoch in range(4))
    (root / "model" / "metrics.csv").write_text("epoch,train_loss,val_loss\n" + losses)
    save_detector(
        _made(root / "cars"),
        DetectorCheckpoint(DetectorNetwork(), "cars", Camera(), {"config": {}}),
    )
    made_results(root / "results")
    ControllerFiles(root / "controllers").keep(
        GUID, "Wheel", ControllerMap(Axis(0, 0.02, -0.99), buttons={"record": 3})
    )
    (_made(root / "settings") / "config.yaml").write_text(
        "record: {episodes: 2, length: 60.0}\ntrain: {epochs: 1}\n"
    )
    _make_earlier(root)
    (_made(root / "suites") / "mine.yaml").write_text(
        "roads: [rural]\ntraffic: [2, 6]\nsmall: {roads: [highway]}\n"
    )


def _make_earlier(root: Path) -> None:
    """Write what earlier versions wrote: the same without digests."""
    shutil.copytree(root / "data", root / "earlier")
    as_recorded_earlier(root / "earlier")
    shutil.copytree(root / "results", root / "earlier_results")
    (root / "earlier_results" / INFO_FILE).unlink()
    model = PilotNet(0.02)
    header = {
        "format": NETWORK_FORMAT,
        "view": json.dumps(asdict(ViewCamera())),
        "camera": json.dumps(asdict(Camera())),
        "training": "{}",
    }
    safetensors.torch.save_file(
        model.state_dict(), _made(root / "earlier_model") / FILE_NAME, header
    )


def _made(folder: Path) -> Path:
    """Create a folder and return it."""
    folder.mkdir()
    return folder


def _make_dataset(root: Path) -> None:
    writer = DatasetWriter.create(root, FPS, CAMERAS, boxes=True)
    for index, (length, split) in enumerate(
        zip(LENGTHS, (Split.TRAIN, Split.VALIDATION), strict=True)
    ):
        with EpisodeRecorder(
            writer.staging / f"{index}", FPS, CAMERAS, scenario(index, split), boxes=True
        ) as recorder:
            for step in steps(length, cameras=CAMERAS):
                recorder.add(step)
            staged = recorder.finish()
        writer.commit(staged, split)
    writer.close()
    write_marks(root, Marks().discard(writer.episodes[0], 2, 5))
    write_provenance(root, "record", Settings(), 0)


def made_results(folder: Path) -> None:
    """Make a results folder: two drivers on three roads."""
    folder.mkdir()
    write_provenance(folder, "evaluate", Settings(), 0)
    driven = [
        Scenario(RoadKind.RURAL, road_seed(Split.TEST, index), length=100.0)
        for index in range(Settings.episodes)
    ]
    rows = [
        _row(driver, one, index) for driver in Settings.drivers for index, one in enumerate(driven)
    ]
    tables = [_trace(row) for row in rows]
    write_results(folder, rows, pyarrow.concat_tables(tables))


def _row(driver: str, driven: Scenario, index: int) -> EpisodeScore:
    names = (
        driver,
        driven.name,
        driven.road.value,
        driven.weather.value,
        driven.light.value,
        json.dumps(asdict(driven)),
    )
    return EpisodeScore(
        *names,
        4.0 + index,
        60.0,
        0.1,
        0.01,
        float("inf") if index else 3.0,
        index,
        0,
        0,
        0,
        0,
        0,
        "mine",
        *(0.2, 0.01, 3.0, 1.0, 0.0, 2, 1, 90.0),
    )


def _trace(row: EpisodeScore) -> pyarrow.Table:
    count = round(row.elapsed * FPS)
    numbers = {
        name: np.linspace(0, 1, count)
        for name in TRACES_SCHEMA.names
        if name not in ("driver", "scenario", "intervention")
    }
    words = {
        "driver": [row.driver] * count,
        "scenario": [row.scenario] * count,
        "intervention": [""] * count,
    }
    return pyarrow.table(numbers | words).select(TRACES_SCHEMA.names).cast(TRACES_SCHEMA)


def _digest(*arrays: Any) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(
            repr(array.tolist()).encode()
            if array.dtype == object
            else np.ascontiguousarray(array).tobytes()
        )
    return digest.hexdigest()


def read_dataset(root: Path) -> Any:
    """Check a dataset and return everything that it holds."""
    dataset = Dataset.open(root)
    dataset.check()
    return [*_contents(dataset), dataset.marks]


def read_without_check(root: Path) -> Any:
    """Return everything that training reads of a dataset; reading a file checks its digest."""
    return _contents(Dataset.open(root))


def _contents(dataset: Dataset) -> list[Any]:
    found: list[Any] = [dataset.fps, dataset.cameras, dataset.episodes]
    for episode in dataset.episodes:
        found.append(_digest(*vars(dataset.signals(episode)).values()))
        found.append(_digest(*vars(dataset.boxes(episode)).values()))
        found += [_digest(dataset.frames(episode, name)) for name in dataset.cameras]
    return found


def _weights(network: Any) -> str:
    return _digest(*(tensor.numpy() for tensor in network.state_dict().values()))


def read_model(folder: Path) -> Any:
    """Return weights and settings of PilotNet's checkpoint."""
    found = load_checkpoint(folder)
    return _weights(found.model), found.view, found.camera, found.training


def read_cars(folder: Path) -> Any:
    """Return weights and settings of a detector's checkpoint."""
    found = load_detector(folder)
    return _weights(found.network), found.target, found.camera, found.training


def read_evaluation(folder: Path) -> Any:
    """Return everything that the report reads of a results folder."""
    results = read_results(folder)
    return results.episodes, results.scores(), evaluate_settings(folder), read_traces(folder)


def read_suite(folder: Path) -> Any:
    """Return the settings of the suite in a copy of this folder, in place of the shipped suites.

    Suites are kept in memory by their path, so every call needs a new one.
    """
    shipped = suites.SUITE_FOLDER
    suites.SUITE_FOLDER = folder.with_name(f"{folder.name}-{next(COPIES)}")
    shutil.copytree(folder, suites.SUITE_FOLDER)
    try:
        return (
            suites.suite_config("mine", Split.TRAIN),
            suites.suite_config("mine-small", Split.TEST),
        )
    finally:
        shutil.rmtree(suites.SUITE_FOLDER)
        suites.SUITE_FOLDER = shipped


SAMPLES = {
    "video": Sample("data/videos/observation.images.centre/chunk-000/file-001.mp4", read_dataset),
    "video without check": Sample(
        "data/videos/observation.images.centre/chunk-000/file-000.mp4", read_without_check
    ),
    "signals": Sample("data/data/chunk-000/file-000.parquet", read_dataset),
    "signals without check": Sample("data/data/chunk-000/file-001.parquet", read_without_check),
    "boxes": Sample("data/boxes/chunk-000/file-000.parquet", read_without_check),
    "meta": Sample("data/meta/episodes/chunk-000/file-000.parquet", read_dataset),
    "info.json": Sample("data/meta/info.json", read_without_check),
    "stats.json": Sample("data/meta/stats.json", read_dataset),
    "tasks": Sample("data/meta/tasks.parquet", read_dataset),
    "earlier video": Sample(
        "earlier/videos/observation.images.centre/chunk-000/file-001.mp4",
        read_dataset,
        trusted=True,
    ),
    "earlier signals": Sample(
        "earlier/data/chunk-000/file-000.parquet", read_dataset, trusted=True
    ),
    "earlier boxes": Sample("earlier/boxes/chunk-000/file-000.parquet", read_dataset, trusted=True),
    "earlier meta": Sample(
        "earlier/meta/episodes/chunk-000/file-000.parquet", read_dataset, trusted=True
    ),
    "earlier info.json": Sample("earlier/meta/info.json", read_dataset, trusted=True),
    "earlier PilotNet": Sample(f"earlier_model/{FILE_NAME}", read_model, trusted=True),
    "earlier episodes.csv": Sample("earlier_results/episodes.csv", read_evaluation, trusted=True),
    "earlier traces": Sample("earlier_results/traces.parquet", read_evaluation, trusted=True),
    "marks.yaml": Sample("data/marks.yaml", read_without_check, trusted=True),
    "record.yaml": Sample(
        "data/record.yaml", lambda folder: read_provenance(folder, "record"), trusted=True
    ),
    "train.yaml": Sample(
        "model/train.yaml", lambda folder: read_provenance(folder, "train"), trusted=True
    ),
    "PilotNet": Sample(f"model/{FILE_NAME}", read_model),
    "metrics.csv": Sample(
        "model/metrics.csv", lambda folder: list(read_metrics(folder / "metrics.csv")), trusted=True
    ),
    "detector": Sample(f"cars/{FILE_NAME}", read_cars),
    "episodes.csv": Sample("results/episodes.csv", read_evaluation),
    "traces": Sample("results/traces.parquet", read_evaluation),
    "results.json": Sample("results/results.json", read_evaluation),
    "evaluate.yaml": Sample("results/evaluate.yaml", read_evaluation),
    "controller": Sample(
        f"controllers/{GUID}.yaml", lambda folder: ControllerFiles(folder).find(GUID), trusted=True
    ),
    "config": Sample(
        "settings/config.yaml", lambda folder: load_yaml(folder / "config.yaml"), trusted=True
    ),
    "suite": Sample("suites/mine.yaml", read_suite, trusted=True),
}
