"""Random streams: no two agree, and the parts of a world that they shape are uncorrelated."""

import ast
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from sim.actors.traffic import place_traffic
from sim.random import MAX_SEED, Stream, derived_seed, stream_generator
from sim.render.lighting.atmosphere import Atmosphere
from sim.roads.kinds import plan_road
from sim.rollout import Disturbance
from sim.scenario import RoadKind, Scenario
from sim.types import Control

ROOT = Path(__file__).resolve().parents[2]
INDICES = [(), (0,), (1,), (0, 0), (0, 1), (1, 0), (2**32 - 1,)]
SEEDS = [0, 1, 5, 2**32, 2**64, MAX_SEED - 1]
GENERATOR_MODULE = "sim/random.py"  # the only file that may make generators
GLOBAL_STATE = (
    "np.random.",
    "numpy.random.",
    "random.",
    "torch.manual_seed",
    "lightning.seed_everything",
    "cv2.setRNGSeed",
)
ALLOWED = (
    "np.random.Generator",
    "torch.random.fork_rng",
)  # a type, and the context that restores PyTorch's state


def test_no_two_streams_seeds_or_indices_draw_the_same_numbers() -> None:
    keys = [(seed, stream, *index) for seed in SEEDS for stream in Stream for index in INDICES]
    assert len({tuple(stream_generator(*key).integers(2**63, size=2)) for key in keys}) == len(keys)
    assert (
        len({derived_seed(*key) for key in keys}) > len(keys) - 3
    )  # they have 32 bits, so a few may agree by chance


def test_a_stream_draws_the_same_numbers_every_time() -> None:
    first, again = (stream_generator(5, Stream.TRAFFIC, 3).random(4) for _ in range(2))
    assert (first == again).all()


@pytest.mark.parametrize("seed", [-1, MAX_SEED, 1.5, True])
def test_a_seed_out_of_range_is_named(seed: int) -> None:
    with pytest.raises(ValueError, match=f"seed is {seed}; it must be a whole number from 0 to 2"):
        stream_generator(seed, Stream.TRAFFIC)
    with pytest.raises(ValueError, match="seed is"):
        Scenario(RoadKind.RURAL, seed=seed)


@pytest.mark.parametrize("index", [-1, 2**32])
def test_an_index_out_of_range_is_named(index: int) -> None:
    with pytest.raises(
        ValueError, match=f"index of random stream TRAFFIC is {index}; it must lie between 0"
    ):
        stream_generator(0, Stream.TRAFFIC, index)


def world_quantities(kind: RoadKind, seed: int) -> list[float]:
    """Return the first draws of four streams: road width, sun and haze, a vehicle's speed factor,
    and station, two disturbances.
    """
    scenario = Scenario(kind, seed=seed, length=60.0)
    plan = plan_road(scenario)
    sky = Atmosphere.of(scenario)
    vehicle = place_traffic(plan, 20.0, stream_generator(seed, Stream.TRAFFIC))[0]
    disturbance = Disturbance.of(scenario, 1.0)
    assert disturbance is not None
    pushes = [disturbance(Control(0.0), 10.0, 0.1).curvature for _ in range(2)]
    widest = max(plan.drivable)
    return [widest, sky.azimuth, sky.reach, vehicle.speed_factor, float(vehicle.station), *pushes]


@pytest.mark.parametrize(
    "kind", [RoadKind.RURAL, RoadKind.RURAL_UNMARKED, RoadKind.UNPAVED, RoadKind.RESIDENTIAL]
)
def test_geometry_sky_traffic_and_disturbance_are_uncorrelated_over_200_seeds(
    kind: RoadKind,
) -> None:
    values = np.array([world_quantities(kind, seed) for seed in range(200)])
    values = values[:, values.std(axis=0) > 0]
    correlation = np.asarray(spearmanr(values).statistic)
    groups = correlation[
        : values.shape[1] - 2
    ]  # consecutive values of one disturbance are correlated by design
    # 200 independent pairs stay within 4 standard deviations of 1 / sqrt(199).
    assert np.abs(groups[~np.eye(*groups.shape, dtype=bool)]).max() < 4 / np.sqrt(199)


def calls(path: Path) -> set[str]:
    """Return every dotted name in the code of a file."""
    return {
        ast.unparse(node)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute | ast.Name)
    }


@pytest.mark.parametrize("package", ["sim", "pilotnet"])
def test_every_draw_comes_from_a_named_stream_and_no_global_random_state_is_touched(
    package: str,
) -> None:
    for path in sorted((ROOT / package).rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if name == GENERATOR_MODULE:
            continue
        used = calls(path)
        assert not {"default_rng", "SeedSequence", "RandomState", "seed_everything"} & used, name
        assert not [
            each for each in used if each.startswith(GLOBAL_STATE) and each not in ALLOWED
        ], name
