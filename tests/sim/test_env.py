"""The environment: Gymnasium's own checks, settings, options, actions, info, and what it refuses."""

import json
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env

from sim import Control, DrivingEnv, EnvConfig, RoadKind, Scenario
from sim.control.bicycle import MAX_CURVATURE
from sim.env import SpeedControl
from sim.geometry.camera import Camera
from sim.world import MAX_ACCELERATION, MAX_BRAKING

SHORT = Scenario(RoadKind.RURAL, 0, length=60.0)
SMALL = {"width": 64, "height": 48, "focal": 35.0, "horizon": 20.0}
STRAIGHT = np.zeros(1, np.float32)


@pytest.mark.parametrize("pedals", list(SpeedControl))
def test_gymnasiums_check_passes_without_a_warning(pedals: SpeedControl) -> None:
    check_env(
        gymnasium.make(
            "PilotNet/Drive-v0", camera=SMALL, pedals=pedals, render_mode="rgb_array"
        ).unwrapped
    )


def test_plain_settings_make_the_environment_and_its_spec_is_json() -> None:
    env = gymnasium.make(
        "PilotNet/Drive-v0", cameras=["left"], camera=SMALL, config={"rate": 20, "pedals": "driver"}
    )
    assert env.unwrapped.config == EnvConfig(
        ("left",), Camera(**SMALL), rate=20, pedals=SpeedControl.DRIVER
    )
    again = gymnasium.make(EnvSpec.from_json(env.spec.to_json()))
    assert again.unwrapped.config == env.unwrapped.config


