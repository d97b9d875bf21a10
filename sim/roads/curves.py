"""Curvature along a road: chains of straights and arcs joined by clothoids, the speeds they allow,
and the room a car needs.
"""

import math

import numpy as np

from sim.control.bicycle import CAR_LENGTH, CAR_WIDTH, slip_angle
from sim.geometry.frenet import SPACING, Floats

LEAD_IN = 60.0  # [m] of straight road at the beginning, so that something lies behind every start
# [m] at most between there and the start, so that short drives meet hairpins and tunnels, too
BEFORE_START = 400.0
RUN_OUT = 400.0  # [m] of road after the finish, so that the picture never shows its end
COMFORT_LATERAL = 2.0  # [m/s²] in curves
COMFORT_BRAKING = 1.5  # [m/s²] before curves
MAX_HEADING = np.radians(
    80.0
)  # the heading stays within this of its first direction, so that no road meets itself
EDGE_CLEARANCE = 0.3  # [m] between a car's corner and the edge of what it may touch

Range = tuple[float, float]


def winding_curvature(
    generator: np.random.Generator,
    total: float,
    radii: Range,
    arcs: Range,
    straights: Range,
    share: float,
) -> Floats:
    """Curvature samples of a random road [1/m]: arcs (of radius drawn evenly in curvature) and
    straights, joined by clothoids.

    share: how often a piece is an arc. An arc that cannot keep the heading within its limit bends
    the other way, and one that would leave it is cut short.
    """
    stations = [0.0, LEAD_IN]
    values = [0.0, 0.0]
    heading = 0.0
    while stations[-1] < total:
        bent = generator.random() < share
        magnitude = generator.uniform(1 / radii[1], 1 / radii[0]) if bent else 0.0
        piece = generator.uniform(*(arcs if bent else straights))
        target = magnitude * generator.choice([-1, 1])
        if _heading_margin(heading, values[-1], target) < 0:
            target = -target
        transition = _transition_length(values[-1], target)
        if target:
            piece = min(piece, max(_heading_margin(heading, values[-1], target), 0.0) / abs(target))
        stations += [stations[-1] + transition, stations[-1] + transition + piece]
        heading += transition * (values[-1] + target) / 2 + target * piece
        values += [target, target]
    return _sample_curvature(total, stations, values)


def serpentine_curvature(
    generator: np.random.Generator, total: float, radii: Range, legs: Range
) -> Floats:
    """Curvature samples [1/m] of a road that climbs by hairpins: legs lie across the main
    direction, left and right in turn.

    A leg wanders a little towards the main direction and back, never away from it, so that
    neighbouring legs only diverge.
    """
    stations = [0.0, LEAD_IN]
    values = [0.0, 0.0]
    heading = 0.0

    def turn(angle: float, radius: float) -> None:
        curvature = math.copysign(1 / radius, angle)
        transition = _transition_length(0.0, curvature)
        arc = abs(angle) * radius - transition
        if arc < 0:
            curvature = angle / transition
            arc = 0.0
        for length, value in ((transition, curvature), (arc, curvature), (transition, 0.0)):
            stations.append(stations[-1] + length)
            values.append(value)

    side = generator.choice([-1, 1])
    turn(side * np.radians(generator.uniform(55.0, 70.0)), generator.uniform(30.0, 50.0))
    heading = _heading_change(stations, values)
    while stations[-1] < total:
        end = stations[-1] + generator.uniform(*legs)
        while stations[-1] < end:
            wiggle = -side * np.radians(generator.uniform(6.0, 24.0))
            radius = generator.uniform(35.0, 150.0)
            turn(wiggle, radius)
            stations.append(stations[-1] + generator.uniform(5.0, 30.0))
            values.append(0.0)
            turn(-wiggle, radius)
        side = -side
        target = side * np.radians(generator.uniform(66.0, 79.0))
        turn(target - heading, generator.uniform(*radii))
        heading = target
    return _sample_curvature(total, stations, values)


def _heading_change(stations: list[float], values: list[float]) -> float:
    """The change of heading [rad] over a chain of linear pieces of curvature."""
    return float(np.trapezoid(values, stations))


def _sample_curvature(total: float, stations: list[float], values: list[float]) -> Floats:
    samples = np.arange(int(np.ceil(total / SPACING)) + 1) * SPACING
    return np.interp(samples, stations, values)


def _transition_length(before: float, after: float) -> float:
    """Length [m] of a clothoid that turns the wheel gently: a lateral jerk of about 0.7 m/s³ at the
    comfortable speed.
    """
    speed = min(np.sqrt(COMFORT_LATERAL / max(abs(before), abs(after), 1e-4)), 30.0)
    return max(20.0, abs(after - before) * speed**3 / 0.7)


def _heading_margin(heading: float, before: float, target: float) -> float:
    """How far an arc of curvature `target` may turn [rad] until, with the clothoids at its ends,
    the heading is at its limit.
    """
    entered = heading + _transition_length(before, target) * (before + target) / 2
    return (
        MAX_HEADING - np.sign(target) * entered - abs(target) * _transition_length(target, 0.0) / 2
    )


def comfortable_speed(curvature: Floats, limit: float) -> Floats:
    """The highest speed [m/s] at each sample with comfortable lateral acceleration in curves and
    braking before them.
    """
    speed = np.minimum(limit, np.sqrt(COMFORT_LATERAL / np.maximum(np.abs(curvature), 1e-6)))
    for i in range(speed.size - 2, -1, -1):
        speed[i] = min(speed[i], np.sqrt(speed[i + 1] ** 2 + 2 * COMFORT_BRAKING * SPACING))
    return speed


def path_curvature(curvature: Floats, offset: float) -> Floats:
    """Curvature [1/m] of a path `offset` [m] to the right of a line of the given curvature."""
    return curvature / (1 - curvature * offset)


def outer_swept_distance(curvature: float) -> float:
    """How far [m] the corners of a car reach outwards from its path on a circle: the front swings
    out by the slip angle.
    """
    slip = slip_angle(abs(curvature))
    radius = 1 / max(abs(curvature), 1e-6)
    out = CAR_WIDTH / 2 * math.cos(slip) + CAR_LENGTH / 2 * math.sin(slip)
    along = CAR_LENGTH / 2 * math.cos(slip) - CAR_WIDTH / 2 * math.sin(slip)
    return math.hypot(radius + out, along) - radius


def edge_distance(curvature: Floats, offset: float, side: int) -> float:
    """Distance [m] from the reference line at which a drivable edge leaves room for a car on the
    path at `offset`.
    """
    tightest = float(np.abs(path_curvature(curvature, offset)).max())
    return side * offset + outer_swept_distance(tightest) + EDGE_CLEARANCE
