"""What cars and people look like, alone on a bare ground."""

import math
from itertools import pairwise

import numpy as np
import pytest

from sim.render.frame_buffer import FrameBuffer, Label
from sim.render.lighting.light import Light
from sim.render.objects.draw_order import put_in_order
from sim.render.objects.pedestrians.gait import (
    FEET,
    HAIRS,
    LIMBS,
    STRIDE_LENGTH,
    dress_of,
    pose_limbs,
)
from sim.render.objects.road_users import road_users_of
from sim.render.objects.vehicles.vehicle_drawing import vehicles_to_draw
from sim.render.objects.vehicles.vehicle_shapes import shape_of
from sim.types import Actor, Kind
from tests.sim.figures import DAY, EYE, NIGHT, SIZES, car, drawn, person


def limbs_at(phase: float, speed: float = 1.4, height: float = 1.75) -> np.ndarray:
    limbs = np.empty((LIMBS, 10))
    pose_limbs(limbs, height, 1.0, 0, speed, phase)
    return limbs


@pytest.mark.parametrize("kind", SIZES)
def test_a_vehicle_fills_its_size_and_no_more(kind: Kind) -> None:
    length, width, height = SIZES[kind]
    shape = shape_of(kind, length, width, height)
    parts = [shape.planes[a:b] for a, b in pairwise(shape.starts) if b > a]
    points = np.concatenate([corners(part) for part in parts])
    assert np.abs(points[:, 0]).max() == pytest.approx(length / 2, abs=0.03)
    assert np.abs(points[:, 1]).max() == pytest.approx(width / 2, abs=0.03)
    assert points[:, 2].max() == pytest.approx(height, abs=1e-9)
    assert points[:, 2].min() > 0.15  # the rest is wheels
    assert points[:, 0].min() == pytest.approx(-points[:, 0].max(), abs=0.05)


def corners(planes: np.ndarray) -> np.ndarray:
    """The corners of a convex solid bounded by planes (N, 4)."""
    found = []
    for i in range(len(planes)):
        for j in range(i):
            for k in range(j):
                matrix = planes[[i, j, k], :3]
                if abs(np.linalg.det(matrix)) > 1e-6:
                    point = np.linalg.solve(matrix, planes[[i, j, k], 3])
                    if (planes[:, :3] @ point <= planes[:, 3] + 1e-6).all():
                        found.append(point)
    return np.array(found)


@pytest.mark.parametrize("kind", SIZES)
def test_a_vehicles_solids_are_mirrored_about_its_axis(kind: Kind) -> None:
    shape = shape_of(kind, *SIZES[kind])
    for first, last in pairwise(shape.starts):
        part = shape.planes[first:last]
        mirrored = part * [1, -1, 1, 1]
        assert sorted(map(tuple, np.round(mirrored + 0.0, 9))) == sorted(
            map(tuple, np.round(part + 0.0, 9))
        )


def test_every_kind_of_vehicle_has_a_shape_and_people_have_none() -> None:
    assert set(SIZES) == set(Kind) - {Kind.PEDESTRIAN}
    with pytest.raises(KeyError):
        shape_of(Kind.PEDESTRIAN, 0.3, 0.5, 1.8)


def test_no_actors_make_empty_arrays_of_the_right_shape() -> None:
    figures = road_users_of([])
    assert figures.pose.shape == (0, 4)
    assert figures.size.shape == (0, 3)
    one = vehicles_to_draw([car(Kind.BUS, 0.0, 0.0)])
    for empty, full in zip(figures.cars, one, strict=True):
        assert empty.shape == (0, *full.shape[1:])
        assert empty.dtype == full.dtype


@pytest.mark.parametrize("kind", [kind for kind in SIZES if kind is not Kind.BUS])
@pytest.mark.parametrize(("y", "heading"), [(0.0, 0.4), (3.0, 0.0), (-2.0, 2.5)])
def test_a_mirrored_vehicle_makes_a_mirrored_picture(kind: Kind, y: float, heading: float) -> None:
    one = drawn(car(kind, 14.0, y, heading))
    other = drawn(car(kind, 14.0, -y, -heading))
    assert_mirrored(one.image, other.image)


