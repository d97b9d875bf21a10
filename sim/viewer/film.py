"""Pictures of what a window shows, as files: films that keep its time, and names that overwrite
nothing.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import cv2

from sim.types import Image

FRAME_RATE = 30  # [Hz] of films, and of windows at most


class FilmMaker(Protocol):
    """Writes the pictures of a film. `add` and `close` raise OSError when the file cannot be
    written.
    """

    def add(self, image: Image) -> None:
        """Append a picture, RGB uint8 (H, W, 3) of even width and height."""
        ...

    def close(self) -> None:
        """Finish the film; when that fails, its file is removed."""
        ...

    def discard(self) -> None:
        """End the film and remove its file. Raises nothing."""
        ...


# Arguments: path, pictures per second, width and height [px]. Raises OSError when the file cannot
# be written.
MakeFilm = Callable[[Path, int, int, int], FilmMaker]


class WindowFilm:
    """A film of what the window shows: every picture stays as long as it stayed on the screen."""

    def __init__(self, maker: FilmMaker, path: Path) -> None:
        self.path = path
        self._maker = maker
        self._time = 0.0
        self._count = 0

    def add(self, picture: Image, seconds: float) -> None:
        """Append a picture, `seconds` after the one before; OSError when the file cannot be
        written.
        """
        self._time += seconds
        height = picture.shape[0] // 2 * 2
        width = picture.shape[1] // 2 * 2
        while self._count <= self._time * FRAME_RATE:
            self._maker.add(picture[:height, :width])
            self._count += 1

    def close(self) -> None:
        """Finish the film; OSError when the file cannot be written, which is then removed."""
        self._maker.close()

    def discard(self) -> None:
        """End the film and remove its file."""
        self._maker.discard()


def write_png(path: Path, picture: Image) -> None:
    """Write an RGB picture (H, W, 3); OSError when the file cannot be written, which is then
    removed.
    """
    written, data = cv2.imencode(".png", picture[..., ::-1])
    assert written, "a picture in memory can always be encoded"
    try:
        path.write_bytes(data.tobytes())
    except OSError:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise


def reason(error: Exception) -> str:
    """Return why a file could not be written, for a notice: the error's message without its number
    and path.
    """
    return getattr(error, "strerror", None) or str(error)


def free_path(folder: Path, suffix: str) -> Path:
    """Return the first of pilotnet-001, -002, ... in the folder that does not exist; OSError when
    the folder cannot be read.
    """
    number = 1
    while (path := folder / f"pilotnet-{number:03d}{suffix}").exists():
        number += 1
    return path
