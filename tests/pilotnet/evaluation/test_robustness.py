"""Robustness: an evaluation for each fault, a table, a plot, and resuming."""

from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from pilotnet.evaluation.results import read_results
from pilotnet.evaluation.robustness import CARD_PLOT, CARD_TABLE, robustness
from pilotnet.evaluation.robustness_config import RobustnessConfig
from tests.conftest import contents

TINY = RobustnessConfig(
    drivers=("expert", "straight"), episodes=2, length=80.0, faults="bias=0.5,bias=8", workers=1
)


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faulty") / "card"
    robustness(TINY, folder)
    return folder


def test_every_fault_has_its_own_results(card: Path) -> None:
    folders = sorted(path.name for path in card.iterdir() if path.is_dir())
    assert folders == ["bias-0.5", "bias-8", "none"]
    for name in folders:
        assert len(read_results(card / name).episodes) == 4


def test_a_strong_fault_costs_the_expert_interventions(card: Path) -> None:
    expert = {
        name: read_results(card / name).scores()["expert"].interventions
        for name in ("none", "bias-8")
    }
    assert expert["none"] == 0
    assert expert["bias-8"] > 0


def test_the_table_has_a_row_for_each_fault_and_driver(card: Path) -> None:
    assert len((card / CARD_TABLE).read_text().splitlines()) == 1 + 3 * 2
    image = cv2.imread(str(card / CARD_PLOT))
    assert image is not None
    assert image.std() > 5


def test_a_resumed_run_ends_with_the_same_table(card: Path, tmp_path: Path) -> None:
    robustness(replace(TINY, faults="bias=0.5"), tmp_path / "card")
    with pytest.raises(ValueError, match=r"faults is 'bias=0.5,bias=8', but"):
        robustness(TINY, tmp_path / "card", resume=True)
    (card / CARD_TABLE).rename(card / "before.csv")
    robustness(TINY, card, resume=True)
    assert (card / CARD_TABLE).read_text() == (card / "before.csv").read_text()
    (card / "before.csv").unlink()


def test_finished_folders_are_not_driven_again(card: Path) -> None:
    before = contents(card / "none")
    robustness(TINY, card, resume=True)
    assert contents(card / "none") == before
