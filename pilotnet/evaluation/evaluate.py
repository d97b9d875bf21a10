"""EVALUATE: let every driver drive the roads of a suite, and write a results folder.

`episodes.csv` holds a row for each drive, `scores.json` the totals, `traces.parquet` a row for each
tick. Drives run in parallel and write one file each; the tables are made from these files at the
end. They depend neither on the number of workers nor on interruptions.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import pyarrow

from pilotnet.common.folders import StageFiles, output_folder, plain
from pilotnet.common.parallel import compile_side_by_side, in_parallel
from pilotnet.common.progress import notice, track
from pilotnet.common.provenance import (
    read_provenance,
    require_present_world,
    require_same_settings,
    write_provenance,
)
from pilotnet.data.suites import suite_of
from pilotnet.drivers.driver_names import driver_title, needs_camera
from pilotnet.drivers.driver_table import Detectors
from pilotnet.drivers.factory import make_driver
from pilotnet.evaluation.compare import difference_of, paired
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
from pilotnet.evaluation.rounds import look_confidence
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
    """Drive the suite with every driver, write the results folder and return its content.

    checkpoint: the folder of PilotNet.
    detectors: the folders of the modular stack's networks.
    resume: do only the missing drives of an interrupted evaluation. The results equal those of an
    evaluation without interruption.

    Raises ValueError for wrong settings, before anything is written. Raises ValueError when an
    evaluation is resumed with other settings, with other networks or in another world version.
    """
    scenarios = config.scenarios()
    detectors = detectors or Detectors()
    for name in config.drivers:  # checks the networks
        env = DrivingEnv(EnvConfig(pedals=SpeedControl(config.pedals)))
        make_driver(name, env, checkpoint, detectors)
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
            numbers = drive_rounds(config, scenarios, folder, checkpoint, detectors)
            write_tables(config, numbers, folder)
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
    """Raise ValueError unless the evaluation in `folder` has the same inputs.

    These are the settings, the networks and the world version.
    """
    provenance = read_provenance(folder, STAGE.name)
    require_present_world(folder, provenance["world"])
    require_same_settings(folder, provenance["config"], plain(asdict(config)), ignored=("workers",))
    require_same_inputs(folder, inputs)


def drive_rounds(
    config: EvaluateConfig,
    scenarios: Sequence[Scenario],
    folder: Path,
    checkpoint: Path | None,
    detectors: Detectors,
) -> list[int]:
    """Do the drives, in rounds if the settings say so, and return their numbers.

    The number of a drive follows from its driver and scenario, not from the rounds.
    """
    numbers: list[int] = []
    for count in config.looks():
        drives = {
            order * len(scenarios) + index: (name, scenarios[index])
            for order, name in enumerate(config.drivers)
            for index in range(count)
        }
        drive_missing(config, drives, folder, checkpoint, detectors)
        numbers = list(drives)
        if config.until_decided and _decided(config, numbers, folder):
            break
    return numbers


def _decided(config: EvaluateConfig, numbers: Sequence[int], folder: Path) -> bool:
    """Print the comparison of the two drivers so far, and return whether one is better."""
    rows = [read_drive(drive_path(folder, number))[0] for number in numbers]
    first, second = ([row for row in rows if row.driver == name] for name in config.drivers)
    titles = driver_title(config.drivers[0]), driver_title(config.drivers[1])
    found = difference_of(paired(first, second), titles, look_confidence(config.episodes))
    notice(found.sentence())
    return found.decided


def drive_missing(
    config: EvaluateConfig,
    drives: Mapping[int, tuple[str, Scenario]],
    folder: Path,
    checkpoint: Path | None,
    detectors: Detectors,
) -> None:
    """Do the drives that have no undamaged file in the results folder.

    drives: driver and scenario, by the number of the drive.
    """
    common = (checkpoint, detectors, config.noise, SpeedControl(config.pedals))
    jobs = []
    for number, (name, scenario) in drives.items():
        path = drive_path(folder, number)
        if not is_drive_of(path, name, scenario.name):
            jobs.append((name, scenario, path, *common))
    if any(needs_camera(name) for name, *_ in jobs):
        compile_side_by_side(config.workers)
    with closing(in_parallel(_drive, jobs, config.workers, _drive_name)) as finished:
        for _ in track(finished, "driving", len(jobs)):
            pass


def write_tables(config: EvaluateConfig, numbers: Sequence[int], folder: Path) -> None:
    """Write the tables from the files of the drives with these numbers.

    `results.json` is written last and marks the folder as finished.
    """
    episodes = []
    traces = []
    for number in numbers:
        score, trace = read_drive(drive_path(folder, number))
        suite = suite_of(config.suite, config.first + number % config.episodes)
        episodes.append(replace(score, suite=suite))
        traces.append(trace)
    write_scores(folder, episodes)
    write_results(folder, episodes, pyarrow.concat_tables(traces))


def _drive(
    name: str,
    scenario: Scenario,
    path: Path,
    checkpoint: Path | None,
    detectors: Detectors,
    noise: float,
    pedals: SpeedControl,
) -> None:
    """Do one drive in a worker process and write its file.

    Raises ValueError, naming driver and scenario, when the driver raises it.
    """
    env = DrivingEnv(EnvConfig(cameras=("centre",) if needs_camera(name) else (), pedals=pedals))
    driver = make_driver(name, env, checkpoint, detectors)
    try:
        drive = rollout(env, driver, scenario, Disturbance.of(scenario, noise))
        steps = [without_frames(step) for step in drive]
    except ValueError as error:
        raise ValueError(f"{_drive_name(name, scenario)}: {error}") from error
    score = score_episode(name, scenario, env.rate, steps)
    write_drive(path, score, trace_table(name, scenario, steps))


def _drive_name(name: str, scenario: Scenario, *_: object) -> str:
    """Return a drive's name for messages."""
    return f"driver {name} on {scenario.name}"


def without_frames(step: Step) -> Step:
    """Return the step without its camera images, so that a long drive fits in memory."""
    return replace(step, observation=Observation(step.observation.speed))
