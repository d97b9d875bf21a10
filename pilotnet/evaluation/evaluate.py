"""EVALUATE: drivers x suite -> a results folder: one row per episode, and the trace of every drive.

`episodes.csv` holds a row for each drive, `scores.json` the totals, `traces.parquet` a row for each
tick. Drives run in parallel and write a file each; the tables are made of these files at the end.
Neither the number of workers nor an interruption changes them.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import pyarrow

from pilotnet.common.folders import StageFiles, output_folder, plain
from pilotnet.common.parallel import compile_side_by_side, in_parallel
from pilotnet.common.progress import track
from pilotnet.common.provenance import (
    read_provenance,
    require_present_world,
    require_same_settings,
    write_provenance,
)
from pilotnet.data.suites import suite_of
from pilotnet.drivers.driver_names import needs_camera
from pilotnet.drivers.driver_table import Detectors
from pilotnet.drivers.factory import make_driver
from pilotnet.evaluation.drive_files import (
    FOLDER,
    INPUTS_FILE,
    digests_of,
    drive_path,
    has_drives,
    is_drive_of,
    read_drive,
    remove_drives,
    require_same_inputs,
    write_drive,
    write_inputs,
)
from pilotnet.evaluation.evaluate_config import EvaluateConfig
from pilotnet.evaluation.metrics import score_episode
from pilotnet.evaluation.results import (
    EPISODES_FILE,
    INFO_FILE,
    TRACES_FILE,
    Results,
    read_results,
    trace_table,
    write_results,
)
from pilotnet.evaluation.scores import SCORES_FILE, write_scores
from sim.control.speed import SpeedControl
from sim.env import DrivingEnv, EnvConfig
from sim.rollout import Disturbance, rollout
from sim.scenario import Scenario
from sim.types import Observation, Step


def evaluate(
    config: EvaluateConfig,
    out: Path,
    checkpoint: Path | None = None,
    detectors: Detectors | None = None,
    resume: bool = False,
) -> Results:
    """Drive the suite with every driver and write the results folder.

    Every drive is kept as soon as it is finished. With `resume` a stopped evaluation does the
    missing drives; its results equal those of an evaluation without a stop.

    Raises ValueError for bad settings, before anything is written, and for resuming with other
    settings, with other networks or in another world version.
    """
    scenarios = config.scenarios()
    for name in config.drivers:
        make_driver(
            name, DrivingEnv(EnvConfig(pedals=SpeedControl(config.pedals))), checkpoint, detectors
        )
    detectors = detectors or Detectors()
    inputs = digests_of(
        {"checkpoint": checkpoint, "cars": detectors.cars, "pedestrians": detectors.pedestrians}
    )
    with output_folder(out, STAGE, resume) as folder:
        if STAGE.has_work(folder):
            require_same_evaluation(config, inputs, folder)
        else:
            write_inputs(folder, inputs)
            write_provenance(folder, STAGE.name, config, seed=config.first)
        if not (folder / INFO_FILE).is_file():
            drives = [(name, scenario) for name in config.drivers for scenario in scenarios]
            drive_missing(config, drives, folder, checkpoint, detectors)
            write_tables(config, len(drives), folder)
        remove_drives(folder)
        return read_results(folder)


def has_work(folder: Path) -> bool:
    """Return whether the folder holds finished drives or results."""
    return has_drives(folder) or (folder / INFO_FILE).is_file()


STAGE = StageFiles(
    "evaluate", (EPISODES_FILE, TRACES_FILE, SCORES_FILE, INFO_FILE, INPUTS_FILE, FOLDER), has_work
)


def require_same_evaluation(
    config: EvaluateConfig, inputs: Mapping[str, str | None], folder: Path
) -> None:
    """Raise ValueError unless the evaluation in `folder` was begun with these settings and
    networks, in the present world.
    """
    provenance = read_provenance(folder, STAGE.name)
    require_present_world(folder, provenance["world"])
    require_same_settings(folder, provenance["config"], plain(asdict(config)), ignored=("workers",))
    require_same_inputs(folder, inputs)


def drive_missing(
    config: EvaluateConfig,
    drives: Sequence[tuple[str, Scenario]],
    folder: Path,
    checkpoint: Path | None,
    detectors: Detectors,
) -> None:
    """Do the drives that have no whole file in the results folder; drives: (driver, scenario) in
    the order of their numbers.
    """
    paths = {drive_path(folder, number): drive for number, drive in enumerate(drives)}
    common = (checkpoint, detectors, config.noise, SpeedControl(config.pedals))
    jobs = [
        (name, scenario, path, *common)
        for path, (name, scenario) in paths.items()
        if not is_drive_of(path, name, scenario.name)
    ]
    if any(needs_camera(name) for name, *_ in jobs):
        compile_side_by_side(config.workers)
    with closing(in_parallel(_drive, jobs, config.workers, _described)) as done:
        for _ in track(done, "driving", len(jobs)):
            pass


def write_tables(config: EvaluateConfig, count: int, folder: Path) -> None:
    """Make the tables of the files of all `count` drives; `results.json`, written last, marks the
    folder as finished.
    """
    done = [read_drive(drive_path(folder, number)) for number in range(count)]
    suites = [
        suite_of(config.suite, config.first + number % config.episodes) for number in range(count)
    ]
    episodes = [replace(row, suite=name) for (row, _), name in zip(done, suites, strict=True)]
    write_scores(folder, episodes)
    write_results(folder, episodes, pyarrow.concat_tables([trace for _, trace in done]))


def _drive(
    name: str,
    scenario: Scenario,
    path: Path,
    checkpoint: Path | None,
    detectors: Detectors,
    noise: float,
    pedals: SpeedControl,
) -> None:
    """Do one drive and write its file, in a worker process; ValueError naming driver and scenario
    when the driver fails.
    """
    env = DrivingEnv(EnvConfig(cameras=("centre",) if needs_camera(name) else (), pedals=pedals))
    driver = make_driver(name, env, checkpoint, detectors)
    try:
        steps = [
            without_frames(step)
            for step in rollout(env, driver, scenario, Disturbance.of(scenario, noise))
        ]
    except ValueError as error:
        raise ValueError(f"{_described(name, scenario)}: {error}") from error
    write_drive(
        path, score_episode(name, scenario, env.rate, steps), trace_table(name, scenario, steps)
    )


def _described(name: str, scenario: Scenario, *_: object) -> str:
    """Return a drive's name for messages."""
    return f"driver {name} on {scenario.name}"


def without_frames(step: Step) -> Step:
    """The step without its pictures, so that a long drive fits in memory."""
    return replace(step, observation=Observation(step.observation.speed))
