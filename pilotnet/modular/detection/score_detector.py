"""SCORE-DETECTOR: average precision and localisation errors of a detector on a dataset with boxes,
by distance, size and conditions.

Average precision is pycocotools'. Objects count when at least half visible and within 50 m; others
are ignore regions, and detections predicted beyond 50 m are dropped, as in nuScenes (arXiv
1903.11027). pycocotools compares "areas" with ranges; it gets distances or heights instead.
"""

import contextlib
import csv
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from pilotnet.common.folders import StageFiles, atomic_path, output_folder, write_json, write_text
from pilotnet.common.progress import track
from pilotnet.common.provenance import write_provenance
from pilotnet.data.store import Dataset, Episode
from pilotnet.modular.detection.detector import MAX_DETECTIONS, Detector
from pilotnet.modular.detection.detector_config import DetectorScoreConfig
from pilotnet.modular.detection.localisation import localisation_errors
from pilotnet.modular.records import CONFIRM_SCORE, Detection
from sim.scenario import Daytime, Weather

# share, [m] of what counts
LEAST_VISIBLE = 0.5
MAX_SCORED_DISTANCE = 50.0
HINTED = 0.02  # visible share from which something may be found
LOWEST_SCORE = 0.02  # detections below it would hardly change a precision
DISTANCES = {
    "0-10 m": (0.0, 10.0),
    "10-20 m": (10.0, 20.0),
    "20-30 m": (20.0, 30.0),
    "30-40 m": (30.0, 40.0),
    "40-50 m": (40.0, 50.0),
}
HEIGHTS = {
    "under 8 px": (0.0, 8.0),
    "8-16 px": (8.0, 16.0),
    "16-32 px": (16.0, 32.0),
    "over 32 px": (32.0, 1e4),
}
SKIES = tuple((weather, light) for weather in Weather for light in Daytime)
IN_REACH = (0.0, MAX_SCORED_DISTANCE)
Measure = Callable[[Detection], float]
TruthMeasure = Callable[[NDArray[np.float64]], float]  # of a row of `ScoredPicture.truth`
SCORE_TABLE_FILE = "scores.csv"
JSON_FILE = "scores.json"
TABLE_FILE = "scores.md"
STAGE = StageFiles("score-detector", (SCORE_TABLE_FILE, JSON_FILE, TABLE_FILE))


@dataclass(frozen=True)
class DetectorScore:
    """Scores of a detector on one group of frames or objects.

    by, group: the property and its value.
    pictures, objects: number of frames and of objects that count.
    ap, ap50: average precision over IoU thresholds of 0.5 to 0.95, and at 0.5.
    recall: share that is detected with at least the driver's score.
    position_error: median localisation error as a share of the distance, up to 40 m; NaN without
    objects.
    """

    by: str
    group: str
    pictures: int
    objects: int
    ap: float
    ap50: float
    recall: float
    position_error: float


@dataclass(frozen=True)
class ScoredPicture:
    """A picture's objects, rows (left, top, right, bottom, visible, distance, forward, right on the
    ground), and detections.
    """

    weather: Weather
    light: Daytime
    truth: NDArray[np.float64]
    found: list[Detection]

    @property
    def counting(self) -> NDArray[np.bool_]:
        """Which of the objects count."""
        return np.asarray(
            (self.truth[:, 4] >= LEAST_VISIBLE) & (self.truth[:, 5] <= MAX_SCORED_DISTANCE), bool
        )