def assert_mirrored(one: np.ndarray, other: np.ndarray) -> None:
    # The rays of a pixel are not symmetric themselves, so edges may differ.
    difference = np.abs(one.astype(int) - other[:, ::-1]).max(2)
    touched = (one != 90).any(2).sum()
    assert touched > 500
    assert (difference > 60).sum() < 0.06 * touched


def test_a_bus_has_its_doors_on_the_right() -> None:
    right, left = (
        drawn(car(Kind.BUS, 14.0, 0.0, heading)).image.astype(int)
        for heading in (math.pi / 2, -math.pi / 2)
    )
    below_the_windows = slice(150 + round(350 * 0.3 / 12.75), 150 + round(350 * 0.6 / 12.75))
    dark_right, dark_left = (
        (image[below_the_windows].sum(2) < 150).sum() for image in (right, left)
    )
    assert dark_right > dark_left + 50


@pytest.mark.parametrize("kind", SIZES)
def test_the_rear_face_is_as_deep_as_it_is_far(kind: Kind) -> None:
    canvas = drawn(car(kind, 20.0, 0.0))
    seen = canvas.depth[canvas.instance == 7]
    assert seen.min() == pytest.approx(20.0 - SIZES[kind][0] / 2, abs=0.1)
    assert (canvas.label[canvas.instance == 7] == Label.CAR).all()
    assert np.isinf(canvas.depth[canvas.instance == 0]).all()


def lamps_of(canvas: FrameBuffer) -> float:
    return float(canvas.image.astype(int).max(2).clip(min=100).sum() - 100 * 360 * 640)


@pytest.mark.parametrize("kind", SIZES)
def test_headlamps_and_tail_lamps_shine_at_night_unless_parked(kind: Kind) -> None:
    for heading in (0.0, math.pi):
        moving, parked = (
            drawn(car(kind, 18.0, 0.0, heading, parked=parked), NIGHT, 5)
            for parked in (False, True)
        )
        off = drawn(car(kind, 18.0, 0.0, heading), NIGHT._replace(lamp=0.0), 5)
        assert lamps_of(moving) > lamps_of(parked) + 500
        assert np.array_equal(parked.image, off.image)
    front, rear = (
        drawn(car(kind, 18.0, 0.0, heading), NIGHT, 5).image.astype(int)
        for heading in (math.pi, 0.0)
    )
    assert ((front.min(2) > 180).sum()) > 10
    assert ((rear[..., 0] > 100) & (rear[..., 1] < 60)).sum() > 10


@pytest.mark.parametrize("light", [DAY, NIGHT])
def test_brake_lamps_are_brighter_than_tail_lamps(light: Light) -> None:
    calm, braking = (
        drawn(car(Kind.SALOON, 12.0, 0.0, braking=on), light, 5).image.astype(int)[..., 0]
        for on in (False, True)
    )
    assert (braking - calm).max() > 40
    assert (braking - calm).min() >= 0


def test_the_glow_of_headlamps_grows_as_they_turn_to_the_camera_and_never_covers_the_picture() -> (
    None
):
    glowing = []
    for turn in (1.2, 0.6, 0.0):
        lit = drawn(car(Kind.SALOON, 25.0, 0.0, math.pi + turn), NIGHT, 0).image.max(2)
        glowing.append((lit > 60).sum())
    assert glowing[0] < glowing[1] < glowing[2]
    close = drawn(car(Kind.BUS, 8.0, 0.0, math.pi), NIGHT, 0)
    assert ((close.image.max(2) > 0) & (close.instance == 0)).mean() < 0.05


