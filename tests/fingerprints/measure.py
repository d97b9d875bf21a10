"""Fingerprints of what the project computes: digests of pictures, labels, weights, detections,
plans and scores.

    python -m tests.fingerprints.measure            prints which fingerprints are the same
    python -m tests.fingerprints.measure --write    writes the present ones to `fingerprints.json`

A change that only renames or moves code leaves every fingerprint as it is. Processors round
differently, so a digest is comparable only between machines with the same digest of `arithmetic`.
"""

import argparse
import csv
import hashlib
import io
import json
import math
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pyarrow import parquet

from pilotnet.data.record import RecordConfig, record
from pilotnet.data.store import Dataset
from pilotnet.drivers.driver_table import Detectors
from pilotnet.evaluation.evaluate import EvaluateConfig, evaluate
from pilotnet.modular.detection.detector import Detector
from pilotnet.modular.detection.detector_config import DetectorTrainConfig
from pilotnet.modular.detection.train_detector import train_detector
from pilotnet.training.checkpoint import load_checkpoint
from pilotnet.training.train import TrainConfig, train
from sim.geometry.frenet import Floats
from sim.scenario import RoadKind

FILE = Path(__file__).with_name("fingerprints.json")
RECORDING = RecordConfig(
    suite="everything",
    episodes=16,
    validation_episodes=2,
    length=50.0,
    noise=0.2,
    videos="fine",
    workers=2,
)
TRAINING = TrainConfig(epochs=1, batch_size=32, speed=True, device="cpu", precision="float32")
DETECTOR_TRAINING = DetectorTrainConfig(epochs=1, every=4, device="cpu", precision="float32")
DRIVERS = ("expert", "pilotnet", "modular", "modular+cars+pedestrians", "modular+all", "straight")
EVALUATION = EvaluateConfig(
    drivers=DRIVERS,
    suite="everything",
    split="validation",
    episodes=2 * len(RoadKind),
    length=50.0,
    noise=0.1,
    pedals="driver",
)


def digest(parts: Iterable[bytes]) -> str:
    """Return the first 16 hexadecimal digits of a SHA-256 over all parts."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part)
    return whole.hexdigest()[:16]


def elementary_functions(grid: Floats) -> list[Floats]:
    """Return functions of NumPy and of the C library."""
    scalar = (math.sin, math.cos, math.exp, math.atan, math.hypot)
    return [
        *(f(grid) for f in (np.sin, np.cos, np.exp, np.log, np.arctan)),
        *(np.array([f(x) for x in grid]) for f in scalar),
    ]


def linear_algebra(grid: Floats) -> list[Floats]:
    """Return products, solutions and inverses of small matrices, as the lane filter needs them.

    OpenBLAS chooses its code by the processor (OPENBLAS_CORETYPE). Between Haswell and SkylakeX the
    lane filter's last bits differ, and so do the drives of the modular stack.
    """
    found = []
    for size in range(2, 13):
        square = np.sin(grid[: size * size]).reshape(size, size) + size * np.eye(size)
        right = grid[:size]
        wide = np.cos(grid[: 100 * size]).reshape(size, 100)
        found += [
            square @ square.T,
            wide @ wide.T,
            square @ right,
            np.linalg.solve(square, right),
            np.linalg.inv(square),
            np.linalg.pinv(square[:, :2]),
        ]
    return found


def network_layers(grid: Floats) -> list[Floats]:
    """Return a convolution and a matrix product of PyTorch."""
    pictures = torch.from_numpy(grid).float().reshape(1, 4, 32, 32)
    kernels = torch.from_numpy(np.sin(grid[: 8 * 4 * 25])).float().reshape(8, 4, 5, 5)
    products = [torch.nn.functional.conv2d(pictures, kernels), pictures[0, 0] @ pictures[0, 1]]
    return [one.numpy() for one in products]


def arithmetic() -> str:
    """Return a digest of how this machine rounds: functions, small matrices and layers.

    Kernels are left out: compiled for another processor (NUMBA_CPU_NAME) they gave the same drives.
    """
    grid = np.linspace(0.1, 9.9, 4096)
    numbers = [*elementary_functions(grid), *linear_algebra(grid), *network_layers(grid)]
    return digest(one.tobytes() for one in numbers)


def of_recording(data: Dataset) -> dict[str, str]:
    """Return digests of a dataset's pictures, signals and boxes."""
    episodes = range(len(data.episodes))
    pictures = {
        f"pictures of the {camera} camera": digest(
            frame.tobytes() for episode in episodes for frame in data.stream(episode, camera)
        )
        for camera in data.cameras
    }
    tables = {
        "signals": digest(table_bytes(data.root / "data")),
        "boxes": digest(table_bytes(data.root / "boxes")),
    }
    return pictures | tables


