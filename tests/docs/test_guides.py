"""Every command and every script of the guides runs, in sizes that take seconds."""

import os
import re
import runpy
import shlex
import sys
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest

from pilotnet.cli import main

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "guides"
BLOCK = re.compile(
    r"```(?P<language>bash|python)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<text>.*?)```", re.S
)
SMALL_DRIVES = ("--episodes", "1", "--length", "50")
# Options that make each command small; a later option replaces an earlier one of the same name.
SMALL = {
    "record": (*SMALL_DRIVES, "--episodes", "2", "--validation-episodes", "1", "--workers", "1"),
    "train": ("--epochs", "1", "--device", "cpu"),
    "train-detector": ("--epochs", "1", "--device", "cpu"),
    "evaluate": (*SMALL_DRIVES, "--workers", "1"),
    "robustness": (*SMALL_DRIVES, "--workers", "1"),
    "score-lanes": (*SMALL_DRIVES, "--workers", "1"),
    "watch": (*SMALL_DRIVES, "--headless", "--seconds", "0.2", "--width", "640", "--height", "360"),
}
NEEDS_A_WINDOW = ("drive", "watch straight --record")
# The guides in the order in which their commands build on each other.
ORDER = (
    "record",
    "train",
    "evaluate",
    "robustness",
    "watch",
    "modular",
    "drive",
    "many_machines",
    "your_road",
    "your_data",
    "your_driver",
    "highway_env",
    "gymnasium",
)


class Block(NamedTuple):
    """One code block of a guide: its language, the name of its file, if it has one, and its text."""

    language: str
    title: str | None
    text: str


def blocks(guide: str) -> list[Block]:
    """Return the code blocks of a guide."""
    text = (GUIDES / f"{guide}.md").read_text(encoding="utf-8")
    return [Block(*match.groups()) for match in BLOCK.finditer(text)]


def command_lines(block: Block) -> list[list[str]]:
    """Return the words of every command in a block."""
    return [shlex.split(line, comments=True) for line in block.text.splitlines() if line.strip()]


def small(words: list[str]) -> list[str]:
    """Return a command's words after `pilotnet`, with the options that make it small."""
    name = words[1]
    film: tuple[str, ...] = ()
    if name == "watch" and "--film" not in words:
        film = ("--film", f"{uuid4().hex}.mp4")
    test_drives = ("--test-episodes", "1") if "--test-episodes" in words else ()
    size = SMALL.get(name, ())
    if name == "watch" and "/" in words[2]:  # a replay has no episodes to choose
        size = tuple(word for word in size if word not in SMALL_DRIVES)
    return [*words[1:], *size, *film, *test_drives]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One working folder for all guides, because their commands build on each other."""
    return tmp_path_factory.mktemp("guides")


def test_every_guide_is_run() -> None:
    assert {path.stem for path in GUIDES.glob("*.md")} == set(ORDER)


@pytest.mark.parametrize("guide", ORDER)
def test_the_commands_of_a_guide_run(
    guide: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    for block in blocks(guide):
        if block.language == "bash":
            for words in command_lines(block):
                assert words[0] == "pilotnet"
                if not " ".join(words[1:]).startswith(NEEDS_A_WINDOW):
                    assert main(small(words)) == 0, " ".join(words)
        elif block.title:
            Path(block.title).write_text(block.text, encoding="utf-8")
            runpy.run_path(block.title)
            sys.modules.pop(Path(block.title).stem, None)


@pytest.mark.parametrize("guide", ORDER)
def test_a_guide_has_a_goal_a_result_and_pitfalls_on_80_lines(guide: str) -> None:
    text = (GUIDES / f"{guide}.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 80
    for part in ("**Goal.**", "**What you get.**", "## Pitfalls"):
        assert part in text


def test_the_examples_are_short() -> None:
    for path in (GUIDES.parents[1] / "examples").glob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 40, path.name


@pytest.mark.parametrize("name", ["drive_environment", "own_driver", "train_and_score"])
def test_an_example_runs(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(os.fspath(GUIDES.parents[1] / "examples" / f"{name}.py"))
    assert capsys.readouterr().out
