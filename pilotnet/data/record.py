"""RECORD: the expert drives the scenarios of a suite, and what its cameras see becomes a dataset.

Drives run in parallel; each worker stages its episode and this process commits them in order, so
that the number of workers changes nothing but the time it takes, and an interrupted recording goes
on where it stopped.
"""

import contextlib
import shutil
from dataclasses import asdict
from pathlib import Path

from pilotnet.common.folders import StageFiles, output_folder, plain
from pilotnet.common.parallel import compile_side_by_side, in_parallel
from pilotnet.common.progress import console, track
from pilotnet.common.provenance import (
    read_provenance,
    require_present_world,
    require_same_settings,
    write_provenance,
)
from pilotnet.common.reading import DamagedFileError
from pilotnet.data.record_config import RecordConfig
from pilotnet.data.store import Dataset, DatasetWriter, EpisodeRecorder, Quality, StagedEpisode
from pilotnet.data.store.schema import DATASET_FILES, EPISODE_GLOB
from sim.env import DrivingEnv, EnvConfig
from sim.expert import Expert
from sim.geometry.camera import CAMERA_NAMES
from sim.random import Stream
from sim.rollout import Disturbance, rollout
from sim.scenario import Scenario

# What recordings did before these were settings.
LEGACY_DEFAULTS = {
    "test_episodes": 0,
    "cameras": "all",
    "boxes": False,
    "roads": "",
    "weather": "",
    "light": "",
    "videos": "small",
}


def record(config: RecordConfig, out: Path, resume: bool = False) -> Dataset:
    """Record a dataset into the folder `out`.

    An interrupted recording keeps its committed episodes; without any it leaves nothing. With
    `resume` a recording continues after its last committed episode, or starts if there is none.

    Raises ValueError when `out` already holds something else, or is being written by another
    process.
    """
    scenarios = config.scenarios()
    with output_folder(out, STAGE, resume) as folder:
        writer = (
            resumed_writer(config, folder) if holds_episodes(folder) else new_writer(config, folder)
        )
        with contextlib.closing(writer):
            commit_drives(config, scenarios, writer)
        return Dataset.open(folder)


def holds_episodes(folder: Path) -> bool:
    """Whether a recording has committed anything that can be continued."""
    return any(folder.glob(EPISODE_GLOB))


STAGE = StageFiles("record", DATASET_FILES, holds_episodes)


def new_writer(config: RecordConfig, folder: Path) -> DatasetWriter:
    """Begin a dataset in an empty folder."""
    write_provenance(folder, STAGE.name, config, config.seed)
    env = recording_env(config)
    return DatasetWriter.create(folder, env.rate, env.cameras, config.boxes, Quality(config.videos))


def resumed_writer(config: RecordConfig, folder: Path) -> DatasetWriter:
    """Continue a dataset; ValueError naming the first setting in which its recording differs from
    `config`.
    """
    provenance = read_provenance(folder, STAGE.name)
    require_present_world(folder, provenance["world"])
    require_same_settings(
        folder, LEGACY_DEFAULTS | provenance["config"], plain(asdict(config)), ignored=("workers",)
    )
    writer = continued_writer(folder)
    env = recording_env(config)
    if (writer.fps, writer.cameras) != (env.rate, env.cameras):
        raise ValueError(
            f"{folder} was recorded with other cameras than this version has; record anew in "
            f"another folder"
        )
    return writer


def continued_writer(folder: Path) -> DatasetWriter:
    """Open a dataset to continue it; damaged episodes at its end are set aside, to be recorded
    again.

    Raises ValueError as `DatasetWriter.append` does.
    """
    try:
        return DatasetWriter.append(folder)
    except DamagedFileError:
        for aside in DatasetWriter.mend(folder):
            console.print(
                f"a damaged episode lies in {aside} now; it is recorded again", highlight=False
            )
        return DatasetWriter.append(folder)


def recording_env(config: RecordConfig) -> DrivingEnv:
    """The environment that is recorded."""
    return DrivingEnv(EnvConfig(cameras=CAMERA_NAMES if config.cameras == "all" else ("centre",)))


def commit_drives(config: RecordConfig, scenarios: list[Scenario], writer: DatasetWriter) -> None:
    """Drive whatever is not yet in the dataset and commit it, in order."""
    remaining = scenarios[len(writer.episodes) :]
    jobs = [(scenario, config, writer.staging / scenario.name) for scenario in remaining]
    compile_side_by_side(config.workers)
    with contextlib.closing(
        in_parallel(stage_drive, jobs, config.workers, lambda scenario, *_: scenario.name)
    ) as drives:
        for staged in track(drives, "recording drives", len(remaining)):
            writer.commit(staged, staged.scenario.split)


def stage_drive(scenario: Scenario, config: RecordConfig, folder: Path) -> StagedEpisode:
    """Let the expert drive one scenario and stage the episode in `folder`; the arguments alone
    determine the result.

    Files that a dead worker left in `folder` are removed first.
    """
    shutil.rmtree(folder, ignore_errors=True)
    env = recording_env(config)
    disturbance = Disturbance.of(scenario, config.noise, Stream.RECORDING_DISTURBANCE)
    with EpisodeRecorder(
        folder, env.rate, env.cameras, scenario, config.boxes, Quality(config.videos)
    ) as recorder:
        for step in rollout(env, Expert(env), scenario, disturbance, config.boxes):
            recorder.add(step)
        return recorder.finish()
