"""`pilotnet merge`: the table of the merged results, and refusals."""

import json
from pathlib import Path

import pytest

from pilotnet.cli import main
from tests.pilotnet.evaluation.made_results import write_made_results


def test_the_merged_scores_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = write_made_results(tmp_path / "one", {"expert": [0, 0]})
    two = write_made_results(tmp_path / "two", {"straight": [1, 2]})
    out = tmp_path / "merged"
    assert main(["merge", str(one), str(two), "--out", str(out), "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)["drivers"]
    assert scores["straight"]["all"]["interventions"] == 3
    assert main(["merge", str(one), str(two), "--out", str(tmp_path / "again")]) == 0
    assert "Autonomy [%]" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["nowhere", "nowhere"], ["one"], []])
def test_wrong_arguments_are_refused_in_one_line(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    write_made_results(tmp_path / "one", {"expert": [0, 0]})
    assert main(["merge", *words]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert not (tmp_path / "results").exists()