def score_detector(
    config: DetectorScoreConfig, target: str, data: Path, checkpoint: Path, out: Path
) -> tuple[DetectorScore, ...]:
    """Score the detector of `cars` or `pedestrians` in `checkpoint` on a dataset and write a
    results folder.

    Raises ValueError for an unknown target, a detector of another one, a dataset without boxes,
    without the split or with another camera, and a folder that holds something.
    """
    detector = Detector.load(checkpoint, target, LOWEST_SCORE)
    dataset = Dataset.open(data)
    if dataset.camera("centre") != detector.camera:
        raise ValueError(
            f"{data} has the camera {dataset.camera('centre')}, but the detector learned from "
            f"{detector.camera}"
        )
    episodes = dataset.kept_of(config.split, config.every)
    with output_folder(out, STAGE) as folder:
        run = DetectorScoreRun(target, str(data), str(checkpoint), config)
        write_provenance(folder, STAGE.name, run, seed=0)
        bar = track(episodes, f"looking for {target}")
        pictures = [
            picture for episode in bar for picture in look(detector, dataset, episode, config.every)
        ]
        scores = tuple(score_groups(pictures, detector))
        write_scores(folder, scores)
    return scores


@dataclass(frozen=True)
class DetectorScoreRun:
    """What the provenance of a scoring names."""

    target: str
    data: str
    checkpoint: str
    config: DetectorScoreConfig


def look(detector: Detector, dataset: Dataset, episode: Episode, every: int) -> list[ScoredPicture]:
    """Return the detections of every n-th frame of an episode, with the ground truth."""
    boxes = dataset.boxes(episode)
    boxes = boxes.pick((boxes.person == detector.person) & (boxes.visible >= HINTED))
    pictures = []
    for number, frame in dataset.kept_frames(episode, "centre", every):
        here = boxes.of_frame(number)
        columns = (
            here.left,
            here.top,
            here.right,
            here.bottom,
            here.visible,
            here.distance,
            here.ground_forward,
            here.ground_right,
        )
        truth = np.stack(columns, axis=1).astype(np.float64)
        pictures.append(
            ScoredPicture(
                episode.scenario.weather, episode.scenario.light, truth, detector.detect(frame)
            )
        )
    return pictures


def score_groups(pictures: Sequence[ScoredPicture], detector: Detector) -> list[DetectorScore]:
    """All pictures together, then by distance, height, weather, light, and both."""
    scores = scores_of("all", {"all": IN_REACH}, pictures, detector)
    scores += scores_of("distance", DISTANCES, pictures, detector)
    scores += scores_of(
        "height",
        HEIGHTS,
        pictures,
        detector,
        lambda row: row[3] - row[1],
        lambda found: found.bottom - found.top,
    )
    skies = {
        (weather, light): [p for p in pictures if (p.weather, p.light) == (weather, light)]
        for weather, light in SKIES
    }
    groups = [
        ("weather", str(each), [p for p in pictures if p.weather is each]) for each in Weather
    ]
    groups += [("light", str(each), [p for p in pictures if p.light is each]) for each in Daytime]
    groups += [("sky", f"{weather}, {light}", some) for (weather, light), some in skies.items()]
    for by, name, some in groups:
        if some:
            scores += scores_of(by, {name: IN_REACH}, some, detector)
    return scores


def scores_of(
    by: str,
    ranges: dict[str, tuple[float, float]],
    pictures: Sequence[ScoredPicture],
    detector: Detector,
    truth_measure: TruthMeasure = lambda row: row[5],
    measure: Measure = lambda found: found.distance,
) -> list[DetectorScore]:
    """One score for each range of a measure of objects and detections; by default of their
    distance.
    """
    precisions = average_precisions(pictures, list(ranges.values()), truth_measure, measure)
    scores = []
    for (name, (low, high)), (ap, ap50) in zip(ranges.items(), precisions, strict=True):
        hits = [np.zeros(0, bool)]
        errors = [np.zeros(0)]
        for picture in pictures:
            within = np.array([low <= truth_measure(row) <= high for row in picture.truth], bool)
            hit, error = localisation_errors(
                picture.truth[picture.counting & within],
                picture.found,
                CONFIRM_SCORE,
                detector.camera,
            )
            hits.append(hit)
            errors.append(error)
        found = np.concatenate(hits)
        places = np.concatenate(errors)
        recall = float(found.mean()) if found.size else math.nan
        position_error = float(np.median(places)) if places.size else math.nan
        scores.append(
            DetectorScore(by, name, len(pictures), found.size, ap, ap50, recall, position_error)
        )
    return scores


