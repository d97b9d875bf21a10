"""The finished drives of an unfinished evaluation: one file each, which the driving process writes
in one step.

A file holds the drive's trace, with the columns of `traces.parquet`. Its header holds the drive's
row of `episodes.csv` as JSON, and a digest of both.
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

FOLDER = "unfinished"
INPUTS_FILE = "inputs.json"
ROW_KEY = b"episode"  # of the header
DIGEST_KEY = b"digest"  # of the header


def drive_path(folder: Path, number: int) -> Path:
    """Return the file of an evaluation's drive with this number."""
    return folder / FOLDER / f"drive-{number:06d}.parquet"


def has_drives(folder: Path) -> bool:
    """Return whether a results folder holds finished drives of an unfinished evaluation."""
    return any((folder / FOLDER).glob("drive-[0-9]*.parquet"))


def write_drive(path: Path, score: EpisodeScore, trace: pyarrow.Table) -> None:
    """Write a drive's score and trace in one step; trace: the columns of `results.TRACES_SCHEMA`."""
    row = json.dumps(asdict(score))
    write_table(
        path, trace.replace_schema_metadata({ROW_KEY: row, DIGEST_KEY: _digest(row, trace)})
    )


def _digest(row: str, trace: pyarrow.Table) -> str:
    """Return the SHA-256 of a drive's row as JSON and of the values of its trace."""
    digest = hashlib.sha256(row.encode())
    digest.update(json.dumps(trace.to_pydict()).encode())
    return digest.hexdigest()


def is_drive_of(path: Path, driver: str, scenario: str) -> bool:
    """Return whether a whole file holds the drive of this driver on this scenario; False when there
    is none, or a damaged one.
    """
    if not path.is_file():
        return False
    try:
        score, _ = read_drive(path)
    except DamagedFileError:
        return False
    return (score.driver, score.scenario) == (driver, scenario)


def read_drive(path: Path) -> tuple[EpisodeScore, pyarrow.Table]:
    """Return what `write_drive` wrote; raises DamagedFileError when the file is damaged, ValueError
    when it may not be read.
    """
    table = read_table(path)
    try:
        metadata = table.schema.metadata or {}
        text = metadata[ROW_KEY].decode()
        whole = metadata[DIGEST_KEY].decode() == _digest(text, table)
        score = structured(load_json(text, infinite=True), EpisodeScore, path)
    except (KeyError, ValueError):
        raise DamagedFileError(
            f"{path} is no drive of this version; delete it, and --resume drives it again"
        ) from None
    if not whole:
        raise DamagedFileError(
            f"{path} has changed since it was written; delete it, and --resume drives it again"
        )
    return score, table.replace_schema_metadata(None)


def remove_drives(folder: Path) -> None:
    """Remove the drives of a finished evaluation."""
    shutil.rmtree(folder / FOLDER, ignore_errors=True)


def digests_of(networks: Mapping[str, Path | None]) -> dict[str, str | None]:
    """Return the SHA-256 of each network's file, None for a network that is None; networks: folders
    or files by name.
    """
    files = {
        name: path / FILE_NAME if path and path.is_dir() else path
        for name, path in networks.items()
    }
    return {name: file_digest(file) if file else None for name, file in files.items()}


def write_inputs(folder: Path, digests: Mapping[str, str | None]) -> None:
    """Write the digests of the networks that an evaluation drives with."""
    write_json(folder / INPUTS_FILE, dict(digests))


def require_same_inputs(folder: Path, digests: Mapping[str, str | None]) -> None:
    """Raise ValueError naming the first network that differs from those that the evaluation in
    `folder` began with.

    Results of earlier versions, which do not name their networks, pass.
    """
    path = folder / INPUTS_FILE
    if not path.is_file():
        return
    try:
        before = structured(load_json(path), dict[str, str | None], path)
    except DamagedFileError:
        raise DamagedFileError(f"{path} is damaged; evaluate into another folder") from None
    for name, digest in digests.items():
        if before.get(name) != digest:
            raise ValueError(
                f"{name} is {_shortened(digest)}, but {folder} was begun with "
                f"{_shortened(before.get(name))}; "
                "an evaluation can only be resumed with its own networks"
            )


def _shortened(digest: str | None) -> str:
    return f"a network with SHA-256 {digest[:12]}..." if digest else "no network"
