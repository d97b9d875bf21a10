"""The lane finder: closed forms on painted roads, symmetry, what it does when it sees nothing, and
a rendered road.
"""

from dataclasses import replace

import numpy as np
import pytest

from pilotnet.modular.lanes.finder import NOBODY, LaneFinder
from pilotnet.modular.records import LaneEstimate
from pilotnet.modular.tracking.ground_position import occluded_ground
from sim.control.bicycle import slip_angle
from sim.geometry.camera import Camera
from sim.render.lane_geometry import lane_geometry
from sim.render.renderer import Renderer
from sim.scenario import RoadKind, Scenario
from sim.types import Image
from sim.world import World
from tests.pilotnet.modular.painted_road import CAMERA, painted_road, painted_street, snowed_road
from tests.pilotnet.modular.planner_scenes import person

SPEED = 10.0
TICK = 0.1
BLACK = np.zeros((160, 320, 3), np.uint8)
WHITE = np.full((160, 320, 3), 255, np.uint8)


def settle(frame: Image, curvature: float = 0.0, frames: int = 8) -> LaneEstimate:
    """The estimate after a car at rest has looked at one frame for a while."""
    finder = LaneFinder(CAMERA)
    for _ in range(frames):
        estimate = finder.find(frame, 0.0, curvature, TICK)
    return estimate


@pytest.mark.parametrize(
    ("offset", "heading_error", "curvature"),
    [
        (0.0, 0.0, 0.0),
        (0.4, 0.0, 0.0),
        (-0.3, 0.03, 0.0),
        (0.0, 0.0, 0.01),
        (0.2, -0.02, -0.02),
        (0.0, 0.0, 0.04),
    ],
)
def test_a_painted_road_gives_its_own_state(
    offset: float, heading_error: float, curvature: float
) -> None:
    estimate = settle(painted_road(offset, heading_error, curvature), curvature)
    truth = replace(
        estimate,
        offset=offset,
        heading_error=heading_error,
        curvature=curvature,
        curvature_rate=0.0,
        curvatures=None,
    )
    seen = np.array([4.0, 7.0, 10.0, 15.0])
    assert np.abs(estimate.centre(seen) - truth.centre(seen))[:, 1].max() < 0.08
    # Seen from 3 m on only, a little more heading looks like a little more curvature beside the
    # car.
    assert estimate.offset == pytest.approx(offset, abs=0.1)
    assert estimate.heading_error == pytest.approx(heading_error, abs=0.03)
    assert estimate.curvature == pytest.approx(curvature, abs=0.007)
    assert estimate.width == pytest.approx(3.5, abs=0.1)
    assert estimate.left_room == pytest.approx(1.5 * 3.5 + 0.5, abs=0.3)
    assert estimate.right_room == pytest.approx(3.5 / 2 + 0.5, abs=0.3)
    assert estimate.left_oncoming
    assert estimate.confidence > 0.7


@pytest.mark.parametrize("curvature", [0.08, -0.08])
@pytest.mark.parametrize("settled", [True, False])
def test_a_first_look_in_a_hairpin_finds_the_lane(curvature: float, settled: bool) -> None:
    # It once took whatever was sharpest for the lane, and was wrong in seven of eight hairpins.
    heading_error = -slip_angle(curvature) if settled else 0.0
    estimate = LaneFinder(CAMERA).find(painted_road(0.2, heading_error, curvature), 5.0, 0.0, TICK)
    assert estimate.offset == pytest.approx(0.2, abs=0.3)
    assert estimate.heading_error == pytest.approx(heading_error, abs=0.1)
    assert estimate.curvature == pytest.approx(curvature, abs=0.03)


@pytest.mark.parametrize("offset", [0.0, 0.3])
@pytest.mark.parametrize(("line", "accuracy"), [(False, 0.13), (True, 0.06)])
def test_a_street_ends_at_its_kerbs(line: bool, accuracy: float, offset: float) -> None:
    # Taken for painted lines, the kerbstones once let the street seem 0.46 m wider to the right
    # than it was.
    width = 2.8
    estimate = settle(painted_street(offset, width=width, line=line))
    assert estimate.right_room == pytest.approx(width / 2, abs=0.1)
    assert estimate.offset == pytest.approx(offset, abs=accuracy)
    assert estimate.width == pytest.approx(width, abs=2 * accuracy)
    assert estimate.left_oncoming
    assert estimate.confidence > 0.7


