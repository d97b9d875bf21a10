"""Panels, facets and ceilings by projection: where they are, what they hide, how they join."""

import numpy as np
import pytest

from sim.geometry.camera import Camera
from sim.render.frame_buffer import Eye, FrameBuffer, Label, blank_frame_buffer
from sim.render.lighting.atmosphere import Atmosphere
from sim.render.noise import grain
from sim.render.objects.facets import draw_facet
from sim.render.objects.filters import pulse
from sim.render.objects.object_tables import FREE_A, FREE_B, ONE_SIDED, Scenery, facets, panels
from sim.render.objects.surfaces.surface_table import SurfaceKind
from sim.render.objects.upright_panels import draw_panel
from sim.render.renderer import Renderer
from sim.roads.kinds import plan_road
from sim.roads.plan import RoadPlan
from sim.scenario import RoadKind, Scenario

CAMERA = Camera(640, 320, 350.0, 128.0)
EYE = Eye(0.0, 0.0, 1.4, 1.0, 0.0, 350.0, 128.0, 0.0)
LIGHT = Atmosphere.of(Scenario(RoadKind.RURAL, 0)).light._replace(
    haze_reach=1e9, sun_x=0.0, sun_y=0.0, sun_up=1.0
)
GREEN = (0.0, 255, 0)
Point = tuple[float, float]


def panel(
    a: Point, b: Point, high: float = 2.0, skin: SurfaceKind = SurfaceKind.PLAIN, **more: object
) -> Scenery:
    ends = [(np.array([x]), np.array([y])) for x, y in (a, b)]
    return panels(0.0, *ends, skin, high, (0.8, 0.5, 0.2), **more)


def drawn(*tables: Scenery, shielded: bool = False) -> FrameBuffer:
    """The panels over a green background, in the order given."""
    canvas = blank_frame_buffer(320, 640, truth=True)
    canvas.image[:] = GREEN
    for painted in (False, True) if shielded else (True,):
        for table in tables:
            for i in range(table.x.size):
                draw_panel(
                    canvas,
                    grain(),
                    table.shape[i],
                    table.kind[i],
                    0.8,
                    0.5,
                    0.2,
                    300.0,
                    LIGHT,
                    LIGHT,
                    EYE,
                    painted,
                )
    return canvas


def covered(canvas: FrameBuffer) -> np.ndarray:
    return canvas.label == Label.STRUCTURE


def test_a_panels_corners_lie_where_the_camera_projects_them() -> None:
    a = (20.0, -6.0)
    b = (12.0, 3.0)
    mask = covered(drawn(panel(a, b)))
    columns, rows = CAMERA.ground_to_pixel(np.array([a[0], b[0]]), np.array([a[1], b[1]]))
    where = np.flatnonzero(mask.any(0))
    assert where[0] == pytest.approx(columns[0], abs=1)
    assert where[-1] + 1 == pytest.approx(columns[1], abs=1)
    for end, forward, foot in ((where[0], a[0], rows[0]), (where[-1], b[0], rows[1])):
        upright = np.flatnonzero(mask[:, end])
        assert upright[-1] + 1 == pytest.approx(foot, abs=1)
        assert upright[0] == pytest.approx(128.0 + 350.0 * (1.4 - 2.0) / forward, abs=1)


def test_the_truths_depth_is_the_geometric_distance() -> None:
    canvas = drawn(panel((20.0, -6.0), (12.0, 3.0)))
    rows, columns = np.nonzero(covered(canvas))
    slope = (columns + 0.5 - 320) / 350
    # The line through (20, -6) and (12, 3): 9 f + 8 r = 132, with r = slope f.
    assert canvas.depth[rows, columns] == pytest.approx(132 / (9 + 8 * slope), rel=0.01)


def test_a_panel_that_begins_behind_the_camera_is_cut_where_the_world_begins() -> None:
    mask = covered(drawn(panel((-5.0, 2.0), (10.0, 2.0))))
    columns, _ = CAMERA.ground_to_pixel(np.array([10.0]), np.array([2.0]))
    assert np.flatnonzero(mask.any(0))[0] == pytest.approx(columns[0], abs=1)
    slope = (639.5 - 320) / 350
    assert np.flatnonzero(mask[:, -1])[0] == pytest.approx(128 - 350 * 0.6 * slope / 2, abs=1)
    assert not covered(drawn(panel((-5.0, 2.0), (0.2, 2.0)))).any()


