"""First-person images for every environment that HighwayEnv registers."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env

import sim
from sim.geometry.camera import Camera
from sim.highway_env.front_camera import FrontCamera, front_camera_sheet, highway_environments

# Gymnasium's and HighwayEnv's own advice about old versions and unbounded spaces is not ours to
# mend.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*:UserWarning:gymnasium"),
]
EVERY = sorted(
    spec.id
    for spec in gymnasium.registry.values()
    if str(spec.entry_point).startswith("highway_env.")
)
SMALL = Camera(width=160, height=80, focal=87.5, horizon=32.0)


def camera_on(name: str = "highway-fast-v0", **settings: Any) -> FrontCamera:
    return FrontCamera(gymnasium.make(name), **settings)


@pytest.mark.parametrize("name", EVERY)
def test_every_environment_shows_its_road(name: str) -> None:
    env = camera_on(name)
    env.action_space.seed(0)
    image, _ = env.reset(seed=3)
    road = image[130:, 130:190].astype(int)
    grey = np.abs(road[..., 0] - road[..., 2]) < 25
    assert grey.mean() > 0.8, "no asphalt ahead"
    for _ in range(3):
        assert env.observation_space.contains(image)
        assert image.std() > 10
        image, *_ = env.step(env.action_space.sample())
    env.close()


@pytest.mark.parametrize("name", ["highway-fast-v0", "parking-v0", "racetrack-v1", "roundabout-v1"])
@pytest.mark.parametrize("observation", ["replace", "add"])
def test_gymnasiums_own_checks_pass(name: str, observation: str) -> None:
    check_env(camera_on(name, camera=SMALL, observation=observation), skip_render_check=True)


def test_one_name_for_each_environment_and_all_of_them() -> None:
    names = highway_environments()
    assert len(names) == len(set(names))
    assert {name.rsplit("-v", 1)[0] for name in names} == {
        name.rsplit("-v", 1)[0] for name in EVERY
    }
    assert "roundabout-v1" in names
    assert "roundabout-v0" not in names


def test_the_package_offers_it() -> None:
    assert sim.FrontCamera is FrontCamera


def test_reward_info_and_actions_stay_as_they_are() -> None:
    bare = gymnasium.make("highway-fast-v0")
    env = camera_on(observation="add", camera=SMALL)
    bare.action_space.seed(1)
    assert env.action_space == bare.action_space
    seen, info = bare.reset(seed=2)
    both, same = env.reset(seed=2)
    assert np.array_equal(both["observation"], seen)
    assert set(info) == set(same)
    for _ in range(3):
        action = bare.action_space.sample()
        expected = bare.step(action)
        found = env.step(action)
        assert np.array_equal(found[0]["observation"], expected[0])
        assert found[1:4] == expected[1:4]
        assert found[4] == expected[4]


def test_the_same_seed_shows_the_same_images() -> None:
    films = []
    for _ in range(2):
        env = camera_on("intersection-v2", camera=SMALL)
        films.append([env.reset(seed=8)[0]] + [env.step(1)[0] for _ in range(3)])
    assert np.array_equal(*films)


def test_a_car_in_the_lane_to_the_right_appears_on_the_right() -> None:
    env = camera_on("highway-v0")
    env.reset(seed=0)
    road = env.unwrapped.road
    ego = env.unwrapped.vehicle
    road.vehicles = [ego]
    ego.position = np.array([300.0, 4.0])
    ego.heading = 0.0
    empty = env.front_view().astype(int)
    for offset in (-4.0, 4.0):
        other = type(ego)(road, [312.0, 4.0 + offset], 0.0, 20.0)
        road.vehicles = [ego, other]
        columns = np.nonzero(np.abs(env.front_view() - empty).sum(2) > 90)[1]
        expected, _ = env.camera.ground_to_pixel(np.array([312.0 - 300.0]), np.array([offset]))
        assert np.median(columns) == pytest.approx(expected[0], abs=12)


def test_the_camera_can_ride_with_another_agent() -> None:
    first, second = (
        camera_on("intersection-multi-agent-v2", agent=agent, camera=SMALL) for agent in (0, 1)
    )
    images = [env.reset(seed=1)[0] for env in (first, second)]
    assert not np.array_equal(*images)


def test_the_ground_is_made_again_only_for_another_road() -> None:
    env = camera_on("roundabout-v1", camera=SMALL)
    env.reset(seed=0)
    ground = env._ground
    env.step(1)
    assert env._ground is ground
    env.reset()
    assert env._ground is not ground


def test_the_obstacle_at_the_end_of_a_merging_lane_stands_there() -> None:
    env = camera_on("merge-v1")
    env.reset(seed=0)
    (obstacle,) = env.unwrapped.road.objects
    env.unwrapped.vehicle.position = obstacle.position - (12.0, 0.0)
    env.unwrapped.road.vehicles = [env.unwrapped.vehicle]
    with_it = env.front_view().astype(int)
    env.unwrapped.road.objects = []
    rows, columns = np.nonzero(np.abs(with_it - env.front_view()).sum(2) > 40)
    assert np.median(columns) == pytest.approx(160, abs=8)
    assert rows.min() > 64


def test_weather_settings_reach_the_sky() -> None:
    images = [camera_on(camera=SMALL, seed=seed).reset(seed=0)[0] for seed in (1, 2)]
    assert not np.array_equal(*images)


def test_the_sheet_shows_a_grid_of_pictures_with_names() -> None:
    names = ["parking-v0", "roundabout-v1", "two-way-v0"]
    sheet = front_camera_sheet(SMALL, columns=2, names=names)
    assert sheet.dtype == np.uint8
    assert sheet.shape == (2 * (80 + 22), 320, 3)
    assert (sheet[80:102] < 100).any(), "no name under the pictures"
    assert (sheet[102:, 160:] == 255).all(), "the place of a fourth picture stays empty"


def test_an_environment_without_a_road_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"CartPole.*HighwayEnv"):
        FrontCamera(gymnasium.make("CartPole-v1"))


def test_a_highway_environment_without_a_road_is_refused_by_name() -> None:
    env = gymnasium.make("highway-fast-v0")
    env.unwrapped.road = None
    with pytest.raises(ValueError, match=r"HighwayEnvFast.*has no road; it must have one"):
        FrontCamera(env)


def test_a_camera_of_plain_values_makes_a_spec_that_is_json() -> None:
    env = FrontCamera(
        gymnasium.make("highway-fast-v0"), {"width": 160, "height": 80}, observation="add"
    )
    again = gymnasium.make(EnvSpec.from_json(env.spec.to_json()))
    assert isinstance(again, FrontCamera)
    assert again.camera == env.camera == Camera(width=160, height=80)
    made = gymnasium.make(EnvSpec.from_json(camera_on(camera=SMALL).spec.to_json()))
    assert isinstance(made, FrontCamera)
    assert made.camera == SMALL


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_an_action_that_is_no_number_is_refused(number: float) -> None:
    env = camera_on("parking-v0", camera=SMALL)
    env.reset(seed=0)
    with pytest.raises(ValueError, match=f"action is {number}; it must be a finite number"):
        env.step(np.array([0.0, number], np.float32))


def test_a_step_before_the_first_reset_is_refused() -> None:
    with pytest.raises(ValueError, match="call reset before step"):
        camera_on(camera=SMALL).step(1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"agent": 1}, "agent is 1; it must be a whole number between 0 and 0"),
        ({"agent": -1}, "agent is -1"),
        ({"agent": 0.5}, "agent is 0.5; it must be a whole number"),
        ({"seed": 1.5}, "seed is 1.5"),
        ({"camera": {"with": 1}}, "camera is {'with': 1}"),
        ({"observation": "both"}, "observation is 'both'"),
        ({"camera": "front"}, "camera is 'front'"),
        ({"weather": "frogs"}, "weather is 'frogs'"),
        ({"light": "noon"}, "light is 'noon'"),
        ({"strength": 2.0}, "strength is 2.0"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        camera_on(**settings)


def test_there_is_no_view_before_the_first_reset() -> None:
    with pytest.raises(ValueError, match="call reset"):
        camera_on(camera=SMALL).front_view()
