"""The command line: the main job end to end on a tiny config, and one line with exit code 2 for
every mistake.
"""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from pilotnet.cli import COMMANDS, main
from tests.fuzz.mutations import BOMB
from tests.pilotnet.data.store.synthetic_drives import as_recorded_earlier, write_dataset

BOTH = "lane_keeping-small+obstacles-small"
PROGRESS = re.compile(
    r": \d+( of \d+)?(, | in )\d:\d\d:\d\d"
)  # a line of a stage that takes over 30 s on a slow machine
TINY = {
    "record": {
        "suite": BOTH,
        "episodes": 2,
        "validation_episodes": 1,
        "length": 60.0,
        "workers": 1,
    },
    "train": {"epochs": 1, "batch_size": 16, "device": "cpu"},
    "detect": {"epochs": 1, "every": 8, "device": "cpu"},
    "evaluate": {"suite": BOTH, "episodes": 2, "length": 60.0, "workers": 1},
}


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command that must fail with code 2 and one line; the line."""
    assert main(words) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("pilotnet: error: ")
    return lines[0]


def test_the_demo_runs_every_stage_from_any_folder(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(TINY))
    command = [sys.executable, "-W", "error", "-m", "pilotnet", "demo", "--config", "tiny.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stderr.splitlines() if not PROGRESS.search(line)] == []
    for said in (
        "wrote demo/data",
        "training on cpu",
        "wrote demo/model",
        "wrote demo/cars",
        "wrote demo/pedestrians",
        "wrote demo/results",
        "Autonomy",
        "Lane keeping, small",
        "Obstacles, small",
        "Modular",
        "wrote demo/report.html",
    ):
        assert said in done.stdout
    written = {path.name for path in (tmp_path / "demo").iterdir()}
    assert written == {
        "data",
        "model",
        "cars",
        "pedestrians",
        "results",
        "report.html",
        "demo.yaml",
    }
    page = (tmp_path / "demo" / "report.html").read_text()
    for said in ("PilotNet", "Modular", "Lane keeping, small", "Obstacles, small"):
        assert said in page


def test_every_command_is_listed_and_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    listed = capsys.readouterr().out
    for name in COMMANDS:
        assert name in listed
        with pytest.raises(SystemExit) as stop:
            main([name, "--help"])
        assert stop.value.code == 0
        assert "usage: pilotnet" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["fly"],
            "command is 'fly'; it must be one of demo, record, train, export, evaluate, ",
        ),
        (["record", "--episode", "2"], "episode"),
        (["record", "--episodes", "many"], "episodes"),
        (["record", "--length", "-3"], "length is -3.0 m; it must lie between"),
        (["record", "--suite", "moon"], "suite is 'moon'; it must be one of"),
        (["record", "--config", "nothing.yaml"], "config nothing.yaml does not exist"),
        (["train", "nowhere"], "nowhere"),
        (["train", "nowhere", "--augmentation.shift", "wide"], "shift"),
        (
            ["train", "nowhere", "--augmentation.shift", "-1"],
            "shift is -1.0; it must lie between 0 and 2",
        ),
        (
            ["evaluate", "nobody"],
            "driver is 'nobody'; it must be one of expert, pilotnet, modular, straight",
        ),
        (
            ["evaluate", "modular", "--oracle", "lanes,people"],
            "oracle is 'people'; it must be one of cars, pedestrians, lanes",
        ),
        (
            ["evaluate", "modular", "--oracle", "lanes"],
            "driver modular needs a detector of cars; give --cars the folder",
        ),
        (["evaluate", "modular", "--oracle", "all", "--ablate"], "leave out --oracle"),
        (["evaluate", "expert", "--workers", "-1"], "workers is -1; it must be 0 or more"),
        (["evaluate", "expert", "--first", "-1"], "first is -1; it must lie between 0 and"),
        (["evaluate", "pilotnet"], "driver pilotnet needs a checkpoint"),
        (["evaluate", "pilotnet", "--checkpoint", "nowhere"], "checkpoint nowhere does not exist"),
        (["evaluate", "expert", "--split", "exam"], "exam"),
        (["report", "nowhere"], "results nowhere does not exist"),
    ],
    ids=" ".join,
)
def test_a_user_error_is_one_line_and_leaves_no_file(
    words: list[str],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert says in refused(words, capsys)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_key_in_a_config_file_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "typo.yaml").write_text("train:\n  epoch: 3\n")
    assert "epoch" in refused(
        ["demo", "--config", str(tmp_path / "typo.yaml"), "--out", str(tmp_path / "out")], capsys
    )
    assert not (tmp_path / "out").exists()


def test_a_list_in_place_of_text_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.yaml").write_text("suite: [lane_keeping]\n")
    assert (
        main(
            ["record", "--config", str(tmp_path / "settings.yaml"), "--out", str(tmp_path / "out")]
        )
        == 2
    )
    assert "suite is \"['lane_keeping']\"; it must be text" in capsys.readouterr().err


def test_a_folder_that_is_no_dataset_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert str(tmp_path) in refused(
        ["train", str(tmp_path), "--out", str(tmp_path / "model")], capsys
    )


@pytest.mark.parametrize(
    "command", [["record", "--episodes", "1"], ["evaluate", "straight"], ["demo"]], ids=" ".join
)
def test_an_output_folder_with_content_is_refused(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "treasure").write_text("mine")
    assert "already holds something" in refused([*command, "--out", str(tmp_path)], capsys)
    assert [path.name for path in tmp_path.iterdir()] == ["treasure"]


def test_debug_shows_the_traceback() -> None:
    with pytest.raises(ValueError, match="command is 'fly'"):
        main(["fly", "--debug"])


def test_a_shipped_config_needs_no_path(tiny_data: Path, tmp_path: Path) -> None:
    words = [
        "train",
        str(tiny_data),
        "--config",
        "ablation",
        "--epochs",
        "1",
        "--device",
        "cpu",
        "--out",
        str(tmp_path / "model"),
    ]
    assert main(words) == 0
    settings = yaml.safe_load((tmp_path / "model" / "train.yaml").read_text())["config"]["config"][
        "augmentation"
    ]
    assert settings["side_cameras"] is False
    assert settings["shift"] == 0.0


def test_mend_moves_a_damaged_last_episode(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "drives"
    write_dataset(root, lengths=(12, 15), validation=()).close()
    assert main(["check", str(root)]) == 0
    assert "nothing has changed since the recording" in capsys.readouterr().out
    data = root / "data/chunk-000/file-001.parquet"
    content = data.read_bytes()
    data.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
    line = refused(["check", str(root)], capsys)
    assert "file-001.parquet was changed after it was written" in line
    assert "--mend` sets this last episode aside" in line
    assert main(["check", str(root), "--mend"]) == 0
    assert "moved a damaged episode to" in capsys.readouterr().out.replace("\n", " ")
    assert data.with_name("file-000.parquet").exists()
    assert not data.exists()


@pytest.mark.parametrize("command", [["demo"], ["record"], ["train", "data"]], ids=" ".join)
@pytest.mark.parametrize(
    "text", [BOMB, "a: " + "[" * 5000, "episodes: 1\nepisodes: 2"], ids=["bomb", "deep", "twice"]
)
def test_a_hostile_config_file_is_refused_quickly(
    command: list[str], text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hostile.yaml").write_text(text)
    began = time.process_time()
    line = refused(
        [*command, "--config", str(tmp_path / "hostile.yaml"), "--out", str(tmp_path / "out")],
        capsys,
    )
    assert time.process_time() - began < 10
    assert "hostile.yaml is not usable YAML" in line
    assert not (tmp_path / "out").exists()


def test_a_hostile_value_is_refused_quickly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hostile.yaml").write_text(BOMB)
    began = time.process_time()
    for value in (str(tmp_path / "hostile.yaml"), BOMB, "[" * 5000):
        line = refused(["train", "data", "--augmentation", value], capsys)
        assert "augmentation" in line
        assert len(line) < 1000
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "words",
    [
        ["x" * 5000],
        ["record", "--suite", "x" * 5000],
        ["evaluate", "x" * 5000],
        ["record", f"--{'x' * 5000}", "1"],
        ["demo", "--evaluate.drivers", "x" * 5000],
        ["report", "x" * 5000],
        ["train", "x" * 5000],
        ["watch", "x" * 5000, "--headless", "--film", "x.mp4"],
    ],
    ids=["command", "suite", "driver", "option", "value of a list", "results", "data", "folder"],
)
def test_a_message_shows_80_characters_of_a_value(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    line = refused(words, capsys)
    assert "x" * 70 in line
    assert "x" * 81 not in line
    assert len(line) < 400


def test_check_reports_episodes_without_digests(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "drives"
    write_dataset(root, lengths=(12,), validation=()).close()
    as_recorded_earlier(root)
    assert main(["check", str(root)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "have no digests" in said
    assert "nothing has changed" not in said
