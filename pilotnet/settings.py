"""Where the shipped settings lie: `configs/` beside the packages in a checkout, inside `pilotnet` in an installed wheel."""

from pathlib import Path


def config_folder() -> Path:
    """The folder of shipped YAML files."""
    package = Path(__file__).resolve().parent
    installed = package / "configs"
    return installed if installed.is_dir() else package.parent / "configs"


def config_path(name: str) -> Path:
    """A config by path, or by the name of a shipped one, such as `demo`; ValueError when there is neither."""
    shipped = {path.stem: path for path in sorted(config_folder().glob("*.yaml"))}
    if name in shipped:
        return shipped[name]
    if not Path(name).is_file():
        raise ValueError(f"config {name} does not exist; give a YAML file, or one of {', '.join(shipped)}")
    return Path(name)
