"""What stands beside and on the road."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from sim.geometry.frenet import Floats
from sim.render.frame_buffer import Eye, blank_frame_buffer
from sim.render.ground.paving import ground_of
from sim.render.lighting.atmosphere import Atmosphere
from sim.render.noise import grain
from sim.render.objects.facets import draw_facet
from sim.render.objects.object_tables import (
    AX,
    AY,
    BOTTOM,
    BX,
    BY,
    LOW,
    PANEL,
    PLANT,
    UPRIGHT,
    Scenery,
)
from sim.render.objects.plants import (
    BROADLEAVES,
    BUSHES,
    CONIFERS,
    KINDS,
    MIPS,
    TALL,
    TEXEL_CHANNELS,
    WIDE,
    draw_plant,
    plants,
    shield_plant,
)
from sim.render.objects.roadside.houses import GABLE, HIP, Houses, built
from sim.render.objects.roadside.scenery import scenery_of
from sim.render.objects.surfaces.surface_table import SurfaceKind
from sim.render.objects.upright_panels import draw_panel
from sim.roads.kinds import plan_road
from sim.roads.plan import Material, RoadPlan, Street
from sim.scenario import RoadKind, Scenario


@pytest.fixture(scope="module", params=list(RoadKind))
def plan(request: pytest.FixtureRequest) -> RoadPlan:
    return plan_road(Scenario(road=request.param, seed=5, length=600.0))


@pytest.fixture(scope="module")
def scenery(plan: RoadPlan) -> Scenery:
    return scenery_of(plan, ground_of(plan, 5), 5)


def test_nothing_stands_on_a_lane(plan: RoadPlan, scenery: Scenery) -> None:
    low = (scenery.family != PANEL) | (scenery.shape[:, LOW] < 2.0)
    on_the_ground = (
        low
        & ((scenery.family != UPRIGHT) | (scenery.shape[:, BOTTOM] < 2.0))
        & (scenery.kind != SurfaceKind.PORTAL)
    )
    for x, y in zip(scenery.x[on_the_ground], scenery.y[on_the_ground], strict=True):
        s, d = plan.centreline.project(x, y)
        if 0 <= s <= plan.centreline.length:
            assert all(abs(d - lane.offset) > lane.width / 2 + 0.05 for lane in plan.lanes)


def test_nothing_grows_on_the_road_its_verges_or_its_streets(
    plan: RoadPlan, scenery: Scenery
) -> None:
    for x, y in zip(
        scenery.x[scenery.family == PLANT], scenery.y[scenery.family == PLANT], strict=True
    ):
        s, d = plan.centreline.project(x, y)
        if 0 <= s <= plan.centreline.length:
            edge = max(
                max(-b.left, b.right)
                for b in plan.bands
                if b.endless and b.material is not Material.GRASS
            )
            asphalt = max(plan.drivable[1], -plan.drivable[0])
            assert abs(d) > min(edge, asphalt)
            assert not any(
                abs(s - street.station) < street.width / 2
                and street.side in (0, np.sign(d))
                and abs(d) < 60.0
                for street in plan.streets
            )
            assert not (plan.in_tunnel(s) and abs(d) < 12.0)


def test_there_is_scenery_on_both_sides_all_along(plan: RoadPlan, scenery: Scenery) -> None:
    across = np.array(
        [plan.centreline.project(x, y)[1] for x, y in zip(scenery.x, scenery.y, strict=True)]
    )
    for side in (-1, 1):
        stations = np.sort(scenery.station[across * side > 0])
        assert np.diff(stations[stations < plan.centreline.length]).max() <= 75.0


def test_no_house_stands_on_a_street_or_in_another() -> None:
    plan = plan_road(Scenario(road=RoadKind.RESIDENTIAL, seed=3, length=900.0))
    scenery = scenery_of(plan, ground_of(plan, 3), 3)
    walls = (scenery.family == PANEL) & np.isin(
        scenery.kind, (SurfaceKind.PLASTER, SurfaceKind.BRICK, SurfaceKind.GARAGE)
    )
    assert walls.sum() > 100
    for shape in scenery.shape[walls]:
        for t in (0.0, 0.5, 1.0):
            x = shape[AX] + t * (shape[BX] - shape[AX])
            y = shape[AY] + t * (shape[BY] - shape[AY])
            s, d = plan.centreline.project(x, y)
            if 0 < s < plan.centreline.length:
                assert max(plan.walks) < d or d < min(plan.walks)
                assert not any(
                    abs(s - street.station) < street.width / 2
                    and street.side in (0, np.sign(d))
                    and abs(d) < 60.0
                    for street in plan.streets
                )


def test_no_sign_stands_in_the_way_of_who_turns_into_a_street() -> None:
    plan = plan_road(Scenario(road=RoadKind.MOUNTAIN, seed=5, length=600.0))

    def sign_stations(plan: RoadPlan) -> Floats:
        scenery = scenery_of(plan, ground_of(plan, 5), 5)
        return np.sort(
            scenery.station[
                (scenery.family == PANEL)
                & np.isin(scenery.kind, (SurfaceKind.CHEVRON, SurfaceKind.WARNING))
            ]
        )

    before = sign_stations(plan)
    street = Street(float(before[3]), 6.0, 0)
    after = sign_stations(replace(plan, streets=(street,)))
    assert np.array_equal(after, before[np.abs(before - street.station) > 3.5])
    assert after.size < before.size


@pytest.mark.parametrize("kind", [RoadKind.RURAL, RoadKind.RESIDENTIAL, RoadKind.HIGHWAY])
def test_signs_stand_on_the_right_of_who_they_face(kind: RoadKind) -> None:
    plan = plan_road(Scenario(road=kind, seed=3, length=900.0))
    scenery = scenery_of(plan, ground_of(plan, 3), 3)
    signs = (scenery.family == PANEL) & np.isin(
        scenery.kind, (SurfaceKind.SPEED, SurfaceKind.WARNING, SurfaceKind.CROSSING)
    )
    assert signs.sum() >= 4
    for shape, x, y in zip(scenery.shape[signs], scenery.x[signs], scenery.y[signs], strict=True):
        s, d = plan.centreline.project(x, y)
        heading = plan.centreline.heading_at(s)
        rightwards = (shape[BX] - shape[AX]) * -np.sin(heading) + (shape[BY] - shape[AY]) * np.cos(
            heading
        )
        assert np.sign(rightwards) == np.sign(d)


def test_barriers_follow_their_offset() -> None:
    plan = plan_road(Scenario(road=RoadKind.HIGHWAY, seed=3, length=600.0))
    scenery = scenery_of(plan, ground_of(plan, 3), 3)
    offsets = {round(barrier.offset, 3) for barrier in plan.barriers}
    walls = (scenery.family == PANEL) & (scenery.kind <= SurfaceKind.NOISE)
    assert walls.any()
    for shape in scenery.shape[walls]:
        assert round(plan.centreline.project(shape[AX], shape[AY])[1], 3) in offsets


def test_the_same_seed_gives_the_same_scenery_and_another_another(
    plan: RoadPlan, scenery: Scenery
) -> None:
    again, other = (scenery_of(plan, ground_of(plan, seed), seed) for seed in (5, 8))
    assert all(np.array_equal(a, b) for a, b in zip(scenery, again, strict=True))
    assert scenery.x.size != other.x.size or not np.array_equal(scenery.x, other.x)


def test_plant_pictures_hold_a_plant_and_trees_leave_the_top_corners_clear() -> None:
    pictures = plants().texels[: KINDS * TALL * WIDE].reshape(KINDS, TALL, WIDE, TEXEL_CHANNELS)
    opacity = pictures[..., 0]
    assert set(np.unique(opacity)) == {0, 127}
    trees = opacity[: BROADLEAVES + CONIFERS]
    assert not trees[:, :20, :20].any()
    assert not trees[:, :20, -20:].any()
    assert all(0.1 < (kind > 0).mean() < 0.7 for kind in opacity)


def test_the_spans_of_a_plants_rows_end_at_their_outermost_texels_in_every_size() -> None:
    own = plants()
    texel = 0
    row = 0
    for mip in range(MIPS):
        tall = KINDS * (TALL >> mip)
        wide = WIDE >> mip
        marks = [
            own.texels[texel : texel + tall * wide, 0] != 0,
            own.solid[texel : texel + tall * wide],
        ]
        for first, marked in zip((0, 2), marks, strict=True):
            for line, (low, high) in zip(
                marked.reshape(tall, wide),
                own.spans[row : row + tall, first : first + 2],
                strict=True,
            ):
                places = np.flatnonzero(line)
                assert (low, high) == ((places[0], places[-1]) if places.size else (wide, -1))
        texel, row = texel + tall * wide, row + tall
    assert (texel, row) == (own.texels.shape[0], own.spans.shape[0])


@pytest.mark.parametrize("kind", [0, BROADLEAVES])
def test_a_tree_paints_nothing_above_its_crown_or_beside_it(kind: int) -> None:
    light = Atmosphere.of(Scenario(RoadKind.RURAL, 0)).light
    eye = Eye(0.0, 0.0, 1.4, 1.0, 0.0, 350.0, 180.0, 0.0)
    own = plants()
    for forward in np.linspace(16.0, 60.0, 200):
        canvas = blank_frame_buffer(200, 200)
        draw_plant(
            canvas,
            own.texels,
            own.starts,
            own.spans,
            light,
            eye,
            forward,
            0.0,
            0.5,
            0.5,
            9.0,
            kind,
            0.4,
            0.5,
            0.2,
            1.0,
        )
        rows, columns = np.nonzero(canvas.image.sum(2))
        scale = 350.0 / forward
        assert rows.min() >= 180 + (1.4 - 9.0) * scale - 1
        assert np.abs(columns - 99.5).max() <= 9.0 * scale * WIDE / TALL / 2 + 1
        assert np.ptp(columns[rows == rows.min()]) <= 0.2 * 9.0 * scale + 3


@pytest.mark.parametrize("kind", range(KINDS - 2))
def test_where_a_plant_shields_nothing_behind_it_shows(kind: int) -> None:
    light = Atmosphere.of(Scenario(RoadKind.RURAL, 0)).light
    eye = Eye(0.0, 0.0, 1.4, 1.0, 0.0, 350.0, 180.0, 0.0)
    pictures = plants()
    for forward in (12.0, 23.0, 41.0):
        marked = blank_frame_buffer(240, 320, truth=True)
        shield_plant(
            marked, pictures.solid, pictures.starts, pictures.spans, eye, forward, 1.3, 8.0, kind
        )
        shielded = marked.depth < np.inf
        assert shielded.any()
        assert (marked.depth[shielded] == np.float32(forward)).all()
        images = []
        for background in (0, 255):
            canvas = blank_frame_buffer(240, 320, truth=True)
            canvas.image[:] = background
            draw_plant(
                canvas, pictures.texels, pictures.starts, pictures.spans, light, eye, forward, 1.3, 0.5, 0.5, 8.0, kind, 0.4,
                0.5, 0.2, 1.0,
            )  # fmt: skip
            images.append(canvas.image.astype(int))
        assert np.abs(images[0] - images[1])[shielded].max() <= 1


def house(roof: int, **changes: float) -> Houses:
    """One house around the origin, its front to -x."""
    values = {"station": 0.0, "x": 0.0, "y": 0.0, "face_x": -1.0, "face_y": 0.0, "width": 9.0, "depth": 8.0, "eaves": 5.9,
              "ridge": 8.9, "roof": roof, "skin": SurfaceKind.PLASTER, "seed": 0.1}  # fmt: skip
    arrays = {name: np.array([value]) for name, value in {**values, **changes}.items()}
    return Houses(**arrays, wall=np.full((1, 3), 0.7), tiles=np.full((1, 3), 0.4))


def test_a_chimney_stands_on_its_roofs_ridge() -> None:
    for width in (8.0, 9.0, 13.0):
        chimney = list(built(house(HIP, width=width)))[-1]
        ridge = max((width - 8.0) / 2, 0.2)
        assert chimney.family[0] == UPRIGHT
        assert abs(chimney.y[0]) <= ridge


def test_no_sky_shows_between_a_wall_and_its_gable() -> None:
    light = Atmosphere.of(Scenario(RoadKind.RURAL, 0)).light
    parts = next(built(house(GABLE)))
    for away in np.linspace(18.0, 30.0, 13):
        eye = Eye(0.0, -away, 1.4, 0.0, 1.0, 350.0, 128.0, 0.0)
        canvas = blank_frame_buffer(320, 640, truth=True)
        canvas.image[:] = (0, 255, 0)
        for i in range(parts.x.size):
            if parts.family[i] == PANEL:
                draw_panel(
                    canvas,
                    grain(),
                    parts.shape[i],
                    parts.kind[i],
                    0.7,
                    0.7,
                    0.7,
                    400.0,
                    light,
                    light,
                    eye,
                    True,
                )
            else:
                draw_facet(
                    canvas, grain(), parts.shape[i], parts.kind[i], 0.7, 0.7, 0.7, 400.0, light, eye
                )
        seam = int(128 - 350 * (5.9 - 1.4) / (away - 4.5))
        wall = canvas.image[seam - 4 : seam + 5, 300:340].astype(int)
        assert (wall[..., 1] - wall[..., 0]).max() < 12


def test_no_leaf_floats_beside_its_tree_or_bush() -> None:
    pictures = plants().texels[: KINDS * TALL * WIDE].reshape(KINDS, TALL, WIDE, TEXEL_CHANNELS)
    for picture in pictures[: BROADLEAVES + CONIFERS + BUSHES]:
        count, _ = cv2.connectedComponents((picture[..., 0] > 0).astype(np.uint8))
        assert count == 2  # the plant, and what is around it


def test_plants_go_over_into_the_snow_without_an_edge() -> None:
    light = Atmosphere.of(Scenario(RoadKind.RURAL, 0)).light
    eye = Eye(0.0, 0.0, 1.4, 1.0, 0.0, 350.0, 80.0, 0.0)
    steps = []
    for snow in (0.0, 1.0):
        canvas = blank_frame_buffer(160, 200)
        canvas.image[:] = 230
        draw_plant(
            canvas,
            plants().texels,
            plants().starts,
            plants().spans,
            light._replace(snow=snow),
            eye,
            10.0,
            0.0,
            0.5,
            0.5,
            9.0,
            0,
            0.4,
            0.5,
            0.2,
            1.0,
        )
        foot = int(80 + 1.4 * 35)
        trunk = canvas.image[foot - 12 : foot + 3, 96:104].astype(int).mean((1, 2))
        steps.append(np.abs(np.diff(trunk)).max())
    assert steps[0] > 60
    assert steps[1] < 40


def test_no_speed_limit_stands_in_another_sign() -> None:
    met = 0
    for seed in range(40):
        plan = plan_road(Scenario(RoadKind.RURAL, seed, length=1500.0))
        table = scenery_of(plan, ground_of(plan, seed), seed)
        limits, others = (
            np.flatnonzero((table.family == PANEL) & np.isin(table.kind, kinds))
            for kinds in ((SurfaceKind.SPEED,), (SurfaceKind.CHEVRON, SurfaceKind.WARNING))
        )
        apart = np.hypot(
            table.x[limits, None] - table.x[others], table.y[limits, None] - table.y[others]
        )
        met += apart.size
        assert apart.min(initial=np.inf) > 2.0
    assert met > 100
