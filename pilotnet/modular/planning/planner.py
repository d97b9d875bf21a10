"""The path planner: a lane and road users become a path, an acceleration and a behaviour.

Paths begin at the planned position, not at the measured one: the path tracker removes the
difference.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pilotnet.modular.planning.costs import HIT, REAR, CostGrid, cost_grid, free_width_beside
from pilotnet.modular.planning.lattice import (
    HORIZON,
    LAYER,
    NODE,
    LateralState,
    cheapest_paths,
    grid_nodes,
    path_cost,
    quintic,
)
from pilotnet.modular.planning.obstacles import RoadUsers, StaticObstacles, classify
from pilotnet.modular.planning.speed_limits import AccelerationLimit, acceleration_limits
from pilotnet.modular.records import Behaviour, Candidate, Floats, LaneEstimate, Plan, Track
from sim.control.bicycle import slip_angle
from sim.control.speed import MAX_BRAKING, jerk_limited

HYSTERESIS = 0.3  # cost by which another path must be better than the present one
STOPPING_ROOM = 8.0  # [m] beyond its braking distance a blocked path is as good as a free one
FREER = 2.0  # [m] by which a blocked path must be free for longer than the present one
ASTRAY = 0.7  # [m] so far from its path the car begins a new one where it is
# [s], [m] the way in which a new path leads to the middle of its lane
BACK_TIME = 2.0
SHORTEST_BACK = 15.0
# [m] a path so far from the middle of the lane, so close ahead, avoids something
AVOIDING = 0.25
AVOIDED_WITHIN = 30.0
PATH_LENGTH = HORIZON + 1  # [m] of a path, from the first whole metre ahead on
MOST_OFFSET = 2.6  # [m] from the lane's centre to either side
CALM_BRAKING = 2.0  # [m/s²] with which it stops when it does not see


@dataclass(frozen=True)
class Situation:
    """Input of a plan: the lane, all tracks, the speed [m/s] and the curvature that the wheels hold
    [1/m].

    distance: travelled since the last plan [m].
    blind: whether the lane is no longer visible.
    """

    lane: LaneEstimate
    tracks: Sequence[Track]
    speed: float
    distance: float
    wheel_curvature: float
    blind: bool = False


@dataclass
class Planner:
    """Plans at every tick, and keeps the present path.

    duration: time between two ticks [s].
    right_hand: whether traffic drives on the right.
    """

    duration: float
    right_hand: bool = True
    _station: float = 0.0  # of the car [m] along the lane since the beginning
    # (3, N): offset and its two derivatives at every metre from station _begin on
    _path: Floats | None = None
    _begin: int = 0
    _acceleration: float = 0.0

    def plan(self, now: Situation) -> Plan:
        """Return the plan for this tick."""
        lane = now.lane
        speed = now.speed
        self._go_on(now)
        # Classify the road users in lane coordinates.
        scene = classify(RoadUsers.of(now.tracks, lane.course(float(PATH_LENGTH))), lane, speed)
        # Fill the cost grid, and find the cheapest path to every end offset.
        curvature = lane.curvature_at(
            self._next + np.arange(-REAR, PATH_LENGTH + REAR, dtype=np.float64)
        )
        costs = cost_grid(lane, scene.static_obstacles, curvature, self._next, self.right_hand)
        candidates = self._cheapest(
            _useful(lane, scene.static_obstacles, curvature), costs, curvature, speed
        )
        # Choose the best of them, unless the present path is nearly as good.
        chosen, free = self._choose(candidates, costs, curvature, speed)
        # Take the least acceleration of all constraints; its cause names the behaviour.
        wanted, asked = acceleration_limits(lane, chosen, free, scene, speed, now.wheel_curvature)
        if now.blind:
            asked.append(
                AccelerationLimit(-min(CALM_BRAKING, speed / self.duration), Behaviour.BLIND)
            )
        least = min(asked, key=lambda demand: demand.acceleration)
        self._acceleration = max(
            jerk_limited(least.acceleration, self._acceleration, self.duration), -MAX_BRAKING
        )
        behaviour = Behaviour.BLIND if now.blind else _word(least.behaviour, chosen)
        shown = tuple(self._candidate(path, self._next, cost) for path, cost, _ in candidates)
        return Plan(chosen, wanted, self._acceleration, behaviour, shown)

    @property
    def _first(self) -> int:
        """Return the first whole metre ahead of the car, where new paths begin, as a station since
        the start.
        """
        return math.floor(self._station) + 1

    @property
    def _next(self) -> float:
        """Return how far ahead of the car that station is [m]."""
        return self._first - self._station

    def _go_on(self, now: Situation) -> None:
        """Continue the present path, or begin one at the car's position."""
        lane = now.lane
        self._station += now.distance / max(1 - lane.curvature * lane.offset, 0.2)
        if self._path is not None:
            self._path = _from(self._path, self._first - 2 - self._begin)
            self._begin = self._first - 2
            meant = self._path[0, 1] + self._path[1, 1] * (self._station - self._begin - 1)
            if abs(meant - lane.offset) < ASTRAY:
                return
        direction = math.tan(
            min(max(lane.heading_error + slip_angle(now.wheel_curvature), -0.5), 0.5)
        )
        here = LateralState(lane.offset, direction, 0.0)
        back = [
            quintic(here, 0.0, max(BACK_TIME * now.speed, SHORTEST_BACK), float(at))
            for at in range(PATH_LENGTH)
        ]
        before = [(lane.offset + direction * at, direction, 0.0) for at in (-2.0, -1.0)]
        self._path = np.array(before + back).T
        self._begin = self._first - 2

    def _cheapest(
        self, limits: tuple[float, float], costs: CostGrid, curvature: Floats, speed: float
    ) -> list[tuple[Floats, float, int]]:
        """Return the cheapest path (3, N) to every end offset between two limits, its cost, and its
        free length [m].
        """
        assert self._path is not None
        ends = grid_nodes(*limits)
        paths = np.empty((ends.size, 3, PATH_LENGTH))
        unused = np.empty(ends.size)
        start = LateralState(*self._path[:, 2].tolist())
        lead_in = (-self._first) % LAYER or LAYER
        cheapest_paths(costs, curvature, start, lead_in, ends, speed, paths, unused)
        return [(path, *path_cost(costs, curvature, path, speed)) for path in paths]

    def _choose(
        self,
        candidates: list[tuple[Floats, float, int]],
        costs: CostGrid,
        curvature: Floats,
        speed: float,
    ) -> tuple[Candidate, float]:
        """Return the path to drive and its free length [m], inf when all of it is free."""
        assert self._path is not None
        present = _from(self._path, 2)
        path, cost, free = present, *path_cost(costs, curvature, present, speed)
        best = min(candidates, key=lambda candidate: candidate[1])
        if best[1] >= HIT:
            # Nothing is free: as close to the middle of the lane as possible, with room enough to
            # stop.
            needed = speed**2 / (2 * CALM_BRAKING) + STOPPING_ROOM
            best = min(
                candidates,
                key=lambda candidate: (
                    -min(candidate[2], needed),
                    float(np.abs(candidate[0][0]).sum()),
                ),
            )
            better = cost >= HIT and min(best[2], needed) > min(free, needed) + FREER
        else:
            better = best[1] < cost - HYSTERESIS
        if better:
            path, cost, free = best
            self._path = np.concatenate([self._path[:, :2], path], axis=1)
        whole = self._candidate(_from(self._path, 0, PATH_LENGTH + 2), self._next - 2, cost)
        return whole, math.inf if free == PATH_LENGTH else self._next + free

    @staticmethod
    def _candidate(path: Floats, first: float, cost: float) -> Candidate:
        return Candidate(
            first + np.arange(path.shape[1], dtype=np.float64),
            path[0],
            path[1],
            path[2],
            cost if cost < HIT else math.inf,
        )


