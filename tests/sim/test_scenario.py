"""Scenarios: the split of each road, and the values that are refused."""

import pytest

from sim.scenario import RoadKind, Scenario, Split, Weather, road_seed


def test_train_validation_and_test_never_share_a_road() -> None:
    seeds = {split: {road_seed(split, i) for i in range(1000)} for split in Split}
    assert not seeds[Split.TRAIN] & seeds[Split.VALIDATION]
    assert not seeds[Split.TRAIN] & seeds[Split.TEST]
    assert not seeds[Split.VALIDATION] & seeds[Split.TEST]


@pytest.mark.parametrize("split", list(Split))
def test_a_scenario_knows_its_split_from_its_seed(split: Split) -> None:
    assert all(Scenario(RoadKind.RURAL, road_seed(split, i)).split is split for i in range(6))


def test_a_name_tells_road_weather_light_and_seed() -> None:
    assert Scenario(RoadKind.RURAL, 17).name == "rural-17"
    assert (
        Scenario(RoadKind.RURAL, 17, weather=Weather.RAIN, light="night").name
        == "rural-rain-night-17"
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"road": "moon"}, "road is 'moon'; it must be one of rural, highway"),
        ({"seed": -1}, "seed is -1; it must be a whole number from 0"),
        ({"length": -5.0}, "length is -5.0 m; it must lie between"),
        ({"length": float("nan")}, "length is nan; it must be a finite number"),
        ({"traffic": 1000.0}, "traffic is 1000.0 per km; it must lie between 0 and 20"),
        ({"weather": "hail"}, "weather is 'hail'; it must be one of clear, cloudy"),
        ({"light": "noon"}, "light is 'noon'; it must be one of day, low_sun"),
        ({"visibility": 0.0}, "visibility is 0.0 m; it must lie between 20"),
        ({"strength": 0.0}, "strength is 0.0; it must lie above 0"),
        ({"strength": float("inf")}, "strength is inf; it must be a finite number"),
        ({"parked": 500.0}, "parked is 500.0 per km; it must lie between"),
        ({"pedestrians": -1.0}, "pedestrians is -1.0 per km; it must lie between 0 and 80"),
        ({"crossing": float("nan")}, "crossing is nan; it must be a finite number"),
        (
            {"road": "highway", "crossing": 2.0},
            "crossing is 2.0 per km; on a road of kind highway it must be 0",
        ),
    ],
)
def test_a_bad_scenario_is_refused_with_its_value_and_what_is_allowed(
    settings: dict, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Scenario(**{"road": RoadKind.RURAL, "seed": 0, **settings})
