"""Closed loop over recordings: the recorded commands repeat the drive, others leave it."""

import numpy as np
import pytest

from pilotnet.data.store.reader import Signals
from pilotnet.evaluation.recorded_drive import RecordedDrive
from sim.env import DrivingEnv
from sim.expert import Expert
from sim.rollout import Disturbance, rollout
from sim.scenario import Scenario
from sim.types import Step

SCENARIO = Scenario("rural", 3, length=250.0)
FPS = 10


def signals_of(steps: list[Step]) -> Signals:
    """Return the signals that a recording of these steps has."""
    ego = [step.ego for step in steps]
    first = ego[0].pose
    return Signals(
        speed=np.array([one.speed for one in ego], np.float32),
        curvature=np.array([step.control.curvature for step in steps], np.float32),
        pose=np.array(
            [[one.pose.x - first.x, one.pose.y - first.y, one.pose.heading] for one in ego]
        ),
        offset=np.array([one.offset for one in ego]),
        heading_error=np.array([one.heading_error for one in ego]),
        wheel_curvature=np.array([one.curvature for one in ego]),
        path_curvature=np.array([one.path_curvature for one in ego]),
        station=np.array([one.station for one in ego]),
        applied_curvature=np.array([step.applied.curvature for step in steps]),
        intervention=np.array([step.intervention or "" for step in steps], object),
        time=np.array([step.time for step in steps]),
    )


@pytest.fixture(scope="module")
def recorded() -> Signals:
    """An expert's drive with disturbed steering."""
    env = DrivingEnv(cameras=())
    return signals_of(list(rollout(env, Expert(env), SCENARIO, Disturbance.of(SCENARIO, 0.2))))


def test_the_recorded_commands_repeat_the_drive(recorded: Signals) -> None:
    drive = RecordedDrive.simulate(
        recorded, FPS, lambda frame, *_: float(recorded.applied_curvature[frame])
    )
    assert drive.interventions == 0
    assert np.abs(drive.offset - recorded.offset).max() < 0.03


def test_a_driver_that_returns_to_the_path_stays_on_it(recorded: Signals) -> None:
    def recovering(frame: int, shift: float, rotation: float) -> float:
        offset = recorded.offset[frame] + shift
        heading = recorded.heading_error[frame] + rotation
        return float(recorded.path_curvature[frame] - 0.01 * offset - 0.15 * heading)

    drive = RecordedDrive.simulate(recorded, FPS, recovering)
    assert drive.interventions == 0
    assert np.abs(drive.offset[30:]).max() < 0.5


def test_a_car_that_goes_straight_leaves_its_lane_in_every_bend(recorded: Signals) -> None:
    drive = RecordedDrive.simulate(recorded, FPS, lambda *_: 0.0)
    assert drive.interventions > 2
    assert np.abs(drive.offset).max() <= 1.5
    put_back = np.flatnonzero(drive.stopped) + 1
    assert drive.offset[put_back] == pytest.approx(recorded.offset[put_back])


def test_a_mirrored_drive_is_mirrored(recorded: Signals) -> None:
    mirrored = signals_mirrored(recorded)
    left = RecordedDrive.simulate(recorded, FPS, lambda *_: 0.001)
    right = RecordedDrive.simulate(mirrored, FPS, lambda *_: -0.001)
    assert right.offset == pytest.approx(-left.offset, abs=1e-9)


def signals_mirrored(signals: Signals) -> Signals:
    """Return the signals of the same drive in a mirror."""
    flipped = {
        name: -getattr(signals, name)
        for name in (
            *("curvature", "offset", "heading_error", "wheel_curvature", "path_curvature"),
            "applied_curvature",
        )
    }
    pose = signals.pose * np.array([1.0, -1.0, -1.0])
    same = {name: getattr(signals, name) for name in ("speed", "station", "intervention", "time")}
    return Signals(pose=pose, **flipped, **same)


def test_a_drive_starts_anew_where_the_recorded_car_was_put_back(recorded: Signals) -> None:
    causes = recorded.intervention.copy()
    causes[50] = "lane departure"
    values = {name: getattr(recorded, name) for name in recorded.__dataclass_fields__}
    cut = Signals(**{**values, "intervention": causes})
    drive = RecordedDrive.simulate(cut, FPS, lambda *_: 0.0)
    assert drive.offset[51] == pytest.approx(recorded.offset[51])
    assert not drive.stopped[50]
    assert drive.elapsed == pytest.approx(len(recorded) / FPS)


def test_going_around_an_obstacle_as_the_recorded_car_did_is_no_intervention(
    recorded: Signals,
) -> None:
    values = {name: getattr(recorded, name) for name in recorded.__dataclass_fields__}
    aside = Signals(**{**values, "offset": recorded.offset + 1.2})
    drive = RecordedDrive.simulate(
        aside, FPS, lambda frame, *_: float(recorded.applied_curvature[frame])
    )
    assert drive.interventions == 0
    assert RecordedDrive.simulate(aside, FPS, lambda *_: 0.02).interventions > 0