@pytest.mark.parametrize(
    "skin", [SurfaceKind.PLAIN, SurfaceKind.STONE, SurfaceKind.CONCRETE, SurfaceKind.TUNNEL]
)
def test_joined_panels_show_no_background_and_go_on_with_their_texture(skin: SurfaceKind) -> None:
    points = np.linspace((30.0, -8.0), (6.0, 5.0), 9)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    flags = [FREE_A, *[0] * 6, FREE_B]
    pieces = [
        panel(
            tuple(points[i]),
            tuple(points[i + 1]),
            skin=skin,
            along=(along[i], along[i + 1]),
            flags=flags[i],
        )
        for i in range(8)
    ]
    whole = panel(tuple(points[0]), tuple(points[-1]), skin=skin, along=(0.0, along[-1]))
    one = drawn(whole)
    many = drawn(*pieces)
    assert np.abs(one.image.astype(int) - many.image).max() <= 2
    assert np.array_equal(covered(one), covered(many))


@pytest.mark.parametrize("skin", [SurfaceKind.PLAIN, SurfaceKind.RAIL, SurfaceKind.CROSSING])
def test_a_mirrored_panel_gives_the_mirrored_picture(skin: SurfaceKind) -> None:
    start, length = (4.2, 3.6) if skin is SurfaceKind.RAIL else (0.0, 4.0)  # between two posts
    more = {"along": (start, start + length), "pitch": length}
    flat = panel((14.0, -5.0), (14.0, -5.0 + length), skin=skin, **more)
    other = panel((14.0, 5.0 - length), (14.0, 5.0), skin=skin, **more)
    assert np.abs(drawn(flat).image.astype(int) - drawn(other).image[:, ::-1]).max() <= 2


def test_arrows_point_the_way_their_bend_goes() -> None:
    sign = {"skin": SurfaceKind.CHEVRON, "pitch": 4.0, "low": 0.0, "high": 4.0}
    right = drawn(panel((8.0, -2.0), (8.0, 2.0), seed=1.0, **sign)).image.astype(int)
    left = drawn(panel((8.0, -2.0), (8.0, 2.0), seed=-1.0, **sign)).image.astype(int)
    assert np.abs(right - left[:, ::-1]).max() <= 2
    red = (right[..., 0] - right[..., 2]) > 60
    # An arrow to the right is farther right in the middle of its height than above.
    middle = 128 - int(350 * 0.6 / 8)
    above = 128 - int(350 * 2.2 / 8)
    tip = np.flatnonzero(red[middle] & ~np.roll(red[middle], -1))
    wing = np.flatnonzero(red[above] & ~np.roll(red[above], -1))
    assert tip.max() > 330
    shift = (tip[:, None] - wing[None, :]).ravel()
    assert shift[shift > 0].min() == pytest.approx(350 * 1.6 / 8, abs=6)


def test_signs_turn_a_grey_back_to_who_comes_from_behind() -> None:
    front = drawn(panel((8.0, -2.0), (8.0, 2.0), skin=SurfaceKind.SPEED, pitch=4.0, high=4.0)).image
    back = drawn(panel((8.0, 2.0), (8.0, -2.0), skin=SurfaceKind.SPEED, pitch=4.0, high=4.0)).image
    assert np.ptp(front[60:180, 240:400].astype(int), axis=2).max() > 100
    middle = back[100:150, 300:340].astype(int)
    assert np.ptp(middle, axis=2).max() < 25


def test_one_sided_panels_are_seen_from_their_front_only() -> None:
    assert covered(drawn(panel((10.0, -2.0), (10.0, 2.0), flags=ONE_SIDED))).any()
    assert not covered(drawn(panel((10.0, 2.0), (10.0, -2.0), flags=ONE_SIDED))).any()


def test_the_nearer_wall_hides_the_farther_in_any_order() -> None:
    near = panel((8.0, -2.0), (11.0, 3.0), 1.5, SurfaceKind.STONE)
    far = panel((16.0, 4.0), (14.0, -4.0), 3.0, SurfaceKind.CONCRETE)
    assert np.array_equal(drawn(near, far).depth, drawn(far, near).depth)
    inner = np.isfinite(drawn(near).depth) & np.isclose(drawn(near).depth, drawn(near, far).depth)
    rows = slice(150, 165)  # well inside the nearer wall
    inner[: rows.start] = inner[rows.stop :] = False
    inner[:, [*range(240), *range(400, 640)]] = False
    assert inner.sum() > 1000
    images = [drawn(*order, shielded=True).image[inner] for order in ((near, far), (far, near))]
    assert np.array_equal(*images)


