"""What faults do to cameras, frames and commands; `pilotnet.evaluation.faults` lists the faults.

Rotations are exact projections of the frame, whose empty border repeats the edge. A shifted camera
is rendered where it is.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace

import cv2
import numpy as np

from pilotnet.evaluation.faults import Fault, FaultKind
from sim.geometry.camera import Camera
from sim.random import Stream, stream_generator
from sim.scenario import Scenario
from sim.types import Control, Driver, Image, Observation

PERIOD = 10.0  # [s] time in which black and frozen frames occur once
DIRT_RADIUS = 0.06  # of the largest spot of dirt, by the width of the frame
DIRT_SHADE = 0.15  # brightness behind dirt, by the brightness of the scene
DIRT_BLUR = 3.0  # [px] standard deviation of the edge of a spot, which is out of focus
MAX_SPOTS = 500  # of dirt

Frames = Callable[[Image], Image]
Commands = Callable[[Control, float, float], Control]


def mounted_cameras(fault: Fault, cameras: Mapping[str, Camera]) -> dict[str, Camera]:
    """Return the cameras where they really are: shifted, if that is the fault."""
    shift = fault.strength if fault.kind is FaultKind.SHIFT else 0.0
    return {
        name: replace(camera, lateral=camera.lateral + shift) for name, camera in cameras.items()
    }


def with_faulty_frames(
    fault: Fault, driver: Driver, camera: Camera, scenario: Scenario, rate: float
) -> Driver:
    """Return the driver, with the fault in the frames that it gets; rate: of ticks [Hz]."""
    filters: dict[FaultKind, Callable[[], Frames]] = {
        FaultKind.YAW: lambda: rotation(camera, yaw=fault.strength),
        FaultKind.PITCH: lambda: rotation(camera, pitch=fault.strength),
        FaultKind.ROLL: lambda: rotation(camera, roll=fault.strength),
        FaultKind.BLACK: lambda: FailingCamera(fault.strength, rate, black=True),
        FaultKind.FROZEN: lambda: FailingCamera(fault.strength, rate, black=False),
        FaultKind.LATE: lambda: LateFrames(round(fault.strength * rate)),
        FaultKind.DROPPED: lambda: DroppedFrames(fault.strength / 100, generator_of(scenario)),
        FaultKind.NOISE: lambda: noise(fault.strength, generator_of(scenario)),
        FaultKind.DIRT: lambda: dirt(camera, fault.strength / 100, generator_of(scenario)),
    }
    return FilteredDriver(driver, filters[fault.kind]()) if fault.kind in filters else driver


def faulty_actuators(fault: Fault, rate: float) -> Commands | None:
    """Return what the actuators make of a command, None where they work; rate: of ticks [Hz].

    The function takes a command, the speed [m/s] and the duration of a tick [s].
    """
    curvature = fault.strength / 1000  # [1/m]
    effects: dict[FaultKind, Callable[[], Commands]] = {
        FaultKind.DELAY: lambda: LateCommands(round(fault.strength * rate)),
        FaultKind.BIAS: lambda: biased(curvature),
        FaultKind.DEAD_BAND: lambda: DeadBand(curvature),
        FaultKind.WHEELBASE: lambda: scaled(1 / (1 + fault.strength / 100)),
    }
    return effects[fault.kind]() if fault.kind in effects else None


def generator_of(scenario: Scenario) -> np.random.Generator:
    """Return the generator of a scenario's faults, which is the same for every driver."""
    return stream_generator(scenario.seed, Stream.FAULTS)


class FilteredDriver:
    """A driver whose frames pass through a function first."""

    def __init__(self, driver: Driver, frames: Frames) -> None:
        self._driver = driver
        self._frames = frames

    def reset(self) -> None:
        """Reset the driver; the fault goes on."""
        self._driver.reset()

    def act(self, observation: Observation) -> Control:
        """Return the driver's command for the frame with its fault."""
        if observation.centre is None:
            return self._driver.act(observation)
        return self._driver.act(replace(observation, centre=self._frames(observation.centre)))


