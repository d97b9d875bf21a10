"""The traces of a results folder, drive by drive."""

from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.compute
from numpy.typing import NDArray

from pilotnet.common.digests import check_file
from pilotnet.common.reading import DamagedFileError
from pilotnet.data.store.parquet_files import read_table
from pilotnet.evaluation.results import TRACES_FILE, TRACES_SCHEMA, read_info

COLUMNS = ("driver", "scenario", "station", "offset", "path_curvature", "intervention")


def read_traces(folder: Path) -> pyarrow.Table:
    """Read the columns COLUMNS of the traces of a results folder.

    Raises DamagedFileError when they are missing, damaged, not finite or were changed after they
    were written, and ValueError when they may not be read.
    """
    path = folder / TRACES_FILE
    info = read_info(folder)
    if info:
        check_file(path, info.files.get(TRACES_FILE, ""))
    table = read_table(path, COLUMNS)
    for name in COLUMNS:
        column = table.column(name)
        wanted = TRACES_SCHEMA.field(name).type
        if column.type != wanted or column.null_count:
            raise DamagedFileError(
                f"{path} has column {name} of {column.type}, or rows without it; it must be of "
                f"{wanted}"
            )
        if wanted == pyarrow.float64() and not np.isfinite(column.to_numpy()).all():
            row = int(np.flatnonzero(~np.isfinite(column.to_numpy()))[0])
            raise DamagedFileError(
                f"{path} has {name} {column[row].as_py()} in row {row}; it must be finite"
            )
    return table


def drive_columns(
    traces: pyarrow.Table, driver: str, scenario: str
) -> dict[str, NDArray[np.float64]]:
    """One drive, (N,) each: station [m], offset [m], path_curvature [1/m], and `stopped`, 1 where
    an intervention happened.

    Raises ValueError when the traces do not hold the drive.
    """
    same_driver = pyarrow.compute.equal(traces["driver"], driver)
    same_scenario = pyarrow.compute.equal(traces["scenario"], scenario)
    table = traces.filter(pyarrow.compute.and_(same_driver, same_scenario))
    if not table.num_rows:
        raise ValueError(
            f"{TRACES_FILE} has no drive of {driver} on {scenario}; it belongs to another "
            f"evaluation"
        )
    columns = {name: table[name].to_numpy() for name in ("station", "offset", "path_curvature")}
    return columns | {
        "stopped": pyarrow.compute.not_equal(table["intervention"], "").to_numpy().astype(float)
    }
