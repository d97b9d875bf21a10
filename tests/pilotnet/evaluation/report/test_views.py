"""Sample frames: a left bend, a straight and a right bend, each with all views."""

from dataclasses import replace
from pathlib import Path

import pytest

from pilotnet.data.store import Dataset
from pilotnet.evaluation.report.views import (
    VIEW_MOVES,
    choose_samples,
    per_kilometre,
    sample_strips,
)
from pilotnet.training.viewpoint import ViewCamera


def test_curvature_is_written_per_kilometre_with_its_sign() -> None:
    assert per_kilometre(0.0062) == "κ +6.2 /km"
    assert per_kilometre(-0.01) == "κ \N{MINUS SIGN}10.0 /km"


def test_samples_are_a_left_bend_a_straight_and_a_right_bend(tiny_data: Path) -> None:
    left, straight, right = choose_samples(Dataset.open(tiny_data))
    assert left.curvature < straight.curvature < right.curvature
    assert abs(straight.curvature) < 1e-3


def test_every_strip_has_the_frame_and_all_views(tiny_data: Path) -> None:
    strips = sample_strips(Dataset.open(tiny_data), ViewCamera())
    assert [len(strip.pictures) for strip in strips] == [1 + len(VIEW_MOVES)] * 3
    assert strips[0].pictures[2].caption.startswith("0.8 m right: κ \N{MINUS SIGN}")


def test_a_dataset_without_the_centre_camera_is_refused(tiny_data: Path) -> None:
    dataset = Dataset.open(tiny_data)
    with pytest.raises(
        ValueError, match="has no camera 'centre', which is needed here; its cameras are front"
    ):
        sample_strips(replace(dataset, cameras={"front": dataset.cameras["centre"]}), ViewCamera())
