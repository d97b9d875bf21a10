"""The order of the demo: finished stages stay, the same command goes on, and wrong settings are
found before the first stage.

The stages are replaced by fakes, which write their product inside `output_folder` as the real ones
do. The real stages are tested with the command line and by killing a demo.
"""

import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import pilotnet.demo
from pilotnet.cli import main
from pilotnet.common.folders import output_folder
from pilotnet.common.provenance import write_provenance
from pilotnet.data.record_config import RecordConfig
from pilotnet.demo import REPORT, STAGES, DemoStage, demo
from pilotnet.demo_config import DemoConfig
from pilotnet.evaluation.evaluate_config import EvaluateConfig
from pilotnet.training.train_config import TrainConfig

CONFIG = DemoConfig(record=RecordConfig(episodes=2, validation_episodes=1, length=60.0, workers=1))
EPISODE = "meta/episodes/chunk-000/file-000.parquet"
NAMES = [stage.name for stage in STAGES]


def write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("something")


class Stages:
    """Fake stages that record their calls and raise given errors.

    done: the name of each stage that ran, and whether it resumed.
    """

    def __init__(self) -> None:
        self.done: list[tuple[str, bool]] = []
        self.stops: dict[str, BaseException] = {}  # error that a stage raises, by its name
        self.leaves: dict[str, str] = {}  # a file that a stopped stage leaves in its folder

    def run(self, stage: DemoStage, config: Any, out: Path, resume: bool) -> None:
        with output_folder(out, stage.kind, resume) as folder:
            write_provenance(folder, stage.kind.name, config, 0)
            self.done.append((stage.name, resume))
            if stage.name in self.stops:
                if stage.name in self.leaves:
                    write(folder / self.leaves[stage.name])
                raise self.stops[stage.name]
            write(folder / stage.product)
            if stage.name == "data":
                write(folder / EPISODE)


