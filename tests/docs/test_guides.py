"""Every command and every script of the guides runs, in sizes that take seconds."""

import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest

from pilotnet.cli import main

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs" / "guides"
BLOCK = re.compile(
    r"```(?P<language>bash|python|yaml)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<text>.*?)```", re.S
)
SMALL_DRIVES = ("--episodes", "1", "--length", "50")
# Options that make each command small; a later option replaces an earlier one of the same name.
SMALL = {
    "record": (*SMALL_DRIVES, "--episodes", "2", "--validation-episodes", "1", "--workers", "1"),
    "train": ("--epochs", "1", "--device", "cpu"),
    "train-detector": ("--epochs", "1", "--device", "cpu"),
    "evaluate": (*SMALL_DRIVES, "--workers", "1"),
    "evaluate-recording": ("--workers", "1"),
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
    """One code block of a guide: its language, the name of its file or None, and its text."""

    language: str
    title: str | None
    text: str


def blocks(guide: str) -> list[Block]:
    """Return the code blocks of a guide."""
    text = (GUIDES / f"{guide}.md").read_text(encoding="utf-8")
    return [Block(*match.groups()) for match in BLOCK.finditer(text)]


def command_lines(block: Block) -> list[list[str]]:
    """Return the words of every command in a block; a backslash continues a line."""
    joined = block.text.replace("\\\n", " ")
    return [shlex.split(line, comments=True) for line in joined.splitlines() if line.strip()]


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


def write_block(block: Block, root: Path) -> None:
    """Write a block's file below ROOT; where it exists, the block's first line is in it already."""
    assert block.title
    path = root / block.title
    if path.exists():
        first, _, rest = block.text.partition("\n")
        before, found, after = path.read_text(encoding="utf-8").partition(f"{first}\n")
        assert found, f"{block.title} has no line {first!r}"
        path.write_text(before + found + rest + after, encoding="utf-8")
    else:
        path.write_text(block.text, encoding="utf-8")


def changes_the_repository(guide: str) -> bool:
    """Whether a guide writes files of the repository, which it names with their folders."""
    return any(block.title and "/" in block.title for block in blocks(guide))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One working folder for all guides, because their commands build on each other."""
    return tmp_path_factory.mktemp("guides")


def test_every_guide_is_run() -> None:
    assert {path.stem for path in GUIDES.glob("*.md")} == set(ORDER)


@pytest.mark.parametrize("guide", [guide for guide in ORDER if changes_the_repository(guide)])
def test_a_guide_that_changes_the_repository_works_in_a_copy_of_it(
    guide: str, tmp_path: Path
) -> None:
    for package in ("sim", "pilotnet", "configs"):
        shutil.copytree(ROOT / package, tmp_path / package)
    for block in blocks(guide):
        if block.title:
            write_block(block, tmp_path)
        elif block.language == "bash":
            for words in command_lines(block):
                command = [sys.executable, "-m", "pilotnet", *small(words)]
                ended = subprocess.run(
                    command,
                    cwd=tmp_path,
                    env=os.environ | {"PYTHONPATH": str(tmp_path)},
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("guide", [guide for guide in ORDER if not changes_the_repository(guide)])
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
    for path in (ROOT / "examples").glob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 40, path.name


@pytest.mark.parametrize("name", ["drive_environment", "own_driver", "train_and_score"])
def test_an_example_runs(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(os.fspath(ROOT / "examples" / f"{name}.py"))
    assert capsys.readouterr().out
