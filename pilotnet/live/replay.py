"""REPLAY: a dataset is played with its labels, beside them a network's commands, and stretches of
it are marked as discarded.

The window and all drawing are `sim.viewer`'s; here frames are decoded, a network is asked and marks
are written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path

import numpy as np

from pilotnet.data.store import Boxes, Dataset, write_marks
from pilotnet.drivers.pilotnet_driver import PilotNetDriver
from pilotnet.live.watch import FilmFile, make_film
from pilotnet.live.watch_config import WatchConfig, require_film
from pilotnet.training.checkpoint import load_checkpoint
from sim.drawables import Explanation, PictureBox
from sim.types import Image, Observation, quoted
from sim.viewer.canvas import Canvas
from sim.viewer.replay.playback import FrameRange, Playback, Recording
from sim.viewer.replay.replay_picture import draw_replay
from sim.viewer.replay.replay_view import ReplayView
from sim.viewer.window import Window, open_display

# frames that are decoded at once, beginning at a key frame, and how many such reels of a camera are
# kept
REEL = 20
REELS = 12
LEAST_SHARE = 0.25  # of a box that must show for it to be drawn
LABELLED = 40.0  # [m] up to which the distance stands beside it
OF_A_REPLAY = ("first", "width", "height", "seconds")  # the settings of watching that a replay has


class FrameCache:
    """The pictures of one camera in an episode, decoded some at a time around those that are asked
    for.
    """

    def __init__(self, dataset: Dataset, episode: int, camera: str) -> None:
        self._dataset = dataset
        self._episode = episode
        self._camera = camera
        self._reels: dict[int, list[Image]] = {}

    def at(self, moment: int) -> Image:
        """The picture of a moment; ValueError when the video is damaged there."""
        number, place = divmod(moment, REEL)
        if number not in self._reels:
            if len(self._reels) >= REELS:
                self._reels.pop(next(iter(self._reels)))
            frame_numbers = slice(number * REEL, (number + 1) * REEL)
            self._reels[number] = list(
                self._dataset.stream(self._episode, self._camera, frame_numbers)
            )
        return self._reels[number][place]


class DatasetRecordings:
    """The episodes of a dataset, for a replay; marks are written beside the data as soon as they
    change.
    """

    def __init__(self, dataset: Dataset) -> None:
        if not dataset.episodes:
            raise ValueError(f"{dataset.root} has no episode yet; there is nothing to replay")
        dataset.camera("centre")  # a recording without it cannot be shown
        self.dataset = dataset
        self.marks = dataset.marks

    def __len__(self) -> int:
        return len(self.dataset.episodes)

    def open(self, number: int) -> Recording:
        """One episode."""
        dataset = self.dataset
        episode = self.dataset.episodes[number]
        signals = dataset.signals(episode)
        reels = {name: FrameCache(dataset, number, name) for name in dataset.cameras}
        boxes = dataset.boxes(episode) if dataset.has_boxes else None
        return Recording(
            name=f"{dataset.root.resolve().name} · {number + 1} of {len(self)} · {episode.split}",
            rate=dataset.fps,
            cameras=dataset.cameras,
            scenario=episode.scenario,
            speed=signals.speed.astype(float),
            curvature=signals.curvature.astype(float),
            offset=signals.offset,
            pose=signals.pose,
            intervened=signals.intervention != "",
            late=np.isin(np.arange(episode.length), episode.late),
            look=lambda moment: look_keys(reels, moment),
            boxes=lambda moment: picture_boxes(boxes.of_frame(moment)) if boxes else (),
        )

    def discarded(self, number: int) -> Sequence[FrameRange]:
        """What of an episode is marked as discarded."""
        return self.marks.discarded(number)

    def discard(self, number: int, stretch: FrameRange) -> None:
        """Mark a stretch of an episode as discarded."""
        marks = self.marks.discard(self.dataset.episodes[number], *stretch)
        write_marks(self.dataset.root, marks)
        self.marks = marks

    def restore(self, number: int, moment: int) -> None:
        """Take away the mark that holds a moment of an episode."""
        marks = self.marks.restore(self.dataset.episodes[number], moment)
        write_marks(self.dataset.root, marks)
        self.marks = marks


def look_keys(reels: Mapping[str, FrameCache], moment: int) -> dict[str, Image]:
    """What every camera saw at a moment."""
    return {name: reel.at(moment) for name, reel in reels.items()}


def picture_boxes(boxes: Boxes) -> tuple[PictureBox, ...]:
    """The recorded boxes of a frame as a viewer draws them, from far to near; those of which little
    shows are left out.
    """
    drawn = boxes.pick(boxes.visible >= LEAST_SHARE)
    rows = [
        *zip(
            drawn.left,
            drawn.top,
            drawn.right,
            drawn.bottom,
            drawn.person,
            drawn.distance,
            strict=True,
        )
    ]
    return tuple(
        PictureBox(
            float(left),
            float(top),
            float(right),
            float(bottom),
            bool(person),
            f"{distance:.0f} m" if distance <= LABELLED else "",
        )
        for left, top, right, bottom, person, distance in reversed(rows)
    )


class NetworkBeside:
    """A trained PilotNet that is asked about recorded moments."""

    def __init__(self, driver: PilotNetDriver) -> None:
        self._driver = driver

    def curvature(self, observation: Observation) -> float:
        """The network's command [1/m]."""
        return self._driver.act(observation).curvature

    def explanation(self) -> Explanation:
        """The last view and what in it counts."""
        return self._driver.explain()