def test_shielding_changes_nothing_in_the_picture() -> None:
    near = panel((8.0, -2.0), (11.0, 3.0), 1.5, SurfaceKind.HEDGE)
    far = panel((9.0, 14.0), (24.0, -14.0), 3.0, SurfaceKind.CONCRETE)
    plain = drawn(far, near)
    shielded = drawn(far, near, shielded=True)
    assert np.array_equal(plain.image, shielded.image)
    assert np.array_equal(plain.depth, shielded.depth)


def test_an_upright_facet_covers_what_a_panel_covers_and_a_gable_half_of_it() -> None:
    a = (np.array([10.0]), np.array([-3.0]))
    b = (np.array([10.0]), np.array([3.0]))
    middle = (np.array([10.0]), np.array([0.0]))
    areas = []
    for c, d in ((b, a), (middle, middle)):
        canvas = blank_frame_buffer(320, 640, truth=True)
        draw_facet(canvas, grain(), facets(0.0, (a, b, c, d), 0.5, 2.5, SurfaceKind.PLAIN, (1, 1, 1)).shape[0], SurfaceKind.PLAIN,
                   0.8, 0.5, 0.2, 300.0, LIGHT, EYE)  # fmt: skip
        areas.append(covered(canvas).sum())
    assert areas[0] == pytest.approx(210 * 70, rel=0.02)
    assert areas[1] == pytest.approx(areas[0] / 2, rel=0.02)


@pytest.fixture(scope="module")
def tunnel() -> tuple[RoadPlan, Renderer]:
    scenario = Scenario(road=RoadKind.TUNNEL, seed=1, length=600.0)
    plan = plan_road(scenario)
    return plan, Renderer(plan, scenario, [CAMERA])


def test_inside_a_tunnel_the_outside_shows_through_its_exit_only(
    tunnel: tuple[RoadPlan, Renderer],
) -> None:
    plan, renderer = tunnel
    tube = plan.tunnels[0]
    pose = plan.centreline.pose_at(tube.finish - 25.0, plan.path_offset)
    canvas = renderer.truth(pose, [])[0]
    corners = [plan.centreline.pose_at(tube.finish, d) for d in (tube.left, tube.right)]
    seen = []
    for corner in corners:
        dx = corner.x - pose.x
        dy = corner.y - pose.y
        cos = np.cos(pose.heading)
        sin = np.sin(pose.heading)
        forward = dx * cos + dy * sin
        right = dy * cos - dx * sin
        seen.append((320 + 350 * right / forward, 128 + 350 * (1.4 - tube.height) / forward))
    rows, columns = np.nonzero(canvas.depth > 30.0)
    assert seen[0][0] - 2 <= columns.min()
    assert columns.max() <= seen[1][0] + 2
    assert rows.min() >= min(seen[0][1], seen[1][1]) - 2
    sky_rows, sky_columns = np.nonzero(canvas.label == Label.SKY)
    assert sky_rows.size > 20  # the hill over the next tunnel hides most of it
    assert seen[0][0] - 2 <= sky_columns.min()
    assert sky_columns.max() <= seen[1][0] + 2


def test_the_ceiling_is_where_its_height_puts_it(tunnel: tuple[RoadPlan, Renderer]) -> None:
    plan, renderer = tunnel
    tube = plan.tunnels[0]
    canvas = renderer.truth(
        plan.centreline.pose_at((tube.start + tube.finish) / 2, plan.path_offset), []
    )[0]
    for row in (10, 40):
        expected = 350 * (tube.height - 1.4) / (128 - row - 0.5)
        assert canvas.depth[row, 320] == pytest.approx(expected, rel=1e-3)
        assert canvas.label[row, 320] == Label.STRUCTURE


def test_nothing_of_the_tube_shows_above_the_hill_from_outside(
    tunnel: tuple[RoadPlan, Renderer],
) -> None:
    plan, renderer = tunnel
    tube = plan.tunnels[0]
    canvas = renderer.truth(plan.centreline.pose_at(tube.start - 40.0, plan.path_offset), [])[0]
    inside = (canvas.label == Label.STRUCTURE) & (canvas.depth > 44.0) & (canvas.depth < 300.0)
    rows, columns = np.nonzero(inside)
    half = 350 * tube.right / 40.0
    low = 128 - 350 * (tube.height - 1.4) / 40.0
    within = (np.abs(columns - 320) < half + 40) & (rows > low - 2)
    assert within.mean() > 0.97


