"""The explanation of the stack: boxes, tracks with their predicted courses, the lane, candidate
paths, the chosen path and the behaviour.
"""

import math
from collections.abc import Sequence

import numpy as np

from pilotnet.modular.planning.costs import HIT
from pilotnet.modular.records import CONFIRM_SCORE, Candidate, Detection, LaneEstimate, Plan, Track
from sim.drawables import Explanation, GroundLine, PictureBox, RoadUserFootprint, Role

COURSE_TIME = 2.0  # [s] of a road user's course
# [m] of lane and paths; one point in so many of a path
SHOWN = 60.0
STRIDE = 2
FAINT = 0.15  # strength of a path that is not free
HALF_DEAR = 5.0  # cost of a candidate that is drawn half as strong as a free one without any


def stack_explanation(
    detections: Sequence[Detection], tracks: Sequence[Track], lane: LaneEstimate, plan: Plan
) -> Explanation:
    """Return the explanation of a plan."""
    lines = [
        _course(track)
        for track in tracks
        if math.hypot(track.forward_speed, track.right_speed) > 0.5
    ]
    lines += _lane(lane)
    lines += [_path(lane, candidate, Role.CANDIDATE) for candidate in plan.candidates]
    lines.append(_path(lane, plan.path, Role.CHOSEN))
    boxes = tuple(
        PictureBox(
            d.left, d.top, d.right, d.bottom, d.person, f"{d.distance:.0f} m {100 * d.score:.0f} %"
        )
        for d in detections
        if d.score >= CONFIRM_SCORE
    )
    return Explanation(
        boxes, tuple(lines), tuple(_footprint(track) for track in tracks), behaviour=plan.behaviour
    )


def _footprint(track: Track) -> RoadUserFootprint:
    return RoadUserFootprint(
        track.forward,
        track.right,
        track.heading,
        track.length,
        track.width,
        track.person,
        str(track.ident),
    )


def _course(track: Track) -> GroundLine:
    """Where a road user will be within the next seconds."""
    times = np.linspace(0.0, COURSE_TIME, 5)
    points = np.stack(
        [track.forward + times * track.forward_speed, track.right + times * track.right_speed],
        axis=1,
    )
    return GroundLine(points, Role.COURSE, math.exp(-track.unseen))


def _lane(lane: LaneEstimate) -> list[GroundLine]:
    """The sides of the lane and the ends of the road, as far as they are seen."""
    stations = np.arange(0.0, max(min(lane.reach, SHOWN), 4.0), 2.0)
    sides = (
        (-lane.width / 2, Role.LANE),
        (lane.width / 2, Role.LANE),
        (-lane.left_room, Role.EDGE),
        (lane.right_room, Role.EDGE),
    )
    return [
        GroundLine(lane.to_car(stations, np.full_like(stations, d)), role, lane.confidence)
        for d, role in sides
    ]


def _path(lane: LaneEstimate, path: Candidate, role: Role) -> GroundLine:
    ahead = (path.stations >= 0) & (path.stations <= SHOWN)
    points = lane.to_car(path.stations[ahead][::STRIDE], path.offsets[ahead][::STRIDE])
    strength = (
        FAINT if path.cost >= HIT else max(HALF_DEAR / (HALF_DEAR + max(path.cost, 0.0)), FAINT)
    )
    return GroundLine(points, role, 1.0 if role is Role.CHOSEN else strength)
