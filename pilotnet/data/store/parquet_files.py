"""Parquet files of the dataset, read with one-line errors and written in one step."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pilotnet.common.folders import atomic_path
from pilotnet.common.reading import DamagedFileError, load_json, readable, structured
from pilotnet.common.schemas import EpisodeRow
from pilotnet.data.store.row_digests import check_rest, check_row
from pilotnet.data.store.schema import (
    DIGESTS_COLUMN,
    EPISODE_GLOB,
    INFO_PATH,
    LATE_COLUMN,
    META_COLUMNS,
    TASK,
    Episode,
)
from pilotnet.data.store.stats import NAMES, Stats, as_arrays
from sim.scenario import Scenario, Split, choice
from sim.types import quoted

MAX_ROWS = 10_000_000  # of a table; the traces of 100 hours of driving have 3,600,000
# [bytes] of a table before compression; fits into the memory of a small machine
MAX_SIZE = 500_000_000
MAX_TEXT = 200_000_000  # [bytes] of text in a column, counted in every row


def write_table(path: Path, table: pa.Table) -> None:
    """Write a parquet file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as temporary:
        # pyarrow takes a relative path such as `a:b/file` for an address of the protocol `a`.
        pq.write_table(table, temporary.absolute(), compression="snappy", use_dictionary=True)


def read_table(
    path: Path, columns: Sequence[str] | None = None, optional: Sequence[str] = ()
) -> pa.Table:
    """Read a parquet file, all of it or some columns; `optional` ones may be missing.

    Raises DamagedFileError when it is missing, damaged or lacks one of `columns`, and ValueError
    when it may not be read.
    """
    with readable_parquet(path), _opened(path) as file:
        wanted = columns and [*columns, *optional]  # pyarrow ignores names that do not exist
        # One thread and one plain file: an episode is small, and a folder must not be taken for a
        # partitioned table.
        table = _plain_text(file.read(columns=wanted, use_threads=False), path)
        table.validate(full=True)
    absent = set(columns or ()) - set(table.column_names)
    if absent:
        raise DamagedFileError(
            f"{path} lacks the columns {', '.join(sorted(absent))}; it was written by another "
            f"program"
        )
    return table


def read_schema(path: Path) -> tuple[pa.Schema, int]:
    """Return the schema and the number of rows of a parquet file; raises as `read_table` does."""
    with readable_parquet(path), pq.ParquetFile(path.absolute()) as file:
        return file.schema_arrow, file.metadata.num_rows


def _opened(path: Path) -> pq.ParquetFile:
    """Open a parquet file so that its texts are read as dictionaries, where a text in every row is
    stored once.

    Raises DamagedFileError beyond MAX_ROWS and MAX_SIZE.
    """
    file = pq.ParquetFile(path.absolute())
    metadata = file.metadata
    size = sum(
        metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups)
    )
    if metadata.num_rows > MAX_ROWS or size > MAX_SIZE:
        file.close()
        raise DamagedFileError(
            f"{path} holds {metadata.num_rows} rows and {size} bytes; {MAX_ROWS} and {MAX_SIZE} "
            f"may be read"
        )
    if metadata.num_rows <= 1:
        return file
    with file:
        texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
    return pq.ParquetFile(path.absolute(), metadata=metadata, read_dictionary=texts)


def _plain_text(table: pa.Table, path: Path) -> pa.Table:
    """Return the table with dictionaries replaced by texts; raises DamagedFileError for a column of
    more than MAX_TEXT.
    """
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            parts = table.column(place).chunks
            sizes = [
                pc.sum(pc.take(pc.binary_length(part.dictionary), part.indices)).as_py() or 0
                for part in parts
            ]
            if sum(sizes) > MAX_TEXT:
                raise DamagedFileError(
                    f"{path} has {sum(sizes)} bytes of text in column {field.name}; it is damaged"
                )
            table = table.set_column(
                place, pa.field(field.name, pa.string()), table.column(place).cast(pa.string())
            )
    return table


@contextmanager
def readable_parquet(path: Path) -> Iterator[None]:
    """Turn errors of the body, which reads a parquet file, into one line that names it; see
    `pilotnet.common.reading.readable`.
    """
    with readable(path, "parquet file"):
        try:
            yield
        except (pa.ArrowException, UnicodeDecodeError, TypeError, KeyError):
            raise DamagedFileError(
                f"{path} is not a readable parquet file; it is damaged or truncated"
            ) from None


