"""Pieces of road between two stations: kerbs, zebras, streets and bands."""

from dataclasses import replace

import numpy as np
import pytest

from sim.render.ground.paving import ground_of
from sim.render.ground.pieces import FINISH, INDEX_SPACING, START
from sim.render.lighting.palette import GRAIN, PALETTE
from sim.roads.kinds import plan_road
from sim.roads.plan import Band, Material
from sim.scenario import RoadKind, Scenario
from tests.sim.render.ground.ground_views import (
    PAINT,
    residential,
    road_surface,
)


def test_kerbs_are_red_in_the_gaps_of_their_paint() -> None:
    plan = plan_road(Scenario(RoadKind.RACETRACK, 3, length=400.0))
    kerb = next(marking for marking in plan.markings if marking.red and marking.start > 0)
    ground = ground_of(plan, 3)
    paint, red = (
        road_surface(ground, kerb.start + s, kerb.offset, 0.2, 0.2, 0.0)[:3] for s in (0.75, 2.25)
    )
    assert np.min(paint) > 0.75
    assert red[0] > 3 * max(red[1:])
    beyond = road_surface(ground, kerb.finish + 0.2, kerb.offset, 0.2, 0.2, 0.0)[:3]
    assert beyond[0] < 1.3 * beyond[1]


def test_a_zebra_is_half_painted_and_changes_nothing_beside_it() -> None:
    plan, ground = residential()
    bare = ground_of(replace(plan, zebras=()), 3)
    (left, right), shares = plan.carriageway, []
    for zebra in plan.zebras:
        middle = zebra.station + zebra.length / 2
        places = np.linspace(left + 1.6, right - 1.6, 5)
        mean, below = (
            np.array([np.mean(road_surface(at, middle, d, 1.0, 2.0, 0.0)[:3]) for d in places])
            for at in (ground, bare)
        )
        # Its paint is an eighth gone, more or less by place.
        painted = (mean - below) / (np.mean(PAINT) - below)
        assert painted == pytest.approx(0.5 * 0.88, abs=0.12)
        shares.append(painted)
        for s, d in ((zebra.station - 0.3, 0.0), (middle, right + 0.3)):
            assert road_surface(ground, s, d, 0.5, 0.5, 0.0) == road_surface(
                bare, s, d, 0.5, 0.5, 0.0
            )
    assert np.mean(shares) == pytest.approx(0.5 * 0.88, abs=0.06)


def test_zebra_bars_are_half_a_metre_wide_and_symmetric() -> None:
    plan, ground = residential()
    zebra, (left, right) = plan.zebras[0], plan.carriageway
    line = [
        road_surface(ground, zebra.station + 2.0, d, 0.1, 0.02, 0.0)[2] > 0.6
        for d in np.arange(left, right, 0.01)
    ]
    edges = np.flatnonzero(np.diff(np.array(line, int)))
    assert np.diff(edges) * 0.01 == pytest.approx(np.full(edges.size - 1, 0.5), abs=0.03)
    assert edges[0] * 0.01 == pytest.approx(right - left - edges[-1] * 0.01, abs=0.05)


def test_side_streets_are_asphalt_where_grass_was() -> None:
    plan, ground = residential()
    bare = ground_of(replace(plan, streets=()), 3)
    for street in plan.streets:
        for side in (1, -1) if street.side == 0 else (street.side,):
            for out in (1.5, 4.0, 20.0, 45.0):
                d = side * (plan.carriageway[1] + out)
                red, green, blue, rough, hard, track = road_surface(
                    ground, street.station, d, 0.5, 0.5, 0.0
                )
                assert max(red, green, blue) - min(red, green, blue) < 0.03
                assert (hard, rough) == pytest.approx((1.0, GRAIN[Material.ASPHALT]))
                assert 0 < track < 1
                half = street.station + street.width / 2
                assert road_surface(ground, half, d, 1.0, 0.5, 0.0)[4] >= 0.95 or out > 10
                assert road_surface(ground, half + 2.5, d, 0.5, 0.5, 0.0) == road_surface(
                    bare, half + 2.5, d, 0.5, 0.5, 0.0
                )
            assert road_surface(bare, street.station, side * 45.0, 0.5, 0.5, 0.0)[4] == 0.0


def test_a_band_that_ends_covers_a_footprint_by_its_overlap() -> None:
    plan = plan_road(Scenario(RoadKind.RURAL, 3, length=400.0))
    bands = (*plan.bands, Band(-40.0, 40.0, Material.SAND, 150.0, 170.0))
    ground = ground_of(replace(plan, bands=bands), 3)
    bare = ground_of(plan, 3)
    for s in (145.0, 150.0, 156.0, 168.0, 171.0, 180.0):
        covered = max(min(s + 6.0, 170.0) - max(s - 6.0, 150.0), 0.0) / 12.0
        below = np.array(road_surface(bare, s, 20.0, 12.0, 1.0, 0.0)[:3])
        mean = np.array(road_surface(ground, s, 20.0, 12.0, 1.0, 0.0)[:3])
        assert mean == pytest.approx(below + (PALETTE[Material.SAND] - below) * covered, abs=1e-6)


def test_a_band_with_slope_drifts_with_the_station() -> None:
    plan = plan_road(Scenario(RoadKind.RURAL, 3, length=400.0))
    bands = (*plan.bands, Band(20.0, 24.0, Material.SAND, 150.0, 170.0, 0.5))
    ground = ground_of(replace(plan, bands=bands), 3)
    for s in (152.0, 160.0, 168.0):
        left = 20.0 + 0.5 * (s - 150.0)
        inside, outside = (
            road_surface(ground, s, d, 0.1, 0.1, 0.0)[0] for d in (left + 0.2, left - 0.2)
        )
        assert inside == pytest.approx(PALETTE[Material.SAND][0], abs=1e-6)
        assert outside == pytest.approx(PALETTE[Material.GRASS][0], abs=1e-4)


def test_an_index_range_contains_every_piece_that_touches_its_road() -> None:
    _, ground = residential()
    for k, (first, last) in enumerate(ground.ranges):
        low = k * INDEX_SPACING
        touches = (ground.pieces[:, FINISH] > low) & (ground.pieces[:, START] < low + INDEX_SPACING)
        assert set(np.flatnonzero(touches)) <= set(range(first, last))
