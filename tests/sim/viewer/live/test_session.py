"""The session: time, scenarios and drivers; no tick is dropped."""

from typing import Any

import pytest

from sim.env import EnvConfig
from sim.viewer.live import live_drive as drive_module
from sim.viewer.live.session import PAUSE_AT_END, TimeRate
from tests.sim.viewer.conftest import SMALL, show_of

pytestmark = pytest.mark.usefixtures("small_frames")


def test_a_second_of_time_is_ten_ticks_however_it_is_cut() -> None:
    for parts in (1, 7, 30):
        session = show_of("expert")
        for _ in range(parts):
            session.pass_time(1.0 / parts)
        assert len(session.drives[0].steps) in (
            10,
            11,
        )  # the tick that begins just then may or may not have begun


@pytest.mark.parametrize(("turns", "ticks"), [(1, 21), (-1, 6)])
def test_time_goes_as_fast_as_asked(turns: int, ticks: int) -> None:
    session = show_of("expert")
    session.faster(turns)
    session.pass_time(1.01)
    assert len(session.drives[0].steps) == ticks


def test_speeds_of_time_end_at_a_quarter_and_at_eight() -> None:
    session = show_of("expert")
    session.faster(99)
    assert session.speed == 8
    session.faster(-99)
    assert session.speed == 0.25


def test_a_hurried_show_gives_time_up_and_never_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    session = show_of("expert")
    seconds = iter(range(100))
    monkeypatch.setattr("sim.viewer.live.session.monotonic", lambda: float(next(seconds)))
    session.pass_time(1.0, hurried=True)
    steps = session.drives[0].steps
    assert len(steps) == 2
    assert [step.index for step in steps] == [0, 1]
    session.pass_time(0.05)
    assert len(session.drives[0].steps) in (2, 3)


def test_two_drivers_drive_the_same_scenario_in_step() -> None:
    session = show_of("expert", "thinker", count=2)
    session.pass_time(1.0)
    one, other = session.drives
    assert one.scenario == other.scenario
    assert len(one.steps) == len(other.steps)
    assert one.steps[-1].ego != other.steps[-1].ego


def test_after_the_end_comes_the_next_scenario_and_then_the_score() -> None:
    session = show_of("expert")
    while not session.over:
        session.pass_time(PAUSE_AT_END)
    assert [drive.scenario.seed for drive in session.all_driven()] == [2, 5]
    assert all(drive.done for drive in session.all_driven())


def test_a_restarted_drive_does_not_count() -> None:
    session = show_of("expert")
    session.pass_time(1.0)
    session.restart()
    assert [len(drive.steps) for drive in session.all_driven()] == [1]


def test_the_speed_of_time_that_is_reached_is_said_where_it_is_not_the_one_asked_for() -> None:
    pace = TimeRate()
    assert pace.words(2.0) == "\N{MULTIPLICATION SIGN}2"
    pace.count(1.0, 1.97)
    assert pace.words(2.0) == "\N{MULTIPLICATION SIGN}2"
    pace.count(0.6, 0.4)
    pace.count(0.4, 0.4)
    assert pace.words(2.0) == "\N{MULTIPLICATION SIGN}0.8 of 2"


def test_the_time_that_making_a_world_takes_is_nobody_s() -> None:
    session = show_of("expert")
    session.restart()
    session.pass_time(0.25, hurried=True)
    assert len(session.drives[0].steps) == 1
    session.pass_time(0.25, hurried=True)
    assert len(session.drives[0].steps) == 3


def test_the_environment_of_a_watched_drive_has_all_cameras(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[dict[str, Any]] = []

    def note(**settings: Any) -> EnvConfig:
        asked.append(settings)
        return SMALL

    monkeypatch.setattr(drive_module, "EnvConfig", note)
    show_of("expert")
    assert asked == [{"cameras": ("left", "centre", "right")}]
