"""Paths in settings: shipped YAML files by name, and paths of the user.

Shipped files lie in `configs/`, beside the packages in a checkout and inside `pilotnet` in an
installed wheel.
"""

from pathlib import Path


def config_folder() -> Path:
    """Return the folder of shipped YAML files."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "configs"
    return installed if installed.is_dir() else package.parent / "configs"


def config_path(name: str) -> Path:
    """Return the path of a config, given as a path or as the name of a shipped one, such as `demo`.

    Raises ValueError when there is neither.
    """
    shipped = {path.stem: path for path in sorted(config_folder().glob("*.yaml"))}
    if name in shipped:
        return shipped[name]
    path = user_path(Path(name))
    if not path.is_file():
        raise ValueError(
            f"config {name} does not exist; give a YAML file, or one of {', '.join(shipped)}"
        )
    return path


def user_path(path: Path) -> Path:
    """Return a path with a leading `~` replaced by the home folder; ValueError when that is
    unknown.

    Needed because a shell replaces `~` in `--out ~/x`, but not in `--out=~/x`, and never in a YAML
    file.
    """
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError(
            f"{path} begins with a home folder that is unknown; give the whole path, or ./{path} "
            f"for that name"
        ) from None


def require_exists(name: str, path: Path, writer: str) -> None:
    """Raise ValueError when `path` does not exist; the message names the setting, the path and the
    command that writes it.
    """
    if not path.exists():
        raise ValueError(
            f"{name} {path} does not exist; give the folder that `pilotnet {writer}` wrote"
        )
