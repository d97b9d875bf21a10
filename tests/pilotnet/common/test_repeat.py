"""`--config` with the `<stage>.yaml` of an earlier run repeats that run; files of other stages and
worlds are refused.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from pilotnet.cli import main
from pilotnet.common.folders import plain
from pilotnet.common.provenance import PROVENANCE_KEYS
from pilotnet.common.repeat import repeated_settings
from pilotnet.data.record_config import RecordConfig
from pilotnet.demo_config import DemoConfig
from pilotnet.evaluation.evaluate_config import EvaluateConfig
from pilotnet.modular.detection.detector_config import DetectorScoreConfig, DetectorTrainConfig
from pilotnet.modular.lanes.score_lanes_config import LaneScoreConfig
from pilotnet.training.checkpoint import load_checkpoint
from pilotnet.training.train_config import Augmentation, TrainConfig
from pilotnet.training.training_checkpoints import METRICS_FILE
from sim.scenario import WORLD_VERSION
from tests.conftest import contents

LEFT = dict(
    zip(
        PROVENANCE_KEYS,
        ("record", {"episodes": 3}, 0, "0.1.0", "unknown", WORLD_VERSION),
        strict=True,
    )
)


def written(folder: Path, values: Any) -> Path:
    path = folder / "given.yaml"
    path.write_text(values if isinstance(values, str) else yaml.safe_dump(values))
    return path


def test_record_and_train_are_repeated_by_the_files_that_they_left(
    tiny_data: Path, tiny_model: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    model = tmp_path / "model"
    assert main(["record", "--config", str(tiny_data / "record.yaml"), "--out", str(data)]) == 0
    assert contents(data, "record.yaml") == contents(tiny_data, "record.yaml")
    settings = [
        yaml.safe_load((folder / "record.yaml").read_text())["config"]
        for folder in (tiny_data, data)
    ]
    assert settings[0] == settings[1]

    assert main(["train", "--config", str(tiny_model / "train.yaml"), f"--out={model}"]) == 0
    assert (model / METRICS_FILE).read_bytes() == (tiny_model / METRICS_FILE).read_bytes()
    weights = [load_checkpoint(folder).model.state_dict() for folder in (tiny_model, model)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    settings = [
        yaml.safe_load((folder / "train.yaml").read_text())["config"]
        for folder in (tiny_model, model)
    ]
    assert settings[0] == settings[1]


def test_positional_arguments_override_the_file(
    tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (
        ["nowhere", "--config", str(tiny_model / "train.yaml")],
        ["--config", str(tiny_model / "train.yaml"), "nowhere"],
    ):
        assert main(["train", *words, "--out", str(tmp_path / "model")]) == 2
        assert "data nowhere does not exist" in capsys.readouterr().err


def test_settings_data_and_targets_are_taken_from_where_stages_write_them(tmp_path: Path) -> None:
    assert repeated_settings(written(tmp_path, LEFT), "record") == {"episodes": 3}
    nested = {"target": "cars", "data": "drives", "fingerprint": "0123abc", "config": {"epochs": 2}}
    path = written(tmp_path, {**LEFT, "stage": "train-detector", "config": nested})
    assert repeated_settings(path, "train-detector", ("target", "data", "out")) == {
        "epochs": 2,
        "target": "cars",
        "data": "drives",
    }


def test_a_plain_file_of_settings_is_not_taken_for_that_of_a_stage(tmp_path: Path) -> None:
    assert repeated_settings(written(tmp_path, {"episodes": 3}), "record") is None


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({**LEFT, "stage": "train"}, "is from `pilotnet train`; it must be from `pilotnet record`"),
        (
            {**LEFT, "world": WORLD_VERSION - 1},
            f"is from world version {WORLD_VERSION - 1}, but this pilotnet has world version",
        ),
        (
            {**LEFT, "world": WORLD_VERSION + 1},
            f"is from world version {WORLD_VERSION + 1}, but this pilotnet has world version",
        ),
        (
            {key: LEFT[key] for key in LEFT if key != "world"},
            "is from world version 1, but this pilotnet has world version",
        ),
        (
            {"config": {"episodes": 3}},
            "is neither settings, which have no keys stage and config, nor the file of a stage",
        ),
        (
            {**LEFT, "config": [3]},
            "is neither settings, which have no keys stage and config, nor the file of a stage",
        ),
        ({**LEFT, "config": {"episodez": 3}}, "episodez"),
        ({**LEFT, "config": {"episodes": -3}}, "episodes is -3"),
        ("config: [", "is not readable YAML"),
        ("- 3", "is no mapping of names to values"),
        ("", "is no mapping of names to values"),
        ("1: 2", "is no mapping of names to values"),
    ],
)
def test_a_file_that_cannot_be_repeated_is_refused_in_one_line(
    values: Any, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["record", "--config", str(written(tmp_path, values)), "--out", str(tmp_path / "out")])
        == 2
    )
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("pilotnet: error: ")
    assert says in line
    assert not (tmp_path / "out").exists()


def test_required_arguments_that_the_file_lacks_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = {"drivers": ["expert", "pilotnet"], "episodes": 1}
    path = written(tmp_path, {**LEFT, "stage": "evaluate", "config": config})
    assert main(["evaluate", "--config", str(path)]) == 2
    assert "driver pilotnet needs a checkpoint; give --checkpoint" in capsys.readouterr().err
    path = written(
        tmp_path,
        {**LEFT, "stage": "score-detector", "config": {"config": {"every": 3}, "target": "cars"}},
    )
    assert main(["score-detector", "--config", str(path)]) == 2
    assert "the following arguments are required: " in capsys.readouterr().err


STAGES = {
    "record": RecordConfig(episodes=3, weather="rain", noise=1e-5),
    "train": TrainConfig(
        epochs=3, learning_rate=1e-5, augmentation=Augmentation(side_cameras=False)
    ),
    "train-detector": DetectorTrainConfig(every=7, weight_decay=0.0),
    "evaluate": EvaluateConfig(drivers=("expert", "modular+all"), noise=0.25),
    "score-lanes": LaneScoreConfig(roads="rural,highway", first=4),
    "score-detector": DetectorScoreConfig(split="validation", every=2),
    "demo": DemoConfig(
        record=RecordConfig(episodes=5), evaluate=EvaluateConfig(drivers=("expert",), episodes=2)
    ),
}


@pytest.mark.parametrize("stage", STAGES)
def test_the_settings_of_every_stage_come_back_from_its_file(
    stage: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = plain(asdict(STAGES[stage]))
    path = written(
        tmp_path,
        {
            **LEFT,
            "stage": stage,
            "config": {"data": "drives", "config": config} if "train" in stage else config,
        },
    )
    with pytest.raises(SystemExit) as stop:
        main([stage, "--config", str(path), "--print-config"])
    assert stop.value.code == 0
    read = yaml.safe_load(capsys.readouterr().out)
    assert {name: read[name] for name in config} == config
    assert read.get("data") == ("drives" if "train" in stage else None)
