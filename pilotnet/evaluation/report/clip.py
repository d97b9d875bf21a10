"""The report's film: repeat a scored drive and render its most eventful seconds.

The film has twice the size of the driver's camera. It shows the commanded path and instruments.
"""

import base64
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from pilotnet.common.progress import track
from pilotnet.data.store.video import open_to_write
from pilotnet.drivers.driver_names import needs_camera
from pilotnet.drivers.driver_table import Rgb
from pilotnet.drivers.factory import make_driver
from pilotnet.evaluation.evaluate import without_frames
from pilotnet.evaluation.report.overlay import (
    draw_banner,
    draw_instruments,
    draw_path,
    enlarged,
    rgb,
)
from pilotnet.evaluation.report.plots import INTERVENTION_COLOUR, colours
from sim.control.bicycle import CAR_LENGTH, CAR_WIDTH
from sim.control.path_tracking import recovery_length
from sim.env import DrivingEnv, EnvConfig, SpeedControl
from sim.geometry.camera import Camera
from sim.geometry.frenet import wrap_angle
from sim.render.renderer import Renderer
from sim.rollout import Disturbance, rollout
from sim.scenario import Scenario
from sim.types import Actor, Control, Driver, Image, Observation, Pose, Step

FILM_CAMERA = enlarged(Camera(), 2)
IMAGES_PER_TICK = 3  # images of the film for each control tick, for smooth motion
BANNER_TIME = 1.5  # [s] how long the film announces an intervention
ENCODER_OPTIONS = {"preset": "slow", "crf": "24", "g": "90"}  # of x264: small files, slow encoding

# Vehicles within these limits count when the window of the film is chosen.
NEAREST_VEHICLE = 5.0  # [m] ahead of the ego
FARTHEST_VEHICLE = 70.0  # [m] ahead of the ego
MAX_LATERAL_DISTANCE = 9.0  # [m] to either side
MAX_COUNTED_VEHICLES = 2  # more vehicles do not make a tick more interesting
MIN_MEAN_LATERAL = 1e-6  # [m/s²] guards the division on a straight road
MIN_MEAN_VEHICLES = 0.2  # guards the division on an empty road


@dataclass(frozen=True)
class ClipFrame:
    """One control tick of the drive, and the actors on the road at that tick."""

    step: Step
    actors: tuple[Actor, ...]


@dataclass(frozen=True)
class Clip:
    """A film.

    source: the mp4 as a data URL.
    start, end: the part of the drive that the film shows [s].
    offsets: cross-track error at every tick of the whole drive [m], (N,).
    """

    source: str
    start: float
    end: float
    offsets: NDArray[np.float64]


class _RecordingDriver:
    """A driver that keeps the actors that were on the road at its last command."""

    def __init__(self, driver: Driver, env: DrivingEnv) -> None:
        self._driver = driver
        self._env = env
        self.actors: tuple[Actor, ...] = ()

    def reset(self) -> None:
        self._driver.reset()

    def act(self, observation: Observation) -> Control:
        self.actors = tuple(self._env.world.actors())
        return self._driver.act(observation)


class RelativePosition(NamedTuple):
    """A position relative to the ego [m]: ahead and to the right."""

    forward: float
    right: float


def film_drive(
    name: str,
    scenario: Scenario,
    checkpoint: Path | None,
    seconds: float,
    noise: float = 0.0,
    pedals: SpeedControl = SpeedControl.SHARED,
    ticks: int | None = None,
) -> Clip:
    """Repeat a scored drive and film its `seconds` with the sharpest bends and most vehicles.

    noise: strength of the steering disturbance in the evaluation [m].
    pedals: speed control in the evaluation.
    ticks: expected number of ticks, for the progress bar.
    """
    env = DrivingEnv(EnvConfig(cameras=("centre",) if needs_camera(name) else (), pedals=pedals))
    driver = _RecordingDriver(make_driver(name, env, checkpoint), env)
    steps = rollout(env, driver, scenario, Disturbance.of(scenario, noise))
    frames = [
        ClipFrame(without_frames(step), driver.actors)
        for step in track(steps, "driving for the film", ticks)
    ]
    first, last = choose_window(frames, round(seconds * env.rate))
    renderer = Renderer(env.world.plan, scenario, [FILM_CAMERA])
    shown = frames[first : last + 1]
    images = _images(renderer, shown, 1 / env.rate, rgb(colours([name])[name]))
    image_count = (last - first) * IMAGES_PER_TICK
    film = encode(track(images, "filming", image_count), env.rate * IMAGES_PER_TICK)
    return Clip(
        source="data:video/mp4;base64," + base64.b64encode(film).decode(),
        start=frames[first].step.time,
        end=frames[last].step.time,
        offsets=np.array([frame.step.ego.offset for frame in frames]),
    )


