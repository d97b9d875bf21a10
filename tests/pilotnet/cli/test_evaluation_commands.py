"""The commands that score: their words, before and behind the options."""

from pathlib import Path

import pytest

from pilotnet.cli import main
from pilotnet.cli.evaluation_commands import drivers_first

FOLDERS = ["--checkpoint", "models/a", "models/b"]


@pytest.mark.parametrize(
    ("words", "ordered"),
    [
        (["pilotnet", *FOLDERS], ["pilotnet", *FOLDERS]),
        ([*FOLDERS, "pilotnet", "modular+cars"], ["pilotnet", "modular+cars", *FOLDERS]),
        ([*FOLDERS, "--episodes", "2"], [*FOLDERS, "--episodes", "2"]),
        (["--roads", "rural", *FOLDERS, "mine:Car"], ["mine:Car", "--roads", "rural", *FOLDERS]),
    ],
)
def test_drivers_behind_checkpoints_are_drivers(words: list[str], ordered: list[str]) -> None:
    assert drivers_first(words) == ordered


def test_the_first_word_of_the_option_is_a_folder() -> None:
    words = ["pilotnet", "--checkpoint", "pilotnet"]
    assert drivers_first(words) == words


def test_options_may_come_first(tiny_model: Path, tmp_path: Path) -> None:
    words = ["--checkpoint", str(tiny_model), "pilotnet", "--out", str(tmp_path / "results")]
    size = ["--episodes", "1", "--length", "50", "--workers", "1"]
    assert main(["evaluate", *words, *size]) == 0
    assert (tmp_path / "results" / "scores.json").is_file()
