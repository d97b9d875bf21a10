"""What faults do to cameras, frames and commands, by closed forms."""

import math

import numpy as np
import pytest

from pilotnet.evaluation.fault_effects import (
    faulty_actuators,
    mounted_cameras,
    one_after_the_other,
    rotation,
    with_faulty_frames,
)
from pilotnet.evaluation.faults import Fault
from sim.geometry.camera import Camera
from sim.scenario import Scenario
from sim.types import Control, Image, Observation

CAMERA = Camera()
RATE = 10  # [Hz]
TICK = 1 / RATE  # [s]
SCENARIO = Scenario("rural", 2)


class Watching:
    """A driver that keeps the frames that it gets."""

    def __init__(self) -> None:
        self.frames: list[Image] = []

    def reset(self) -> None:
        self.frames.clear()

    def act(self, observation: Observation) -> Control:
        assert observation.centre is not None
        self.frames.append(observation.centre)
        return Control(0.0)


def numbered(count: int) -> list[Image]:
    """Return frames in which every pixel is the number of the frame, from 1 on."""
    return [np.full((4, 6, 3), number, np.uint8) for number in range(1, count + 1)]


def seen(fault: str, frames: list[Image]) -> list[Image]:
    """Return the frames that a driver gets."""
    driver = Watching()
    faulty = with_faulty_frames(Fault.of(fault), driver, Camera(), SCENARIO, RATE)
    for frame in frames:
        faulty.act(Observation(10.0, centre=frame))
    return driver.frames


def seen_numbers(fault: str, count: int) -> list[int]:
    return [int(frame[0, 0, 0]) for frame in seen(fault, numbered(count))]


def carried_out(fault: str, commands: list[float]) -> list[float]:
    """Return the curvatures that the wheels get."""
    actuators = faulty_actuators(Fault.of(fault), RATE)
    assert actuators is not None
    return [actuators(Control(command, 1.0), 10.0, TICK).curvature for command in commands]


def spot(column: int, row: int) -> Image:
    """Return a black frame with a small white spot."""
    frame = np.zeros((CAMERA.height, CAMERA.width, 3), np.uint8)
    frame[row - 2 : row + 3, column - 2 : column + 3] = 255
    return frame


def centre_of(frame: Image) -> tuple[float, float]:
    """Return the column and row of a spot's centre."""
    rows, columns = np.nonzero(frame[:, :, 0] > 100)
    return float(columns.mean()), float(rows.mean())


def test_a_camera_turned_right_sees_the_straight_road_further_left() -> None:
    column, row = centre_of(rotation(CAMERA, yaw=4)(spot(160, 64)))
    assert column == pytest.approx(160 - CAMERA.focal * math.tan(math.radians(4)), abs=0.7)
    assert row == pytest.approx(64, abs=0.7)


def test_a_camera_tilted_up_sees_the_horizon_further_down() -> None:
    column, row = centre_of(rotation(CAMERA, pitch=2)(spot(160, 64)))
    assert row == pytest.approx(64 + CAMERA.focal * math.tan(math.radians(2)), abs=0.7)
    assert column == pytest.approx(160, abs=0.7)


def test_a_camera_rolled_clockwise_sees_the_world_anticlockwise() -> None:
    column, row = centre_of(rotation(CAMERA, roll=30)(spot(220, 64)))
    assert column == pytest.approx(160 + 60 * math.cos(math.radians(30)), abs=0.8)
    assert row == pytest.approx(64 - 60 * math.sin(math.radians(30)), abs=0.8)


def test_opposite_rotations_cancel() -> None:
    frame = spot(150, 90)
    back = rotation(CAMERA, yaw=-3)(rotation(CAMERA, yaw=3)(frame))
    assert centre_of(back) == pytest.approx(centre_of(frame), abs=0.6)


