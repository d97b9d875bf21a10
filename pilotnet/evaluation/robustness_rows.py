"""The rows of `robustness.csv`: the score of each driver with each fault."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from pilotnet.common.folders import atomic_path
from pilotnet.evaluation.faults import FAULTS, Fault
from pilotnet.evaluation.results import Results

SOUND = "none"  # fault and folder name of the evaluation without a fault


@dataclass(frozen=True)
class RobustnessRow:
    """The score of one driver with one fault.

    fault: its kind, `none` without a fault; strength: in `unit`.
    autonomy, low, high: with the limits of its 95 % interval [%].
    stuck: interventions because the car stood; others: all other interventions.
    """

    fault: str
    strength: float
    unit: str
    driver: str
    autonomy: float
    low: float
    high: float
    stuck: int
    others: int
    drives: int


def robustness_rows(fault: Fault | None, results: Results) -> list[RobustnessRow]:
    """Return a row for each driver of an evaluation with this fault."""
    rows = []
    for driver, score in results.scores().items():
        own = [episode for episode in results.episodes if episode.recipe == driver]
        stuck = sum(episode.stuck for episode in own)
        rows.append(
            RobustnessRow(
                fault=fault.kind.value if fault else SOUND,
                strength=fault.strength if fault else 0.0,
                unit=FAULTS[fault.kind].unit if fault else "",
                driver=driver,
                autonomy=score.autonomy,
                low=score.interval[0],
                high=score.interval[1],
                stuck=stuck,
                others=score.interventions - stuck,
                drives=len(own),
            )
        )
    return rows


def write_robustness_rows(path: Path, rows: Sequence[RobustnessRow]) -> None:
    """Write the rows as CSV, atomically."""
    with (
        atomic_path(path) as unfinished,
        unfinished.open("w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.DictWriter(file, [field.name for field in fields(RobustnessRow)])
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
