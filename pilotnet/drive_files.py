"""The drives that an unfinished evaluation has done: a file each, written in one step by the process that drove.

A file holds the drive's trace, as `traces.parquet` does, and in its header the drive's row of `episodes.csv` as JSON.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pyarrow

from pilotnet.checkpoint import FILE_NAME
from pilotnet.dataset.files import read_table, write_table
from pilotnet.digests import file_digest
from pilotnet.folders import write_json
from pilotnet.metrics import EpisodeScore

FOLDER = "unfinished"
INPUTS_FILE = "inputs.json"
ROW_KEY = b"episode"  # of the header


def drive_path(folder: Path, number: int) -> Path:
    """Return the file of an evaluation's drive with this number."""
    return folder / FOLDER / f"drive-{number:06d}.parquet"


def has_drives(folder: Path) -> bool:
    """Return whether a results folder holds drives of an unfinished evaluation."""
    return any((folder / FOLDER).glob("drive-[0-9]*.parquet"))


def write_drive(path: Path, score: EpisodeScore, trace: pyarrow.Table) -> None:
    """Write a drive in one step."""
    write_table(path, trace.replace_schema_metadata({ROW_KEY: json.dumps(asdict(score))}))


def read_drive(path: Path) -> tuple[EpisodeScore, pyarrow.Table]:
    """Return what `write_drive` wrote; ValueError when the file is damaged."""
    table = read_table(path)
    try:
        score = EpisodeScore(**json.loads((table.schema.metadata or {})[ROW_KEY]))
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"{path} is no drive of this version; delete it, and --resume drives it again") from None
    return score, table.replace_schema_metadata(None)


def remove_drives(folder: Path) -> None:
    """Remove the drives of a finished evaluation."""
    shutil.rmtree(folder / FOLDER, ignore_errors=True)


def digests_of(networks: Mapping[str, Path | None]) -> dict[str, str | None]:
    """Return the SHA-256 of the weights in each folder or file of a network, None where there is none."""
    files = {name: path / FILE_NAME if path and path.is_dir() else path for name, path in networks.items()}
    return {name: file_digest(file) if file else None for name, file in files.items()}


def write_inputs(folder: Path, digests: Mapping[str, str | None]) -> None:
    """Write which networks an evaluation drives with."""
    write_json(folder / INPUTS_FILE, dict(digests))


def require_same_inputs(folder: Path, digests: Mapping[str, str | None]) -> None:
    """Raise ValueError naming the first network that is another one than the evaluation in `folder` began with.

    Results of earlier versions do not say which networks those were; they pass.
    """
    path = folder / INPUTS_FILE
    if not path.is_file():
        return
    try:
        before = dict(json.loads(path.read_text(encoding="utf-8")))
    except (TypeError, ValueError):
        raise ValueError(f"{path} is damaged; evaluate into another folder") from None
    for name, digest in digests.items():
        if before.get(name) != digest:
            raise ValueError(
                f"{name} is {_shortened(digest)}, but {folder} was begun with {_shortened(before.get(name))}; "
                "an evaluation can only be resumed with its own networks"
            )


def _shortened(digest: str | None) -> str:
    return f"a network with SHA-256 {digest[:12]}..." if digest else "no network"
