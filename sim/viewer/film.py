"""Pictures of what a window shows, as files: films that keep its time, and names that overwrite nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import cv2

from sim.types import Image

FRAME_RATE = 30  # [Hz] of films, and of windows at most


class FilmMaker(Protocol):
    """What takes the pictures of a film."""

    def add(self, image: Image) -> None:
        """The next picture, RGB (H, W, 3) of even size."""
        ...

    def close(self) -> None:
        """Finish the film."""
        ...


MakeFilm = Callable[[Path, int, int, int], FilmMaker]  # path, pictures per second, width, height


class Film:
    """A film of what the window shows: every picture stays as long as it stayed on the screen."""

    def __init__(self, maker: FilmMaker, path: Path) -> None:
        self.path, self._maker = path, maker
        self._time, self._count = 0.0, 0

    def add(self, picture: Image, seconds: float) -> None:
        """The next picture, `seconds` after the one before."""
        self._time += seconds
        height, width = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
        while self._count <= self._time * FRAME_RATE:
            self._maker.add(picture[:height, :width])
            self._count += 1

    def close(self) -> None:
        """Finish the film."""
        self._maker.close()


def write_png(path: Path, picture: Image) -> None:
    """Write an RGB picture."""
    written, data = cv2.imencode(".png", picture[..., ::-1])
    assert written, "a picture in memory can always be encoded"
    path.write_bytes(data.tobytes())


def free_path(folder: Path, suffix: str) -> Path:
    """The first of pilotnet-001, -002, ... in the folder that does not exist yet."""
    number = 1
    while (path := folder / f"pilotnet-{number:03d}{suffix}").exists():
        number += 1
    return path
