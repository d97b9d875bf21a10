"""The ground: road coordinates, exact averages of paint, and where they land in the picture."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.geometry.camera import Camera
from sim.render.frame_buffer import Eye, blank_frame_buffer
from sim.render.ground.paving import Ground, ground_of
from sim.render.ground.profile import PAINT_CHANNEL, PROFILE_STEP, profile_table
from sim.render.ground.rasterise import draw_ground
from sim.render.ground.row_buffer import (
    ACROSS,
    ALONG,
    BLOCK,
    BLUE,
    GREEN,
    HARD,
    OFFSET,
    RED,
    ROUGH,
    SPAN,
    STATION,
    TONE,
    TRACK,
    WANDER,
    blank_row_buffer,
)
from sim.render.ground.row_buffer import (
    GRAIN as NOISE,
)
from sim.render.ground.surface import lay_road, road_coordinates, tone_at
from sim.render.lighting.atmosphere import Atmosphere
from sim.render.lighting.palette import GRAIN, PALETTE
from sim.roads.kinds import plan_road
from sim.roads.plan import Band, Marking, Material, RoadPlan
from sim.scenario import RoadKind, Scenario
from sim.types import Image, Pose

PAINT = PALETTE[Material.PAINT]


@pytest.fixture(scope="module", params=list(RoadKind))
def plan(request: pytest.FixtureRequest) -> RoadPlan:
    return plan_road(Scenario(road=request.param, seed=3, length=400.0))


@pytest.fixture(scope="module")
def ground(plan: RoadPlan) -> Ground:
    return ground_of(plan, 3)


def seen(ground: Ground, pose: Pose, camera: Camera) -> Image:
    canvas = blank_frame_buffer(camera.height, camera.width)
    eye = Eye(
        pose.x,
        pose.y,
        camera.elevation,
        math.cos(pose.heading),
        math.sin(pose.heading),
        camera.focal,
        camera.horizon,
        0.0,
    )
    light = Atmosphere.of(Scenario(RoadKind.RURAL, 0)).light
    draw_ground(canvas, ground, light, light, eye)
    return canvas.image


def road_surface(
    ground: Ground, s: float, d: float, along: float, across: float, grain: float
) -> tuple[float, ...]:
    """Mean red, green, blue and grain of the ground around (s, d) over `along` x `across` metres,
    its hard share and tracks.
    """
    room = blank_row_buffer()
    pixels = room.values
    tone, wander = tone_at(ground, s, along)
    for channel, value in (
        (STATION, s), (OFFSET, d), (ALONG, along), (ACROSS, across), (NOISE, grain), (TONE, tone), (WANDER, wander),
    ):  # fmt: skip
        pixels[channel : channel + SPAN] = value
    lay_road(room, ground, 0, SPAN)
    return tuple(float(pixels[channel]) for channel in (RED, GREEN, BLUE, ROUGH, HARD, TRACK))


def test_road_coordinates_agree_with_the_centreline(plan: RoadPlan, ground: Ground) -> None:
    generator = np.random.default_rng(0)
    # As far as the ground is anything else than what lies all around; from hairpins 12 m may lie
    # nearer to another part.
    reach = min(6.0 if plan.kind is RoadKind.MOUNTAIN else 12.0, ground.reach)
    for s, d in zip(
        generator.uniform(0, plan.centreline.length, 400),
        generator.uniform(-reach, reach, 400),
        strict=True,
    ):
        place = plan.centreline.pose_at(s, d)
        near, along, across, cos, sin = road_coordinates(ground, place.x, place.y)
        assert near
        assert (along, across) == pytest.approx((s, d), abs=0.01)
        assert (cos, sin) == pytest.approx(
            (math.cos(place.heading), math.sin(place.heading)), abs=2e-3
        )


def test_far_from_the_road_there_is_none(plan: RoadPlan, ground: Ground) -> None:
    place = plan.centreline.pose_at(100.0, 500.0)
    assert not road_coordinates(ground, place.x, place.y)[0]


def painted_share(ground: Ground, plan: RoadPlan, marking: Marking, length: float) -> float:
    """The mean share of paint over `length` metres of a marking, from brightness with and without
    it.
    """
    with_paint, without = (
        np.mean(
            [
                road_surface(at, s, marking.offset, 0.5, 0.04, 0.0)[:3]
                for s in np.arange(100.0, 100.0 + length, 0.5) + 0.25
            ]
        )
        for at in (ground, ground_of(replace(plan, markings=()), 3))
    )
    return float((with_paint - without) / (np.mean(PAINT) - without))


def marked(**marking: float) -> tuple[RoadPlan, Marking]:
    """A rural road with a single marking."""
    line = Marking(1.0, 0.2, **marking)
    return replace(plan_road(Scenario(RoadKind.RURAL, 3, length=400.0)), markings=(line,)), line


@pytest.mark.parametrize(("dash", "gap"), [(1.0, 1.0), (3.0, 3.0), (3.0, 9.0)])
def test_paint_over_whole_periods_is_their_share(dash: float, gap: float) -> None:
    plan, line = marked(dash=dash, gap=gap)
    assert painted_share(ground_of(plan, 3), plan, line, 36.0) == pytest.approx(
        dash / (dash + gap), abs=0.02
    )


def test_a_footprint_over_a_period_of_dashes_sees_their_share_wherever_it_lies() -> None:
    plan, line = marked(dash=3.0, gap=6.0)
    ground = ground_of(plan, 3)
    bare = ground_of(replace(plan, markings=()), 3)
    for s in np.linspace(100.0, 109.0, 7):
        mean, below = (
            np.mean(road_surface(at, s, line.offset, 9.0, 0.04, 0.0)[:3]) for at in (ground, bare)
        )
        assert (mean - below) / (np.mean(PAINT) - below) == pytest.approx(1 / 3, abs=0.01)


@pytest.mark.parametrize("gap", [0.0, 3.0])
def test_worn_paint_is_thinner_by_its_wear(gap: float) -> None:
    (new, line), (old, worn) = marked(dash=3.0, gap=gap), marked(dash=3.0, gap=gap, wear=0.4)
    share = painted_share(ground_of(old, 3), old, worn, 360.0) / painted_share(
        ground_of(new, 3), new, line, 360.0
    )
    assert share == pytest.approx(0.6, abs=0.06)


def test_wear_eats_whole_spots_where_noise_is_high() -> None:
    plan, line = marked(wear=0.5)
    ground = ground_of(plan, 3)
    low, high = (
        np.mean(road_surface(ground, 100.0, line.offset, 0.1, 0.04, grain)[:3])
        for grain in (-2.0, 2.0)
    )
    assert high > np.mean(PAINT) * 0.95
    assert low < np.mean(PALETTE[Material.ASPHALT]) * 1.15


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


def residential() -> tuple[RoadPlan, Ground]:
    plan = plan_road(Scenario(RoadKind.RESIDENTIAL, 3, length=800.0))
    return plan, ground_of(plan, 3)


def test_a_zebra_is_half_painted_across_and_nothing_beside_it() -> None:
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


def test_a_zebras_bars_are_half_a_metre_wide_and_painted_edge_to_edge() -> None:
    plan, ground = residential()
    zebra, (left, right) = plan.zebras[0], plan.carriageway
    line = [
        road_surface(ground, zebra.station + 2.0, d, 0.1, 0.02, 0.0)[2] > 0.6
        for d in np.arange(left, right, 0.01)
    ]
    edges = np.flatnonzero(np.diff(np.array(line, int)))
    assert np.diff(edges) * 0.01 == pytest.approx(np.full(edges.size - 1, 0.5), abs=0.03)
    assert edges[0] * 0.01 == pytest.approx(right - left - edges[-1] * 0.01, abs=0.05)


def test_streets_are_asphalt_out_to_where_grass_was() -> None:
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


def test_a_drifting_band_moves_aside_with_the_station() -> None:
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


def test_only_sealed_ground_is_hard_and_only_lanes_have_tracks(
    plan: RoadPlan, ground: Ground
) -> None:
    lane = plan.lanes[plan.path]
    # Where edges are ragged, tracks wander a little too.
    middle, wheel = (
        np.mean(
            [road_surface(ground, s, lane.offset + d, 0.1, 0.1, 0.0)[4:] for s in range(20, 220)],
            axis=0,
        )
        for d in (0.0, 0.8)
    )
    assert middle[0] == pytest.approx(0.0 if plan.kind is RoadKind.UNPAVED else 1.0, abs=1e-3)
    assert middle[1] == pytest.approx(0.35, abs=0.05)
    assert wheel[1] > 0.75
    assert road_surface(ground, 70.0, 70.0, 0.1, 0.1, 0.0)[4:] == pytest.approx(
        (0.0, 0.0), abs=1e-6
    )


def test_far_out_lies_what_the_plan_says() -> None:
    plan = replace(plan_road(Scenario(RoadKind.MOUNTAIN, 3, length=400.0)), beyond=Material.ROCK)
    ground = ground_of(plan, 3)
    rock = (*PALETTE[Material.ROCK], GRAIN[Material.ROCK])
    assert tuple(ground.beyond) == rock
    assert road_surface(ground, 100.0, ground.reach - 0.5, 0.1, 0.1, 0.0)[:4] == pytest.approx(
        rock, abs=1e-4
    )


def test_a_footprint_inside_a_new_solid_line_is_all_paint() -> None:
    plan, line = marked()
    colour = np.array(road_surface(ground_of(plan, 3), 100.0, line.offset, 0.02, 0.02, 0.0)[:3])
    assert colour / colour.mean() == pytest.approx(np.array(PAINT) / np.mean(PAINT), abs=0.01)
    assert colour.mean() > 2 * np.mean(PALETTE[Material.ASPHALT]) * 0.9


def test_a_wider_footprint_is_the_mean_of_narrow_ones(plan: RoadPlan) -> None:
    bands, markings = (
        [part for part in parts if part.endless] for parts in (plan.bands, plan.markings)
    )
    ground = ground_of(replace(plan, bands=bands, markings=markings, streets=(), zebras=()), 3)
    wide = road_surface(ground, 100.0, 1.0, 0.5, 5.12, 0.0)[:3]
    narrow = [
        road_surface(ground, 100.0, d, 0.5, 0.02, 0.0)[:3]
        for d in np.arange(-1.56, 3.56, 0.02) + 0.01
    ]
    assert wide == pytest.approx(np.mean(narrow, axis=0), abs=0.02)


def test_the_table_of_means_agrees_with_the_exact_integral(ground: Ground) -> None:
    table = profile_table(ground.profile, ground.first)
    generator = np.random.default_rng(0)
    running = np.column_stack(
        [ground.profile[:, :PAINT_CHANNEL], ground.profile[:, PAINT_CHANNEL:].sum(1)]
    )
    at = ground.first + np.arange(len(running)) * PROFILE_STEP
    for level, (start, begin, density, last) in enumerate(table.levels[::3]):
        width = PROFILE_STEP * 2 ** (3 * level / 2)
        place = np.clip((generator.uniform(at[0], at[-1], 50) - begin) * density, 0, last)
        d = begin + place / density
        i = start.astype(int) + place.astype(int)
        read = table.values[:, i] + (place % 1) * (table.values[:, i + 1] - table.values[:, i])
        low = d - width / 2
        high = d + width / 2
        beyond = np.clip(at[0] - low, 0, width) + np.clip(high - at[-1], 0, width)
        exact = [
            np.interp(high, at, r) - np.interp(low, at, r) + beyond * r[1] / PROFILE_STEP
            for r in running.T
        ]
        # A mean over `width` bends by at most 1 / width where the profile jumps by 1: straight
        # lines between entries miss a bend
        # by a quarter of it per metre between them.
        assert np.abs(read - np.array(exact) / width).max() < 1e-3 + max(
            width / 4, PROFILE_STEP
        ) / (4 * width)
        assert np.abs(read - np.array(exact) / width).mean() < 0.01


def test_entries_that_count_as_alike_are(ground: Ground) -> None:
    table = ground.means
    for i in np.random.default_rng(0).integers(0, table.alike.size, 300):
        after = table.values[:, i : table.alike[i] + 1]
        assert after == pytest.approx(np.broadcast_to(after[:, :1], after.shape), abs=1e-3)


def test_a_picture_wider_than_a_block_shows_the_same_in_its_middle(
    plan: RoadPlan, ground: Ground
) -> None:
    camera = Camera()
    pose = plan.centreline.pose_at(60.0, plan.path_offset)
    wide = seen(ground, pose, replace(camera, width=2 * BLOCK))
    middle = wide[:, BLOCK // 2 : BLOCK // 2 + BLOCK].astype(int)
    assert np.abs(middle - seen(ground, pose, replace(camera, width=BLOCK))).max() <= 1


@pytest.mark.parametrize("offset", [-0.8, 0.0, 0.8])
def test_a_line_appears_at_the_pixel_where_geometry_puts_it(offset: float) -> None:
    plan = plan_road(Scenario(RoadKind.TUNNEL, 3, length=400.0))
    plan = replace(plan, markings=tuple(replace(marking, wear=0.0) for marking in plan.markings))
    ground = ground_of(plan, 3)
    camera = Camera()
    here = plan.path_offset + offset
    image = (
        seen(ground, plan.centreline.pose_at(15.0, here), camera).astype(float).sum(2)
    )  # the road begins straight
    right_edge = min(m.offset for m in plan.markings if m.gap == 0 and m.offset > plan.path_offset)
    for row in (90, 110, 120):
        forward, _ = camera.pixel_to_ground(np.array([0.0]), np.array([row + 0.5]))
        column, _ = camera.ground_to_pixel(forward, np.array([right_edge - here]))
        around = np.arange(int(column[0]) - 8, int(column[0]) + 9)
        weight = np.clip(image[row, around] - np.median(image[row, around]) - 60, 0, None)
        assert (weight @ (around + 0.5)) / weight.sum() == pytest.approx(column[0], abs=0.6)


def test_a_turn_to_the_right_moves_the_road_to_the_left(plan: RoadPlan, ground: Ground) -> None:
    camera = Camera()
    ahead = plan.centreline.pose_at(15.0, plan.path_offset)
    turned = Pose(ahead.x, ahead.y, ahead.heading + math.atan(12 / camera.focal))  # twelve pixels
    straight, moved = (seen(ground, pose, camera)[74:78].astype(float) for pose in (ahead, turned))
    left, right = (
        np.abs(moved[:, 140:180] - straight[:, 140 + step : 180 + step]).mean()
        for step in (12, -12)
    )
    assert left < right / 2


def test_far_dashes_do_not_shimmer(plan: RoadPlan, ground: Ground) -> None:
    # In a tenth of a second at 20 m/s the ground far ahead may change by a few levels, not by a
    # line's contrast.
    camera = Camera()
    frames = [
        seen(ground, plan.centreline.pose_at(5.0 + 2.0 * k, plan.path_offset), camera)[
            66:68, 130:190
        ]
        for k in range(4)
    ]
    steps = np.abs(np.diff(np.array(frames, dtype=float), axis=0))
    assert steps.mean() < 6.0
