"""The film: a scored drive driven once more, and some seconds of it rendered at twice the size with
the command drawn in.
"""

import base64
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from pilotnet.common.progress import track
from pilotnet.data.store.video import open_to_write
from pilotnet.drivers.driver_names import needs_camera
from pilotnet.drivers.factory import make_driver
from pilotnet.evaluation.evaluate import without_frames
from pilotnet.evaluation.report.overlay import (
    Colour,
    draw_banner,
    draw_instruments,
    draw_path,
    enlarged,
    rgb,
)
from pilotnet.evaluation.report.plots import ALARM_COLOUR, colours
from sim.control.bicycle import CAR_LENGTH, CAR_WIDTH
from sim.control.path_tracking import recovery_length
from sim.env import DrivingEnv, EnvConfig, SpeedControl
from sim.geometry.camera import Camera
from sim.geometry.frenet import wrap_angle
from sim.render.renderer import Renderer
from sim.rollout import Disturbance, rollout
from sim.scenario import Scenario
from sim.types import Actor, Control, Driver, Observation, Pose, Step

FILM_CAMERA = enlarged(Camera(), 2)
SMOOTHNESS = 3  # frames of the film for each tick of the drive
BANNER_TIME = 1.5  # [s] an intervention is announced for this long
ENCODER = {"preset": "slow", "crf": "24", "g": "90"}
SIGHT = (
    5.0,
    70.0,
    9.0,
)  # [m] cars count as seen from the first to the second ahead, the third to either side


@dataclass(frozen=True)
class ClipFrame:
    """A tick of the drive and the cars on the road then."""

    step: Step
    actors: tuple[Actor, ...]


@dataclass(frozen=True)
class Clip:
    """A film: mp4 as a data URL, which seconds [s] of the drive it shows, and the offset at every
    tick of the whole drive [m].
    """

    source: str
    start: float
    end: float
    offsets: NDArray[np.float64]


class _RecordingDriver:
    """A driver that notes which cars were on the road when it was asked."""

    def __init__(self, driver: Driver, env: DrivingEnv) -> None:
        self._driver = driver
        self._env = env
        self.actors: tuple[Actor, ...] = ()

    def reset(self) -> None:
        self._driver.reset()

    def act(self, observation: Observation) -> Control:
        self.actors = tuple(self._env.world.actors())
        return self._driver.act(observation)


def film_drive(
    name: str,
    scenario: Scenario,
    checkpoint: Path | None,
    seconds: float,
    noise: float = 0.0,
    pedals: SpeedControl = SpeedControl.SHARED,
    ticks: int | None = None,
) -> Clip:
    """Repeat a scored drive and film the `seconds` of it that show most: bends and other vehicles.

    noise: strength of the steering disturbance in the evaluation [m].
    pedals: its speed control.
    ticks: expected number of ticks, for the progress bar.
    """
    env = DrivingEnv(EnvConfig(cameras=("centre",) if needs_camera(name) else (), pedals=pedals))
    driver = _RecordingDriver(make_driver(name, env, checkpoint), env)
    drive = track(
        rollout(env, driver, scenario, Disturbance.of(scenario, noise)),
        "driving for the film",
        ticks,
    )
    frame_numbers = [ClipFrame(without_frames(step), driver.actors) for step in drive]
    first, last = choose_window(frame_numbers, round(seconds * env.rate))
    renderer = Renderer(env.world.plan, scenario, [FILM_CAMERA])
    frames = _frames(renderer, frame_numbers, first, last, 1 / env.rate, rgb(colours([name])[name]))
    film = encode(track(frames, "filming", (last - first) * SMOOTHNESS), env.rate * SMOOTHNESS)
    offsets = np.array([moment.step.ego.offset for moment in frame_numbers])
    source = "data:video/mp4;base64," + base64.b64encode(film).decode()
    return Clip(source, frame_numbers[first].step.time, frame_numbers[last].step.time, offsets)


def choose_window(frame_numbers: Sequence[ClipFrame], count: int) -> tuple[int, int]:
    """First and last of the `count` consecutive moments with the strongest bends and most cars in
    sight; all of fewer.
    """
    if len(frame_numbers) <= count:
        return 0, len(frame_numbers) - 1
    lateral = np.array(
        [abs(moment.step.ego.path_curvature) * moment.step.ego.speed**2 for moment in frame_numbers]
    )
    cars = np.array([min(_cars_in_sight(moment), 2) for moment in frame_numbers])
    interest = np.concatenate(
        [[0.0], np.cumsum(lateral / max(lateral.mean(), 1e-6) + cars / max(cars.mean(), 0.2))]
    )
    first = int((interest[count:] - interest[:-count]).argmax())
    return first, first + count - 1


