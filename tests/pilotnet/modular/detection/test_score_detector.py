"""The scores of a detector, where they can be worked out by hand."""

import csv
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from pilotnet.modular.detection.detector import Detector
from pilotnet.modular.detection.localisation import box_iou, localisation_errors
from pilotnet.modular.detection.score_detector import (
    DISTANCES,
    DetectorScore,
    DetectorScoreConfig,
    ScoredPicture,
    average_precisions,
    score_groups,
    scores_table,
    write_scores,
)
from pilotnet.modular.records import Detection
from sim.geometry.camera import Camera
from sim.scenario import Daytime, Weather

CAMERA = Camera()


def there(left: float, distance: float = 20.0, visible: float = 1.0) -> list[float]:
    """An object 20 px wide and 10 px high, straight above its place on the ground."""
    right = (left + 10 - CAMERA.centre_column) / CAMERA.focal * distance
    return [left, 60.0, left + 20, 70.0, visible, math.hypot(distance, right), distance, right]


def said(left: float, score: float, distance: float = 20.0) -> Detection:
    place = there(left, distance)
    return Detection(False, left, 60.0, left + 20, 70.0, score, 1.0, place[5])


def picture(truth: list[list[float]], found: list[Detection]) -> ScoredPicture:
    return ScoredPicture(Weather.CLEAR, Daytime.DAY, np.array(truth).reshape(-1, 8), found)


def precision(
    *pictures: ScoredPicture, limits: tuple[float, float] = (0.0, 1e5)
) -> tuple[float, float]:
    return average_precisions(pictures, [limits], lambda row: row[5], lambda found: found.distance)[
        0
    ]


def test_finding_everything_and_nothing_else_is_a_precision_of_one() -> None:
    assert precision(
        picture([there(50), there(200)], [said(50, 0.9), said(200, 0.4)])
    ) == pytest.approx((1.0, 1.0))


def test_half_of_the_objects_found_is_a_precision_of_a_half() -> None:
    ap, ap50 = precision(picture([there(50), there(200)], [said(50, 0.9)]))
    assert ap50 == pytest.approx(51 / 101)  # pycocotools samples the recalls 0, 0.01 ... 1
    assert ap == pytest.approx(ap50)


def test_a_false_box_costs_only_when_it_is_surer_than_a_true_one() -> None:
    truth = [there(50), there(200)]
    late = precision(picture(truth, [said(50, 0.9), said(200, 0.8), said(120, 0.1)]))
    early = precision(picture(truth, [said(50, 0.9), said(200, 0.8), said(120, 0.95)]))
    assert late[1] == pytest.approx(1.0)
    assert early[1] == pytest.approx(2 / 3)


def test_a_box_a_little_off_counts_at_an_overlap_of_a_half_only() -> None:
    ap, ap50 = precision(picture([there(50)], [said(55, 0.9)]))  # overlap 15 / 25
    assert ap50 == pytest.approx(1.0)
    assert ap == pytest.approx(0.3)


def test_hidden_and_far_objects_are_neither_right_nor_wrong() -> None:
    hidden = there(120, visible=0.3)
    far = there(250, distance=60.0)
    with_them = picture(
        [there(50), hidden, far], [said(120, 0.95), said(250, 0.99, 60.0), said(50, 0.9)]
    )
    without = picture([there(50), hidden, far], [said(50, 0.9)])
    assert precision(with_them) == precision(without) == pytest.approx((1.0, 1.0))


def test_what_is_said_to_be_out_of_reach_is_held_against_nobody() -> None:
    class Looking:
        camera = CAMERA

    near, far = (
        score_groups(
            [picture([there(50)], [said(50, 0.9), said(120, 0.95, distance)])],
            cast(Detector, Looking()),
        )[0]
        for distance in (40.0, 60.0)
    )
    assert near.ap50 == pytest.approx(0.5)
    assert far.ap50 == pytest.approx(1.0)


def test_ranges_of_distance_judge_only_what_is_in_them() -> None:
    both = picture([there(50, 5.0), there(200, 35.0)], [said(200, 0.9, 35.0)])
    assert precision(both, limits=DISTANCES["30-40 m"])[1] == pytest.approx(1.0)
    assert precision(both, limits=DISTANCES["0-10 m"])[1] == pytest.approx(0.0)
    assert math.isnan(precision(both, limits=DISTANCES["40-50 m"])[1])


def test_nothing_to_find_has_no_precision() -> None:
    assert all(math.isnan(value) for value in precision(picture([], [])))


def person(middle: float, forward: float, told: float) -> tuple[list[float], Detection]:
    """Return a pedestrian `forward` metres ahead, and its detection with the distance `told`."""
    slope = (middle - CAMERA.centre_column) / CAMERA.focal
    feet = CAMERA.horizon + CAMERA.focal * CAMERA.elevation / forward
    box = [middle - 3, feet - 10, middle + 3, feet]
    truth = [*box, 1.0, math.hypot(forward, forward * slope), forward, forward * slope]
    return truth, Detection(True, *box, 0.9, 1.0, math.hypot(told, told * slope))


def test_places_are_compared_with_where_things_are() -> None:
    (near, found_near), (far, found_far) = person(50, 20.0, 20.0), person(270, 45.0, 80.0)
    wrong, found_wrong = person(200, 30.0, 36.0)
    truth = np.array([near, wrong, far])
    found = [found_near, found_wrong, found_far, said(100, 0.9)]
    hit, errors = localisation_errors(truth, found, 0.3, CAMERA)
    assert list(hit) == [True, True, True]
    assert errors[0] < 0.01
    # The row of its feet and the distance it is said to have are weighed, and what is farther than
    # 40 m does not count.
    assert 0.02 < errors[1] < 0.2
    assert errors.size == 2
    assert list(localisation_errors(truth, [replace(found_near, score=0.2)], 0.3, CAMERA)[0]) == [
        False,
        False,
        False,
    ]
    assert localisation_errors(truth, [], 0.3, CAMERA)[1].size == 0


def test_overlaps_are_shares_of_the_union() -> None:
    boxes = np.array([[0.0, 0, 2, 2], [1, 0, 3, 2], [5, 5, 6, 6]])
    np.testing.assert_allclose(box_iou(boxes, boxes), [[1, 1 / 3, 0], [1 / 3, 1, 0], [0, 0, 1]])


def test_scores_are_written_as_csv_json_and_markdown(tmp_path: Path) -> None:
    scores = [
        DetectorScore("all", "all", 9, 4, 0.5, 0.75, 0.5, 0.031),
        DetectorScore("light", "night", 1, 0, *[math.nan] * 4),
    ]
    write_scores(tmp_path, scores)
    with (tmp_path / "scores.csv").open(newline="") as file:
        assert [row["group"] for row in csv.DictReader(file)] == ["all", "night"]
    assert json.loads((tmp_path / "scores.json").read_text())[1]["ap50"] is None
    table = (tmp_path / "scores.md").read_text()
    assert table == scores_table(scores)
    assert "| all | 9 | 4 | 0.500 | 0.750 | 0.500 | 3.1 % |" in table
    assert "| night | 1 | 0 | - | - | - | - |" in table


def test_only_sensible_settings_are_taken() -> None:
    with pytest.raises(ValueError, match="every is 0; it must be 1 or more"):
        DetectorScoreConfig(every=0)
