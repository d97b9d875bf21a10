"""Results folders are joined when their conditions agree and no drive occurs twice."""

from dataclasses import replace
from pathlib import Path

import pytest

from pilotnet.evaluation.evaluate import evaluate
from pilotnet.evaluation.evaluate_config import EvaluateConfig
from pilotnet.evaluation.merge import merge
from pilotnet.evaluation.report import write_report
from pilotnet.evaluation.results import EPISODES_FILE, TRACES_FILE, read_results
from tests.pilotnet.evaluation.made_results import write_made_results

CONFIG = EvaluateConfig(drivers=("expert", "straight"), episodes=4, length=60.0, workers=1)


def test_parts_of_an_evaluation_make_the_whole(tmp_path: Path) -> None:
    whole = evaluate(CONFIG, tmp_path / "whole")
    for first in (0, 2):
        evaluate(replace(CONFIG, episodes=2, first=first), tmp_path / f"part{first}")
    merged = merge([tmp_path / "part0", tmp_path / "part2"], tmp_path / "merged")
    assert merged.episodes == whole.episodes
    assert merged.scores() == whole.scores()
    write_report(tmp_path / "merged", tmp_path / "report.html")


def test_other_drivers_on_the_same_roads_are_joined(tmp_path: Path) -> None:
    one = write_made_results(tmp_path / "one", {"expert": [0, 0, 1]})
    two = write_made_results(tmp_path / "two", {"straight": [2, 3, 4]})
    merged = merge([one, two], tmp_path / "merged")
    assert list(merged.scores()) == ["expert", "straight"]
    assert merged.scores()["straight"].interventions == 9
    assert (tmp_path / "merged" / TRACES_FILE).is_file()


@pytest.mark.parametrize(
    ("second", "settings", "message"),
    [
        ({"expert": [0, 1]}, {}, "both hold driver 'expert' on rural-"),
        ({"straight": [0, 1, 2]}, {}, "no part holds driver 'expert' on rural-"),
        ({"straight": [0, 1]}, {"noise": 0.3}, "noise is 'None' in .* and '0.3' in"),
        ({"straight": [0, 1]}, {"suite": "obstacles"}, "suite is 'lane_keeping' in"),
    ],
)
def test_parts_that_do_not_fit_are_refused(
    second: dict[str, list[int]], settings: dict[str, object], message: str, tmp_path: Path
) -> None:
    one = write_made_results(tmp_path / "one", {"expert": [0, 0]})
    two = write_made_results(tmp_path / "two", second, **settings)
    with pytest.raises(ValueError, match=message):
        merge([one, two], tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_one_folder_is_not_merged(tmp_path: Path) -> None:
    one = write_made_results(tmp_path / "one", {"expert": [0, 0]})
    with pytest.raises(ValueError, match="results has 1 folders"):
        merge([one], tmp_path / "merged")


def test_the_parts_stay_as_they_are(tmp_path: Path) -> None:
    one = write_made_results(tmp_path / "one", {"expert": [0, 0]})
    two = write_made_results(tmp_path / "two", {"straight": [0, 0]})
    before = (one / EPISODES_FILE).read_bytes()
    merge([one, two], tmp_path / "merged")
    assert (one / EPISODES_FILE).read_bytes() == before
    assert read_results(one).scores()["expert"].autonomy == 100.0