def _from(path: Floats, begin: int, length: int = PATH_LENGTH) -> Floats:
    """Return `length` columns of a path from one of its columns on; beyond its end it keeps its
    lateral offset.
    """
    kept = path[:, begin : begin + length]
    rest = np.zeros((3, length - kept.shape[1]))
    rest[0] = path[0, -1]
    return np.concatenate([kept, rest], axis=1)


def _useful(
    lane: LaneEstimate, static_obstacles: StaticObstacles, curvature: Floats
) -> tuple[float, float]:
    """Return the leftmost and rightmost end offset [m]: within the road, and no farther than the
    static obstacles demand.
    """
    lefts, rights = free_width_beside(lane, curvature)
    left = max(float(lefts.min()), -MOST_OFFSET)
    right = min(float(rights.max()), MOST_OFFSET)
    useful = static_obstacles.useful(left, right)
    return max(useful[0] - NODE, left), min(useful[1] + NODE, right)


def _word(asked: Behaviour, path: Candidate) -> Behaviour:
    """Return the behaviour of a plan from its binding limit; a free path around an obstacle avoids
    it.
    """
    close = (path.stations >= 0) & (path.stations <= AVOIDED_WITHIN)
    avoids = bool(np.any(np.abs(path.offsets[close]) > AVOIDING))
    if asked is not Behaviour.KEEP:
        return asked
    if path.cost == math.inf:
        return Behaviour.STOP
    return Behaviour.AVOID if avoids else Behaviour.KEEP
