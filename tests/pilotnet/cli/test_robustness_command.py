"""`pilotnet robustness`: the card on the terminal, and refusals."""

import json
from pathlib import Path

import pytest

from pilotnet.cli import main

SMALL = ["--episodes", "1", "--length", "60", "--workers", "1"]


def test_the_card_is_printed_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "card"
    words = ["robustness", "expert", "--faults", "bias=0.2", "--out", str(out), *SMALL]
    assert main(words) == 0
    assert "bias 0.2 1/km" in capsys.readouterr().out
    assert main([*words, "--resume", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["fault"], row["strength"]) for row in rows] == [("none", 0.0), ("bias", 0.2)]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["expert", "--faults", "sleepy"], "fault is 'sleepy'; it must be one of yaw"),
        (["expert", "--fault", "yaw=1"], "--fault"),
        (["pilotnet"], "driver pilotnet needs a checkpoint"),
        ([], "drivers"),
    ],
)
def test_wrong_arguments_are_refused_in_one_line(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["robustness", *words, "--out", str(tmp_path / "card")]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert message in lines[0]
    assert not (tmp_path / "card").exists()
