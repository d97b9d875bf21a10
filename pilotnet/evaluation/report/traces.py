"""The traces of a results folder, one drive at a time."""

from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.compute
from numpy.typing import NDArray

from pilotnet.common.digests import check_file
from pilotnet.common.reading import DamagedFileError
from pilotnet.data.store.parquet_files import read_table
from pilotnet.evaluation.results import TRACES_FILE, TRACES_SCHEMA, read_info

PLOTTED_COLUMNS = ("station", "x", "y", "offset", "path_curvature")
TRACE_COLUMNS = ("driver", "scenario", *PLOTTED_COLUMNS, "intervention")


def read_traces(folder: Path) -> pyarrow.Table:
    """Read the columns TRACE_COLUMNS of the traces of a results folder.

    Raises DamagedFileError when they are missing, damaged, not finite or changed after they were
    written. Raises ValueError when the file may not be read.
    """
    path = folder / TRACES_FILE
    info = read_info(folder)
    if info:
        check_file(path, info.files.get(TRACES_FILE, ""))
    table = read_table(path, TRACE_COLUMNS)
    for name in TRACE_COLUMNS:
        _check_column(table.column(name), name, path)
    return table


def _check_column(column: pyarrow.ChunkedArray, name: str, path: Path) -> None:
    """Raise DamagedFileError unless a column has its type, and a finite value in every row."""
    expected = TRACES_SCHEMA.field(name).type
    if column.type != expected or column.null_count:
        raise DamagedFileError(
            f"{path} has column {name} of {column.type}, or rows without it; "
            f"it must be of {expected}"
        )
    if expected != pyarrow.float64():
        return
    infinite_rows = np.flatnonzero(~np.isfinite(column.to_numpy()))
    if infinite_rows.size:
        row = int(infinite_rows[0])
        raise DamagedFileError(
            f"{path} has {name} {column[row].as_py()} in row {row}; it must be finite"
        )


def drive_columns(
    traces: pyarrow.Table, driver: str, scenario: str
) -> dict[str, NDArray[np.float64]]:
    """Return one drive as columns (N,): PLOTTED_COLUMNS and stopped.

    station, x and y are in [m], path_curvature in [1/m]. offset [m] is the cross-track error, right
    positive. stopped is 1 at an intervention, else 0.
    Raises ValueError when the traces do not hold the drive.
    """
    same_driver = pyarrow.compute.equal(traces["driver"], driver)
    same_scenario = pyarrow.compute.equal(traces["scenario"], scenario)
    table = traces.filter(pyarrow.compute.and_(same_driver, same_scenario))
    if not table.num_rows:
        raise ValueError(
            f"{TRACES_FILE} has no drive of {driver} on {scenario}; "
            "it belongs to another evaluation"
        )
    columns = {name: table[name].to_numpy() for name in PLOTTED_COLUMNS}
    stopped = pyarrow.compute.not_equal(table["intervention"], "")
    return columns | {"stopped": stopped.to_numpy().astype(float)}
