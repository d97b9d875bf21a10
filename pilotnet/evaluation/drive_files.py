"""Files of finished drives in an unfinished evaluation; `--resume` does not repeat these drives.

The worker process writes one file for each drive, atomically. The file holds the trace, with the
columns of `traces.parquet`. Its header holds the row of `episodes.csv` as JSON, and a digest of
both.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pyarrow

from pilotnet.common.digests import file_digest
from pilotnet.common.folders import write_json
from pilotnet.common.reading import DamagedFileError, load_json, structured
from pilotnet.data.store.parquet_files import read_table, write_table
from pilotnet.evaluation.metrics import EpisodeScore
from pilotnet.training.checkpoint import FILE_NAME

UNFINISHED_FOLDER = "unfinished"  # name of the folder of these files in the results folder
INPUTS_FILE = "inputs.json"  # digests of the networks
ROW_KEY = b"episode"  # in the header
ROW_DIGEST_KEY = b"digest"  # in the header
SHOWN_DIGITS = 12  # of a digest in messages


def drive_path(folder: Path, number: int) -> Path:
    """Return the path of the file of drive `number` of the evaluation in `folder`."""
    return folder / UNFINISHED_FOLDER / f"drive-{number:06d}.parquet"


def drive_paths(folder: Path) -> list[Path]:
    """Return the files of the finished drives of an unfinished evaluation, by their number."""
    return sorted((folder / UNFINISHED_FOLDER).glob("drive-[0-9]*.parquet"))


def drive_number(path: Path) -> int:
    """Return the number of a drive; path: of its file."""
    return int(path.stem.removeprefix("drive-"))


def has_drives(folder: Path) -> bool:
    """Return whether a results folder holds finished drives of an unfinished evaluation."""
    return bool(drive_paths(folder))


def write_drive(path: Path, score: EpisodeScore, trace: pyarrow.Table) -> None:
    """Write a drive's score and trace atomically; trace: the columns of `results.TRACES_SCHEMA`."""
    row = json.dumps(asdict(score))
    header = {ROW_KEY: row, ROW_DIGEST_KEY: _digest(row, trace)}
    write_table(path, trace.replace_schema_metadata(header))


def _digest(row: str, trace: pyarrow.Table) -> str:
    """Return the SHA-256 of a drive's row as JSON and of its trace's values."""
    digest = hashlib.sha256(row.encode())
    digest.update(json.dumps(trace.to_pydict()).encode())
    return digest.hexdigest()


def is_drive_of(path: Path, driver: str, scenario: str) -> bool:
    """Return whether an undamaged file holds the drive of this driver on this scenario.

    Return False for a missing or damaged file.
    """
    if not path.is_file():
        return False
    try:
        score, _ = read_drive(path)
    except DamagedFileError:
        return False
    return (score.driver, score.scenario) == (driver, scenario)


def read_drive(path: Path) -> tuple[EpisodeScore, pyarrow.Table]:
    """Return the score and the trace of a drive that `write_drive` wrote.

    Raises DamagedFileError when the file is damaged, ValueError when it may not be read.
    """
    table = read_table(path)
    try:
        metadata = table.schema.metadata or {}
        text = metadata[ROW_KEY].decode()
        unchanged = metadata[ROW_DIGEST_KEY].decode() == _digest(text, table)
        score = structured(load_json(text, infinite=True), EpisodeScore, path)
    except (KeyError, ValueError):
        raise DamagedFileError(
            f"{path} is not a drive of this version; delete it, and --resume drives it again"
        ) from None
    if not unchanged:
        raise DamagedFileError(
            f"{path} has changed since it was written; delete it, and --resume drives it again"
        )
    return score, table.replace_schema_metadata(None)


def remove_drives(folder: Path) -> None:
    """Remove the files of the drives of a finished evaluation."""
    shutil.rmtree(folder / UNFINISHED_FOLDER, ignore_errors=True)


def digests_of(networks: Mapping[str, Path | None]) -> dict[str, str | None]:
    """Return the SHA-256 of the file of each network, None where there is no network.

    networks: folders or files, by name.
    """
    return {name: _network_digest(path) if path else None for name, path in networks.items()}


def _network_digest(path: Path) -> str:
    """Return the SHA-256 of a network; path: its folder or file."""
    return file_digest(path / FILE_NAME if path.is_dir() else path)


def write_inputs(folder: Path, digests: Mapping[str, str | None]) -> None:
    """Write the digests of the networks of an evaluation."""
    write_json(folder / INPUTS_FILE, dict(digests))


def require_same_inputs(folder: Path, digests: Mapping[str, str | None]) -> None:
    """Raise ValueError, naming the network, unless an evaluation has the same networks.

    Results of earlier versions do not name their networks and pass.
    """
    path = folder / INPUTS_FILE
    if not path.is_file():
        return
    try:
        recorded = structured(load_json(path), dict[str, str | None], path)
    except DamagedFileError:
        raise DamagedFileError(f"{path} is damaged; evaluate into another folder") from None
    for name, digest in digests.items():
        if recorded.get(name) != digest:
            expected = _shortened(recorded.get(name))
            raise ValueError(
                f"{name} is {_shortened(digest)}, but {folder} was begun with {expected}; "
                "an evaluation can only be resumed with the same networks"
            )


def _shortened(digest: str | None) -> str:
    """Return a network's digest for messages."""
    return f"a network with SHA-256 {digest[:SHOWN_DIGITS]}..." if digest else "no network"
