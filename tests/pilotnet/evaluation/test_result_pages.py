"""The results page and the README rows follow from the committed result files."""

import json
from pathlib import Path

import pytest

from pilotnet.evaluation.result_pages import (
    BEGIN,
    END,
    README,
    autonomy_table,
    read_study,
    rendered_page,
    rendered_readme,
    spread_text,
    write_result_pages,
)

ROOT = Path(__file__).resolve().parents[3]
PROVENANCE = """stage: evaluate
config: {}
seed: 0
version: 0.2.0
revision: 0123456789abcdef
world: 2
"""


def write_seed(folder: Path, autonomy: float, driver: str = "pilotnet") -> None:
    """Write the files of one evaluation with one driver on one suite."""
    folder.mkdir(parents=True)
    score = {"autonomy": autonomy, "interventions": 3, "kilometres": 3.5, "offset_rms": 0.25}
    scores = {driver: {"all": score, "suites": {"lane_keeping-small": score}}}
    (folder / "scores.json").write_text(json.dumps({"format": 1, "drivers": scores}))
    (folder / "evaluate.yaml").write_text(PROVENANCE)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one study of two training seeds."""
    study = tmp_path / "docs" / "results" / "demo"
    write_seed(study / "seed0", 90.0)
    write_seed(study / "seed1", 95.0)
    (study / "README.md").write_text("## A study")
    (tmp_path / "README.md").write_text(f"top\n{BEGIN}\nold\n{END}\nbottom\n")
    return tmp_path


def test_committed_pages_follow_from_the_committed_results() -> None:
    assert (ROOT / "docs" / "results.md").read_text() == rendered_page(ROOT)
    assert (ROOT / README).read_text() == rendered_readme(ROOT)


def test_a_cell_gives_the_mean_and_the_range_over_seeds(repository: Path) -> None:
    table = autonomy_table(read_study(repository / "docs" / "results" / "demo"))
    assert table.splitlines()[-1] == "| PilotNet | 92.5 (90.0-95.0) | 2 |"


def test_one_seed_has_no_range() -> None:
    assert spread_text([88.0]) == "88.0"


def test_pages_are_written_once(repository: Path) -> None:
    assert len(write_result_pages(repository)) == 2
    assert write_result_pages(repository) == []
    assert (repository / README).read_text().startswith(f"top\n{BEGIN}\n| autonomy [%] |")


def test_a_readme_without_markers_is_refused(repository: Path) -> None:
    (repository / README).write_text("nothing")
    with pytest.raises(ValueError, match="must have the lines"):
        rendered_readme(repository)


def test_a_study_without_scores_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"has no folder with scores.json"):
        read_study(tmp_path)
