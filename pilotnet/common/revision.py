"""The git revision of this package's source: from git in a checkout, from a file in an installed
wheel.

The build hook `hatch_build.py` writes that file into wheels and source archives. It loads this
module alone, in an environment that may have only the build tools, so only the standard library is
imported here.
"""

import subprocess
from pathlib import Path

REVISION_FILE = "revision.txt"  # in the package's folder, in wheels and source archives
UNKNOWN = "unknown"


def source_revision() -> str:
    """Return the revision of the source, with `-dirty` when files were changed; `unknown` without
    git and without a file.
    """
    package = Path(__file__).resolve().parents[1]
    revision = git_revision(package.parent)
    if revision is None and (package / REVISION_FILE).is_file():
        revision = (package / REVISION_FILE).read_text(encoding="utf-8").strip()
    return revision or UNKNOWN


def git_revision(root: Path) -> str | None:
    """Return the revision of a git checkout, 40 hex digits, with `-dirty` when files were changed;
    None for another folder.
    """
    if not (root / ".git").exists():
        return None
    command = [
        "git",
        "-C",
        str(root),
        "describe",
        "--always",
        "--dirty",
        "--abbrev=40",
        "--exclude=*",
    ]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout.strip() or None