def test_plain_settings_override_a_record_of_settings() -> None:
    env = gymnasium.make("PilotNet/Drive-v0", config=EnvConfig(cameras=(), rate=20), rate=5)
    assert env.unwrapped.config == EnvConfig(cameras=(), rate=5)
    assert (
        gymnasium.make(EnvSpec.from_json(env.spec.to_json())).unwrapped.config
        == env.unwrapped.config
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"cameras": ("rear",)},
            r"cameras is \('rear',\); it must be a list of any of left, centre, right",
        ),
        ({"cameras": "left"}, "cameras is 'left'; it must be a list of any of left, centre, right"),
        ({"cameras": None}, "cameras is None; it must be a list"),
        ({"rate": 0}, "rate is 0 Hz; it must be a whole number between 1 and 100 Hz"),
        ({"rate": 10.5}, "rate is 10.5 Hz; it must be a whole number"),
        ({"rate": True}, "rate is True Hz; it must be a whole number"),
        ({"pedals": "nonsense"}, "pedals is 'nonsense'; it must be one of shared, driver"),
        ({"camera_spacing": -0.6}, "camera_spacing is -0.6 m; it must lie between 0 and 5 m"),
        ({"camera_spacing": "wide"}, "camera_spacing is 'wide'; it must be a finite number"),
        (
            {"camera": 5},
            "camera is 5; it must be a sim.geometry.camera.Camera, or a mapping with some of "
            "width, height",
        ),
        (
            {"camera": {"with": 320}},
            r"camera is {'with': 320}; it must be a sim.geometry.camera.Camera, or a mapping",
        ),
        (
            {"camera": {"width": 320.5}},
            "camera.width is 320.5 px; it must be a whole number between 1 and",
        ),
        ({"camera": {"focal": "long"}}, "camera.focal is 'long'; it must be a finite number"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, Any], message: str) -> None:
    for make in (EnvConfig, DrivingEnv):
        with pytest.raises(ValueError, match=message):
            make(**settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"camras": ("left",)},
            "setting is 'camras'; it must be one of cameras, camera, camera_spacing, rate, pedals",
        ),
        ({"config": {"camras": ()}}, "setting is 'camras'; it must be one of cameras"),
        ({"config": 5}, "config is 5; it must be a sim.EnvConfig or a mapping of its fields"),
        ({"render_mode": "bogus"}, "render_mode is 'bogus'; it must be None or 'rgb_array'"),
        ({"render_mode": "human"}, "render_mode is 'human'; it must be None or 'rgb_array'"),
        ({"scenarios": SHORT}, r"scenarios is Scenario\(.*; it must be a function"),
    ],
)
def test_bad_arguments_of_the_environment_are_refused_in_one_line(
    settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        DrivingEnv(**settings)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 240


def test_the_observation_holds_the_frames_asked_for() -> None:
    env = DrivingEnv(EnvConfig(cameras=("left", "right")))
    observation, _ = env.reset(options={"scenario": SHORT})
    assert set(observation) == {"speed", "left", "right"}
    assert observation["left"].shape == (160, 320, 3)
    assert observation in env.observation_space


def test_without_cameras_only_the_speed_is_observed() -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    observation, _ = env.reset(options={"scenario": SHORT})
    assert set(observation) == {"speed"}
    assert env.render() is None


@pytest.mark.parametrize("cameras", [(), ("left",), ("centre",)])
def test_render_shows_the_centre_camera_whatever_is_observed(cameras: tuple[str, ...]) -> None:
    env = DrivingEnv(cameras=cameras, camera=SMALL, render_mode="rgb_array")
    env.reset(options={"scenario": SHORT})
    seen, _ = DrivingEnv(camera=SMALL).reset(options={"scenario": SHORT})
    assert np.array_equal(env.render(), seen["centre"])


def test_render_before_the_first_reset_is_refused() -> None:
    with pytest.raises(ValueError, match="call reset first"):
        DrivingEnv(render_mode="rgb_array").render()


def test_films_play_at_the_rate_of_the_environment() -> None:
    assert DrivingEnv(rate=25).metadata["render_fps"] == 25
    assert DrivingEnv().metadata["render_fps"] == DrivingEnv.metadata["render_fps"] == 10


def test_a_drive_ends_at_the_end_of_the_road_and_a_further_step_is_refused() -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    env.reset(options={"scenario": SHORT})
    over = False
    while not over:
        steering = env.world.ego_state().path_curvature / MAX_CURVATURE
        _, reward, over, truncated, info = env.step(np.array([steering], np.float32))
        assert reward > 0
        assert not truncated
        assert info["intervention"] == ""
    with pytest.raises(ValueError, match="call reset before step"):
        env.step(STRAIGHT)


def test_an_intervention_costs_ten_metres_and_is_named() -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    env.reset(options={"scenario": SHORT})
    info: dict[str, Any] = {"intervention": ""}
    while not info["intervention"]:
        _, reward, over, _, info = env.step(np.ones(1, np.float32))
        assert not over
    assert info["intervention"] in ("lane departure", "off road")
    assert reward < -5


def test_a_driver_with_the_pedals_who_never_moves_is_cut_off() -> None:
    env = DrivingEnv(EnvConfig(cameras=(), pedals="driver"))
    env.reset(options={"scenario": SHORT})
    truncated = False
    causes = set()
    while not truncated:
        _, _, terminated, truncated, info = env.step(np.array([0.0, -1.0], np.float32))
        assert not terminated
        causes.add(info["intervention"])
    assert causes == {"", "stuck"}


@pytest.mark.parametrize(
    ("action", "curvature", "acceleration"),
    [
        ([0.0, 0.0], 0.0, 0.0),
        ([1.0, 1.0], MAX_CURVATURE, MAX_ACCELERATION),
        ([-1.0, -1.0], -MAX_CURVATURE, -MAX_BRAKING),
        ([0.5, -0.25], MAX_CURVATURE / 2, -MAX_BRAKING / 4),
        ([-7.0, 7.0], -MAX_CURVATURE, MAX_ACCELERATION),
    ],
)
def test_actions_scale_the_limits_and_zero_neither_accelerates_nor_brakes(
    action: list[float], curvature: float, acceleration: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = DrivingEnv(EnvConfig(cameras=(), pedals="driver"))
    env.reset(options={"scenario": SHORT})
    given: list[Control] = []
    advance = env.advance
    monkeypatch.setattr(env, "advance", lambda control: given.append(control) or advance(control))
    env.step(np.array(action, np.float32))
    assert given == [Control(curvature, acceleration)]


def test_with_shared_pedals_there_is_only_steering() -> None:
    assert DrivingEnv().action_space == gymnasium.spaces.Box(-1.0, 1.0, (1,), np.float32)
    assert DrivingEnv(pedals="driver").action_space == gymnasium.spaces.Box(
        -1.0, 1.0, (2,), np.float32
    )


def test_a_seeded_reset_draws_all_conditions_on_training_roads_and_repeats_them() -> None:
    seeds = range(60)
    env = DrivingEnv(EnvConfig(cameras=()))
    drawn = [scenario_of(env.reset(seed=seed)[1]) for seed in seeds]
    assert [scenario_of(env.reset(seed=seed)[1]) for seed in seeds[:3]] == drawn[:3]
    assert {scenario.split for scenario in drawn} == {"train"}
    for name, least in (
        ("road", 8),
        ("weather", 5),
        ("light", 4),
        ("leader", 2),
        ("traffic", 40),
        ("parked", 20),
        ("crossing", 20),
    ):
        assert len({getattr(scenario, name) for scenario in drawn}) >= least, name


def test_a_scenario_sampler_replaces_the_draw() -> None:
    env = DrivingEnv(
        cameras=(),
        scenarios=lambda generator: Scenario(RoadKind.TUNNEL, int(generator.integers(10))),
    )
    assert {scenario_of(env.reset(seed=seed)[1]).road for seed in range(3)} == {"tunnel"}


def scenario_of(info: dict[str, Any]) -> Scenario:
    return Scenario(**json.loads(info["scenario"]))


def test_info_has_the_same_plain_values_after_reset_and_step() -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    _, first = env.reset(seed=4)
    _, _, _, _, later = env.step(STRAIGHT)
    assert {name: type(value) for name, value in first.items()} == {
        name: type(value) for name, value in later.items()
    }
    assert {type(value) for value in first.values()} == {str, float, np.ndarray}
    assert first["station"] < later["station"]
    assert scenario_of(first) == scenario_of(later) == env.world.scenario


def test_the_scenario_of_an_info_drives_the_same_road_again() -> None:
    env = DrivingEnv(camera=SMALL)
    seen, info = env.reset(seed=4)
    again, same = env.reset(seed=9, options=json.loads(info["scenario"]))
    assert same["scenario"] == info["scenario"]
    assert np.array_equal(seen["centre"], again["centre"])


def test_options_fix_some_conditions_and_leave_the_others_random() -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    options = {"road": "residential", "weather": "rain", "light": "night", "length": 300}
    drawn = [scenario_of(env.reset(seed=seed, options=options)[1]) for seed in range(8)]
    assert {(s.road, s.weather, s.light, s.length) for s in drawn} == {
        ("residential", "rain", "night", 300)
    }
    assert len({s.seed for s in drawn}) == len({s.traffic for s in drawn}) == 8


def test_a_road_without_footways_has_no_pedestrians_and_no_parked_vehicles() -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    drawn = [scenario_of(env.reset(seed=seed, options={"road": "highway"})[1]) for seed in range(8)]
    assert {(s.road, s.parked, s.pedestrians, s.crossing) for s in drawn} == {
        ("highway", 0.0, 0.0, 0.0)
    }


def test_options_change_a_given_scenario() -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    _, info = env.reset(options={"scenario": SHORT, "weather": "fog", "seed": np.int64(6)})
    assert scenario_of(info) == Scenario(RoadKind.RURAL, 6, length=60.0, weather="fog")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"scenari": SHORT},
            r"options has \['scenari'\]; it may hold scenario, road, seed, length",
        ),
        ({"scenario": "rural"}, r"options\['scenario'\] is 'rural'; it must be a sim.Scenario"),
        ({"road": "moon"}, "road is 'moon'; it must be one of rural, highway"),
        ({"weather": "x" * 5000}, "weather is 'x{76}...; it must be one of clear"),
        ({"length": "long"}, "length is 'long'; it must be a finite number"),
        ({"leader": "yes"}, "leader is 'yes'; it must be true or false"),
        ({"traffic": 400}, "traffic is 400 per km; it must lie between 0 and 20"),
        (
            {"road": "highway", "crossing": 3.0},
            "crossing is 3.0 per km; on a road of kind highway it must be 0",
        ),
    ],
)
def test_bad_options_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DrivingEnv(EnvConfig(cameras=())).reset(seed=0, options=options)


