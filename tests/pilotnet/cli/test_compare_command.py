"""`pilotnet compare`: sentence, JSON, exit codes and refusals."""

import json
from pathlib import Path

import pytest

from pilotnet.cli import main
from pilotnet.cli.compare_command import WORSE_CODE
from tests.pilotnet.evaluation.made_results import write_made_results

GOOD = [0, 0, 1, 0] * 10
BAD = [1, 2, 3, 2] * 10


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return write_made_results(tmp_path / "results", {"modular": BAD, "pilotnet": GOOD})


def test_the_sentence_and_the_deciding_roads_are_printed(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(results)]) == 0
    out = capsys.readouterr().out
    assert "PilotNet is better than Modular by 35.0 points" in out
    assert "rural" in out


def test_a_worse_driver_gives_its_own_exit_code(results: Path) -> None:
    swapped = ["compare", str(results), "--drivers", "pilotnet", "modular", "--fail-if-worse"]
    assert main([*swapped, "1"]) == WORSE_CODE
    assert main([*swapped, "50"]) == 0
    assert main(["compare", str(results), "--fail-if-worse", "0"]) == 0


def test_json_holds_the_comparison(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(results), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["drivers"], found["decided"]) == (["modular", "pilotnet"], True)
    assert found["difference"] == pytest.approx(35.0)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--drivers", "modular", "expert"], "driver is 'expert'; of"),
        (["--fail-if-worse", "-1"], "fail_if_worse is -1; it must be 0 or more points"),
        (["--fail-if-worse", "much"], "fail_if_worse"),
        (["nowhere"], "nowhere"),
        (["nowhere", "nobody"], "results has 3 folders; it must have 1 or 2"),
    ],
)
def test_wrong_arguments_are_refused_in_one_line(
    words: list[str], message: str, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(results), *words]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert message in lines[0]
