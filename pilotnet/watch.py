"""WATCH: drivers by name, side by side on the scenarios of a suite, in a window or straight into a film.

The window and all drawing are `sim.viewer`'s; here drivers are made, films are encoded and the score is taken.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, Protocol, Self

from pilotnet.controllers import ControllerFiles
from pilotnet.dataset.video import VideoEncoder
from pilotnet.drivers import DRIVER_NAMES, Detectors, make_driver
from pilotnet.folders import publish
from pilotnet.metrics import Score, autonomy, score_episode, total_score
from pilotnet.progress import track
from pilotnet.report.tables import driver_title
from pilotnet.suites import suite
from pilotnet.tape import open_tape
from sim.camera import CAMERA_NAMES
from sim.env import DrivingEnv, EnvConfig
from sim.scenario import Daytime, RoadKind, Scenario, Split, Weather, choice
from sim.types import Image, quoted
from sim.viewer.cockpit import Cockpit
from sim.viewer.controllers import Controllers
from sim.viewer.drive import Drive, Seat
from sim.viewer.film import FRAME_RATE
from sim.viewer.sheet import Sheet
from sim.viewer.show import Show
from sim.viewer.theme import GREEN, ORANGE, PURPLE, SKY_BLUE, YELLOW, Colour
from sim.viewer.wheel import Wheel
from sim.viewer.window import SIZE, SMALLEST, Window, open_display

MOST_DRIVERS = 2
SEARCHED = 200  # roads of a suite among which those of one kind are looked for
COLOURS: dict[str, Colour] = {"pilotnet": SKY_BLUE, "modular": ORANGE, "expert": GREEN, "straight": PURPLE}


@dataclass(frozen=True)
class WatchConfig:
    """What to watch.

    Args:
        suite: lane_keeping, traffic, obstacles, crossings, everything or unseen_conditions; each also with -small
        split: whose roads
        episodes: roads, one after the other
        first: number of the first road of the split
        length: metres of each drive
        road: only the suite's roads of this kind, such as mountain
        weather: clear, cloudy, fog, rain or snow in place of the suite's
        light: day, low_sun, dusk or night in place of the suite's
        width: of the window or film [px]
        height: of the window or film [px]
        seconds: how long a film without a window lasts at most [s]
    """

    suite: str = "lane_keeping"
    split: Literal["train", "validation", "test"] = "test"
    episodes: int = 8
    first: int = 0
    length: float = 1500.0
    road: str | None = None
    weather: str | None = None
    light: str | None = None
    width: int = SIZE[0]
    height: int = SIZE[1]
    seconds: float = 30.0

    def __post_init__(self) -> None:
        self._chosen()
        self.scenarios()
        for name, least in (("width", SMALLEST[0]), ("height", SMALLEST[1])):
            if not least <= getattr(self, name) <= 2**13:
                raise ValueError(f"{name} is {getattr(self, name)} px; it must lie between {least} and {2**13} px")
        if not self.seconds > 0:
            raise ValueError(f"seconds is {self.seconds} s; it must be above 0")

    def scenarios(self) -> list[Scenario]:
        """What is driven, in order; ValueError when the suite has no road of the kind."""
        chosen = self._chosen()
        road = chosen.pop("road", None)
        if road is None:
            found = suite(self.suite, self.split, self.episodes, self.length, self.first)
        else:
            every = suite(self.suite, self.split, SEARCHED, self.length, self.first)
            found = [scenario for scenario in every if scenario.road is road][: self.episodes]
        if not found:
            kinds = ", ".join(sorted({scenario.road for scenario in every}))
            raise ValueError(f"road is {quoted(self.road)}; the suite {self.suite} has {kinds}")
        return [replace(scenario, **chosen) for scenario in found]

    def _chosen(self) -> dict[str, Any]:
        """Road, weather and light where they are given; ValueError for unknown ones."""
        kinds = {"road": RoadKind, "weather": Weather, "light": Daytime}
        given = {name: getattr(self, name) for name in kinds if getattr(self, name) is not None}
        return {name: choice(name, value, kinds[name]) for name, value in given.items()}


class FilmFile:
    """An mp4 that appears under its name only when it is finished."""

    def __init__(self, path: Path, rate: int, width: int, height: int) -> None:
        self._path, self._unfinished = path, path.with_name(f".{path.name}.unfinished")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._encoder = VideoEncoder(self._unfinished, rate, width, height)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self._encoder.close()
            self._unfinished.unlink(missing_ok=True)

    def add(self, image: Image) -> None:
        """The next picture."""
        self._encoder.add(image)

    def close(self) -> None:
        """Finish the film and give it its name."""
        self._encoder.close()
        publish(self._unfinished, self._path)


def watch(
    drivers: Sequence[str],
    config: WatchConfig,
    checkpoint: Path | None = None,
    film: Path | None = None,
    headless: bool = False,
    detectors: Detectors | None = None,
    recording: Path | None = None,
) -> dict[str, Score]:
    """Show the drivers in a window, or `headless` in a film alone; the score of what was driven, by driver.

    In a window a person may take the wheel from the first driver; what they drive goes into the dataset folder `recording`.
    Raises ValueError for bad drivers and settings, for a film that exists, and when there is no display.
    """
    if not 1 <= len(drivers) <= MOST_DRIVERS:
        raise ValueError(f"there are {len(drivers)} drivers to watch; it must be 1 or 2")
    if headless and film is None:
        raise ValueError("a headless run shows nothing by itself; say where the film goes: --headless --film out.mp4")
    if film is not None:
        check_film(film, config)
    if recording is not None:
        check_recording(config, headless)
    scenarios, seats = config.scenarios(), make_seats(drivers, checkpoint, detectors)
    if headless and film is not None:
        show = Show(seats, scenarios, autonomy, len(drivers))
        make_film(show, show.draw, film, config)
    else:
        screen = open_display((config.width, config.height))
        env = EnvConfig(cameras=CAMERA_NAMES)
        with open_tape(recording, config, env, Split(config.split)) if recording else nullcontext() as tape:
            if tape:
                tape.recording = True
            wheel = Wheel()
            show = Show(seats, scenarios, autonomy, len(drivers), wheel, tape, env)
            Window(Cockpit(show, Controllers(wheel, ControllerFiles())), screen, FilmFile, Path.cwd(), film).run()
    return scores(show.all_driven())


def check_recording(config: WatchConfig, headless: bool) -> None:
    """ValueError unless what a person drives may be learnt from."""
    if headless:
        raise ValueError("a headless run has no wheel to take; leave out --record or --headless")
    if config.split == Split.TEST:
        raise ValueError(
            f"split is {config.split!r}; what is recorded is learnt from, so --record needs --split train or validation"
        )


def check_film(film: Path, config: WatchConfig) -> None:
    """ValueError unless the film can be written."""
    if film.suffix.lower() != ".mp4":
        raise ValueError(f"film is {film}; it must end in .mp4")
    if film.exists():
        raise ValueError(f"{film} already exists; choose another file, or delete it")
    for name in ("width", "height"):
        if getattr(config, name) % 2:
            raise ValueError(f"{name} is {getattr(config, name)} px; a film needs an even number")


def make_seats(drivers: Sequence[str], checkpoint: Path | None, detectors: Detectors | None = None) -> list[Seat]:
    """The drivers asked for, and after them everybody else who can drive, to change over to."""
    for name in drivers:
        make_driver(name, DrivingEnv(EnvConfig()), checkpoint, detectors)
    others = [name for name in DRIVER_NAMES if name not in drivers and can_drive(name, checkpoint, detectors)]
    return [
        Seat(
            name,
            driver_title(name),
            COLOURS.get(name.partition("+")[0], YELLOW),
            partial(make_driver, name, checkpoint=checkpoint, detectors=detectors),
        )
        for name in (*drivers, *others)
    ]


def can_drive(name: str, checkpoint: Path | None, detectors: Detectors | None = None) -> bool:
    """Whether this driver can be made with what is given."""
    try:
        make_driver(name, DrivingEnv(EnvConfig()), checkpoint, detectors)
    except ValueError:
        return False
    return True


class Filmed(Protocol):
    """What a film shows: it goes on as time passes, and is over at some moment."""

    @property
    def over(self) -> bool:
        """Whether there is nothing left to show."""

    def pass_time(self, seconds: float) -> None:
        """Go on by so much time [s]."""


def make_film(filmed: Filmed, draw: Callable[[Sheet], Image], path: Path, config: WatchConfig) -> None:
    """Film a show or a replay from where it stands, every picture at its exact time."""
    sheet = Sheet.blank(config.width, config.height)
    with FilmFile(path, FRAME_RATE, config.width, config.height) as film:
        for _ in track(range(round(config.seconds * FRAME_RATE)), "filming"):
            if filmed.over:
                break
            film.add(draw(sheet))
            filmed.pass_time(1 / FRAME_RATE)


def scores(drives: Sequence[Drive]) -> dict[str, Score]:
    """The score of each driver over its drives."""
    names = dict.fromkeys(drive.seat.name for drive in drives)
    rows = {
        name: [score_episode(name, drive.scenario, drive.rate, drive.own_steps) for drive in drives if drive.seat.name == name]
        for name in names
    }
    return {name: total_score(episodes) for name, episodes in rows.items()}
