"""Digests of files, by which it is noticed that one has changed."""

import hashlib
from pathlib import Path


def file_digest(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