def test_fog_widens_the_glow() -> None:
    clear, fog = (
        drawn(car(Kind.SALOON, 40.0, 0.0, math.pi), NIGHT._replace(haze_reach=reach), 0)
        for reach in (1e4, 60.0)
    )
    width = [
        np.ptp(np.argwhere((canvas.image.max(2) > 12) & (canvas.instance == 0))[:, 1])
        for canvas in (clear, fog)
    ]
    assert width[1] > width[0]


def test_reflectors_of_parked_cars_answer_the_headlights() -> None:
    dark, lit = (
        drawn(
            car(Kind.SALOON, 12.0, 0.0, parked=True), NIGHT._replace(headlight=headlight), 5
        ).image.astype(int)
        for headlight in (0.0, 0.9)
    )
    assert (lit[..., 0] - dark[..., 0]).max() > 150


def test_snow_lies_on_roofs() -> None:
    bare, snowy = (
        drawn(car(Kind.SALOON, 8.0, 0.0), DAY._replace(snow=snow)).image.astype(int)
        for snow in (0.0, 1.0)
    )
    whiter = np.argwhere((snowy[..., 0] - bare[..., 0]) > 40)
    assert len(whiter) > 50
    assert whiter[:, 0].max() < 150 + 350 * (1.4 - 0.8) / 5.75  # nothing below the shoulder line


@pytest.mark.parametrize("distance", [5.0, 10.0, 20.0, 40.0])
@pytest.mark.parametrize("right", [0.0, -3.0, 3.0])
@pytest.mark.parametrize("speed", [0.0, 1.4])
def test_a_person_is_as_tall_as_geometry_says_and_stands_on_the_ground(
    distance: float, right: float, speed: float
) -> None:
    # At a quarter of the gait one leg is upright below the hips.
    canvas = drawn(person(distance, right, math.pi / 2, speed, 0.35 * 2 * math.pi, 1.8))
    rows = np.argwhere(canvas.instance == 9)[:, 0]
    ground = 150 + 350 * 1.4 / distance
    scale = 350 / distance
    bob = 0.06 * scale if speed else 0.0
    assert rows.max() + 1 == pytest.approx(ground, abs=1.5 + 0.1 * scale * (distance < 8))
    assert -1.5 - bob < np.ptp(rows) + 1 - 1.8 * scale < 1.5 + 0.08 * scale * (distance < 8)
    assert (canvas.label[canvas.instance == 9] == Label.PERSON).all()


def test_one_foot_is_always_on_the_ground_and_none_below() -> None:
    for phase in np.linspace(0, 2 * np.pi, 97):
        limbs = limbs_at(phase)
        feet = limbs[FEET : FEET + 2]
        lowest = np.minimum(feet[:, 2] - feet[:, 6], feet[:, 5] - feet[:, 7])
        assert lowest.min() == pytest.approx(0.0, abs=1e-9)


def test_the_foot_on_the_ground_does_not_slide() -> None:
    before, after = (limbs_at(phase)[FEET] for phase in (0.2 * 2 * np.pi, 0.3 * 2 * np.pi))
    assert before[0] - after[0] == pytest.approx(0.1 * STRIDE_LENGTH)
    assert before[2] == after[2]


def test_the_gait_is_periodic_and_its_halves_mirror_each_other() -> None:
    for phase in (0.3, 2.0, 4.4):
        limbs = limbs_at(phase)
        assert limbs_at(phase + 2 * np.pi) == pytest.approx(limbs)
        other = limbs_at(phase + np.pi)
        assert other[FEET, 0] == pytest.approx(limbs[FEET + 1, 0])
        assert other[FEET, 1] == pytest.approx(-limbs[FEET + 1, 1])
        assert not np.allclose(other, limbs)


def test_standing_people_do_not_move_their_limbs() -> None:
    assert limbs_at(0.0, 0.0) == pytest.approx(limbs_at(2.0, 0.0))


