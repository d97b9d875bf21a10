"""Results folders with chosen interventions, for tests."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from pilotnet.common.provenance import write_provenance
from pilotnet.evaluation.evaluate_config import EvaluateConfig
from pilotnet.evaluation.metrics import EpisodeScore
from pilotnet.evaluation.results import TRACES_SCHEMA, write_results
from sim.scenario import RoadKind, Scenario, Split, road_seed

DURATION = 30.0  # [s] of each drive


def drive(driver: str, index: int, departures: int) -> EpisodeScore:
    """Return a drive of 30 s on test road `index` with so many departures."""
    scenario = Scenario(RoadKind.RURAL, road_seed(Split.TEST, index), length=100.0)
    return EpisodeScore(
        driver=driver,
        scenario=scenario.name,
        road=scenario.road.value,
        weather=scenario.weather.value,
        light=scenario.light.value,
        settings=json.dumps(asdict(scenario)),
        elapsed=DURATION,
        distance=400.0,
        offset_rms=0.1,
        curvature_rate_rms=0.01,
        min_time_to_collision=5.0,
        departure=departures,
        off_road=0,
        contact=0,
        person=0,
        stuck=0,
        offset_p95=0.2,
        heading_error_rms=0.01,
        min_clearance=3.0,
        completion=1.0,
        standing=0.0,
        segments=15,
        comfortable=14,
        driving_score=90.0,
    )


def write_made_results(
    folder: Path,
    counts: Mapping[str, Sequence[int]],
    first: int = 0,
    digest: str | None = None,
    **settings: object,
) -> Path:
    """Write a results folder and return it; counts: departures of each driver on each road.

    first: number of the first road. digest: of the suite. settings: of the evaluation that differ
    from the default ones.
    """
    folder.mkdir()
    values = {"drivers": tuple(counts), "episodes": len(next(iter(counts.values()))), **settings}
    config = EvaluateConfig(**values)  # type: ignore[arg-type]
    write_provenance(folder, "evaluate", config, 0)
    rows = [
        drive(driver, first + index, count)
        for driver, own in counts.items()
        for index, count in enumerate(own)
    ]
    write_results(folder, rows, TRACES_SCHEMA.empty_table(), suite=digest)
    return folder
