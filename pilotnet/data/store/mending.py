"""Move damaged episodes at the end of a dataset aside, so that it can be read and continued;
nothing is deleted.
"""

from pathlib import Path

from pilotnet.common.digests import check_file
from pilotnet.common.reading import DamagedFileError
from pilotnet.data.store import schema
from pilotnet.data.store.info import DatasetInfo
from pilotnet.data.store.parquet_files import episode_paths, read_episode, read_stats

DAMAGED_FOLDER = "damaged"  # below the dataset; readers ignore it


def set_damaged_aside(root: Path, info: DatasetInfo, counted: int) -> list[Path]:
    """Move the files of damaged last episodes, and what is left of lost ones, to `damaged/`; return
    the folders made there.

    counted: number of episodes in info.json. Only the end of a dataset can be mended, because later
    episodes would change their numbers. Raises ValueError for a file that may not be read, because
    it may be undamaged.
    """
    paths = episode_paths(root)
    found = len(paths)
    for index, path in enumerate(paths):
        if path != schema.episode_path(root, index):
            raise DamagedFileError(
                f"{root} has no episode {index}, but later ones; restore its meta file from a copy"
            )
    made = [_set_aside(root, info, index) for index in reversed(range(found, counted))]
    while found and not _is_sound(root, info, found - 1):
        found -= 1
        made.append(_set_aside(root, info, found))
    return made


def _is_sound(root: Path, info: DatasetInfo, index: int) -> bool:
    """Return whether an episode can be read and its files fit their digests."""
    meta = schema.episode_path(root, index)
    try:
        episode = read_episode(meta)
        if episode.index != index:
            return False
        read_stats(meta)
        info.check_files(root, episode)
        for name, digest in (episode.files or {}).items():
            check_file(root / name, digest.sha256)
    except DamagedFileError:
        return False
    return True


def _set_aside(root: Path, info: DatasetInfo, index: int) -> Path:
    """Move all files of an episode into a new folder and return it; the meta file first, which
    commits the episode.
    """
    number = 1
    while (folder := root / DAMAGED_FOLDER / f"episode-{index:06d}-{number}").exists():
        number += 1
    files = schema.episode_files(root, index, info.cameras, info.boxes).values()
    for path in (schema.episode_path(root, index), *files):
        if path.exists():
            target = folder / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
    return folder
