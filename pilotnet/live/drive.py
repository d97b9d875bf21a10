"""DRIVE: a person at the wheel, in the window of `pilotnet watch`; what they choose to record
becomes a dataset.

The law of keys and controllers is `sim.viewer.input.steering_wheel`'s, the tape
`pilotnet.data.recording_buffer`'s.
"""

from dataclasses import dataclass
from pathlib import Path

from pilotnet.data.recording_buffer import open_recording_buffer
from pilotnet.data.store import Dataset
from pilotnet.evaluation.metrics import Score, autonomy
from pilotnet.live.controller_files import ControllerFiles
from pilotnet.live.watch import FilmFile, scores
from pilotnet.live.watch_config import DriveConfig
from sim.control.speed import SpeedControl
from sim.env import EnvConfig
from sim.geometry.camera import CAMERA_NAMES
from sim.scenario import Split
from sim.viewer.compile_progress import compile_in_view
from sim.viewer.input.plugged_controllers import PluggedControllers
from sim.viewer.input.steering_wheel import HumanDriver, SteeringWheel
from sim.viewer.live.live_drive import DriverSpec
from sim.viewer.live.live_view import LiveView
from sim.viewer.live.session import Session
from sim.viewer.theme import SKY_BLUE
from sim.viewer.window import Window, open_display

WATCH_INSTEAD = (
    "driving needs a window; film a driver instead: pilotnet watch expert --headless --film out.mp4"
)


@dataclass(frozen=True)
class Driven:
    """The result of driving: the person's score, seconds in the dataset, late ticks, and why a film
    could not be written.
    """

    scores: dict[str, Score]
    seconds: float
    late: int
    film_error: str = ""


def drive(config: DriveConfig, out: Path, mapping: bool = False) -> Driven:
    """Let a person drive in a window until it is closed, recording into the dataset `out` when they
    say so.

    mapping: whether a gamepad or steering wheel is set up first.

    Raises ValueError when there is no display, and when `out` holds something that cannot be
    continued.
    """
    wheel = SteeringWheel()
    driver_spec = DriverSpec("human", "You", SKY_BLUE, lambda _: HumanDriver(wheel), person=True)
    screen = open_display((config.width, config.height), WATCH_INSTEAD)
    compile_in_view(screen)
    env = EnvConfig(
        cameras=CAMERA_NAMES, pedals=SpeedControl(config.pedals)
    )  # the recorder's cameras
    with open_recording_buffer(out, config, env, Split(config.split)) as tape:
        session = Session(
            [driver_spec], config.scenarios(), autonomy, wheel=wheel, tape=tape, env=env
        )
        cockpit = LiveView(session, PluggedControllers(wheel, ControllerFiles()), mapping)
        window = Window(cockpit, screen, FilmFile, Path.cwd())
        window.run()
    return Driven(scores(session.all_driven()), tape.seconds, session.late, window.film_error)


def driven_in_words(driven: Driven, out: Path) -> tuple[str, str]:
    """Return two lines: what was recorded, with late ticks and film errors, and the command to type
    next.
    """
    late = f"; {driven.late} ticks were late" if driven.late else ""
    notes = f"{late}; {driven.film_error}" if driven.film_error else late
    if not driven.seconds:
        return (f"nothing was recorded{notes}", "pilotnet drive, and press R while driving")
    splits = {episode.split for episode in Dataset.open(out).episodes}
    missing = [split for split in (Split.TRAIN, Split.VALIDATION) if split not in splits]
    onwards = (
        f"pilotnet drive --split {missing[0]} --out {out}" if missing else f"pilotnet train {out}"
    )
    return (f"wrote {out}: {driven.seconds / 60:.1f} minutes{notes}", onwards)
