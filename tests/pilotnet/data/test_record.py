"""RECORD: the same dataset whatever the number of workers, and however often it was interrupted."""

import shutil
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import yaml

import pilotnet.data.record
from pilotnet.common.folders import output_folder
from pilotnet.common.provenance import read_provenance
from pilotnet.data.record import STAGE, RecordConfig, record, stage_drive
from pilotnet.data.store import Dataset, DatasetWriter, Episode, StagedEpisode
from sim.env import DrivingEnv, EnvConfig
from sim.expert import Expert
from sim.random import Stream
from sim.rollout import Disturbance, rollout
from sim.scenario import Split
from tests.conftest import contents

recorded_files = partial(contents, without="record.yaml")  # the provenance differs between runs
CONFIG = RecordConfig(episodes=2, validation_episodes=1, length=50.0, noise=0.3, seed=1, workers=1)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return record(CONFIG, tmp_path_factory.mktemp("record") / "drives")


def interrupt_commit(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let the commit of episode `number` be interrupted by Ctrl-C."""
    commit = DatasetWriter.commit

    def commit_or_stop(self: DatasetWriter, staged: StagedEpisode, split: Split) -> Episode:
        if len(self.episodes) == number:
            raise KeyboardInterrupt
        return commit(self, staged, split)

    monkeypatch.setattr(DatasetWriter, "commit", commit_or_stop)


def test_the_drives_are_those_of_the_suite_training_roads_first(recorded: Dataset) -> None:
    assert [episode.scenario for episode in recorded.episodes] == CONFIG.scenarios()
    assert [episode.split for episode in recorded.episodes] == [
        Split.TRAIN,
        Split.TRAIN,
        Split.VALIDATION,
    ]
    assert all(episode.split is episode.scenario.split for episode in recorded.episodes)
    assert list(recorded.cameras) == ["left", "centre", "right"]
    assert read_provenance(recorded.root, "record")["seed"] == 1
    assert not (recorded.root / ".staging").exists()
    recorded.check()


def test_the_label_stays_the_experts_when_noise_moves_the_car(
    recorded: Dataset, tmp_path: Path
) -> None:
    disturbed = recorded.signals(0)
    assert np.abs(disturbed.applied_curvature - disturbed.curvature).max() > 1e-5
    calm = record(
        replace(CONFIG, episodes=1, validation_episodes=0, noise=0.0), tmp_path / "calm"
    ).signals(0)
    np.testing.assert_allclose(calm.applied_curvature, calm.curvature, rtol=1e-6)


def test_recordings_of_different_seeds_share_no_road() -> None:
    roads = [
        {scenario.seed for scenario in replace(CONFIG, seed=seed).scenarios()} for seed in range(3)
    ]
    assert len(set.union(*roads)) == 9


def test_the_number_of_workers_changes_nothing(recorded: Dataset, tmp_path: Path) -> None:
    parallel = record(replace(CONFIG, workers=2), tmp_path / "parallel")
    assert recorded_files(parallel.root) == recorded_files(recorded.root)


def test_an_interrupted_recording_goes_on_to_the_same_dataset(
    recorded: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "drives"
    with monkeypatch.context() as patch:
        interrupt_commit(patch, 1)
        with pytest.raises(KeyboardInterrupt):
            record(CONFIG, out)
    assert len(Dataset.open(out).episodes) == 1
    assert not (out / ".staging").exists()
    assert recorded_files(record(CONFIG, out, resume=True).root) == recorded_files(recorded.root)


def test_a_recording_without_a_single_episode_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_commit(monkeypatch, 0)
    with pytest.raises(KeyboardInterrupt):
        record(replace(CONFIG, workers=2), tmp_path / "drives")
    assert list(tmp_path.iterdir()) == []


def test_resuming_a_finished_recording_changes_nothing(
    recorded: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pilotnet.data.record, "stage_drive", None)
    before = recorded_files(recorded.root)
    assert (
        record(replace(CONFIG, workers=3), recorded.root, resume=True).episodes == recorded.episodes
    )
    assert recorded_files(recorded.root) == before


def test_resuming_records_a_damaged_last_episode_again(recorded: Dataset, tmp_path: Path) -> None:
    out = Path(shutil.copytree(recorded.root, tmp_path / "drives"))
    (out / "data/chunk-000/file-002.parquet").write_bytes(b"")
    with pytest.raises(ValueError, match="`pilotnet record --resume` records it again"):
        Dataset.open(out)
    assert record(CONFIG, out, resume=True).episodes == recorded.episodes
    shutil.rmtree(out / "damaged")
    assert recorded_files(out) == recorded_files(recorded.root)


@pytest.mark.parametrize(
    ("key", "value"), [("noise", 0.0), ("episodes", 3), ("suite", "traffic"), ("seed", 2)]
)
def test_another_recording_cannot_be_resumed(recorded: Dataset, key: str, value: object) -> None:
    with pytest.raises(
        ValueError, match=f"^{key} is {value!r}, but .* was begun with {getattr(CONFIG, key)!r}"
    ):
        record(RecordConfig(**(asdict(CONFIG) | {key: value})), recorded.root, resume=True)


def test_a_recording_without_drives_is_refused() -> None:
    with pytest.raises(ValueError, match="test_episodes are 0; one of them must be 1 or more"):
        RecordConfig(episodes=0, validation_episodes=0)


def test_a_recording_from_before_boxes_can_be_resumed_without_them(
    recorded: Dataset, tmp_path: Path
) -> None:
    out = tmp_path / "drives"
    record(replace(CONFIG, boxes=False), out)
    path = out / "record.yaml"
    earlier = yaml.safe_load(path.read_text())
    for key in ("boxes", "cameras", "test_episodes"):
        del earlier["config"][key]
    path.write_text(yaml.safe_dump(earlier))
    assert len(record(replace(CONFIG, boxes=False), out, resume=True).episodes) == 3
    with pytest.raises(ValueError, match=r"boxes is True, but .* was begun with False"):
        record(CONFIG, out, resume=True)
    assert np.array_equal(Dataset.open(out).signals(0).pose, recorded.signals(0).pose)


def test_test_roads_are_recorded_when_asked_for_and_the_centre_camera_is_enough(
    tmp_path: Path,
) -> None:
    config = replace(CONFIG, episodes=0, validation_episodes=0, test_episodes=1, cameras="centre")
    dataset = record(config, tmp_path / "drives")
    assert [episode.split for episode in dataset.episodes] == [Split.TEST]
    assert list(dataset.cameras) == ["centre"]


def test_recorded_boxes_lie_where_the_renderer_put_the_actors(tmp_path: Path) -> None:
    config = replace(
        CONFIG, suite="detection-small", episodes=1, validation_episodes=0, cameras="centre"
    )
    dataset = record(config, tmp_path / "drives")
    boxes = dataset.boxes(0)
    env = DrivingEnv(EnvConfig())
    scenario = config.scenarios()[0]
    disturbance = Disturbance.of(scenario, config.noise, Stream.RECORDING_DISTURBANCE)
    for step in rollout(env, Expert(env), scenario, disturbance, boxes=True):
        found = boxes.of_frame(step.index)
        assert step.boxes is not None
        assert [box.ident for box in step.boxes] == list(found.ident)
        np.testing.assert_allclose(
            [box.ground[0] for box in step.boxes], found.ground_forward, rtol=1e-6
        )
        np.testing.assert_allclose(
            [box.ground[1] for box in step.boxes], found.ground_right, rtol=1e-5, atol=1e-5
        )
        np.testing.assert_allclose([box.left for box in step.boxes], found.left, rtol=1e-6)
    assert len(boxes) > 20


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(ValueError, match="already holds something"):
        record(CONFIG, tmp_path)
    with pytest.raises(ValueError, match="nothing that `pilotnet record` can resume"):
        record(CONFIG, tmp_path, resume=True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("suite", "moon", "suite is 'moon'; it must be one of"),
        ("episodes", -1, "episodes is -1; it must lie between 0 and"),
        ("test_episodes", -1, "test_episodes is -1; it must lie between 0 and"),
        ("cameras", "rear", "cameras is 'rear'; it must be all or centre"),
        ("validation_episodes", -1, "validation_episodes is -1; it must lie between 0 and"),
        ("length", 1.0, "length is 1.0 m; it must lie between"),
        ("noise", -1.0, "noise is -1.0 m; it must be"),
        ("noise", float("nan"), "noise is nan m; it must be"),
        ("seed", -1, "seed is -1; it must lie between 0 and"),
        ("workers", -1, "workers is -1; it must be 0 or more"),
    ],
)
def test_settings_that_make_no_sense_are_refused(key: str, value: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        RecordConfig(**(asdict(CONFIG) | {key: value}))


FOREIGN = (
    "notes.txt", "data/chunk-000/notes.txt", "data/chunk-000/@eaDir/x", "data/chunk-000/._file-000.parquet",
    "meta/episodes/chunk-000/._file-000.parquet", "meta/episodes/.ipynb_checkpoints/file-000-checkpoint.parquet",
    "videos/observation.images.left/chunk-000/.DS_Store", "boxes/chunk-000/file-000 "
                                                          "(copy).parquet", ".mine.tmp",
)  # fmt: skip


def test_files_of_others_are_neither_read_nor_deleted(recorded: Dataset, tmp_path: Path) -> None:
    out = shutil.copytree(recorded.root, tmp_path / "drives")
    for name in FOREIGN:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text("mine")
    assert Dataset.open(out).episodes == recorded.episodes
    assert record(CONFIG, out, resume=True).episodes == recorded.episodes
    assert all((out / name).read_text() == "mine" for name in FOREIGN)
    assert len(recorded_files(out)) == len(recorded_files(recorded.root)) + len(FOREIGN)


def test_leftovers_of_a_killed_recording_are_removed_or_continued(
    recorded: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "drives"
    with monkeypatch.context() as patch:
        interrupt_commit(patch, 1)
        with pytest.raises(KeyboardInterrupt):
            record(CONFIG, out)
    scenario = CONFIG.scenarios()[1]
    for name in (
        f".staging/{scenario.name}/centre.mp4",
        "data/chunk-000/file-001.parquet",
        "meta/.info.json.12.tmp",
    ):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text("half")
    assert recorded_files(record(CONFIG, out, resume=True).root) == recorded_files(recorded.root)


def test_a_drive_whose_worker_died_is_staged_again(tmp_path: Path) -> None:
    (tmp_path / "staged").mkdir()
    (tmp_path / "staged" / "left.mp4").write_text("half")
    assert stage_drive(CONFIG.scenarios()[0], CONFIG, tmp_path / "staged").length > 0


def test_a_second_recording_into_the_same_folder_is_refused(
    recorded: Dataset, tmp_path: Path
) -> None:
    out = shutil.copytree(recorded.root, tmp_path / "drives")
    (out / ".staging" / "drive").mkdir(parents=True)
    with output_folder(out, STAGE, resume=True):
        with pytest.raises(
            ValueError,
            match="drives is being written by this process; wait for it, or choose another folder",
        ):
            record(CONFIG, out, resume=True)
        assert (out / ".staging" / "drive").is_dir()


def test_killed_before_its_first_episode_a_recording_starts_again(
    recorded: Dataset, tmp_path: Path
) -> None:
    out = tmp_path / "drives"
    for name, text in (
        (".unfinished", "record"),
        ("record.yaml", "half"),
        ("meta/info.json", "{}"),
        ("README.md", "half"),
    ):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text)
    assert recorded_files(record(CONFIG, out).root) == recorded_files(recorded.root)
