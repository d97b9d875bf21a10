"""DRIVE: a person at the wheel, in the window of `pilotnet watch`; what they choose to record becomes a dataset.

The law of keys and controllers is `sim.viewer.wheel`'s, the tape `pilotnet.tape`'s.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pilotnet.controllers import ControllerFiles
from pilotnet.dataset import Dataset
from pilotnet.metrics import Score, autonomy
from pilotnet.tape import open_tape
from pilotnet.watch import FilmFile, WatchConfig, scores
from sim.camera import CAMERA_NAMES
from sim.env import EnvConfig, Pedals
from sim.scenario import Scenario, Split
from sim.viewer.cockpit import Cockpit
from sim.viewer.controllers import Controllers
from sim.viewer.drive import Seat
from sim.viewer.show import Show
from sim.viewer.theme import SKY_BLUE
from sim.viewer.wheel import HumanDriver, Wheel
from sim.viewer.window import SIZE, Window, open_display

WATCH_INSTEAD = "nobody can drive without one; film a driver instead: pilotnet watch expert --headless --film out.mp4"


@dataclass(frozen=True)
class DriveConfig:
    """What to drive.

    Args:
        suite: lane_keeping, traffic, obstacles, crossings, everything or unseen_conditions; each also with -small
        split: whose roads, and what the recording is for: train to learn from, then validation, which training needs too
        episodes: roads, one after the other
        first: number of the first road of the split
        length: metres of each drive
        road: only the suite's roads of this kind, such as mountain
        weather: clear, cloudy, fog, rain or snow in place of the suite's
        light: day, low_sun, dusk or night in place of the suite's
        pedals: who brakes and accelerates: shared, the simulator as for every driver; or driver, you
        width: of the window [px]
        height: of the window [px]
    """

    suite: str = "lane_keeping"
    split: Literal["train", "validation"] = "train"
    episodes: int = 8
    first: int = 0
    length: float = 1500.0
    road: str | None = None
    weather: str | None = None
    light: str | None = None
    pedals: Literal["shared", "driver"] = "shared"
    width: int = SIZE[0]
    height: int = SIZE[1]

    def __post_init__(self) -> None:
        self.env()
        self.scenarios()

    def env(self) -> EnvConfig:
        """What is driven in: the recorder's cameras and rate."""
        return EnvConfig(cameras=CAMERA_NAMES, pedals=Pedals(self.pedals))

    def scenarios(self) -> list[Scenario]:
        """What is driven, in order; never test roads, for what is driven may be recorded."""
        return WatchConfig(
            suite=self.suite,
            split=self.split,
            episodes=self.episodes,
            first=self.first,
            length=self.length,
            road=self.road,
            weather=self.weather,
            light=self.light,
            width=self.width,
            height=self.height,
        ).scenarios()


@dataclass(frozen=True)
class Driven:
    """What came of it: the score of the person, seconds in the dataset, how many ticks were late, and which film was lost."""

    scores: dict[str, Score]
    seconds: float
    late: int
    lost: str = ""


def drive(config: DriveConfig, out: Path, mapping: bool = False) -> Driven:
    """Let a person drive in a window until it is closed, recording into the dataset `out` when they say so.

    mapping: whether a gamepad or steering wheel is set up first.

    Raises ValueError when there is no display, and when `out` holds something that cannot be continued.
    """
    wheel = Wheel()
    seat = Seat("human", "You", SKY_BLUE, lambda _: HumanDriver(wheel), person=True)
    screen = open_display((config.width, config.height), WATCH_INSTEAD)
    with open_tape(out, config, config.env(), Split(config.split)) as tape:
        show = Show([seat], config.scenarios(), autonomy, wheel=wheel, tape=tape, env=config.env())
        cockpit = Cockpit(show, Controllers(wheel, ControllerFiles()), mapping)
        window = Window(cockpit, screen, FilmFile, Path.cwd())
        window.run()
    return Driven(scores(show.all_driven()), tape.seconds, show.late, window.lost)


def driven_in_words(driven: Driven, out: Path) -> tuple[str, str]:
    """Return what was recorded and what else there is to know, and what to type next."""
    late = f"; {driven.late} ticks were late" if driven.late else ""
    notes = f"{late}; {driven.lost}" if driven.lost else late
    if not driven.seconds:
        return (f"nothing was recorded{notes}", "pilotnet drive, and press R while driving")
    splits = {episode.split for episode in Dataset.open(out).episodes}
    missing = [split for split in (Split.TRAIN, Split.VALIDATION) if split not in splits]
    onwards = f"pilotnet drive --split {missing[0]} --out {out}" if missing else f"pilotnet train {out}"
    return (f"wrote {out}: {driven.seconds / 60:.1f} minutes{notes}", onwards)
