"""The ground truth in place of a part of the stack, to find the part that loses the score.

The perfect detector and tracker returns all road users in the camera's field of view, also hidden
ones, and remembers those just beside the car.
"""

import math

import numpy as np

from pilotnet.modular.records import Floats, LaneEstimate, Track
from sim.geometry.camera import Camera
from sim.geometry.frenet import SPACING
from sim.roads.plan import RoadPlan
from sim.types import Actor, EgoState, Pose
from sim.world import World

# [m]
VIEW_DISTANCE = 110.0
BESIDE_FORWARD = 12.0
BESIDE_RIGHT = 8.0
ORACLE_LANE_LENGTH = 100.0  # [m] of the lane
KNOWN = 10.0  # [s] age of every track


def true_tracks(world: World, camera: Camera, person: bool) -> list[Track]:
    """Return the vehicles, or the pedestrians, that a perfect detector and tracker would track
    now.
    """
    ego = world.ego_state().pose
    tracks = (_track(actor, ego) for actor in world.actors() if actor.is_person == person)
    return [track for track in tracks if _is_seen(track, camera)]


def _track(actor: Actor, ego: Pose) -> Track:
    cos = math.cos(ego.heading)
    sin = math.sin(ego.heading)
    x = actor.pose.x - ego.x
    y = actor.pose.y - ego.y
    heading = actor.pose.heading - ego.heading
    return Track(
        ident=actor.ident,
        person=actor.is_person,
        forward=x * cos + y * sin,
        right=y * cos - x * sin,
        forward_speed=actor.speed * math.cos(heading),
        right_speed=actor.speed * math.sin(heading),
        spread=0.05,
        length=max(actor.length, actor.width) if actor.is_person else actor.length,
        width=actor.width,
        heading=heading,
        age=KNOWN,
        unseen=0.0,
    )


def _is_seen(track: Track, camera: Camera) -> bool:
    edge = track.forward * math.tan(camera.field_of_view / 2) + track.length / 2
    in_view = 0 < track.forward < VIEW_DISTANCE and abs(track.right) < edge
    return in_view or (abs(track.forward) < BESIDE_FORWARD and abs(track.right) < BESIDE_RIGHT)


def true_lane(world: World) -> LaneEstimate:
    """Return the lane that a perfect lane finder would estimate: its whole course, not only a
    clothoid.
    """
    plan = world.plan
    ego = world.ego_state()
    lane = plan.lanes[plan.path]
    curvatures = _curvatures(plan, ego)
    left = [other for other in plan.lanes if other.offset < lane.offset]
    nearest = max(left, key=lambda other: other.offset, default=None)
    return LaneEstimate(
        offset=ego.offset,
        heading_error=ego.heading_error,
        curvature=float(curvatures[0]),
        curvature_rate=float(curvatures[1] - curvatures[0]) / SPACING,
        width=lane.width,
        left_room=lane.offset - plan.drivable[0],
        right_room=plan.drivable[1] - lane.offset,
        left_oncoming=nearest is not None and nearest.direction != lane.direction,
        confidence=1.0,
        reach=ORACLE_LANE_LENGTH,
        curvatures=curvatures,
    )


def _curvatures(plan: RoadPlan, ego: EgoState) -> Floats:
    """Curvature of the lane's centre beside the ego and every SPACING metres along it (N,)
    [1/m].
    """
    line = plan.centreline
    offset = plan.path_offset
    stations = ego.station + np.arange(0.0, 1.5 * ORACLE_LANE_LENGTH, SPACING)
    bend = np.interp(stations, SPACING * np.arange(line.curvature.size), line.curvature)
    shrink = 1 - bend * offset
    along = np.concatenate([[0.0], np.cumsum((shrink[1:] + shrink[:-1]) / 2 * SPACING)])
    return np.interp(np.arange(0.0, ORACLE_LANE_LENGTH, SPACING), along, bend / shrink)
