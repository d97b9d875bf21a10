"""Score the lane finder against the ground truth: the expert drives a suite, and every estimate is
compared with the true lane.

`frames.parquet` holds a row per frame, `conditions.csv` the scores by road, weather and light.
`calibration.csv` holds how often an estimate of a given confidence is right, and `calibration.png`
plots it.
"""

import csv
import math
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import pyarrow
from rich.table import Table

from pilotnet.common.folders import StageFiles, atomic_path, output_folder
from pilotnet.common.parallel import compile_side_by_side, in_parallel
from pilotnet.common.progress import track
from pilotnet.common.provenance import write_provenance
from pilotnet.data.store.parquet_files import write_table
from pilotnet.modular.lanes.finder import LaneFinder
from pilotnet.modular.lanes.score_lanes_config import LaneScoreConfig
from pilotnet.modular.records import Floats, LaneEstimate
from sim.env import DrivingEnv, EnvConfig
from sim.expert import Expert
from sim.render.lane_geometry import LaneGeometry, lane_geometry
from sim.roads.plan import RoadPlan
from sim.rollout import Disturbance, rollout
from sim.scenario import Scenario

FRAMES_FILE = "frames.parquet"
CONDITIONS_FILE = "conditions.csv"
CALIBRATION_FILE = "calibration.csv"
PLOT_FILE = "calibration.png"
STAGE = StageFiles("score-lanes", (FRAMES_FILE, CONDITIONS_FILE, CALIBRATION_FILE, PLOT_FILE))
ERROR_DISTANCE = 10.0  # [m] where the lateral error is taken
RIGHT_WITHIN = 0.3  # [m] what an estimate's confidence speaks of
SURE = 0.5  # confidence of an estimate that is used
BINS = np.linspace(0.0, 1.0, 11)


@dataclass(frozen=True)
class ConditionScore:
    """Scores of one road, weather and light; `all` where several are taken together.

    lateral_rms, lateral_p95: error of the lane's centre ERROR_DISTANCE [m].
    sure_rms: the same where the confidence is above SURE, NaN without such frames [m]. heading_rms
    [rad], curvature_rms [1/m], width_rms [m].
    sure: share of frames with confidence above SURE.
    close: share of frames whose estimated lateral position is within RIGHT_WITHIN of the true one.
    """

    road: str
    weather: str
    light: str
    frames: int
    lateral_rms: float
    lateral_p95: float
    sure_rms: float
    heading_rms: float
    curvature_rms: float
    width_rms: float
    sure: float
    close: float


@dataclass(frozen=True)
class CalibrationBin:
    """Frames with a confidence between low and high: their number, mean confidence, and share with
    a small error.
    """

    low: float
    high: float
    frames: int
    confidence: float
    close: float


def score_lanes(config: LaneScoreConfig, out: Path) -> tuple[ConditionScore, ...]:
    """Drive the suite, write the results folder, and return the scores by road, each road's total
    first.
    """
    scenarios = config.scenarios()
    with output_folder(out, STAGE) as folder:
        write_provenance(folder, STAGE.name, config, seed=config.first)
        jobs = [(scenario, config.noise) for scenario in scenarios]
        compile_side_by_side(config.workers)
        with closing(
            in_parallel(drive_frames, jobs, config.workers, lambda scenario, _: scenario.name)
        ) as drives:
            frames = pyarrow.concat_tables(list(track(drives, "finding lanes", len(jobs))))
        write_table(folder / FRAMES_FILE, frames)
        scores = tuple(condition_scores(frames))
        bins = calibration(frames)
        _write_rows(folder / CONDITIONS_FILE, ConditionScore, scores)
        _write_rows(folder / CALIBRATION_FILE, CalibrationBin, bins)
        with atomic_path(folder / PLOT_FILE) as path:
            plot_calibration(bins, path)
    return scores


def drive_frames(scenario: Scenario, noise: float) -> pyarrow.Table:
    """Score one drive of the expert: a row per frame with truth and estimate.

    The finder is reset after each intervention, as a driver with its own finder is.
    """
    env = DrivingEnv(EnvConfig(cameras=("centre",)))
    finder = LaneFinder(env.cameras["centre"])
    rows = []
    held = 0.0
    for step in rollout(env, Expert(env), scenario, Disturbance.of(scenario, noise)):
        assert step.observation.centre is not None
        estimate = finder.find(step.observation.centre, step.observation.speed, held, 1 / env.rate)
        held = step.control.curvature
        truth = lane_geometry(env.world.plan, step.ego.pose, reach=3 * ERROR_DISTANCE, spacing=1.0)
        rows.append(
            {"time": step.time, "speed": step.ego.speed, **compare(estimate, truth, env.world.plan)}
        )
        if step.intervention is not None:
            # The car was put back, as a driver's own finder is told too.
            finder.reset()
            held = 0.0
    table = pyarrow.Table.from_pylist(rows)
    for name in ("light", "weather", "road"):
        table = table.add_column(0, name, pyarrow.array([str(getattr(scenario, name))] * len(rows)))
    return table.add_column(0, "scenario", pyarrow.array([scenario.name] * len(rows)))