@pytest.mark.parametrize("action", [[np.nan, 0.0], [np.inf, 0.0], [0.0, np.nan], [0.0, -np.inf]])
def test_an_action_that_is_no_number_is_refused(action: list[float]) -> None:
    env = DrivingEnv(EnvConfig(cameras=(), pedals="driver"))
    env.reset(options={"scenario": SHORT})
    with pytest.raises(ValueError, match="it must be a finite number"):
        env.step(np.array(action, np.float32))


@pytest.mark.parametrize("action", [[None], ["0"], [1j], [2**2000], [True]])
def test_an_action_of_other_things_than_real_numbers_is_refused(action: list[object]) -> None:
    env = DrivingEnv(cameras=())
    env.reset(options={"scenario": SHORT})
    with pytest.raises(ValueError, match=r"action is .*; it must hold real numbers"):
        env.step(np.array(action))


def test_boxes_before_the_first_reset_are_refused() -> None:
    with pytest.raises(ValueError, match="call reset first"):
        DrivingEnv().boxes()


@pytest.mark.parametrize("action", [0.0, [0.0, 0.0], [[0.0]]])
def test_an_action_of_another_shape_is_refused(action: list[float] | float) -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    env.reset(options={"scenario": SHORT})
    with pytest.raises(
        ValueError, match=r"it must be of shape \(1,\), or two with pedals='driver'"
    ):
        env.step(np.array(action, np.float32))


def test_step_before_reset_is_refused() -> None:
    with pytest.raises(ValueError, match="call reset"):
        DrivingEnv().step(STRAIGHT)
    with pytest.raises(ValueError, match="call reset"):
        DrivingEnv().advance(Control(0.0))


def test_boxes_are_those_of_the_last_picture_even_when_the_world_has_moved_on() -> None:
    env = DrivingEnv()
    env.start(
        Scenario(road=RoadKind.RESIDENTIAL, seed=3, length=200.0, parked=20.0, pedestrians=30.0)
    )
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
