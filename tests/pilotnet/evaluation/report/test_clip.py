"""The film shows the chosen seconds, interpolates between ticks, and is a playable H.264 mp4."""

import base64
import io
from dataclasses import replace

import av
import numpy as np
import pytest

from pilotnet.evaluation.report.clip import (
    FILM_CAMERA,
    IMAGES_PER_TICK,
    ClipFrame,
    choose_window,
    encode,
    film_drive,
    in_between,
)
from sim.scenario import Scenario
from sim.types import Actor, Cause, Control, EgoState, Kind, Observation, Pose, Step


def tick(index: int, curvature: float = 0.0) -> ClipFrame:
    ego = EgoState(
        Pose(2.0 * index, 0.0, 0.1 * index), 20.0, 0.0, curvature, 2.0 * index, 0.0, 0.0, curvature
    )
    step = Step(
        index,
        index / 10,
        Observation(20.0),
        ego,
        99.0,
        Control(curvature),
        Control(curvature),
        None,
        False,
    )
    return ClipFrame(
        step, (Actor(1, Kind.SALOON, Pose(50.0, -3.0, np.pi), 10.0, 5.0, 2.0, 1.5, (9, 9, 9)),)
    )


def test_the_window_covers_the_bend() -> None:
    drive = [tick(i, curvature=0.01 if 60 <= i < 80 else 0.0) for i in range(100)]
    assert choose_window(drive, 20) == (60, 79)


def test_a_short_drive_is_shown_whole() -> None:
    assert choose_window([tick(i) for i in range(5)], 20) == (0, 4)


def test_poses_between_ticks_are_interpolated() -> None:
    pose, actors = in_between(tick(0), tick(1), 0.5, 0.1)
    assert (pose.x, pose.y, pose.heading) == pytest.approx((1.0, 0.0, 0.05))
    assert actors[0].pose.x == pytest.approx(49.5)


def test_nothing_moves_at_an_intervention() -> None:
    stopped = tick(0)
    stopped = replace(stopped, step=replace(stopped.step, intervention=Cause.DEPARTURE))
    assert in_between(stopped, tick(1), 0.5, 0.1)[0] == stopped.step.ego.pose


def test_a_film_decodes_to_the_encoded_images() -> None:
    shades = [40, 120, 200]
    film = encode((np.full((64, 96, 3), shade, np.uint8) for shade in shades), 30)
    with av.open(io.BytesIO(film)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt, stream.average_rate) == (
            "h264",
            "yuv420p",
            30,
        )
        decoded = [
            float(frame.to_ndarray(format="rgb24").mean()) for frame in container.decode(stream)
        ]
    assert decoded == pytest.approx(shades, abs=3)
    assert film.index(b"moov") < film.index(
        b"mdat"
    )  # the index comes first, so players start early


def test_a_drive_is_filmed() -> None:
    clip = film_drive("expert", Scenario("rural", seed=2, length=100.0), None, seconds=1.0)
    with av.open(io.BytesIO(base64.b64decode(clip.source.split(",")[1]))) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert clip.end - clip.start == pytest.approx(0.9)
    assert len(frames) == 9 * IMAGES_PER_TICK
    assert frames[0].shape == (FILM_CAMERA.height, FILM_CAMERA.width, 3)
    assert not np.array_equal(frames[0], frames[-1])