def tasks_table() -> pa.Table:
    """The one task, in the form pandas gives a frame whose index is the task's text: LeRobot looks
    it up by that index.
    """
    table = pa.table(
        {
            "task_index": pa.array([0], pa.int64()),
            "__index_level_0__": pa.array([TASK], pa.string()),
        }
    )
    index = {
        "name": None,
        "field_name": "__index_level_0__",
        "pandas_type": "unicode",
        "numpy_type": "object",
    }
    column = {
        "name": "task_index",
        "field_name": "task_index",
        "pandas_type": "int64",
        "numpy_type": "int64",
    }
    header = {"name": None, "field_name": None, "pandas_type": "unicode", "numpy_type": "object"}
    pandas = {
        "index_columns": ["__index_level_0__"],
        "column_indexes": [header | {"metadata": {"encoding": "UTF-8"}}],
        "columns": [column | {"metadata": None}, index | {"metadata": None}],
        "creator": {"library": "pyarrow", "version": pa.__version__},
        "pandas_version": "2.0.0",
    }
    return table.replace_schema_metadata({"pandas": json.dumps(pandas)})


def read_episode(path: Path) -> Episode:
    """Read the episode that a meta file describes.

    Raises DamagedFileError when the file is missing, damaged, changed after it was written, or from
    another version.
    """
    rows = read_table(path, META_COLUMNS, [LATE_COLUMN, DIGESTS_COLUMN]).to_pylist()
    if len(rows) != 1:
        raise DamagedFileError(
            f"{path} describes {len(rows)} episodes; it must describe exactly one"
        )
    row = rows[0]
    try:
        scenario = structured(load_json(row["scenario"], "scenario"), Scenario, "scenario")
        late = structured(
            load_json(row.get(LATE_COLUMN, "[]"), LATE_COLUMN), tuple[int, ...], LATE_COLUMN
        )
        plain = structured(
            {key: row[key] for key in ("episode_index", "length", "split")}, EpisodeRow, "episode"
        )
        split = choice("split", plain.split, Split)
        files = check_row(row, path) if row.get(DIGESTS_COLUMN) is not None else None
    except (TypeError, ValueError) as error:
        raise DamagedFileError(
            f"{path} describes an episode that this version cannot read: {error}"
        ) from None
    return Episode(plain.episode_index, plain.length, split, scenario, late, files)


def read_episodes(root: Path) -> list[Episode]:
    """Read all committed episodes in order.

    Raises DamagedFileError when a meta file is damaged or an episode is missing in between.
    """
    episodes = []
    paths = episode_paths(root)
    for position, path in enumerate(paths):
        with advised(root, position, len(paths)):
            episodes.append(read_episode(path))
        if episodes[-1].index != position:
            raise DamagedFileError(
                f"{root} has no episode {position}, but later ones; its meta/episodes files are "
                f"incomplete"
            )
    return episodes


@contextmanager
def advised(root: Path, index: int, count: int) -> Iterator[None]:
    """Add to the message of a DamagedFileError how to repair the episode `index` of a dataset of
    `count` episodes.
    """
    try:
        yield
    except DamagedFileError as error:
        mend = f"`pilotnet check {root} --mend` sets this last episode aside, and `pilotnet record --resume` records it again"
        advice = (
            mend
            if index == count - 1
            else "restore it from a copy, or record again in another folder"
        )
        raise DamagedFileError(f"{error}; {advice}") from None


def missing_episodes(root: Path, counted: int, found: int) -> str:
    """Return the message for a dataset with fewer meta files than info.json counts."""
    return (
        f"{root / INFO_PATH} counts {counted} episodes, but meta/episodes has {found}; files are "
        f"missing: restore them, or "
        f"go on without them by `pilotnet check {root} --mend`, which sets aside what is left of "
        f"them"
    )


def episode_paths(root: Path) -> list[Path]:
    """Return the meta files of a dataset, in the order of their episodes; files with other names
    are ignored.
    """
    return sorted(root.glob(EPISODE_GLOB))


def read_stats(path: Path) -> dict[str, Stats]:
    """Read the statistics in a meta file, by feature.

    Raises DamagedFileError when they are missing, not finite, or changed after they were written.
    """
    row = read_table(path).to_pylist()[0]
    check_rest(row, path)
    keys = [
        name.split("/")[1] for name in row if name.startswith("stats/") and name.endswith("/count")
    ]
    try:
        stats = as_arrays(
            {key: {name: row[f"stats/{key}/{name}"] for name in NAMES} for key in keys}
        )
    except (KeyError, ValueError):
        raise DamagedFileError(
            f"{path} lacks statistics; it is damaged, or was written by another program"
        ) from None
    for key, arrays in stats.items():
        for name, array in arrays.items():
            shape = (1,) if name == "count" else arrays["mean"].shape
            if array.dtype.kind not in "if" or array.shape != shape or not np.isfinite(array).all():
                raise DamagedFileError(
                    f"{path} has stats/{key}/{name} {quoted(array.tolist())}; it must be finite "
                    f"numbers"
                )
    return stats