def test_a_legs_bones_keep_their_length() -> None:
    for phase in np.linspace(0, 2 * np.pi, 31):
        limbs = limbs_at(phase)
        for shin in limbs[15:17]:
            assert np.linalg.norm(shin[3:6] - shin[:3]) == pytest.approx(0.42, abs=0.02)


@pytest.mark.parametrize(
    ("y", "heading", "phase"), [(0.0, 0.4, 0.3), (1.5, 1.6, 2.0), (-1.0, -2.4, 5.0)]
)
def test_a_mirrored_person_makes_a_mirrored_picture(y: float, heading: float, phase: float) -> None:
    one = drawn(person(6.0, y, heading, phase=phase))
    other = drawn(person(6.0, -y, -heading, phase=phase + math.pi))
    assert np.abs(one.image.astype(int) - other.image[:, ::-1]).max() <= 1


def test_people_face_forward() -> None:
    hair = {ident: dress_of(ident, (180, 60, 50))[0][HAIRS] for ident in range(40)}
    grey_haired = [
        ident for ident, colour in hair.items() if colour[0] - colour[2] < 0.06
    ]  # brown hair would count as skin

    def skin_pixels(heading: float) -> int:
        pictures = [
            drawn(person(4.0, 0.0, heading, 0.0, ident=ident)).image.astype(int)
            for ident in grey_haired
        ]
        heads = np.array(pictures)[:, 150 - 35 : 150 - 8]
        return int((heads[..., 0] - heads[..., 2] > 25).sum())

    assert skin_pixels(math.pi) > 2 * skin_pixels(0.0)


def test_a_person_looks_the_same_for_ever_and_differs_from_others() -> None:
    colours, stout, carried = dress_of(5, (1, 2, 3))
    again = dress_of.__wrapped__(5, (1, 2, 3))
    assert np.array_equal(colours, again[0])
    assert (stout, carried) == again[1:]
    assert len({dress_of(ident, (1, 2, 3))[1] for ident in range(20)}) == 20


def test_headlights_light_the_legs_more_than_the_head() -> None:
    lit, dark = (
        drawn(person(12.0, 0.0, speed=0.0), NIGHT._replace(headlight=on), 0).image.astype(int)
        for on in (0.9, 0.0)
    )
    gain = (lit - dark).sum(2)
    ground = 150 + 350 * 1.4 / 12
    legs = gain[int(ground) - 22 : int(ground)].max()
    head = gain[int(ground) - 52 : int(ground) - 40].max()
    assert legs > 2 * head > 0


def order_of(actors: list[Actor]) -> list[int]:
    """The actors' numbers in the order they are drawn, sorted by centres first as `Renderer` does."""
    figures = road_users_of(actors)
    forward = figures.pose[:, 0].copy()
    right = figures.pose[:, 1].copy()
    things = np.argsort(-forward, kind="stable")
    forward, right = forward[things], right[things]
    put_in_order(things, forward, right, 0, figures.pose, figures.size, EYE)
    return things.tolist()


@pytest.mark.parametrize(
    ("forward", "right", "behind"),
    [(16.0, 1.2, False), (9.0, 5.5, True), (18.5, 3.0, True), (5.0, 3.0, False)],
)
@pytest.mark.parametrize("side", [1, -1])
def test_somebody_beside_a_long_bus_is_drawn_before_or_after_it_by_who_hides_whom(
    forward: float, right: float, behind: bool, side: int
) -> None:
    order = order_of([car(Kind.BUS, 12.0, side * 3.5), person(forward, side * right)])
    assert order == ([1, 0] if behind else [0, 1])


def test_a_car_alongside_a_bus_is_drawn_after_it_from_its_own_side() -> None:
    assert order_of([car(Kind.BUS, 12.0, 3.5), car(Kind.SALOON, 15.0, 0.2)]) == [0, 1]
    assert order_of([car(Kind.BUS, 12.0, 3.5), car(Kind.SALOON, 9.0, 7.0)]) == [1, 0]