def table_bytes(root: Path) -> Iterable[bytes]:
    """Yield the columns of all Parquet files below a folder as bytes."""
    for path in sorted(root.rglob("*.parquet")):
        table = parquet.read_table(path)
        for name in table.column_names:
            yield name.encode()
            yield json.dumps(table.column(name).to_pylist()).encode()


def of_weights(folder: Path) -> str:
    """Return the digest of a folder's network file, without the header that holds versions and
    settings.
    """
    content = (folder / "model.safetensors").read_bytes()
    header = int.from_bytes(content[:8], "little")
    return digest([content[8 + header :]])


def of_detections(folder: Path, target: str, data: Dataset) -> str:
    """Return the digest of all boxes that a detector proposes on one frame of every episode."""
    detector = Detector.load(folder, target, 0.0)
    found = [
        detector.detect(next(data.stream(episode, "centre")))
        for episode in range(len(data.episodes))
    ]
    return digest([repr(found_values(found)).encode()])


def found_values(found: Any) -> list[list[list[float]]]:
    """Return the edges and scores of the boxes, by picture."""
    return [
        [[box.left, box.top, box.right, box.bottom, box.score] for box in picture]
        for picture in found
    ]


def of_results(folder: Path) -> dict[str, str]:
    """Return the digests of every driver's traces and scores."""
    traces = parquet.read_table(folder / "traces.parquet")
    rows = scored_rows(folder / "episodes.csv")
    found = {}
    for driver in DRIVERS:
        ticks = traces.filter([one == driver for one in traces.column("driver").to_pylist()])
        columns = [
            json.dumps(ticks.column(name).to_pylist()).encode() for name in ticks.column_names
        ]
        found[f"drives of {driver}"] = digest(columns)
        found[f"scores of {driver}"] = digest(
            row.encode() for row in rows if row.startswith(f"{driver},")
        )
    return found


def scored_rows(path: Path) -> list[str]:
    """Return the rows of episodes.csv with the columns of version 0.2, the first 18."""
    text = io.StringIO()
    with path.open(newline="") as file:
        csv.writer(text).writerows(row[:18] for row in csv.reader(file))
    return text.getvalue().splitlines()


def measured(folder: Path) -> dict[str, str]:
    """Return every fingerprint by name; the stages write into `folder`."""
    torch.set_num_threads(1)
    data = record(RECORDING, folder / "data")
    train(TRAINING, folder / "data", folder / "model")
    found = of_recording(data) | {"weights of PilotNet": of_weights(folder / "model")}
    for target in ("cars", "pedestrians"):
        train_detector(DETECTOR_TRAINING, target, folder / "data", folder / target)
        found[f"weights of the detector of {target}"] = of_weights(folder / target)
        found[f"detections of {target}"] = of_detections(folder / target, target, data)
    load_checkpoint(folder / "model")
    evaluate(
        EVALUATION,
        folder / "results",
        folder / "model",
        Detectors(folder / "cars", folder / "pedestrians"),
    )
    return found | of_results(folder / "results")


def main() -> None:
    """Print what differs from the committed fingerprints; with --write, replace them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    with tempfile.TemporaryDirectory() as name:
        present = {"arithmetic": arithmetic(), **measured(Path(name))}
    if write:
        FILE.write_text(json.dumps(present, indent=2) + "\n")
        return
    committed = json.loads(FILE.read_text())
    for key in sorted({*present, *committed}):
        same = present.get(key) == committed.get(key)
        print(f"{'same   ' if same else 'DIFFERS'} {key}")


if __name__ == "__main__":
    main()
