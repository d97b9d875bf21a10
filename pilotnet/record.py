"""RECORD: the expert drives the scenarios of a suite, and what its cameras see becomes a dataset.

Drives run in parallel; each worker stages its episode and this process commits them in order, so that the number of workers
changes nothing but the time it takes, and an interrupted recording goes on where it stopped.
"""

import contextlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from pilotnet.dataset import Dataset, DatasetWriter, EpisodeRecorder, Quality, StagedEpisode
from pilotnet.folders import output_folder, plain, read_provenance, require_present_world, write_provenance
from pilotnet.parallel import compile_side_by_side, in_parallel
from pilotnet.progress import track
from pilotnet.suites import Only, suite
from sim.camera import CAMERA_NAMES
from sim.env import DrivingEnv, EnvConfig
from sim.expert import Expert
from sim.random import Stream
from sim.rollout import Disturbance, rollout
from sim.scenario import Scenario, Split, require_disturbance

ROADS_PER_SEED = 100_000  # recordings of different seeds never share a road
STAGE = "record"
# What recordings did before these were settings.
EARLIER = {"test_episodes": 0, "cameras": "all", "boxes": False, "roads": "", "weather": "", "light": "", "videos": "small"}


@dataclass(frozen=True)
class RecordConfig:
    """What to record.

    Args:
        suite: lane_keeping, traffic, obstacles, crossings, everything, detection or unseen_conditions; each also with -small;
            several with + between take turns
        roads: only these of the suite's kinds, with commas between; empty for all
        weather: only these of the suite's
        light: only these of the suite's
        episodes: drives on training roads
        validation_episodes: drives on validation roads
        test_episodes: drives on test roads; nothing learns from them, detectors are scored on them
        length: metres of each drive
        cameras: all three, or only the centre one, which is enough for detectors and three times as fast
        boxes: whether to store where cars and people are in the centre camera's pictures, which detectors learn from
        videos: small ones, or fine ones, three times as large, for detectors: small ones smear people of a few pixels
        noise: strength of the disturbance of the steering [m], 0 for none; the label stays the expert's
        seed: which roads, and the noise
        workers: processes, 0 for all cores; it changes nothing in what is recorded
    """

    suite: str = "lane_keeping"
    roads: str = ""
    weather: str = ""
    light: str = ""
    episodes: int = 16
    validation_episodes: int = 4
    test_episodes: int = 0
    length: float = 1500.0
    cameras: Literal["all", "centre"] = "all"
    boxes: bool = True
    videos: Literal["small", "fine"] = "small"
    noise: float = 0.0
    seed: int = 0
    workers: int = 0

    def __post_init__(self) -> None:
        for name in ("episodes", "validation_episodes", "test_episodes"):
            if not 0 <= getattr(self, name) <= ROADS_PER_SEED:
                raise ValueError(f"{name} is {getattr(self, name)}; it must lie between 0 and {ROADS_PER_SEED}")
        if not self.episodes + self.validation_episodes + self.test_episodes:
            raise ValueError("episodes, validation_episodes and test_episodes are 0; one of them must be 1 or more")
        if self.cameras not in ("all", "centre"):
            raise ValueError(f"cameras is {self.cameras!r}; it must be all or centre")
        if self.videos not in ("small", "fine"):
            raise ValueError(f"videos is {self.videos!r}; it must be small or fine")
        for name in ("seed", "workers"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be 0 or more")
        require_disturbance("noise", self.noise)
        self.scenarios()

    def scenarios(self) -> list[Scenario]:
        """What is driven, in order: training roads, then validation, then test roads; ValueError for a wrong suite or length."""
        counts = dict(zip(Split, (self.episodes, self.validation_episodes, self.test_episodes), strict=True))
        first = self.seed * ROADS_PER_SEED
        only = Only(self.roads, self.weather, self.light)
        drives = [suite(self.suite, split, count, self.length, first, only) for split, count in counts.items() if count]
        return [scenario for drive in drives for scenario in drive]


def record(config: RecordConfig, out: Path, resume: bool = False) -> Dataset:
    """Record a dataset into the folder `out`.

    Raises ValueError when `out` already holds something, or, with `resume`, something else than the beginning of the same
    recording. A recording that is interrupted keeps its committed episodes; one without any leaves nothing.
    """
    scenarios = config.scenarios()
    with output_folder(out, resume, resumable=holds_episodes) as folder:
        writer = resumed_writer(config, folder) if resume else new_writer(config, folder)
        with contextlib.closing(writer):
            commit_drives(config, scenarios, writer)
        return Dataset.open(folder)


def holds_episodes(folder: Path) -> bool:
    """Whether a recording has committed anything that can be continued."""
    return any(folder.glob("meta/episodes/*/*.parquet"))


def new_writer(config: RecordConfig, folder: Path) -> DatasetWriter:
    """Begin a dataset in an empty folder."""
    write_provenance(folder, STAGE, config, config.seed)
    env = recording_env(config)
    return DatasetWriter.create(folder, env.rate, env.cameras, config.boxes, Quality(config.videos))


def resumed_writer(config: RecordConfig, folder: Path) -> DatasetWriter:
    """Continue a dataset; ValueError naming the first setting in which its recording differs from `config`."""
    provenance = read_provenance(folder, STAGE)
    require_present_world(folder, provenance["world"])
    recorded = provenance["config"]
    for key, value in plain(asdict(config)).items():
        if key != "workers" and recorded.get(key, EARLIER.get(key)) != value:
            raise ValueError(
                f"{key} is {value!r}, but {folder} was recorded with {recorded.get(key, EARLIER.get(key))!r}; "
                "a recording can only be resumed with its own settings"
            )
    writer, env = DatasetWriter.append(folder), recording_env(config)
    if (writer.fps, writer.cameras) != (env.rate, env.cameras):
        raise ValueError(f"{folder} was recorded with other cameras than this version has; record anew in another folder")
    return writer


def recording_env(config: RecordConfig) -> DrivingEnv:
    """The environment that is recorded."""
    return DrivingEnv(EnvConfig(cameras=CAMERA_NAMES if config.cameras == "all" else ("centre",)))


def commit_drives(config: RecordConfig, scenarios: list[Scenario], writer: DatasetWriter) -> None:
    """Drive whatever is not yet in the dataset and commit it, in order."""
    remaining = scenarios[len(writer.episodes) :]
    jobs = [(scenario, config, writer.staging / scenario.name) for scenario in remaining]
    compile_side_by_side(config.workers)
    with contextlib.closing(in_parallel(stage_drive, jobs, config.workers)) as drives:
        for staged in track(drives, "recording drives", len(remaining)):
            writer.commit(staged, staged.scenario.split)


def stage_drive(scenario: Scenario, config: RecordConfig, folder: Path) -> StagedEpisode:
    """Let the expert drive one scenario and stage what was seen; everything follows from the arguments."""
    env = recording_env(config)
    disturbance = Disturbance.of(scenario, config.noise, Stream.RECORDING_DISTURBANCE)
    with EpisodeRecorder(folder, env.rate, env.cameras, scenario, config.boxes, Quality(config.videos)) as recorder:
        for step in rollout(env, Expert(env), scenario, disturbance, config.boxes):
            recorder.add(step)
        return recorder.finish()