def network_beside(checkpoint: Path, dataset: Dataset) -> NetworkBeside:
    """The network of a checkpoint; ValueError when it was trained for another camera than the
    dataset's.
    """
    loaded = load_checkpoint(checkpoint)
    if loaded.camera != dataset.camera("centre"):
        raise ValueError(
            f"checkpoint {checkpoint} was trained for {loaded.camera}; {dataset.root} was "
            f"recorded by {dataset.cameras['centre']}"
        )
    return NetworkBeside(PilotNetDriver(loaded))


def replay(
    data: Path,
    config: WatchConfig,
    checkpoint: Path | None = None,
    film: Path | None = None,
    headless: bool = False,
) -> Dataset:
    """Show a dataset from the episode `config.first` on in a window, or `headless` in a film alone;
    the dataset as marked now.

    Raises ValueError for a bad dataset, checkpoint or setting, for a film that exists, and without
    a display. Raises OSError when the film could not be written, after the window has been closed.
    """
    check_settings(config)
    require_film(film, config, headless)
    dataset = Dataset.open(data)
    album = DatasetRecordings(dataset)
    if not 0 <= config.first < len(album):
        raise ValueError(f"first is {config.first}; {data} has the episodes 0 to {len(album) - 1}")
    network = network_beside(checkpoint, dataset) if checkpoint else None
    if headless and film is not None:
        shown = Playback(album, network, config.first)
        make_film(shown, partial(drawn, shown), film, config)
    else:
        screen = open_display((config.width, config.height))
        window = Window(
            ReplayView(Playback(album, network, config.first)), screen, FilmFile, Path.cwd(), film
        )
        window.run()
        if window.film_error:
            raise OSError(window.film_error)
    return Dataset.open(data)


def check_settings(config: WatchConfig) -> None:
    """ValueError for settings of a drive: what is recorded cannot be driven otherwise."""
    for setting in fields(config):
        value = getattr(config, setting.name)
        if setting.name not in OF_A_REPLAY and value != setting.default:
            raise ValueError(
                f"{setting.name} is {quoted(value)}; a recording is shown as it was driven, "
                f"leave out --{setting.name}"
            )


def drawn(shown: Playback, canvas: Canvas) -> Image:
    """The replay's picture of a film, (H, W, 3)."""
    shown.pass_time(0.0)  # the strip of a film is whole from its first picture on
    draw_replay(canvas, shown)
    return canvas.array