def _cars_in_sight(moment: ClipFrame) -> int:
    near, far, aside = SIGHT
    return sum(near < forward < far and abs(right) < aside for forward, right in _places(moment))


def _places(moment: ClipFrame) -> list[tuple[float, float]]:
    """How far ahead and to the right of the ego the other cars are [m]."""
    pose = moment.step.ego.pose
    cos = math.cos(pose.heading)
    sin = math.sin(pose.heading)
    away = [(actor.pose.x - pose.x, actor.pose.y - pose.y) for actor in moment.actors]
    return [(cos * x + sin * y, cos * y - sin * x) for x, y in away]


def _frames(
    renderer: Renderer,
    frame_numbers: Sequence[ClipFrame],
    first: int,
    last: int,
    duration: float,
    paint: Colour,
) -> Iterator[NDArray[np.uint8]]:
    """The film's frames, SMOOTHNESS for each tick of `duration` [s]."""
    banner = ""
    banner_ends = -math.inf
    for index in range(first, last):
        now = frame_numbers[index]
        following = frame_numbers[index + 1]
        for part in range(SMOOTHNESS):
            share = part / SMOOTHNESS
            pose, actors = in_between(now, following, share, duration)
            image = np.ascontiguousarray(renderer.render(pose, list(actors))[0])
            step = now.step
            draw_path(image, FILM_CAMERA, step.control.curvature, _clear_way(now), paint)
            draw_instruments(image, step.ego.speed, step.ego.offset, step.control.curvature, paint)
            if step.time < banner_ends:
                draw_banner(image, banner, rgb(ALARM_COLOUR))
            yield image
        if now.step.intervention:
            banner = f"intervention: {now.step.intervention}"
            banner_ends = now.step.time + BANNER_TIME


def _clear_way(moment: ClipFrame) -> float:
    """How far the commanded path is drawn [m]: two seconds ahead, but not over a car in the way."""
    curvature = moment.step.control.curvature
    length = float(recovery_length(moment.step.ego.speed))
    ahead = [
        place
        for place in _places(moment)
        if place[0] > 0 and abs(place[1] - curvature * place[0] ** 2 / 2) < CAR_WIDTH
    ]
    return min([length, *(forward - CAR_LENGTH / 2 for forward, _ in ahead)])


def in_between(
    now: ClipFrame, following: ClipFrame, share: float, duration: float
) -> tuple[Pose, list[Actor]]:
    """Pose and cars at `share` of the tick of `duration` [s] from one moment to the next; all
    stands still at an intervention.
    """
    here = now.step.ego.pose
    there = following.step.ego.pose
    if now.step.intervention:
        return here, list(now.actors)
    turned = wrap_angle(there.heading - here.heading)
    pose = Pose(
        here.x + share * (there.x - here.x),
        here.y + share * (there.y - here.y),
        here.heading + share * turned,
    )
    return pose, [_moved_on(actor, share * duration) for actor in now.actors]


def _moved_on(actor: Actor, time: float) -> Actor:
    way = actor.speed * time
    pose = actor.pose
    moved = Pose(
        pose.x + way * math.cos(pose.heading), pose.y + way * math.sin(pose.heading), pose.heading
    )
    return replace(actor, pose=moved)


def encode(frames: Iterator[NDArray[np.uint8]], rate: int) -> bytes:
    """RGB frames (H, W, 3), at least one, as H.264 in mp4 at `rate` frames per second, ready to
    play before it is whole.
    """
    with TemporaryDirectory() as folder:
        path = (
            Path(folder) / "film.mp4"
        )  # a file: the encoder goes back to its start to put the index there
        with open_to_write(path) as container:
            stream = container.add_stream("libx264", rate=Fraction(rate), options=ENCODER)
            stream.pix_fmt = "yuv420p"
            for index, image in enumerate(frames):
                if index == 0:
                    stream.height, stream.width = image.shape[:2]
                frame = VideoFrame.from_ndarray(image, format="rgb24")
                frame.pts = index
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path.read_bytes()
