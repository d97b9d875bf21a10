"""The commands that the kill test kills, and how it is told that one has ended as it would have without."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Fingerprint = Callable[[Path], dict[str, str]]


def every_file(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, hidden ones too.

    The revision in the provenance does not count: the working tree may change while the test runs.
    """
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(_content(path)).hexdigest() for path in paths}


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return re.sub(rb"^revision: .*$", b"", content, flags=re.MULTILINE) if path.suffix == ".yaml" else content


@dataclass(frozen=True)
class Command:
    """A command of `pilotnet` with the smallest settings that take several steps.

    arguments: of the first run; {out} stands for the folder that it writes, {data} for a dataset; resume_arguments: of the runs
    after a kill; fingerprint: what must equal that of an uninterrupted run; committed: a glob pattern of files that a kill must
    never cost, from when they appear until the command has ended; removed: whether it removes them then.
    """

    name: str
    arguments: tuple[str, ...]
    resume_arguments: tuple[str, ...]
    fingerprint: Fingerprint = every_file
    committed: str = ""
    removed: bool = False


_RECORD = (
    "record", "--out", "{out}", "--suite", "lane_keeping-small", "--episodes", "3", "--validation_episodes", "1",
    "--length", "60", "--noise", "0.2", "--workers", "2",
)  # fmt: skip
_EVALUATE = (
    "evaluate", "expert", "straight", "--out", "{out}", "--suite", "traffic-small", "--episodes", "4", "--length", "150",
    "--workers", "2",
)  # fmt: skip

COMMANDS = (
    Command("record", _RECORD, (*_RECORD, "--resume"), committed="meta/episodes/*/*.parquet"),
    Command("evaluate", _EVALUATE, (*_EVALUATE, "--resume"), committed="unfinished/drive-*.parquet", removed=True),
)
