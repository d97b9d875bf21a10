"""The environment: Gymnasium's own checks, and what it refuses."""

import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from sim import Control, DrivingEnv, EnvConfig, RoadKind, Scenario

SHORT = Scenario(RoadKind.RURAL, 0, length=60.0)


def test_it_is_registered_and_passes_gymnasiums_check() -> None:
    env = gymnasium.make("PilotNet/Drive-v0", render_mode="rgb_array")
    with warnings.catch_warnings():
        # A curvature has no symmetric unit range, and that is said as a warning.
        warnings.filterwarnings("ignore", ".*we recommend using a symmetric and normalized space.*")
        check_env(env.unwrapped)


def test_the_observation_holds_the_frames_asked_for() -> None:
    env = DrivingEnv(EnvConfig(cameras=("left", "right")))
    observation, _ = env.reset(options={"scenario": SHORT})
    assert set(observation) == {"speed", "left", "right"}
    assert observation["left"].shape == (160, 320, 3)
    assert observation in env.observation_space


def test_without_cameras_nothing_is_rendered() -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    observation, _ = env.reset(options={"scenario": SHORT})
    assert set(observation) == {"speed"}
    assert env.render() is None


def test_a_drive_ends_at_the_end_of_the_road_and_a_further_step_is_refused() -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    env.reset(options={"scenario": SHORT})
    over = False
    while not over:
        _, reward, over, truncated, info = env.step(np.array([env.world.ego_state().path_curvature, 0.0], np.float32))
        assert reward > 0
        assert not truncated
        assert info["intervention"] is None
    with pytest.raises(ValueError, match="call reset before step"):
        env.step(np.zeros(2, np.float32))


def test_a_driver_with_the_pedals_who_never_moves_is_cut_off() -> None:
    env = DrivingEnv(EnvConfig(cameras=(), pedals="driver"))
    env.reset(options={"scenario": SHORT})
    over = False
    while not over:
        _, _, _, over, _ = env.step(np.array([0.0, -8.0], np.float32))
    assert not env.world.finished


def test_reset_without_a_scenario_draws_a_training_road_from_the_seed() -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    first, again, other = (env.reset(seed=seed)[1]["scenario"] for seed in (1, 1, 2))
    assert first == again != other
    assert first.split == "train"


@pytest.mark.parametrize("action", [[np.nan, 0.0], [np.inf, 0.0], [0.0, np.nan], [0.0, -np.inf]])
def test_an_action_that_is_no_number_is_refused(action: list[float]) -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    env.reset(options={"scenario": SHORT})
    with pytest.raises(ValueError, match="must be a finite number"):
        env.step(np.array(action, np.float32))


@pytest.mark.parametrize("action", [0.0, [0.0], [0.0, 0.0, 0.0]])
def test_an_action_of_another_shape_is_refused(action: list[float] | float) -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    env.reset(options={"scenario": SHORT})
    with pytest.raises(ValueError, match=r"action is .*it must be two numbers"):
        env.step(np.array(action, np.float32))


def test_step_before_reset_is_refused() -> None:
    with pytest.raises(ValueError, match="call reset"):
        DrivingEnv().step(np.zeros(2, np.float32))
    with pytest.raises(ValueError, match="call reset"):
        DrivingEnv().advance(Control(0.0))


@pytest.mark.parametrize("settings", [{"cameras": ("rear",)}, {"rate": 0}, {"pedals": "nobody"}, {"camera_spacing": -0.6}])
def test_bad_settings_are_refused(settings: dict) -> None:
    with pytest.raises(ValueError, match="must"):
        EnvConfig(**settings)


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(ValueError, match=r"options has \['scenari'\]"):
        DrivingEnv().reset(options={"scenari": SHORT})


def test_boxes_are_those_of_the_last_picture_even_when_the_world_has_moved_on() -> None:
    env = DrivingEnv()
    env.start(Scenario(road=RoadKind.RESIDENTIAL, seed=3, length=200.0, parked=20.0, pedestrians=30.0))
    before = env.boxes()
    assert before
    env.advance(Control(0.0))
    assert env.boxes() == before
    env.observe()
    assert env.boxes() != before


def test_boxes_need_the_centre_camera() -> None:
    env = DrivingEnv(EnvConfig(cameras=("left",)))
    env.start(Scenario(road=RoadKind.RURAL, seed=3, length=100.0))
    with pytest.raises(ValueError, match="boxes need the centre one"):
        env.boxes()


def test_a_scenario_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"options\['scenario'\] is 'rural'; it must be a sim.Scenario"):
        DrivingEnv().reset(options={"scenario": "rural"})
