"""Which stretches of a recording are discarded: a small file beside the data, which itself is never
touched.

No reader of LeRobot looks at it; training leaves the marked moments out, and restoring one is
taking its mark away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, SupportsIndex

from pilotnet.common.folders import write_yaml
from pilotnet.common.reading import DamagedFileError, load_yaml, structured
from pilotnet.common.schemas import MarksFile
from pilotnet.data.store.schema import MARKS_PATH, Episode

FrameRange = tuple[int, int]  # the first frame, and the one behind the last


@dataclass(frozen=True)
class Marks:
    """The discarded stretches of each episode that has any, by its index: in order, and apart from
    each other.
    """

    stretches: Mapping[int, tuple[FrameRange, ...]] = field(default_factory=dict)

    def discarded(self, episode: SupportsIndex) -> tuple[FrameRange, ...]:
        """The stretches of an episode that are discarded."""
        return self.stretches.get(episode.__index__(), ())

    def kept(self, episode: Episode) -> tuple[FrameRange, ...]:
        """The stretches of an episode between them."""
        edges = [
            0,
            *(edge for stretch in self.discarded(episode) for edge in stretch),
            episode.length,
        ]
        return tuple(
            (first, end) for first, end in zip(edges[::2], edges[1::2], strict=True) if first < end
        )

    def discard(self, episode: Episode, first: int, end: int) -> "Marks":
        """With one more stretch, grown together with those that it touches; ValueError unless it
        lies in the episode.
        """
        check_stretch(first, end, episode)
        apart = [(a, b) for a, b in self.discarded(episode) if b < first or a > end]
        touched = [(a, b) for a, b in self.discarded(episode) if (a, b) not in apart]
        whole = min([first, *(a for a, _ in touched)]), max([end, *(b for _, b in touched)])
        return self._with(episode, [*apart, whole])

    def restore(self, episode: Episode, frame: int) -> "Marks":
        """Without the stretch that holds the frame; the same when there is none."""
        return self._with(
            episode,
            [(first, end) for first, end in self.discarded(episode) if not first <= frame < end],
        )

    def _with(self, episode: Episode, stretches: Sequence[FrameRange]) -> "Marks":
        others = {index: old for index, old in self.stretches.items() if index != episode.index}
        found = others | ({episode.index: tuple(sorted(stretches))} if stretches else {})
        return Marks(dict(sorted(found.items())))


def check_stretch(first: int, end: int, episode: Episode) -> None:
    """ValueError unless [first, end) is a stretch of the episode."""
    if not 0 <= first < end <= episode.length:
        raise ValueError(
            f"episode {episode.index} has the discarded stretch [{first}, {end}); it must lie "
            f"within its {episode.length} frames"
        )


def write_marks(root: Path, marks: Marks) -> Path:
    """Write the marks beside the data of the dataset `root`, in one step; the file's path."""
    path = root / MARKS_PATH
    plain = {
        index: [list(stretch) for stretch in stretches]
        for index, stretches in marks.stretches.items()
    }
    write_yaml(path, {"discarded": plain})
    return path


def read_marks(root: Path, episodes: Sequence[Episode]) -> Marks:
    """Read the marks of a dataset, none where it has no such file.

    Raises DamagedFileError, in one line, when the file is damaged or does not fit, and ValueError
    when it may not be read.
    """
    path = root / MARKS_PATH
    if not path.exists():
        return Marks()
    try:
        marks = parsed(load_yaml(path))
        for index, stretches in marks.stretches.items():
            check_stretches(index, stretches, episodes)
    except DamagedFileError as error:
        raise DamagedFileError(
            f"{error}; mend it, or delete it, which loses only the marks"
        ) from None
    except ValueError as error:
        raise ValueError(
            f"{path}: {error}; mend it, or delete it, which loses only the marks"
        ) from None
    return marks


def parsed(value: Any) -> Marks:
    """Return the marks that a YAML file holds; raises ValueError when it holds anything else."""
    try:
        stretches = structured(value, MarksFile, "it").discarded
    except DamagedFileError:
        pairs = "with a list of pairs [first frame, frame behind the last] for episode numbers"
        raise ValueError(f"it must hold the key discarded alone, {pairs}") from None
    return Marks({index: tuple(pairs) for index, pairs in stretches.items()})


def check_stretches(
    index: int, stretches: Sequence[FrameRange], episodes: Sequence[Episode]
) -> None:
    """ValueError unless these are stretches of an episode, in order and apart from each other."""
    if not 0 <= index < len(episodes):
        raise ValueError(f"it marks episode {index}; the dataset has {len(episodes)}")
    before = -1
    for first, end in stretches:
        check_stretch(first, end, episodes[index])
        if first <= before:
            raise ValueError(
                f"episode {index} has discarded stretches that touch or are out of order"
            )
        before = end