@pytest.fixture
def stages(monkeypatch: pytest.MonkeyPatch) -> Stages:
    fakes = Stages()
    data, model, cars, pedestrians, results = STAGES

    def record(config: Any, out: Path, resume: bool) -> SimpleNamespace:
        fakes.run(data, config, out, resume)
        return SimpleNamespace(summary=lambda: "3 episodes")

    def train_detector(config: Any, target: str, _: Path, out: Path, resume: bool) -> None:
        fakes.run(cars if target == "cars" else pedestrians, config, out, resume)

    monkeypatch.setattr(pilotnet.demo, "record", record)
    monkeypatch.setattr(
        pilotnet.demo, "train", lambda config, _, out, resume: fakes.run(model, config, out, resume)
    )
    monkeypatch.setattr(pilotnet.demo, "train_detector", train_detector)
    monkeypatch.setattr(
        pilotnet.demo, "evaluate", lambda config, out, *_: fakes.run(results, config, out, False)
    )
    monkeypatch.setattr(pilotnet.demo, "write_report", lambda _, out, **__: write(out))
    monkeypatch.setattr(pilotnet.demo, "read_results", lambda folder: folder)
    return fakes


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_every_stage_runs_once(
    stages: Stages, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "demo"
    assert demo(CONFIG, out) == out / "results"
    assert [name for name, _ in stages.done] == NAMES
    assert names_in(out) == {*NAMES, REPORT, "demo.yaml"}
    capsys.readouterr()
    demo(CONFIG, out)
    assert len(stages.done) == len(NAMES)
    assert capsys.readouterr().out.splitlines() == [
        f"{out}/data: already recorded",
        f"{out}/model: already trained",
        f"{out}/cars: already trained",
        f"{out}/pedestrians: already trained",
        f"{out}/results: already driven",
    ]


@pytest.mark.parametrize("stopped", range(1, len(NAMES)), ids=NAMES[1:])
@pytest.mark.parametrize(
    "stop",
    [KeyboardInterrupt(), ValueError("the loss is nan"), OSError("disk full"), SystemExit(1)],
    ids=type,
)
def test_finished_stages_are_kept_after_an_error(
    stages: Stages, tmp_path: Path, stopped: int, stop: BaseException
) -> None:
    out = tmp_path / "demo"
    stages.stops = {NAMES[stopped]: stop}
    with pytest.raises(type(stop)):
        demo(CONFIG, out)
    assert names_in(out) >= {*NAMES[:stopped], "demo.yaml"}
    assert not (out / NAMES[stopped] / STAGES[stopped].product).exists()
    stages.stops = {}
    stages.done.clear()
    demo(CONFIG, out)
    assert [name for name, _ in stages.done] == NAMES[stopped:]
    assert names_in(out) == {*NAMES, REPORT, "demo.yaml"}


def test_an_interrupted_demo_names_the_command_to_resume(
    stages: Stages, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["demo", "--out", str(tmp_path / "demo")]
    stages.stops = {"cars": KeyboardInterrupt()}
    assert main(words) == 130
    said = "pilotnet: interrupted; what was finished is kept, the same command goes on from there\n"
    assert capsys.readouterr().err == said
    stages.stops = {"cars": OSError("disk full")}
    assert main([*words, "--resume"]) == 2
    cars = tmp_path / "demo" / "cars"
    kept = "what was finished is kept, the same command goes on from there"
    said = f"pilotnet: error: disk full; while writing {cars}; {kept}\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    ("name", "leaves"), [("data", EPISODE), ("model", "unfinished/epoch-000000-0.ckpt")]
)
def test_an_interrupted_stage_is_resumed(
    stages: Stages, tmp_path: Path, name: str, leaves: str
) -> None:
    out = tmp_path / "demo"
    stages.stops = {name: KeyboardInterrupt()}
    stages.leaves = {name: leaves}
    with pytest.raises(KeyboardInterrupt):
        demo(CONFIG, out)
    stages.stops = {}
    demo(CONFIG, out)
    assert [done for done in stages.done if done[0] == name] == [(name, False), (name, True)]


def test_a_demo_without_finished_work_leaves_no_folder(stages: Stages, tmp_path: Path) -> None:
    stages.stops = {"data": KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        demo(CONFIG, tmp_path / "demo")
    assert not (tmp_path / "demo").exists()


def test_other_settings_are_accepted_without_finished_work(stages: Stages, tmp_path: Path) -> None:
    out = tmp_path / "demo"
    (out / "data").mkdir(parents=True)
    for folder, name in ((out, "demo"), (out / "data", "record")):
        (folder / ".unfinished").write_text(name)
        write_provenance(folder, name, CONFIG, 0)
    demo(replace(CONFIG, train=TrainConfig(epochs=3)), out)
    assert stages.done == [(name, False) for name in NAMES]


def test_only_the_number_of_workers_may_change(stages: Stages, tmp_path: Path) -> None:
    demo(CONFIG, tmp_path / "demo")
    demo(
        replace(
            CONFIG, record=replace(CONFIG.record, workers=2), evaluate=EvaluateConfig(workers=3)
        ),
        tmp_path / "demo",
    )
    with pytest.raises(
        ValueError,
        match=r"^train\.epochs is 3, but .*/demo was begun with 12; it can only be resumed",
    ):
        demo(replace(CONFIG, train=TrainConfig(epochs=3)), tmp_path / "demo")
    with pytest.raises(ValueError, match=r"^record\.episodes is 5, but"):
        demo(replace(CONFIG, record=replace(CONFIG.record, episodes=5)), tmp_path / "demo")
    assert len(stages.done) == len(NAMES)


def test_a_folder_of_another_kind_is_refused(stages: Stages, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(ValueError, match="already holds something"):
        demo(CONFIG, tmp_path)
    assert names_in(tmp_path) == {"data"}
    assert not stages.done


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--evaluate.drivers", "[nonsense]"], "driver is 'nonsense'; it must be one of"),
        (["--evaluate.drivers", "[]"], "drivers is empty"),
        (["--evaluate.suite", "moon"], "suite is 'moon'"),
        (["--evaluate.noise", "-1"], "noise is -1.0"),
        (
            ["--evaluate.speed-control", "driver"],
            "train.speed is False; with evaluate.pedals driver it must be true",
        ),
        (["--record.episodes", "0"], "record.episodes is 0; it must be 1 or more"),
        (
            ["--record.validation-episodes", "0"],
            "record.validation_episodes is 0; it must be 1 or more",
        ),
        (["--no-record.boxes"], "record.boxes is False; it must be true"),
        (["--train.epochs", "0"], "epochs is 0; it must be 1 or more"),
        (["--detect.learning-rate", "-1"], "learning_rate is -1.0; it must be above 0 and finite"),
    ],
    ids=str,
)
def test_all_settings_are_checked_before_the_first_stage(
    words: list[str], says: str, stages: Stages, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = time.process_time()
    assert main(["demo", "--out", str(tmp_path / "demo"), *words]) == 2
    assert time.process_time() - begun < 2.0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert says in lines[0]
    assert not stages.done
    assert not list(tmp_path.iterdir())
