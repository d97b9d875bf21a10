"""Help and user errors load none of the heavy packages; a command loads them after its settings
have been checked.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pilotnet.cli import COMMANDS

# Gymnasium (0.07 s of CPU) is not among them: `import sim` registers the environment with it.
HEAVY = (
    "av",
    "cv2",
    "highway_env",
    "jinja2",
    "joblib",
    "lightning",
    "matplotlib",
    "numba",
    "pyarrow",
    "pycocotools",
    "pygame",
    "safetensors",
    "scipy",
    "torch",
)
# For every command, arguments with a wrong value, and the message.
WRONG = {
    "demo": (["--evaluate.drivers", "[nonsense]"], "driver is 'nonsense'"),
    "record": (["--suite", "moon"], "suite is 'moon'"),
    "train": (
        ["nowhere", "--augmentation.shift", "-1"],
        "shift is -1.0; it must lie between 0 and 2",
    ),
    "evaluate": (["modular"], "driver modular needs a detector of cars"),
    "export": (["nowhere"], "checkpoint nowhere does not exist"),
    "compare": (["nowhere"], "results nowhere does not exist"),
    "merge": (["nowhere", "nowhere"], "results nowhere does not exist"),
    "evaluate-recording": (
        ["nowhere", "--checkpoint", "nowhere"],
        "data nowhere does not exist",
    ),
    "robustness": (["expert", "--faults", "sleepy"], "fault is 'sleepy'"),
    "watch": (["expert", "--roads", "canal"], "roads is 'canal'"),
    "report": (["nowhere"], "results nowhere does not exist"),
    "drive": (["--width", "3"], "width is 3 px"),
    "train-detector": (["lorries", "nowhere"], "target is 'lorries'"),
    "score-detector": (
        ["cars", "nowhere", "--checkpoint", "nowhere"],
        "data nowhere does not exist",
    ),
    "score-lanes": (["--noise", "-1"], "noise is -1.0 m"),
    "check": (["nowhere"], "data nowhere does not exist"),
    "scenes": (["sheet.png", "--light", "noon"], "light is 'noon'"),
    "results": (["--root", "nowhere"], "root is nowhere; it must be a repository"),
    "completion": (["fish"], "shell is 'fish'; it must be one of bash, zsh, tcsh"),
}
# Runs commands one after the other, which is quicker than a process for each, and prints the exit
# code of each.
PROGRAM = f"""
import json, sys
from pilotnet.cli import main
for words in json.loads(sys.argv[1]):
    try:
        code = main(words)
    except SystemExit as stop:
        code = stop.code
    sys.stdout.flush()
    heavy = sorted({set(HEAVY)} & set(sys.modules))
    print("ended", json.dumps([words, code, heavy]), file=sys.stderr)
"""


def run(
    commands: list[list[str]], folder: Path, *options: str
) -> tuple[str, list[tuple[list[str], int, list[str]]], list[str]]:
    """Run commands in a fresh process: standard output, how each ended, and the other lines of
    standard error.
    """
    call = [sys.executable, *options, "-c", PROGRAM, json.dumps(commands)]
    done = subprocess.run(
        call, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    ends = [
        tuple(json.loads(line.removeprefix("ended ")))
        for line in lines
        if line.startswith("ended ")
    ]
    return done.stdout, ends, [line for line in lines if not line.startswith("ended ")]


def test_every_command_is_tested_with_a_wrong_value() -> None:
    assert set(WRONG) == set(COMMANDS)


def test_help_loads_no_heavy_package(tmp_path: Path) -> None:
    commands = [["--help"], *([name, "--help"] for name in COMMANDS)]
    said, ends, errors = run(commands, tmp_path)
    assert ends == [(words, 0, []) for words in commands]
    assert said.count("usage: pilotnet") == len(commands)
    assert errors == []


def test_user_errors_load_no_heavy_package(tmp_path: Path) -> None:
    mistyped = [[name, *words, "--nonsense", "3"] for name, (words, _) in WRONG.items()]
    wrong = [[name, *words] for name, (words, _) in WRONG.items()]
    said, ends, errors = run([*mistyped, *wrong], tmp_path)
    assert said == ""
    assert ends == [(words, 2, []) for words in [*mistyped, *wrong]]
    for line, expected in zip(
        errors, [*("nonsense" for _ in WRONG), *(says for _, says in WRONG.values())], strict=True
    ):
        assert expected in line


def test_help_does_not_need_docstrings(tmp_path: Path) -> None:
    said, ends, _ = run([["--help"], ["record", "--help"]], tmp_path, "-OO")
    assert "Train PilotNet on a dataset." in said
    assert "None\n" not in said
    assert [code for _, code, _ in ends] == [0, 0]


@pytest.mark.parametrize(
    "module",
    [
        "sim",
        "sim.scenario",
        "sim.geometry.camera",
        "sim.random",
        "sim.types",
        "sim.control.speed",
        "sim.control.path_tracking",
    ],
)
def test_basic_modules_load_no_heavy_package(module: str, tmp_path: Path) -> None:
    program = f"import sys, {module}; print(sorted({set(HEAVY)} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "[]\n"
