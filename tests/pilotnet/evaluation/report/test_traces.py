"""Traces: one drive is selected by driver and scenario."""

import pyarrow
import pytest

from pilotnet.evaluation.report.traces import TRACE_COLUMNS, drive_columns

ROWS = [
    ("expert", "rural-2", 0.0, 5.0, -1.0, 0.1, 0.01, ""),
    ("expert", "rural-2", 2.0, 7.0, -1.5, 0.2, 0.01, "lane departure"),
    ("straight", "rural-2", 0.0, 5.0, -1.0, 0.5, 0.02, ""),
]
TRACES = pyarrow.Table.from_pylist([dict(zip(TRACE_COLUMNS, row, strict=True)) for row in ROWS])


def test_the_columns_hold_one_drive() -> None:
    drive = drive_columns(TRACES, "expert", "rural-2")
    assert {name: column.tolist() for name, column in drive.items()} == {
        "station": [0.0, 2.0],
        "x": [5.0, 7.0],
        "y": [-1.0, -1.5],
        "offset": [0.1, 0.2],
        "path_curvature": [0.01, 0.01],
        "stopped": [0.0, 1.0],
    }


def test_a_missing_drive_is_refused() -> None:
    with pytest.raises(ValueError, match="no drive of straight on highway-3"):
        drive_columns(TRACES, "straight", "highway-3")