def average_precisions(
    pictures: Sequence[ScoredPicture],
    ranges: list[tuple[float, float]],
    truth_measure: TruthMeasure,
    measure: Measure,
) -> list[tuple[float, float]]:
    """(AP, AP50) for each range of a measure, by pycocotools; NaN where nothing counts."""
    truth: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    for number, picture in enumerate(pictures):
        for row, counts in zip(picture.truth, picture.counting, strict=True):
            truth.append(
                _annotation(number, len(truth), row[:4], truth_measure(row))
                | {"iscrowd": int(not counts)}
            )
        for one in picture.found:
            edges = np.array([one.left, one.top, one.right, one.bottom])
            found.append(
                _annotation(number, len(found), edges, measure(one)) | {"score": one.score}
            )
    with contextlib.redirect_stdout(io.StringIO()):  # it prints its progress
        judge = COCOeval(_coco(len(pictures), truth), _coco(len(pictures), found), "bbox")
        judge.params.areaRng = [list(limits) for limits in ranges]
        judge.params.maxDets = [MAX_DETECTIONS]
        judge.params.areaRngLbl = [str(limits) for limits in ranges]
        judge.evaluate()
        judge.accumulate()
    precision = judge.eval["precision"][
        :, :, 0, :, 0
    ]  # overlaps x recalls x ranges, -1 where nothing counts
    table = np.where(precision < 0, np.nan, precision).transpose(2, 0, 1)
    return [(float(one.mean()), float(one[0].mean())) for one in table]


def _annotation(
    image: int, number: int, edges: NDArray[np.float64], measure: float
) -> dict[str, Any]:
    left, top, right, bottom = edges.tolist()
    # pycocotools takes the number 0 for no match.
    return {
        "id": number + 1,
        "image_id": image,
        "category_id": 1,
        "bbox": [left, top, right - left, bottom - top],
        "area": measure,
    }


def _coco(count: int, annotations: list[dict[str, Any]]) -> COCO:
    coco = COCO()
    coco.dataset = {
        "images": [{"id": i} for i in range(count)],
        "annotations": annotations,
        "categories": [{"id": 1}],
    }
    coco.createIndex()
    return coco


def write_scores(folder: Path, scores: Sequence[DetectorScore]) -> None:
    """Write the scores as CSV, as JSON (null where nothing counted) and as a Markdown table."""
    rows = [asdict(score) for score in scores]
    with (
        atomic_path(folder / SCORE_TABLE_FILE) as unfinished,
        unfinished.open("w", newline="") as file,
    ):
        writer = csv.DictWriter(file, [field.name for field in fields(DetectorScore)])
        writer.writeheader()
        writer.writerows(rows)
    write_json(
        folder / JSON_FILE,
        [{key: None if value != value else value for key, value in row.items()} for row in rows],
    )
    write_text(folder / TABLE_FILE, scores_table(scores))


def scores_table(scores: Sequence[DetectorScore]) -> str:
    """The scores as a Markdown table."""
    lines = [
        "| | pictures | objects | AP | AP50 | recall | position error |",
        "|---|---|---|---|---|---|---|",
    ]
    for score in scores:
        numbers = [
            f"{value:.3f}" if value == value else "-"
            for value in (score.ap, score.ap50, score.recall)
        ]
        error = (
            f"{100 * score.position_error:.1f} %"
            if score.position_error == score.position_error
            else "-"
        )
        lines.append(
            f"| {score.group} | {score.pictures} | {score.objects} | {' | '.join(numbers)} | "
            f"{error} |"
        )
    return "\n".join(lines) + "\n"
