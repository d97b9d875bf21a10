"""Pictures a second of the window of `pilotnet watch`, its speed of time, and the delay of a key.

    python -m tests.benchmarks.watch_rate pilotnet --checkpoint models/pilotnet

The window is pygame's own; without a screen, SDL_VIDEODRIVER=dummy keeps it in memory.
"""

import argparse
from pathlib import Path
from time import monotonic

import numpy as np
import pygame
from numpy.typing import NDArray

from pilotnet.common.progress import console
from pilotnet.drivers.driver_table import Detectors
from pilotnet.evaluation.metrics import autonomy
from pilotnet.live.controller_files import ControllerFiles
from pilotnet.live.watch import FilmFile, WatchConfig, driver_specs
from sim.env import EnvConfig
from sim.geometry.camera import CAMERA_NAMES
from sim.viewer.input.plugged_controllers import PluggedControllers
from sim.viewer.input.steering_wheel import SteeringWheel
from sim.viewer.live.live_view import LiveView
from sim.viewer.live.session import Session
from sim.viewer.window import Window, open_display, without_long_pauses

WARM_UP = 3.0  # [s] not measured: kernels are loaded, networks take longer at first


def arguments() -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("driver")
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--cars", type=Path)
    parser.add_argument("--pedestrians", type=Path)
    parser.add_argument("--suite", default="traffic")
    parser.add_argument("--light", default="night")
    parser.add_argument("--weather", default="rain")
    parser.add_argument("--seconds", type=float, default=20.0)
    return parser.parse_args()


def main() -> None:
    """Open the window, run it, and print its rates."""
    options = arguments()
    config = WatchConfig(suite=options.suite, light=options.light, weather=options.weather)
    specs = driver_specs(
        [options.driver], options.checkpoint, Detectors(options.cars, options.pedestrians)
    )
    screen = open_display((config.width, config.height))
    wheel = SteeringWheel()
    session = Session(
        specs, config.scenarios(), autonomy, 1, wheel, None, EnvConfig(cameras=CAMERA_NAMES)
    )
    window = Window(
        LiveView(session, PluggedControllers(wheel, ControllerFiles())),
        screen,
        FilmFile,
        Path.cwd(),
    )
    with without_long_pauses():
        pictures(window, WARM_UP)
        before = driven(session)
        milliseconds = 1e3 * pictures(window, options.seconds)
    seconds = milliseconds.sum() / 1e3
    passed = driven(session) - before
    rate = len(milliseconds) / seconds
    size = f"{config.width} x {config.height}"
    console.print(f"{options.driver}: {rate:.1f} pictures/s at {size}, without a pause")
    console.print(
        f"median picture {np.median(milliseconds):.1f} ms, 99 of 100 within "
        f"{np.quantile(milliseconds, 0.99):.1f} ms"
    )
    console.print(f"speed of time: x{passed / seconds:.2f}")
    # A key that is pressed just after the events were read waits for the picture under way and
    # shows in the next one.
    waits = milliseconds[1:] + milliseconds[:-1]
    console.print(
        f"from a key to its picture: 99 of 100 within {np.quantile(waits, 0.99):.0f} ms, at most "
        f"{waits.max():.0f} ms"
    )
    pygame.display.quit()


def pictures(window: Window, seconds: float) -> NDArray[np.float64]:
    """Run the window for a duration [s]; return the duration of each of its turns [s], (N,)."""
    began = before = monotonic()
    taken: list[float] = []
    while before - began < seconds:
        for event in pygame.event.get():
            window.handle(event)
        window.turn(taken[-1] if taken else 0.0)
        now = monotonic()
        taken.append(now - before)
        before = now
    return np.array(taken)


def driven(session: Session) -> float:
    """Return the time that has been driven so far [s]."""
    return sum(drive.elapsed for drive in session.all_driven())


if __name__ == "__main__":
    main()
