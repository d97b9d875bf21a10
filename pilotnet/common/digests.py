"""Digests that detect damage: SHA-256 of files, and of plain values that hold their own."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pilotnet.common.reading import DamagedFileError, readable

KEY = "sha256"  # of the digest among the values that it covers


def file_digest(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal; raises DamagedFileError when it is missing,
    ValueError when it may not be read.
    """
    with readable(path, "file"), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def value_digest(value: Any) -> str:
    """Return the SHA-256 of plain values, in hexadecimal; the order of keys does not count."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def with_digest(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with the digest of all of them under the key `sha256`."""
    return {**values, KEY: value_digest(dict(values))}


def check_digest(values: Mapping[str, Any], name: object) -> None:
    """Raise DamagedFileError beginning with `name` when the values do not fit the digest that
    `with_digest` added.

    Values without a digest pass: earlier versions wrote none.
    """
    if KEY in values and values[KEY] != value_digest(
        {key: value for key, value in values.items() if key != KEY}
    ):
        raise DamagedFileError(
            f"{name} was changed after it was written: its {KEY} does not fit; it is damaged"
        )


def check_file(path: Path, digest: str) -> None:
    """Raise DamagedFileError unless the file's SHA-256 is `digest`, and ValueError when it may not
    be read.
    """
    if file_digest(path) != digest:
        raise DamagedFileError(
            f"{path} was changed after it was written: its SHA-256 does not fit; it is damaged"
        )
