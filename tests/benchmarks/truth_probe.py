"""Score of the modular stack with true road users and with emulated detections, in closed loop.

    python -m tests.benchmarks.truth_probe --roads residential --weather rain --episodes 14

Two variants drive the same scenarios with the stack's own lane finder. `truth`: the true road users
in place of both detectors. `emulated`: the true boxes with the errors of a detector. Intervals
resample whole drives, because interventions of one drive depend on each other.
"""

import argparse
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pilotnet.common.progress import console
from pilotnet.data.suites import ScenarioFilter, suite
from pilotnet.evaluation.metrics import INTERVENTION_COST
from pilotnet.modular.driver import ModularDriver, Parts
from pilotnet.modular.lanes.finder import LaneFinder
from pilotnet.modular.records import Detection
from sim.control.speed import SpeedControl
from sim.env import DrivingEnv, EnvConfig
from sim.rollout import rollout
from sim.scenario import Scenario
from sim.types import Image, Kind

VARIANTS = ("truth", "emulated")
MIN_VISIBILITY = 0.3  # visible share below which the emulated detector finds nothing
MIN_HEIGHT = 7.0  # [px] height below which it finds nothing
MISS_RATE = 0.07  # share of the other boxes that it misses
EDGE_NOISE = 0.8  # [px] standard deviation of each edge
DISTANCE_NOISE = 0.04  # standard deviation of the logarithm of the distance
SCORE = 0.8  # of everything that it finds
CASCADE = 6.0  # [s] after an intervention, within which further ones belong to it
RESAMPLES = 4000


class EmulatedDetector:
    """The true boxes with misses and noise, in place of a detector of vehicles or pedestrians."""

    def __init__(self, env: DrivingEnv, person: bool, seed: int) -> None:
        self._env = env
        self._person = person
        self._generator = np.random.default_rng([seed, int(person), 1])

    def detect(self, frame: Image) -> list[Detection]:
        """Return emulated detections of the frame (H, W, 3) that the environment rendered last."""
        found = []
        for box in self._env.boxes():
            if (box.kind is Kind.PEDESTRIAN) != self._person:
                continue
            if (
                box.visible < MIN_VISIBILITY
                or box.bottom - box.top < MIN_HEIGHT
                or self._generator.random() < MISS_RATE
            ):
                continue
            edges = (
                np.array([box.left, box.top, box.right, box.bottom])
                + self._generator.normal(size=4) * EDGE_NOISE
            )
            left, top, right, bottom = np.clip(edges, 0, [frame.shape[1], frame.shape[0]] * 2)
            if right > left:
                distance = box.distance * math.exp(self._generator.normal() * DISTANCE_NOISE)
                found.append(
                    Detection(self._person, left, top, right, bottom, SCORE, box.visible, distance)
                )
        return found


def modular_driver(variant: str, env: DrivingEnv, seed: int) -> ModularDriver:
    """Return the modular stack with its own lane finder and a variant's road users."""
    lanes = LaneFinder(env.config.camera)
    if variant == "truth":
        return ModularDriver(Parts(None, None, lanes), env)
    detectors = [EmulatedDetector(env, person, seed) for person in (False, True)]
    return ModularDriver(Parts(*detectors, lanes), env)  # type: ignore[arg-type]


def drive(variant: str, scenario: Scenario) -> tuple[float, int, int]:
    """Return the time driven [s], the interventions, and how many of them begin a cascade."""
    env = DrivingEnv(EnvConfig(pedals=SpeedControl.DRIVER))
    times = []
    ticks = 0
    for step in rollout(env, modular_driver(variant, env, scenario.seed), scenario):
        ticks += 1
        if step.intervention:
            times.append(step.time)
    onsets = sum(
        later - earlier > CASCADE
        for earlier, later in zip([-math.inf, *times], times, strict=False)
    )
    return ticks / env.rate, len(times), onsets


def autonomy(
    elapsed: NDArray[np.float64], interventions: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the autonomy [%] over the last axis, floored at 0."""
    return 100 * np.maximum(1 - INTERVENTION_COST * interventions.sum(-1) / elapsed.sum(-1), 0)


def main(words: Sequence[str] | None = None) -> None:
    """Drive both variants; print a line for each, and their difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in {
        "suite": "obstacles",
        "roads": "residential",
        "weather": "rain",
        "light": "",
        "split": "validation",
    }.items():
        parser.add_argument(f"--{name}", default=value)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--episodes", type=int, default=14)
    parser.add_argument("--length", type=float, default=250.0)
    options = parser.parse_args(words)
    only = ScenarioFilter(options.roads, options.weather, options.light)
    scenarios = suite(
        options.suite, options.split, options.episodes, options.length, options.first, only
    )
    results = np.array(
        [[drive(variant, scenario) for scenario in scenarios] for variant in VARIANTS]
    )
    resampled = np.random.default_rng(0).integers(0, len(scenarios), (RESAMPLES, len(scenarios)))
    scores = []
    for variant, (elapsed, interventions, onsets) in zip(
        VARIANTS, results.transpose(0, 2, 1), strict=True
    ):
        scores.append(autonomy(elapsed[resampled], interventions[resampled]))
        low, high = np.percentile(scores[-1], [2.5, 97.5])
        console.print(
            f"{variant}: {autonomy(elapsed, interventions):.1f} % ({low:.1f} to {high:.1f}), "
            f"{interventions.sum():.0f} interventions from {onsets.sum():.0f} onsets, "
            f"in {(interventions > 0).sum()} of {len(scenarios)} drives"
        )
    low, high = np.percentile(scores[0] - scores[1], [2.5, 97.5])
    console.print(f"truth minus emulated: 95 % interval {low:.1f} to {high:.1f} points")


if __name__ == "__main__":
    main()