def choose_window(frames: Sequence[ClipFrame], count: int) -> tuple[int, int]:
    """Return the first and last index of the `count` most interesting consecutive frames.

    Interest is the sum of lateral acceleration and visible vehicles, each divided by its mean over
    the drive. A drive of at most `count` frames is returned whole.
    """
    if len(frames) <= count:
        return 0, len(frames) - 1
    lateral = np.array(
        [abs(frame.step.ego.path_curvature) * frame.step.ego.speed**2 for frame in frames]
    )
    vehicles = np.array([min(_visible_vehicles(frame), MAX_COUNTED_VEHICLES) for frame in frames])
    scaled_lateral = lateral / max(lateral.mean(), MIN_MEAN_LATERAL)
    scaled_vehicles = vehicles / max(vehicles.mean(), MIN_MEAN_VEHICLES)
    interest = np.concatenate([[0.0], np.cumsum(scaled_lateral + scaled_vehicles)])
    first = int((interest[count:] - interest[:-count]).argmax())
    return first, first + count - 1


def _visible_vehicles(frame: ClipFrame) -> int:
    """Return how many actors are ahead of the ego and near enough to be recognized."""
    return sum(
        NEAREST_VEHICLE < position.forward < FARTHEST_VEHICLE
        and abs(position.right) < MAX_LATERAL_DISTANCE
        for position in _relative_positions(frame)
    )


def _relative_positions(frame: ClipFrame) -> list[RelativePosition]:
    """Return the positions of all actors relative to the ego."""
    pose = frame.step.ego.pose
    cos = math.cos(pose.heading)
    sin = math.sin(pose.heading)
    differences = [(actor.pose.x - pose.x, actor.pose.y - pose.y) for actor in frame.actors]
    return [RelativePosition(cos * x + sin * y, cos * y - sin * x) for x, y in differences]


def _images(
    renderer: Renderer, frames: Sequence[ClipFrame], duration: float, path_colour: Rgb
) -> Iterator[Image]:
    """Yield IMAGES_PER_TICK images for each tick of `duration` [s] from the first to the last."""
    banner = ""
    banner_end = -math.inf
    for frame, following in pairwise(frames):
        step = frame.step
        for part in range(IMAGES_PER_TICK):
            pose, actors = in_between(frame, following, part / IMAGES_PER_TICK, duration)
            image = np.ascontiguousarray(renderer.render(pose, list(actors))[0])
            command = step.control.curvature
            draw_path(image, FILM_CAMERA, command, _path_length(frame), path_colour)
            draw_instruments(image, step.ego.speed, step.ego.offset, command, path_colour)
            if step.time < banner_end:
                draw_banner(image, banner, rgb(INTERVENTION_COLOUR))
            yield image
        if step.intervention:
            banner = f"intervention: {step.intervention}"
            banner_end = step.time + BANNER_TIME


def _path_length(frame: ClipFrame) -> float:
    """Return the drawn length of the commanded path [m]: two seconds, or to the next vehicle."""
    curvature = frame.step.control.curvature
    length = float(recovery_length(frame.step.ego.speed))
    on_path = [
        position
        for position in _relative_positions(frame)
        if position.forward > 0
        and abs(position.right - curvature * position.forward**2 / 2) < CAR_WIDTH
    ]
    return min([length, *(position.forward - CAR_LENGTH / 2 for position in on_path)])


def in_between(
    frame: ClipFrame, following: ClipFrame, share: float, duration: float
) -> tuple[Pose, list[Actor]]:
    """Return the ego's pose and the actors at `share` [0, 1) of a tick of `duration` [s].

    Poses are interpolated. At an intervention nothing moves, because the ego is put back.
    """
    start = frame.step.ego.pose
    end = following.step.ego.pose
    if frame.step.intervention:
        return start, list(frame.actors)
    rotation = wrap_angle(end.heading - start.heading)
    pose = Pose(
        start.x + share * (end.x - start.x),
        start.y + share * (end.y - start.y),
        start.heading + share * rotation,
    )
    return pose, [_extrapolated(actor, share * duration) for actor in frame.actors]


def _extrapolated(actor: Actor, time: float) -> Actor:
    """Return the actor after `time` [s] at its speed and heading."""
    distance = actor.speed * time
    heading = actor.pose.heading
    x = actor.pose.x + distance * math.cos(heading)
    y = actor.pose.y + distance * math.sin(heading)
    return replace(actor, pose=Pose(x, y, heading))


def encode(images: Iterator[Image], rate: int) -> bytes:
    """Return RGB images (H, W, 3), at least one, as H.264 in mp4 at `rate` images per second.

    The index is at the start of the file, so that a player can begin before it has the whole file.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"  # a file: the encoder seeks back to write the index
        with open_to_write(path) as container:
            stream = container.add_stream("libx264", rate=Fraction(rate), options=ENCODER_OPTIONS)
            stream.pix_fmt = "yuv420p"
            for index, image in enumerate(images):
                if index == 0:
                    stream.height, stream.width = image.shape[:2]
                frame = VideoFrame.from_ndarray(image, format="rgb24")
                frame.pts = index
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path.read_bytes()
