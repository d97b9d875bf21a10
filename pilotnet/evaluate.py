"""EVALUATE: drivers x suite -> a results folder: one row per episode, and the trace of every drive.

`episodes.csv` holds the rows, `traces.parquet` what happened at each tick. Drives run in parallel; their number does not change
them.
"""

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pyarrow
import pyarrow.parquet

from pilotnet.drivers import Detectors, make_driver, needs_camera
from pilotnet.folders import atomic_path, output_folder, write_provenance
from pilotnet.metrics import EpisodeScore, score_episode
from pilotnet.parallel import compile_side_by_side, in_parallel
from pilotnet.progress import track
from pilotnet.results import EPISODES_FILE, TRACES_FILE, Results, trace_table, write_episodes
from pilotnet.suites import Only, suite, suite_of
from sim.env import DrivingEnv, EnvConfig, Pedals
from sim.rollout import Disturbance, rollout
from sim.scenario import Scenario, choice, require_disturbance
from sim.types import Observation, Step


@dataclass(frozen=True)
class EvaluateConfig:
    """Who drives which roads.

    Args:
        drivers: names of drivers: expert, pilotnet, modular, straight; modular+PART has the truth in place of a part
        suite: lane_keeping, traffic, obstacles, crossings, everything or unseen_conditions; each also with -small;
            several with + between take turns
        roads: only these of the suite's kinds, with commas between; empty for all
        weather: only these of the suite's
        light: only these of the suite's
        split: whose roads; tune on validation, and leave test for the last word
        episodes: roads that every driver drives
        length: metres of each drive
        first: number of the first road of the split
        pedals: who brakes; shared, one speed controller that knows the world for every driver alike, or driver, each for itself
        noise: strength of pushes against the steering [m], 0 for none; every driver gets the same
        workers: processes, 0 for all cores; it changes nothing in the scores
    """

    drivers: tuple[str, ...] = ("expert", "pilotnet", "straight")
    suite: str = "lane_keeping"
    roads: str = ""
    weather: str = ""
    light: str = ""
    split: Literal["train", "validation", "test"] = "test"
    episodes: int = 20
    length: float = 1500.0
    first: int = 0
    pedals: Literal["shared", "driver"] = "shared"
    noise: float = 0.0
    workers: int = 0

    def __post_init__(self) -> None:
        for name in ("first", "workers"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be 0 or more")
        choice("pedals", self.pedals, Pedals)

    def scenarios(self) -> list[Scenario]:
        """The roads that every driver drives."""
        only = Only(self.roads, self.weather, self.light)
        return suite(self.suite, self.split, self.episodes, self.length, self.first, only)


def evaluate(config: EvaluateConfig, out: Path, checkpoint: Path | None = None, detectors: Detectors | None = None) -> Results:
    """Drive the suite with every driver and write the results folder; ValueError for bad settings, before anything is written."""
    scenarios = config.scenarios()
    require_disturbance("noise", config.noise)
    for name in config.drivers:
        make_driver(name, DrivingEnv(EnvConfig(pedals=Pedals(config.pedals))), checkpoint, detectors)
    drives = [(name, scenario) for name in config.drivers for scenario in scenarios]
    with output_folder(out) as folder:
        write_provenance(folder, "evaluate", config, seed=config.first)
        jobs = [(name, scenario, checkpoint, detectors, config.noise, Pedals(config.pedals)) for name, scenario in drives]
        if any(map(needs_camera, config.drivers)):
            compile_side_by_side(config.workers)
        with closing(in_parallel(_drive, jobs, config.workers)) as drives_done:
            done = list(track(drives_done, "driving", len(jobs)))
        suites = [suite_of(config.suite, config.first + i) for _ in config.drivers for i in range(len(scenarios))]
        episodes = tuple(replace(score, suite=name) for (score, _), name in zip(done, suites, strict=True))
        write_episodes(folder / EPISODES_FILE, episodes)
        tables = [trace for _, trace in done]
        with atomic_path(folder / TRACES_FILE) as path:
            pyarrow.parquet.write_table(pyarrow.concat_tables(tables), path)
    return Results(out, episodes)


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
