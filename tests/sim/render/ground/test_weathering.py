"""Wetness, snow and tunnels above the ground."""

import numpy as np
import pytest

from sim.render.ground.weathering import mirror_at, reflectance, snow_cover, tunnel_at


def test_snow_hides_the_verge_before_the_road_and_the_wheel_tracks_last() -> None:
    verge, road, tracks = (
        snow_cover(0.45, hard, track, 0.0) for hard, track in ((0, 0), (1, 0), (1, 1))
    )
    assert verge == 1.0
    assert verge > road > tracks
    assert snow_cover(0.0, 0.0, 0.0, 3.0) == 0.0


def test_wheel_tracks_show_an_unpaved_road_in_snow_as_they_show_a_paved_one() -> None:
    unpaved, paved, verge = (
        snow_cover(0.7, hard, track, 0.0) for hard, track in ((0, 1), (1, 1), (0, 0))
    )
    assert unpaved == paved < 0.2
    assert verge == 1.0


def test_wet_ground_is_a_mirror_far_away_and_none_below_the_eye() -> None:
    assert reflectance(0.0, 1.4) == pytest.approx(0.02)
    assert reflectance(1e6, 1.4) == pytest.approx(1.0, abs=1e-4)


def test_markings_vanish_under_snow_by_degrees() -> None:
    covers = [snow_cover(snow, 1.0, 0.35, 0.0) for snow in np.linspace(0.05, 1.0, 39)]
    assert covers[0] == 0.0
    assert covers[-1] > 0.9
    assert (np.diff(covers) >= 0).all()
    assert sum(0 < cover < 1 for cover in covers) > 5


def test_standing_water_mirrors_more_than_a_film_and_dry_ground_not_at_all() -> None:
    assert mirror_at(0.0, 5.0) == 0.0
    assert mirror_at(1.0, 5.0) == 1.0 > mirror_at(1.0, 0.0) > 0.5


def test_water_reflects_two_percent_straight_down_and_all_at_the_horizon() -> None:
    assert reflectance(0.0, 1.2) == pytest.approx(0.02)
    assert reflectance(1e9, 1.2) == pytest.approx(1.0)


def test_a_station_between_both_portals_is_in_the_tunnel() -> None:
    tunnels = np.array([(100.0, 150.0), (200.0, 260.0)])
    assert [tunnel_at(tunnels, s) for s in (99.0, 100.0, 170.0, 260.0)] == [-1, 0, -1, 1]


def test_dry_ground_is_no_mirror_and_a_puddle_is_a_full_one() -> None:
    assert mirror_at(np.float32(0), np.float32(3)) == 0.0
    assert mirror_at(np.float32(1), np.float32(3)) == pytest.approx(1.0)


def test_without_snow_nothing_is_covered() -> None:
    assert snow_cover(np.float32(0), np.float32(0), np.float32(0), np.float32(5)) == 0.0