@pytest.mark.parametrize("seed", [1, 4, 7, 10])
def test_no_grass_shows_at_the_foot_of_a_tunnels_walls(seed: int) -> None:
    scenario = Scenario(road=RoadKind.TUNNEL, seed=seed, length=600.0)
    plan = plan_road(scenario)
    tube = plan.tunnels[0]
    pose = plan.centreline.pose_at((tube.start + tube.finish) / 2, plan.path_offset)
    canvas = Renderer(plan, scenario, [CAMERA]).truth(pose, [])[0]
    red = canvas.image[..., 0].astype(int)
    green = canvas.image[..., 1].astype(int)
    inside = (canvas.depth < 40.0) & (np.arange(320) > 128)[:, None]
    assert inside.sum() > 80_000
    assert (green - red)[inside].max() <= 1  # concrete, asphalt and lamps are all of a warm colour


@pytest.mark.parametrize("away", [35.0, 48.0, 61.0, 74.0, 87.0, 100.0])
def test_no_sky_shows_between_a_tunnels_portal_and_the_hill_or_the_ceiling(
    tunnel: tuple[RoadPlan, Renderer], away: float
) -> None:
    plan, renderer = tunnel
    tube = plan.tunnels[0]
    pose = plan.centreline.pose_at(tube.start - away, plan.path_offset)
    image = renderer.render(pose, [])[0].astype(int)
    columns = []
    for d in (tube.left - 4.0, tube.right + 4.0):
        side = plan.centreline.pose_at(tube.start, d)
        dx = side.x - pose.x
        dy = side.y - pose.y
        cos = np.cos(pose.heading)
        sin = np.sin(pose.heading)
        columns.append(int(320 + 350 * (dy * cos - dx * sin) / (dx * cos + dy * sin)))
    front = image[128 - int(350 * 8.0 / away) : 128, columns[0] : columns[1]]
    assert (front[..., 2] - front[..., 0]).max() < 15


def test_fog_before_a_tunnel_hides_its_inside() -> None:
    scenario = Scenario(road=RoadKind.TUNNEL, seed=1, length=600.0, weather="fog")
    plan = plan_road(scenario)
    renderer = Renderer(plan, scenario, [CAMERA])
    tube = plan.tunnels[0]
    reach = Atmosphere.of(scenario).light.haze_reach
    contrasts = []
    for away in (4 * reach, 0.25 * reach):
        pose = plan.centreline.pose_at(tube.start - away, plan.path_offset)
        canvas = renderer.truth(pose, [])[0]
        inside = (
            (canvas.label == Label.STRUCTURE)
            & (canvas.depth > away + 5)
            & (canvas.depth < away + 90)
        )
        assert inside.sum() > 40
        contrasts.append(
            np.abs(canvas.image[inside].astype(int) - canvas.image[:20].mean((0, 1))).max()
        )
    assert contrasts[0] < 25
    assert contrasts[1] > 80


def test_a_sign_in_the_headlights_keeps_its_colours() -> None:
    night = Atmosphere.of(Scenario(RoadKind.RURAL, 0, light="night")).light
    sign = panel((25.0, -1.0), (25.0, 1.0), skin=SurfaceKind.CHEVRON, pitch=2.0, low=0.5, seed=1.0)
    canvas = blank_frame_buffer(320, 640, truth=True)
    draw_panel(
        canvas, grain(), sign.shape[0], sign.kind[0], 0.8, 0.5, 0.2, 300.0, night, night, EYE, True
    )
    seen = canvas.image[covered(canvas)].astype(int)
    assert seen.min(axis=1).max() > 180  # its white shines
    assert (seen[:, 0] - seen[:, 1]).max() > 150  # and its red is red


def test_a_pulse_is_on_for_its_share_of_whole_periods_and_off_between() -> None:
    assert pulse(0.3, 12.0, 6.0, 0.9) == pytest.approx(0.15)
    assert pulse(0.45, 0.1, 6.0, 0.9) == pytest.approx(1.0)
    assert pulse(0.9, 0.1, 6.0, 0.9) == pytest.approx(0.5)
    assert pulse(3.0, 0.1, 6.0, 0.9) == 0.0
    assert pulse(-5.55, 0.1, 6.0, 0.9) == pytest.approx(1.0)