def test_a_shifted_camera_is_rendered_where_it_is() -> None:
    cameras = mounted_cameras(Fault.of("shift=0.3"), {"centre": CAMERA})
    assert cameras["centre"].lateral == pytest.approx(0.3)
    assert mounted_cameras(Fault.of("yaw=3"), {"centre": CAMERA}) == {"centre": CAMERA}


def test_black_frames_come_at_the_end_of_every_ten_seconds() -> None:
    numbers = seen_numbers("black=0.3", 200)
    assert [index for index, number in enumerate(numbers) if number == 0] == [
        *(97, 98, 99),
        *(197, 198, 199),
    ]


def test_a_frozen_camera_repeats_its_last_frame() -> None:
    assert seen_numbers("frozen=0.3", 101)[95:] == [96, 97, 97, 97, 97, 101]


def test_late_frames_are_those_of_some_ticks_before() -> None:
    assert seen_numbers("late=0.2", 5) == [1, 1, 1, 2, 3]
    assert seen_numbers("late=0", 3) == [1, 2, 3]


def test_dropped_frames_repeat_the_last_that_arrived() -> None:
    numbers = seen_numbers("dropped=50", 200)
    arrived = [number for index, number in enumerate(numbers) if number == index + 1]
    assert 70 < len(arrived) < 130
    assert numbers == sorted(numbers)
    assert seen_numbers("dropped=50", 200) == numbers
    assert seen_numbers("dropped=0", 5) == [1, 2, 3, 4, 5]


def test_noise_has_the_given_standard_deviation() -> None:
    grey = np.full((CAMERA.height, CAMERA.width, 3), 128, np.uint8)
    (noisy,) = seen("noise=15", [grey])
    assert noisy.std() == pytest.approx(15, rel=0.02)
    assert noisy.mean() == pytest.approx(128, abs=0.2)


@pytest.mark.parametrize("share", [5, 15, 40])
def test_dirt_darkens_the_given_share_and_stays_where_it_is(share: int) -> None:
    grey = np.full((CAMERA.height, CAMERA.width, 3), 200, np.uint8)
    first, second = seen(f"dirt={share}", [grey, grey])
    assert 100 * (first < 115).mean() == pytest.approx(share, abs=3)
    assert np.array_equal(first, second)


def test_late_commands_are_those_of_some_ticks_before() -> None:
    assert carried_out("delay=0.2", [0.1, 0.2, 0.3, 0.4]) == [0.1, 0.1, 0.1, 0.2]


def test_a_bias_is_added_to_every_command() -> None:
    assert carried_out("bias=2", [0.01, -0.01]) == pytest.approx([0.012, -0.008])


def test_a_dead_band_ignores_small_changes() -> None:
    assert carried_out("dead_band=1", [0.0005, 0.002, 0.0025, 0.0, -0.0005]) == [
        *(0.0, 0.002, 0.002, 0.0, 0.0)
    ]


def test_a_longer_wheelbase_turns_less() -> None:
    assert carried_out("wheelbase=25", [0.01]) == pytest.approx([0.008])


def test_commands_keep_their_acceleration() -> None:
    for text in ("bias=1", "wheelbase=10", "dead_band=1", "delay=0.1"):
        actuators = faulty_actuators(Fault.of(text), RATE)
        assert actuators is not None
        assert actuators(Control(0.0, -3.0), 10.0, TICK).acceleration == -3.0


def test_two_effects_follow_each_other() -> None:
    both = one_after_the_other(
        faulty_actuators(Fault.of("bias=10"), RATE),
        faulty_actuators(Fault.of("wheelbase=100"), RATE),
    )
    assert both is not None
    assert both(Control(0.01), 10.0, TICK).curvature == pytest.approx(0.01)
    assert one_after_the_other(None, None) is None


def test_other_faults_leave_frames_and_commands_alone() -> None:
    driver = Watching()
    assert with_faulty_frames(Fault.of("bias=1"), driver, CAMERA, SCENARIO, RATE) is driver
    assert faulty_actuators(Fault.of("yaw=1"), RATE) is None
