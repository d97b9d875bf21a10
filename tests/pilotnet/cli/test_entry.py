"""Errors of commands: one line for user and machine errors, a traceback and a request to report it
for bugs.
"""

from pathlib import Path

import av
import pygame
import pytest

from pilotnet.cli import COMMANDS, main
from pilotnet.cli.parser import Parser


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Make the command `scenes` raise `error`."""

    def fail(parser: Parser, words: list[str]) -> None:  # noqa: ARG001 - the signature of a command
        raise error

    command = COMMANDS["scenes"]._replace(run=fail)
    monkeypatch.setitem(COMMANDS, "scenes", command)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ValueError("out is x;\n it must be y"), "out is x; it must be y"),
        (
            PermissionError(13, "Permission denied", "film.mp4"),
            "[Errno 13] Permission denied: 'film.mp4'",
        ),
        (av.error.FFmpegError(1, "Protocol not found", "12:30.mp4"), "Protocol not found"),
        (pygame.error("That operation is not supported"), "That operation is not supported"),
        (MemoryError(), "there is not enough memory (MemoryError)"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_user_and_machine_errors_are_one_line(
    error: Exception, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, error)
    assert main(["scenes"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("pilotnet: error: ")
    assert says in line


@pytest.mark.parametrize(
    "error", [KeyError("centre"), RuntimeError("mat1 and mat2"), AttributeError("width")]
)
def test_a_bug_is_printed_with_its_traceback(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, error)
    assert main(["scenes"]) == 1
    first, *_, last = capsys.readouterr().err.splitlines()
    assert first == "Traceback (most recent call last):"
    assert last.startswith("pilotnet: this is a bug in pilotnet ")
    assert "not a mistake of yours; please report it with the lines above" in last


def test_debug_shows_every_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, KeyError("centre"))
    with pytest.raises(KeyError):
        main(["scenes", "--debug"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["recrod"], "did you mean record?"),
        (["record", "--episode", "3"], "did you mean --episodes?"),
        (["record", "--validation-episode=3"], "did you mean --validation-episodes?"),
        (["train", "data", "--augmentation.shfit", "1"], "did you mean --augmentation.shift?"),
        (["record", "--episodes", "many"], "episodes is 'many'; it must be a whole number"),
        (["record", "--boxes", "maybe"], "unrecognized arguments: maybe"),
        (["record", "--cameras", "rear"], "cameras is 'rear'; it must be one of all, centre"),
        (["record", "--seed", str(2**128)], "seed is"),
        (
            ["train", "data", "--seed", str(2**128)],
            "it must be a whole number from 0 to 2**128 - 1",
        ),
    ],
)
def test_a_mistyped_argument_gets_a_suggestion(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line


def test_an_option_without_a_similar_one_gets_no_suggestion(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["record", "--qqq", "3"]) == 2
    assert "did you mean" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [["watch", "~/drives", "expert"], ["train", "~/drives"], ["report", "--data=~/drives", "~"]],
    ids=str,
)
def test_a_tilde_in_a_path_is_the_home_folder(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    if words[0] == "watch":
        (tmp_path / "home" / "drives").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    assert str(tmp_path / "home" / "drives") in capsys.readouterr().err


def test_a_tilde_in_an_output_path_is_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "sheet.png").touch()
    monkeypatch.chdir(tmp_path)
    assert main(["scenes", "~/sheet.png"]) == 2  # it exists already
    assert not (tmp_path / "~").exists()


def test_a_tilde_without_home_folder_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_home(path: Path) -> Path:  # noqa: ARG001 - the signature of a method
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", no_home)
    assert main(["train", "~/drives"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "begins with a home folder that is unknown; give the whole path" in line