@pytest.mark.parametrize("offset", [-0.3, 0.0, 0.3])
def test_a_wet_street_ends_at_its_kerbs_though_its_pavements_look_like_it(offset: float) -> None:
    # With the lawns for its edges, it once was a racetrack of three lanes.
    width = 2.9
    estimate = settle(painted_street(offset, width=width, wet=0.65))
    assert estimate.offset == pytest.approx(offset, abs=0.15)
    assert estimate.width == pytest.approx(width, abs=0.3)
    assert estimate.right_room == pytest.approx(width / 2, abs=0.2)
    assert estimate.left_oncoming


@pytest.mark.parametrize(("wet", "zebra"), [(1.0, None), (0.9, 13.0)])
def test_a_kerb_that_fades_in_the_wet_is_not_lost_to_its_verge(
    wet: float, zebra: float | None
) -> None:
    # The verge is clearer than a faint kerb: confused with it, the lane is a metre wrong within a
    # second.
    finder = LaneFinder(CAMERA)
    width = 2.9  # [m]
    way = 0.8  # [m] driven in a tick
    clear = painted_street(width=width, wet=0.65)
    faded = painted_street(width=width, wet=wet)
    for tick in range(28):
        gone = tick - 16
        street = clear if gone < 0 else faded
        if zebra is not None and gone >= 0:
            street = painted_street(width=width, wet=wet, zebra=zebra - way * gone)
        noise = np.random.default_rng(tick).integers(-1, 2, street.shape)
        estimate = finder.find(
            np.clip(street + noise, 0, 255).astype(np.uint8), way / TICK, 0.0, TICK
        )
    assert estimate.offset == pytest.approx(0.0, abs=0.15)
    assert estimate.heading_error == pytest.approx(0.0, abs=0.02)
    assert estimate.width == pytest.approx(width, abs=0.3)
    assert estimate.confidence > 0.7


@pytest.mark.parametrize("begins", [4.5, 9.0, 15.0])
def test_the_bars_of_a_zebra_crossing_are_no_lines(begins: float) -> None:
    plain = settle(painted_street())
    crossed = settle(painted_street(zebra=begins))
    assert crossed.offset == pytest.approx(plain.offset, abs=0.05)
    assert crossed.heading_error == pytest.approx(plain.heading_error, abs=0.02)
    assert crossed.width == pytest.approx(plain.width, abs=0.1)
    assert crossed.right_room == pytest.approx(plain.right_room, abs=0.1)


@pytest.mark.parametrize(
    ("offset", "heading_error", "curvature"),
    [(0.0, 0.0, 0.0), (0.4, -0.02, 0.0), (-0.3, 0.0, 0.02)],
)
def test_under_snow_the_lane_is_where_the_ruts_are(
    offset: float, heading_error: float, curvature: float
) -> None:
    estimate = settle(snowed_road(offset, heading_error, curvature), curvature)
    assert estimate.offset == pytest.approx(offset, abs=0.1)
    assert estimate.heading_error == pytest.approx(heading_error, abs=0.03)
    assert estimate.curvature == pytest.approx(curvature, abs=0.007)
    assert estimate.confidence > 0.7


def followed(walks: bool, told: bool) -> LaneEstimate:
    """Return the lane after a pedestrian in dark clothes has crossed its right rut close ahead."""
    finder = LaneFinder(CAMERA)
    road = snowed_road()
    for _ in range(10):
        estimate = finder.find(road, 2.0, 0.0, TICK)
    for tick in range(20):
        frame = road.copy()
        ahead = person(7.0, 0.6 + 0.12 * tick)
        middle, foot = CAMERA.ground_to_pixel(np.array(ahead.forward), np.array(ahead.right))
        if walks:
            frame[int(foot) - 43 : int(foot), int(middle) - 8 : int(middle) + 8] = 40
        estimate = finder.find(frame, 2.0, 0.0, TICK, occluded_ground([ahead]) if told else NOBODY)
    return estimate


def test_who_walks_across_the_lane_does_not_bend_it_for_who_sees_them() -> None:
    seen = np.array([8.0, 12.0, 16.0])
    free, fooled, warned = (
        followed(walks, told).centre(seen)[:, 1]
        for walks, told in ((False, False), (True, False), (True, True))
    )
    assert np.abs(warned - free).max() < 0.15
    assert np.abs(fooled - free).max() > 2 * np.abs(warned - free).max()