def rotation(camera: Camera, yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Frames:
    """Return the function that turns the camera about its centre; angles in degrees.

    The frame of a rotated pinhole camera is a projection of the frame: K R K^-1 (Hartley and
    Zisserman, "Multiple View Geometry in Computer Vision", 2nd edition, section 8.4.2).
    """
    intrinsics = np.array(
        [
            [camera.focal, 0.0, camera.centre_column - 0.5],
            [0.0, camera.focal, camera.horizon - 0.5],
            [0.0, 0.0, 1.0],
        ]
    )
    vector = np.radians([pitch, yaw, roll])  # about the axes right, down and forward
    turn = cv2.Rodrigues(np.array([0.0, vector[1], 0.0]))[0]
    turn = turn @ cv2.Rodrigues(np.array([vector[0], 0.0, 0.0]))[0]
    turn = turn @ cv2.Rodrigues(np.array([0.0, 0.0, vector[2]]))[0]
    source = intrinsics @ turn @ np.linalg.inv(intrinsics)  # from the turned frame to the frame
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP

    def turned(frame: Image) -> Image:
        size = (camera.width, camera.height)
        result = cv2.warpPerspective(frame, source, size, None, flags, cv2.BORDER_REPLICATE)
        return result.astype(np.uint8, copy=False)

    return turned


class FailingCamera:
    """The frames of a camera that fails for some seconds in every 10 s.

    black: whether its frames are black then; otherwise the last frame is repeated.
    """

    def __init__(self, seconds: float, rate: float, black: bool) -> None:
        self._failing = round(seconds * rate)
        self._period = round(PERIOD * rate)
        self._black = black
        self._tick = 0
        self._last: Image | None = None

    def __call__(self, frame: Image) -> Image:
        """Return the frame that the driver gets."""
        works = self._tick % self._period < self._period - self._failing
        self._tick += 1
        if works:
            self._last = frame
            return frame
        if self._black or self._last is None:
            return np.zeros_like(frame)
        return self._last


class LateFrames:
    """Frames that arrive some ticks late; the first one repeats at the start."""

    def __init__(self, ticks: int) -> None:
        self._frames: deque[Image] = deque(maxlen=ticks + 1)

    def __call__(self, frame: Image) -> Image:
        """Return the frame of `ticks` before."""
        self._frames.append(frame)
        return self._frames[0]


class DroppedFrames:
    """Frames of which a share is lost; the last one that arrived is repeated."""

    def __init__(self, share: float, generator: np.random.Generator) -> None:
        self._share = share
        self._generator = generator
        self._last: Image | None = None

    def __call__(self, frame: Image) -> Image:
        """Return the frame, or the last one that arrived."""
        arrives = self._generator.random() >= self._share
        if arrives or self._last is None:
            self._last = frame
        return self._last


def noise(deviation: float, generator: np.random.Generator) -> Frames:
    """Return the function that adds normal noise to each channel; deviation: in levels of 255."""

    def noisy(frame: Image) -> Image:
        values = frame + deviation * generator.standard_normal(frame.shape)
        return np.clip(np.rint(values), 0, 255).astype(np.uint8)

    return noisy


def dirt(camera: Camera, share: float, generator: np.random.Generator) -> Frames:
    """Return the function that draws round spots of dirt over a share of the frame."""
    size = (camera.height, camera.width)
    cover = np.zeros(size, np.float32)
    radius = round(DIRT_RADIUS * camera.width)
    for _ in range(MAX_SPOTS):
        if cover.mean() >= share:
            break
        column = int(generator.integers(camera.width))
        row = int(generator.integers(camera.height))
        cv2.circle(cover, (column, row), int(generator.integers(radius // 3, radius + 1)), 1.0, -1)
    blurred = cv2.GaussianBlur(cover, (0, 0), DIRT_BLUR)
    light = (1 - (1 - DIRT_SHADE) * blurred)[:, :, None]
    return lambda frame: np.rint(frame * light).astype(np.uint8)


class LateCommands:
    """Commands that are carried out some ticks late; the first one repeats at the start."""

    def __init__(self, ticks: int) -> None:
        self._commands: deque[Control] = deque(maxlen=ticks + 1)

    def __call__(self, control: Control, *_: float) -> Control:
        """Return the command of `ticks` before."""
        self._commands.append(control)
        return self._commands[0]


class DeadBand:
    """Steering that stays where it is until a command differs by more than `width` [1/m]."""

    def __init__(self, width: float) -> None:
        self._width = width
        self._held = 0.0

    def __call__(self, control: Control, *_: float) -> Control:
        """Return the command that is carried out."""
        if abs(control.curvature - self._held) > self._width:
            self._held = control.curvature
        return steered(control, self._held)


def biased(curvature: float) -> Commands:
    """Return the function that adds a curvature [1/m] to every command."""
    return lambda control, *_: steered(control, control.curvature + curvature)


def scaled(factor: float) -> Commands:
    """Return the function that multiplies the curvature of every command."""
    return lambda control, *_: steered(control, control.curvature * factor)


def steered(control: Control, curvature: float) -> Control:
    """Return the command with another curvature [1/m]."""
    return Control(curvature, control.acceleration)


def one_after_the_other(first: Commands | None, second: Commands | None) -> Commands | None:
    """Return both functions of a command as one; None for two that are None."""
    if first is None or second is None:
        return first or second
    return lambda control, speed, tick: second(first(control, speed, tick), speed, tick)
