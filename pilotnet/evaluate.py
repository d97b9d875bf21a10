"""EVALUATE: drivers x suite -> a results folder: one row per episode, and the trace of every drive.

`episodes.csv` holds the rows, `traces.parquet` what happened at each tick. Drives run in parallel; their number does not change
them.
"""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyarrow

from pilotnet.driver_names import Detectors, needs_camera
from pilotnet.drivers import make_driver
from pilotnet.evaluate_config import EvaluateConfig
from pilotnet.folders import Stage, output_folder, write_provenance
from pilotnet.metrics import EpisodeScore, score_episode
from pilotnet.parallel import compile_side_by_side, in_parallel
from pilotnet.progress import track
from pilotnet.results import EPISODES_FILE, INFO_FILE, TRACES_FILE, Results, trace_table, write_results
from pilotnet.suites import suite_of
from sim.env import DrivingEnv, EnvConfig
from sim.pedals import Pedals
from sim.rollout import Disturbance, rollout
from sim.scenario import Scenario
from sim.types import Observation, Step

STAGE = Stage("evaluate", (EPISODES_FILE, TRACES_FILE, INFO_FILE))


def evaluate(config: EvaluateConfig, out: Path, checkpoint: Path | None = None, detectors: Detectors | None = None) -> Results:
    """Drive the suite with every driver and write the results folder; ValueError for bad settings, before anything is written."""
    scenarios = config.scenarios()
    for name in config.drivers:
        make_driver(name, DrivingEnv(EnvConfig(pedals=Pedals(config.pedals))), checkpoint, detectors)
    drives = [(name, scenario) for name in config.drivers for scenario in scenarios]
    with output_folder(out, STAGE) as folder:
        write_provenance(folder, STAGE.name, config, seed=config.first)
        jobs = [(name, scenario, checkpoint, detectors, config.noise, Pedals(config.pedals)) for name, scenario in drives]
        if any(map(needs_camera, config.drivers)):
            compile_side_by_side(config.workers)
        with closing(in_parallel(_drive, jobs, config.workers)) as drives_done:
            done = list(track(drives_done, "driving", len(jobs)))
        suites = [suite_of(config.suite, config.first + i) for _ in config.drivers for i in range(len(scenarios))]
        episodes = tuple(replace(score, suite=name) for (score, _), name in zip(done, suites, strict=True))
        return write_results(folder, episodes, pyarrow.concat_tables([trace for _, trace in done]))


def _drive(
    name: str, scenario: Scenario, checkpoint: Path | None, detectors: Detectors | None, noise: float, pedals: Pedals
) -> tuple[EpisodeScore, pyarrow.Table]:
    """One drive, for a worker process."""
    env = DrivingEnv(EnvConfig(cameras=("centre",) if needs_camera(name) else (), pedals=pedals))
    driver = make_driver(name, env, checkpoint, detectors)
    steps = [without_frames(step) for step in rollout(env, driver, scenario, Disturbance.of(scenario, noise))]
    score = score_episode(name, scenario, env.rate, steps)
    return score, trace_table(name, scenario, steps)


def without_frames(step: Step) -> Step:
    """The step without its pictures, so that a long drive fits in memory."""
    return replace(step, observation=Observation(step.observation.speed))