def compare(estimate: LaneEstimate, truth: LaneGeometry, plan: RoadPlan) -> dict[str, float]:
    """Return the errors of an estimate, each estimate minus truth."""
    lane = plan.lanes[truth.own.index].offset
    return {
        "confidence": estimate.confidence,
        "reach": estimate.reach,
        "lateral_error": lateral_error(
            estimate.centre(np.array([ERROR_DISTANCE]))[0], truth.own.centre
        ),
        "offset": truth.offset,
        "offset_error": estimate.offset - truth.offset,
        "heading_error": estimate.heading_error - truth.heading_error,
        "curvature": truth.curvature,
        "curvature_error": estimate.curvature - truth.curvature,
        "width_error": estimate.width - truth.width,
        "left_room_error": estimate.left_room - (lane - plan.drivable[0]),
        "right_room_error": estimate.right_room - (plan.drivable[1] - lane),
    }


def lateral_error(point: Floats, line: Floats) -> float:
    """Return how far right [m] of a polyline (N, 2) a point (2,) lies, both as (forward, right);
    the ends are extended.
    """
    starts = line[:-1]
    ways = np.diff(line, axis=0)
    lengths = np.hypot(ways[:, 0], ways[:, 1])
    units = ways / lengths[:, None]
    gone = np.clip(((point - starts) * units).sum(axis=1), 0.0, lengths)
    apart = point - (starts + units * gone[:, None])
    nearest = int(np.argmin(np.hypot(apart[:, 0], apart[:, 1])))
    forward, right = apart[nearest]
    side = units[nearest, 0] * right - units[nearest, 1] * forward
    return float(math.copysign(math.hypot(forward, right), side))


def condition_scores(frames: pyarrow.Table) -> Iterator[ConditionScore]:
    """Return the scores of each road, then of each of its weathers and lights, in the order of
    their names.
    """
    columns = {name: frames[name].to_numpy(zero_copy_only=False) for name in frames.column_names}
    for road in sorted(set(columns["road"])):
        here = columns["road"] == road
        yield _score(columns, here, road, "all", "all")
        for weather, light in sorted(
            set(zip(columns["weather"][here], columns["light"][here], strict=True))
        ):
            yield _score(
                columns,
                here & (columns["weather"] == weather) & (columns["light"] == light),
                road,
                weather,
                light,
            )


def _score(
    columns: dict[str, Floats], chosen: Floats, road: str, weather: str, light: str
) -> ConditionScore:
    lateral = columns["lateral_error"][chosen]
    sure = columns["confidence"][chosen] > SURE
    return ConditionScore(
        road=road,
        weather=weather,
        light=light,
        frames=int(chosen.sum()),
        lateral_rms=_rms(lateral),
        lateral_p95=float(np.percentile(np.abs(lateral), 95)),
        sure_rms=_rms(lateral[sure]) if sure.any() else math.nan,
        heading_rms=_rms(columns["heading_error"][chosen]),
        curvature_rms=_rms(columns["curvature_error"][chosen]),
        width_rms=_rms(columns["width_error"][chosen]),
        sure=float(sure.mean()),
        close=float((np.abs(columns["offset_error"][chosen]) < RIGHT_WITHIN).mean()),
    )


def _rms(values: Floats) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def calibration(frames: pyarrow.Table) -> tuple[CalibrationBin, ...]:
    """Return the confidence against the share of frames with a small error, for every bin with
    frames.
    """
    confidence = frames["confidence"].to_numpy()
    close = np.abs(frames["offset_error"].to_numpy()) < RIGHT_WITHIN
    place = np.clip(np.digitize(confidence, BINS) - 1, 0, BINS.size - 2)
    return tuple(
        CalibrationBin(
            float(BINS[k]),
            float(BINS[k + 1]),
            int(here.sum()),
            float(confidence[here].mean()),
            float(close[here].mean()),
        )
        for k in range(BINS.size - 1)
        if (here := place == k).any()
    )


def plot_calibration(bins: Sequence[CalibrationBin], path: Path) -> None:
    """Write a reliability diagram, with the number of frames below it, as a PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 4.6), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=[3, 1], sharex=True)
    above.plot([0, 1], [0, 1], color="0.7", linewidth=1, label="perfectly calibrated")
    above.plot(
        [b.confidence for b in bins],
        [b.close for b in bins],
        "o-",
        color="#1f5fa8",
        label="lane finder",
    )
    above.set_ylabel(f"share within {RIGHT_WITHIN} m")
    above.set_ylim(-0.02, 1.02)
    above.legend(frameon=False, loc="upper left")
    below.bar(
        [(b.low + b.high) / 2 for b in bins], [b.frames for b in bins], width=0.09, color="0.6"
    )
    below.set_yscale("log")
    below.set_ylabel("frames")
    below.set_xlabel("confidence")
    figure.savefig(path, format="png", dpi=150)


def _write_rows(
    path: Path, kind: type, rows: Sequence[ConditionScore] | Sequence[CalibrationBin]
) -> None:
    with atomic_path(path) as unfinished, unfinished.open("w", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(kind)])
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def lane_table(scores: Sequence[ConditionScore]) -> Table:
    """Return the totals of every road as a table for the terminal."""
    table = Table(
        "road",
        "frames",
        "RMS at 10 m [m]",
        "95 % [m]",
        "RMS where sure [m]",
        "sure [%]",
        "within 0.3 m [%]",
    )
    for score in scores:
        if score.weather == "all":
            errors = [
                f"{value:.3f}" for value in (score.lateral_rms, score.lateral_p95, score.sure_rms)
            ]
            table.add_row(
                score.road,
                str(score.frames),
                *errors,
                f"{100 * score.sure:.1f}",
                f"{100 * score.close:.1f}",
            )
    return table
