"""The cost grid: cost per metre over stations and lateral offsets, from the rules of the lane and
from static obstacles.

It has two layers: `ground` for the position of the car's centre (offset, right-hand rule, road
edges), and `touch` for the car's body (clearance). A cost of HIT or more means a contact, or
leaving the road.
"""

import math
from typing import NamedTuple

import numpy as np

from pilotnet.modular.planning.obstacles import StaticObstacles
from pilotnet.modular.records import Floats, LaneEstimate
from sim.actors.obstacle_shift import LINE_MARGIN, SURFACE_MARGIN
from sim.control.bicycle import CAR_LENGTH, CAR_WIDTH
from sim.jit import exact

HIT = 1e4
STEP = 0.05  # [m] between offsets of the map
SIDE_COLUMNS = 80  # columns of the map on either side of the lane's middle
REAR = 6  # [m] of the map lie behind its first station
# per metre driven: [1/m], [1/m²], 1, 1
OFFSET_COST = 0.06
BEYOND_LANE = 0.05
LEAVING = 0.15
LEFT_RULE = 0.05
CLEARANCE = 3.0  # per metre driven with no room at all
# per metre driven, times the square of the lateral acceleration [m/s²] that the path adds to the
# lane's
LATERAL = 0.03
# [m²] times curvature: what the body needs in a bend
FRONT_OUT = 3 * CAR_LENGTH**2 / 8
TAIL_IN = CAR_LENGTH**2 / 8


class CostGrid(NamedTuple):
    """The two layers, (stations, offsets) each; row REAR is station 0, rows are 1 m apart."""

    ground: Floats
    touch: Floats


def offsets() -> Floats:
    """Return the lateral offsets [m] of the grid's columns."""
    return STEP * np.arange(-SIDE_COLUMNS, SIDE_COLUMNS + 1, dtype=np.float64)


def free_width_beside(lane: LaneEstimate, curvature: Floats) -> tuple[Floats, Floats]:
    """Return how far the car's centre may go to the left and right [m], at stations with lane
    curvatures (N,) [1/m].

    Its own lane is always allowed: where the estimate leaves less width than the car needs there,
    the estimate is distrusted.
    """
    left_turn = np.maximum(-curvature, 0.0)
    right_turn = np.maximum(curvature, 0.0)
    half = CAR_WIDTH / 2 + SURFACE_MARGIN
    left = lane.left_room - half - FRONT_OUT * right_turn - TAIL_IN * left_turn
    right = lane.right_room - half - FRONT_OUT * left_turn - TAIL_IN * right_turn
    return np.minimum(-left, -0.05), np.maximum(right, 0.05)


def cost_grid(
    lane: LaneEstimate,
    static_obstacles: StaticObstacles,
    curvature: Floats,
    first: float,
    right_hand: bool = True,
) -> CostGrid:
    """Return the grid from REAR metres before station `first` [m] on, with a row for each of
    `curvature` (N,) of the lane [1/m].
    """
    d = offsets()
    own = max(lane.width / 2 - CAR_WIDTH / 2 - LINE_MARGIN, 0.0)
    out = np.maximum(np.abs(d) - own, 0.0)
    costs = OFFSET_COST * np.abs(d) + BEYOND_LANE * out**2 + LEAVING * (out > STEP / 2)
    if right_hand and lane.left_oncoming:
        costs += LEFT_RULE * (d < -own - STEP / 2)
    left, right = free_width_beside(lane, curvature)
    ground = np.where((d < left[:, None]) | (d > right[:, None]), HIT, costs)
    touch = np.zeros_like(ground)
    _stand(touch, first - REAR, own, *vars(static_obstacles).values())
    return CostGrid(ground, touch)


@exact
def _stand(
    touch: Floats,
    first: float,
    own: float,
    start: Floats,
    finish: Floats,
    left: Floats,
    right: Floats,
    wanted: Floats,
    enough: Floats,
    least: Floats,
) -> None:
    """Add the cost of closeness to each static obstacle; `own`: how far the car may go within its
    lane [m].
    """
    rows, columns = touch.shape
    half = CAR_WIDTH / 2
    for k in range(start.size):
        low = max(int(np.ceil(start[k] - wanted[k] - first)), 0)
        high = min(int(np.floor(finish[k] + wanted[k] - first)), rows - 1)
        # Where the lane leaves enough room, leaving it wins nothing.
        leftmost = -own if left[k] + own - half >= enough[k] else -np.inf
        rightmost = own if own - half - right[k] >= enough[k] else np.inf
        for row in range(low, high + 1):
            along = max(start[k] - (first + row), first + row - finish[k], 0.0)
            for column in range(columns):
                d = (column - SIDE_COLUMNS) * STEP
                if _gap(along, left[k], right[k], d, half) < least[k]:
                    touch[row, column] += HIT
                    continue
                gap = _gap(along, left[k], right[k], min(max(d, leftmost), rightmost), half)
                if gap < wanted[k]:
                    touch[row, column] += CLEARANCE * (1.0 - gap / wanted[k])


@exact
def _gap(along: float, left: float, right: float, d: float, half: float) -> float:
    """Return the distance [m] between a car of half width `half` at offset `d` and an obstacle
    `along` metres away, between two sides.
    """
    beside = max((left - d) - half, (d - right) - half, 0.0)
    return math.sqrt(along**2 + beside**2)


@exact
def _column(d: float) -> int:
    """Return the column of a lateral offset [m], rounded symmetrically."""
    away = min(int(abs(d) / STEP + 0.5), SIDE_COLUMNS)
    return SIDE_COLUMNS + away if d > 0 else SIDE_COLUMNS - away


@exact
def place_cost(
    cost_grid: CostGrid,
    row: int,
    d: float,
    d_prime: float,
    d_second: float,
    curvature: float,
    speed: float,
) -> float:
    """Return the cost per metre at a row of the grid and a lateral offset `d` [m], with the cost of
    bending there; HIT or more is blocked.

    Of the body's front, centre and rear the part closest to an obstacle counts. The body lies
    across the path by the slip angle: half its length times the path's curvature.
    """
    ground, touch = cost_grid
    last = ground.shape[0] - 1
    turned = CAR_LENGTH / 2 * (d_prime - CAR_LENGTH / 2 * (curvature + d_second))
    sagitta = CAR_LENGTH**2 / 8 * curvature
    front = touch[min(row + 3, last), _column(d + turned - sagitta)]
    rear = touch[max(row - 3, 0), _column(d - turned - sagitta)]
    body = max(front, touch[row, _column(d)], rear)
    asked = speed * speed * d_second
    return ground[row, _column(d)] + body + LATERAL * asked * asked
