"""The digests in an episode's meta file, which detect damage to the episode.

One column holds them as a JSON object with three keys:

* `files`: size and SHA-256 of each file of the episode;
* `rest`: digest of the columns that opening a dataset does not read, such as the statistics;
* `row`: digest of the columns that it does read, and of `files` and `rest`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pilotnet.common.digests import file_digest, value_digest
from pilotnet.common.reading import DamagedFileError, load_json, structured
from pilotnet.common.schemas import FileDigest, RowDigests
from pilotnet.data.store.schema import DIGESTS_COLUMN, LATE_COLUMN, META_COLUMNS

READ_COLUMNS = (*META_COLUMNS, LATE_COLUMN)  # those that opening a dataset reads


def row_digests(row: Mapping[str, Any], files: Mapping[str, Path]) -> str:
    """Return the JSON with the digests of a row of meta/episodes and of its files; raises
    DamagedFileError for a missing file.
    """
    found = {name: [path.stat().st_size, file_digest(path)] for name, path in files.items()}
    rest = _rest_digest(row)
    return json.dumps({"files": found, "rest": rest, "row": _row_digest(row, found, rest)})


def check_row(row: Mapping[str, Any], path: Path) -> dict[str, FileDigest]:
    """Return size and digest of each file; raises DamagedFileError when the row does not fit its
    own digest.

    row: at least READ_COLUMNS and the digests.
    """
    raw = load_json(row[DIGESTS_COLUMN], DIGESTS_COLUMN)
    digests = structured(raw, RowDigests, DIGESTS_COLUMN)
    if digests.row != _row_digest(row, raw["files"], digests.rest):
        raise DamagedFileError(
            f"{path} was changed after it was written: its digest does not fit; it is damaged"
        )
    return digests.files


def check_rest(row: Mapping[str, Any], path: Path) -> None:
    """Raise DamagedFileError when the other columns, such as the statistics, do not fit their
    digest.

    row: all columns; a row without digests passes.
    """
    if row.get(DIGESTS_COLUMN) is None:
        return
    if structured(
        load_json(row[DIGESTS_COLUMN], DIGESTS_COLUMN), RowDigests, path
    ).rest != _rest_digest(row):
        raise DamagedFileError(
            f"{path} was changed after it was written: its statistics do not fit its digest; it "
            f"is damaged"
        )


def _row_digest(row: Mapping[str, Any], files: Mapping[str, Any], rest: str) -> str:
    return value_digest(
        {**{key: row.get(key) for key in READ_COLUMNS}, "files": files, "rest": rest}
    )


def _rest_digest(row: Mapping[str, Any]) -> str:
    return value_digest(
        {key: value for key, value in row.items() if key not in (*READ_COLUMNS, DIGESTS_COLUMN)}
    )
