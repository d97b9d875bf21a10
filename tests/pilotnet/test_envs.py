"""Gymnasium ids of the suites, and how they are found."""

import json
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import gymnasium
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env

from pilotnet.data.suites import suite, suite_names
from pilotnet.envs import SuiteEnv, SuiteSampler, environment_id
from sim.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"width": 64, "height": 48, "focal": 35.0, "horizon": 20.0}


@pytest.mark.parametrize("name", suite_names())
def test_every_suite_has_an_id_that_drives_its_training_roads(name: str) -> None:
    env = gymnasium.make(environment_id(name), cameras=(), length=200.0)
    scenario = Scenario(**json.loads(env.reset(seed=1)[1]["scenario"]))
    assert scenario.split == "train"
    assert scenario.length == 200.0
    index = scenario.seed // 3
    assert scenario == suite(name, "train", 1, 200.0, first=index)[0]


def test_ids_follow_gymnasiums_convention() -> None:
    assert environment_id("lane_keeping") == "PilotNet/LaneKeeping-v0"
    assert environment_id("everything") == "PilotNet/Everything-v0"


def test_gymnasiums_checker_accepts_a_suite() -> None:
    env = gymnasium.make(
        "PilotNet/Obstacles-v0",
        camera=SMALL,
        length=200.0,
        split="validation",
        render_mode="rgb_array",
    )
    check_env(env.unwrapped)
    again = gymnasium.make(EnvSpec.from_json(env.spec.to_json()))
    assert again.reset(seed=2)[1]["scenario"] == env.reset(seed=2)[1]["scenario"]


def test_seeds_vary_the_conditions_of_a_suite() -> None:
    env = SuiteEnv("everything", length=100.0, cameras=())
    drawn = [json.loads(env.reset(seed=seed)[1]["scenario"]) for seed in range(30)]
    for name, least in (("road", 6), ("weather", 5), ("light", 4), ("traffic", 25)):
        assert len({scenario[name] for scenario in drawn}) >= least, name


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"suite": "moon"}, "suite is 'moon'; it must be one of"),
        (
            {"suite": "traffic", "split": "exam"},
            "split is 'exam'; it must be one of train, validation, test",
        ),
        ({"suite": "traffic", "length": 1.0}, "length is 1.0 m; it must lie between"),
        ({"suite": "traffic", "camras": ()}, "setting is 'camras'; it must be one of"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SuiteEnv(**settings)


def test_a_sampler_compares_by_its_settings() -> None:
    assert SuiteSampler("traffic") == SuiteSampler("traffic", "train", 1500.0)


def in_a_fresh_process(program: str) -> str:
    process = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout.strip()


@pytest.mark.parametrize(
    "name",
    [
        "sim:PilotNet/Drive-v0",
        "pilotnet.envs:PilotNet/Drive-v0",
        "pilotnet.envs:PilotNet/Traffic-v0",
    ],
)
def test_an_id_with_module_needs_no_import(name: str) -> None:
    make = f"gymnasium.make({name!r}, cameras=[], render_mode='rgb_array')"
    program = f"import gymnasium; print({make}.unwrapped.rate)"
    assert in_a_fresh_process(program) == "10"


def test_the_entry_point_registers_every_id() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"][
        "gymnasium.envs"
    ]
    ((name, value),) = declared.items()
    program = (
        "from importlib.metadata import EntryPoint; import gymnasium; "
        f"EntryPoint({name!r}, {value!r}, 'gymnasium.envs').load()(); "
        "print(*sorted(i for i in gymnasium.registry if i.startswith('PilotNet/')))"
    )
    assert EntryPoint(name, value, "gymnasium.envs").module == "pilotnet.envs"
    assert in_a_fresh_process(program).split() == sorted(
        ["PilotNet/Drive-v0", *map(environment_id, suite_names())]
    )
