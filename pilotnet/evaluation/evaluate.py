"""EVALUATE: let every driver drive the roads of a suite, and write a results folder.

`episodes.csv` holds a row for each drive, `scores.json` the totals, `traces.parquet` a row for each
tick. Drives run in parallel and write one file each; the tables are made from these files at the
end. They depend neither on the number of workers nor on interruptions.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

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
from pilotnet.data.suites import suite_digest, suite_of
from pilotnet.drivers.driver_names import needs_camera
from pilotnet.drivers.driver_table import Detectors
from pilotnet.drivers.own_driver import DriverError
from pilotnet.evaluation.compare import difference_of, paired
from pilotnet.evaluation.drive_files import (
    INPUTS_FILE,
    UNFINISHED_FOLDER,
    digests_of,
    drive_number,
    drive_path,
    drive_paths,
    has_drives,
    is_drive_of,
    read_drive,
    remove_drives,
    require_same_inputs,
    write_drive,
    write_inputs,
)
from pilotnet.evaluation.entrants import Entrant, entrants_of, network_folders
from pilotnet.evaluation.evaluate_config import EvaluateConfig
from pilotnet.evaluation.fault_effects import (
    faulty_actuators,
    mounted_cameras,
    one_after_the_other,
    with_faulty_frames,
)
from pilotnet.evaluation.faults import Fault
from pilotnet.evaluation.metrics import EpisodeScore, score_episode
from pilotnet.evaluation.results import (
    EPISODES_FILE,
    INFO_FILE,
    TRACES_FILE,
    Loss,
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
from sim.types import Driver, Observation, Step


class Conditions(NamedTuple):
    """What an evaluation adds to the scenarios.

    noise: strength of the steering disturbance [m]. pedals: the speed control. fault: or None.
    """

    noise: float
    pedals: SpeedControl
    fault: Fault | None


def evaluate(
    config: EvaluateConfig,
    out: Path,
    checkpoint: Path | Sequence[Path] | None = None,
    detectors: Detectors | None = None,
    resume: bool = False,
) -> Results:
    """Drive the suite with every driver, write the results folder and return its content.

    checkpoint: the folder of PilotNet, or several of one recipe, which are scored as one driver.
    detectors: the folders of the modular stack's networks.
    resume: do only the missing drives of an interrupted evaluation. The results equal those of an
    evaluation without interruption.

    Raises ValueError for wrong settings, before anything is written. Raises ValueError when an
    evaluation is resumed with other settings, with other networks or in another world version.
    """
    scenarios = config.scenarios()
    entrants = entrants_of(config.drivers, checkpoint, detectors or Detectors())
    for entrant in entrants:  # checks the networks
        entrant.make(DrivingEnv(EnvConfig(pedals=SpeedControl(config.pedals))))
    inputs = digests_of(network_folders(entrants))
    with output_folder(out, STAGE, resume) as folder:
        if STAGE.has_work(folder):
            require_same_evaluation(config, inputs, folder)
        else:
            write_inputs(folder, inputs)
            write_provenance(folder, STAGE.name, config, seed=config.first)
        if not (folder / INFO_FILE).is_file():
            losses = drive_rounds(config, scenarios, folder, entrants)
            write_tables(config, folder, losses)
        remove_drives(folder)
        return read_results(folder)


def has_work(folder: Path) -> bool:
    """Return whether the folder holds finished drives or results."""
    return has_drives(folder) or (folder / INFO_FILE).is_file()


STAGE = StageFiles(
    "evaluate",
    (EPISODES_FILE, TRACES_FILE, SCORES_FILE, INFO_FILE, INPUTS_FILE, UNFINISHED_FOLDER),
    has_work,
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
    entrants: Sequence[Entrant],
) -> list[Loss]:
    """Do the drives, in rounds if the settings say so, and return the lost ones.

    The number of a drive follows from its driver and scenario, not from the rounds.
    """
    losses: dict[int, Loss] = {}
    for count in config.looks():
        drives = {
            order * len(scenarios) + index: (entrant, scenarios[index])
            for order, entrant in enumerate(entrants)
            for index in range(count)
            if order * len(scenarios) + index not in losses
        }
        losses |= drive_missing(config, drives, folder)
        if config.until_decided and _decided(config, folder):
            break
    return list(losses.values())


def _decided(config: EvaluateConfig, folder: Path) -> bool:
    """Print the comparison of the two drivers so far, and return whether one is better."""
    rows = [read_drive(path)[0] for path in drive_paths(folder)]
    first, second = config.drivers
    pairs = paired(*([row for row in rows if row.recipe == name] for name in (first, second)))
    if not pairs:
        return False
    found = difference_of(pairs, (first, second), look_confidence(config.episodes))
    notice(found.sentence())
    return found.decided


def drive_missing(
    config: EvaluateConfig,
    drives: Mapping[int, tuple[Entrant, Scenario]],
    folder: Path,
) -> dict[int, Loss]:
    """Do the drives that have no undamaged file in the results folder, and return the lost ones.

    drives: driver and scenario, by the number of the drive.
    """
    conditions = Conditions(config.noise, SpeedControl(config.pedals), config.chosen_fault())
    jobs = []
    for number, (entrant, scenario) in drives.items():
        path = drive_path(folder, number)
        if not is_drive_of(path, entrant.name, scenario.name):
            jobs.append((entrant, scenario, number, path, conditions))
    if any(needs_camera(entrant.name) for entrant, *_ in jobs):
        compile_side_by_side(config.workers)
    with closing(in_parallel(_drive, jobs, config.workers, _drive_name)) as finished:
        driven = list(track(finished, "driving", len(jobs)))
    return {number: loss for number, loss in driven if loss}


def write_tables(config: EvaluateConfig, folder: Path, losses: Sequence[Loss]) -> None:
    """Write the tables from the files of all drives, and report the lost drives.

    `results.json` is written last and marks the folder as finished. Raises ValueError when a driver
    has lost all its drives.
    """
    episodes = []
    traces = []
    for path in drive_paths(folder):
        score, trace = read_drive(path)
        number = drive_number(path)
        suite = suite_of(config.suite, config.first + number % config.episodes)
        episodes.append(replace(score, suite=suite))
        traces.append(trace)
    report_losses(losses, episodes)
    write_scores(folder, episodes)
    digest = suite_digest(config.suite, config.split)
    write_results(folder, episodes, pyarrow.concat_tables(traces), losses, digest)


def report_losses(losses: Sequence[Loss], episodes: Sequence[EpisodeScore]) -> None:
    """Print a line for each driver with lost drives; ValueError when one has lost all of them."""
    for name in dict.fromkeys(loss.driver for loss in losses):
        own = [loss for loss in losses if loss.driver == name]
        kept = sum(episode.driver == name for episode in episodes)
        text = (
            f"driver {name} lost {len(own)} of {len(own) + kept} drives; "
            f"on {own[0].scenario} {own[0].reason}"
        )
        if not kept:
            raise ValueError(text)
        notice(text)


def _drive(
    entrant: Entrant,
    scenario: Scenario,
    number: int,
    path: Path,
    conditions: Conditions,
) -> tuple[int, Loss | None]:
    """Do one drive in a worker process, write its file and return its number.

    An error of a driver of the user's own loses the drive, which is returned. Raises ValueError,
    naming driver and scenario, when another driver raises it.
    """
    name = entrant.name
    cameras = ("centre",) if needs_camera(name) else ()
    env = DrivingEnv(EnvConfig(cameras=cameras, pedals=conditions.pedals))
    driver = entrant.make(env)
    try:
        drive = driven(env, driver, scenario, conditions)
        steps = [without_frames(step) for step in drive]
    except DriverError as error:
        return number, Loss(name, scenario.name, str(error))
    except ValueError as error:
        raise ValueError(f"{_drive_name(entrant, scenario)}: {error}") from error
    score = score_episode(name, scenario, env.rate, steps)
    write_drive(path, score, trace_table(name, scenario, steps))
    return number, None


def driven(
    env: DrivingEnv, driver: Driver, scenario: Scenario, conditions: Conditions
) -> Iterator[Step]:
    """Drive a scenario under the conditions of an evaluation, and yield its steps."""
    disturbance = Disturbance.of(scenario, conditions.noise)
    fault = conditions.fault
    if fault is None:
        return rollout(env, driver, scenario, disturbance)
    camera = env.config.camera
    env.cameras = mounted_cameras(fault, env.cameras)
    driver = with_faulty_frames(fault, driver, camera, scenario, env.rate)
    actuators = one_after_the_other(disturbance, faulty_actuators(fault, env.rate))
    return rollout(env, driver, scenario, actuators)


def _drive_name(entrant: Entrant, scenario: Scenario, *_: object) -> str:
    """Return a drive's name for messages."""
    return f"driver {entrant.name} on {scenario.name}"


def without_frames(step: Step) -> Step:
    """Return the step without its camera images, so that a long drive fits in memory."""
    return replace(step, observation=Observation(step.observation.speed))
