"""The traces of a results folder, drive by drive."""

from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.compute
import pyarrow.parquet
from numpy.typing import NDArray

from pilotnet.results import TRACES_FILE

COLUMNS = ("driver", "scenario", "station", "offset", "path_curvature", "intervention")


def read_traces(folder: Path) -> pyarrow.Table:
    """The traces of a results folder; ValueError when they are missing or damaged."""
    path = folder / TRACES_FILE
    if not path.is_file():
        raise ValueError(f"{path} is missing; give the folder that `pilotnet evaluate` wrote")
    try:
        return pyarrow.parquet.read_table(path, columns=list(COLUMNS))
    except (pyarrow.ArrowException, OSError) as error:
        raise ValueError(f"{path} is damaged: {' '.join(str(error).split())[:200]}") from error


def drive_columns(traces: pyarrow.Table, driver: str, scenario: str) -> dict[str, NDArray[np.float64]]:
    """One drive, (N,) each: station [m], offset [m], path_curvature [1/m], and `stopped`, 1 where an intervention happened.

    Raises ValueError when the traces do not hold the drive.
    """
    same_driver = pyarrow.compute.equal(traces["driver"], driver)
    same_scenario = pyarrow.compute.equal(traces["scenario"], scenario)
    table = traces.filter(pyarrow.compute.and_(same_driver, same_scenario))
    if not table.num_rows:
        raise ValueError(f"{TRACES_FILE} has no drive of {driver} on {scenario}; it belongs to another evaluation")
    columns = {name: table[name].to_numpy() for name in ("station", "offset", "path_curvature")}
    return columns | {"stopped": pyarrow.compute.not_equal(table["intervention"], "").to_numpy().astype(float)}