def test_worn_asphalt_has_no_ruts() -> None:
    bare = settle(painted_road(0.2))
    worn = settle(painted_road(0.2, wear=0.08))
    assert worn.offset == pytest.approx(bare.offset, abs=0.03)
    assert worn.width == pytest.approx(bare.width, abs=0.05)


def test_a_mirrored_road_gives_the_mirrored_course() -> None:
    # The car is near the middle of the road; in the mirror its lane is the other one, with the same
    # line between them.
    frame = painted_road(-3.5 / 2, 0.02, 0.01)
    plain = settle(frame)
    mirrored = settle(frame[:, ::-1].copy())
    seen = np.array([5.0, 10.0, 15.0])
    half = 3.5 / 2
    right_line = plain.to_car(seen, np.full(3, half))
    left_line = mirrored.to_car(seen, np.full(3, -half))
    assert right_line * [1, -1] == pytest.approx(left_line, abs=0.1)


@pytest.mark.parametrize("kind", ["black", "white", "frozen", "noise"])
def test_a_blind_finder_says_so_within_a_second_and_sees_again_afterwards(kind: str) -> None:
    finder = LaneFinder(CAMERA)
    road = painted_road(0.2)
    generator = np.random.default_rng(1)
    frames = [
        np.clip(road + generator.integers(-2, 3, road.shape), 0, 255).astype(np.uint8)
        for _ in range(12)
    ]
    for frame in frames:
        before = finder.find(frame, SPEED, 0.0, TICK)
    assert before.confidence > 0.7
    for _ in range(10):
        noise = generator.integers(0, 256, BLACK.shape).astype(np.uint8)
        blind = finder.find(
            {"black": BLACK, "white": WHITE, "frozen": frames[-1], "noise": noise}[kind],
            SPEED,
            0.0,
            TICK,
        )
    assert blind.confidence < 0.25
    assert abs(blind.offset) < 3.0  # it coasts
    for frame in frames:
        after = finder.find(frame, SPEED, 0.0, TICK)
    assert after.confidence > 0.6
    assert after.offset == pytest.approx(0.2, abs=0.1)


@pytest.mark.parametrize("speed", [0.0, 15.0, 60.0])
def test_nothing_that_it_is_shown_breaks_it(speed: float) -> None:
    finder = LaneFinder(CAMERA)
    generator = np.random.default_rng(2)
    for i in range(40):
        frame = (
            generator.integers(0, 256, BLACK.shape).astype(np.uint8)
            if i % 2
            else (BLACK, WHITE)[i // 2 % 2]
        )
        estimate = finder.find(frame, speed, float(generator.uniform(-0.2, 0.2)), TICK)
        assert 0 <= estimate.confidence < 0.5
        assert np.isfinite(estimate.centre(np.linspace(0, 40, 9))).all()


def test_a_reset_forgets_the_last_drive() -> None:
    finder = LaneFinder(CAMERA)
    road = painted_road(0.3, 0.01, 0.01)
    fresh = finder.find(road, SPEED, 0.01, TICK)
    for _ in range(5):
        finder.find(painted_road(-0.3), SPEED, 0.0, TICK)
    finder.reset()
    again = finder.find(road, SPEED, 0.01, TICK)
    assert replace(again, curvatures=None) == replace(fresh, curvatures=None)
    assert np.array_equal(again.centre(np.arange(40.0)), fresh.centre(np.arange(40.0)))


def test_a_frame_that_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="frame has dtype float64"):
        LaneFinder(CAMERA).find(np.zeros((160, 320, 3)), SPEED, 0.0, TICK)  # type: ignore[arg-type]


@pytest.mark.parametrize("road", [RoadKind.RURAL, RoadKind.HIGHWAY, RoadKind.TUNNEL])
def test_a_rendered_road_agrees_with_the_truth(road: RoadKind) -> None:
    world = World(Scenario(road, seed=1, length=200.0))
    renderer = Renderer(world.plan, world.scenario, [Camera()])
    line = world.plan.centreline
    finder = LaneFinder(Camera())
    for i in range(15):
        pose = line.pose_at(70.0 + i, world.plan.path_offset + 0.3)
        estimate = finder.find(
            renderer.render(pose, [], 0.0)[0], 10.0, line.curvature_at(70.0 + i), TICK
        )
    truth = lane_geometry(world.plan, pose)
    assert estimate.offset == pytest.approx(truth.offset, abs=0.1)
    assert estimate.heading_error == pytest.approx(truth.heading_error, abs=0.02)
    assert estimate.width == pytest.approx(truth.width, abs=0.1)
    assert estimate.confidence > 0.7
