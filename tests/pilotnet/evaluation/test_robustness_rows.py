"""Rows of the robustness table."""

from pathlib import Path

import pytest

from pilotnet.evaluation.faults import Fault
from pilotnet.evaluation.results import read_results
from pilotnet.evaluation.robustness_rows import robustness_rows, write_robustness_rows
from tests.pilotnet.evaluation.made_results import write_made_results


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return write_made_results(tmp_path / "results", {"expert": [0] * 4, "straight": [1, 0, 2, 0]})


def test_a_row_holds_the_score_of_a_driver(results: Path) -> None:
    expert, straight = robustness_rows(Fault.of("late=0.2"), read_results(results))
    assert (expert.fault, expert.strength, expert.unit) == ("late", 0.2, "s")
    assert (straight.driver, straight.drives) == ("straight", 4)
    assert straight.autonomy == pytest.approx(85.0)
    assert straight.low < 85.0 < straight.high
    assert (straight.stuck, straight.others) == (0, 3)


def test_the_table_has_a_column_for_each_value(results: Path, tmp_path: Path) -> None:
    write_robustness_rows(tmp_path / "rows.csv", robustness_rows(None, read_results(results)))
    header, first, second = (tmp_path / "rows.csv").read_text().splitlines()
    assert header == "fault,strength,unit,driver,autonomy,low,high,stuck,others,drives"
    assert first.startswith("none,0.0,,expert,100.0,")
    assert second.startswith("none,0.0,,straight,85.0,")
