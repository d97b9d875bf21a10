"""Curvature along a road, the speed it allows, and the width that a vehicle needs on it.

A road is a chain of straights and arcs joined by clothoids.
"""

import math

import numpy as np

from sim.control.bicycle import CAR_LENGTH, CAR_WIDTH, slip_angle
from sim.geometry.frenet import SPACING, Floats

LEAD_IN = 60.0  # [m] straight road at the beginning: there is road behind every start; chosen
# [m] maximum random distance from LEAD_IN to the start: short drives reach hairpins too; chosen
BEFORE_START = 400.0
RUN_OUT = 400.0  # [m] road after the finish: its end never shows in a picture; chosen
COMFORT_LATERAL = 2.0  # [m/s²] lateral acceleration in curves; chosen, passenger comfort
COMFORT_BRAKING = 1.5  # [m/s²] deceleration before curves; chosen, passenger comfort
# [rad] maximum turn away from the first direction, so that no road crosses itself; chosen
MAX_HEADING = np.radians(80.0)
EDGE_CLEARANCE = 0.3  # [m] between a car's corner and the drivable edge; chosen
TRANSITION_JERK = 0.7  # [m/s³] lateral jerk in clothoids; chosen
MIN_TRANSITION = 20.0  # [m] length of a clothoid; chosen
MAX_TRANSITION_SPEED = 30.0  # [m/s] speed for which clothoids are laid out; highway limit

Range = tuple[float, float]


def winding_curvature(
    generator: np.random.Generator,
    total: float,
    radii: Range,
    arcs: Range,
    straights: Range,
    share: float,
) -> Floats:
    """Return curvature samples [1/m] of a random road of arcs and straights, joined by clothoids.

    total: length [m].
    radii: of arcs [m], drawn evenly in curvature.
    arcs, straights: limits of their lengths [m].
    share: probability that a piece is an arc. An arc that would turn the heading beyond MAX_HEADING
    bends the other way; one that still would is cut short.
    """
    stations = [0.0, LEAD_IN]
    values = [0.0, 0.0]
    heading = 0.0
    while stations[-1] < total:
        is_arc = generator.random() < share
        magnitude = generator.uniform(1 / radii[1], 1 / radii[0]) if is_arc else 0.0
        piece = generator.uniform(*(arcs if is_arc else straights))
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
    """Return curvature samples [1/m] of a road that climbs by hairpins.

    total: length [m].
    radii: of hairpins [m].
    legs: limits of the length between hairpins [m]. The legs lie across the main direction, left
    and right in turn. A leg only turns towards the main direction and back, so that neighbouring
    legs diverge.
    """
    stations = [0.0, LEAD_IN]
    values = [0.0, 0.0]
    heading = 0.0

    def turn(angle: float, radius: float) -> None:
        """Append a turn by `angle` [rad]: clothoid, arc of `radius` [m], clothoid."""
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
    """Return the change of heading [rad] over a chain of linear pieces of curvature."""
    return float(np.trapezoid(values, stations))


def _sample_curvature(total: float, stations: list[float], values: list[float]) -> Floats:
    """Return curvature [1/m] every SPACING metres, interpolated between the given stations [m]."""
    samples = np.arange(int(np.ceil(total / SPACING)) + 1) * SPACING
    return np.interp(samples, stations, values)


def _transition_length(before: float, after: float) -> float:
    """Return the length [m] of a clothoid between two curvatures [1/m].

    It limits the lateral jerk at the comfortable speed to TRANSITION_JERK.
    """
    speed = min(np.sqrt(COMFORT_LATERAL / max(abs(before), abs(after), 1e-4)), MAX_TRANSITION_SPEED)
    return max(MIN_TRANSITION, abs(after - before) * speed**3 / TRANSITION_JERK)


def _heading_margin(heading: float, before: float, target: float) -> float:
    """Return the angle [rad] by which an arc may turn until the heading reaches MAX_HEADING.

    heading: before the arc [rad].
    before: curvature of the last piece [1/m].
    target: of the arc [1/m]. The clothoids at both ends of the arc are taken into account.
    """
    after_entry = heading + _transition_length(before, target) * (before + target) / 2
    return (
        MAX_HEADING
        - np.sign(target) * after_entry
        - abs(target) * _transition_length(target, 0.0) / 2
    )


def comfortable_speed(curvature: Floats, limit: float) -> Floats:
    """Return the highest comfortable speed [m/s] at each sample, at most `limit` [m/s].

    It keeps the lateral acceleration below COMFORT_LATERAL and brakes before curves with at most
    COMFORT_BRAKING.
    """
    speed = np.minimum(limit, np.sqrt(COMFORT_LATERAL / np.maximum(np.abs(curvature), 1e-6)))
    for i in range(speed.size - 2, -1, -1):
        speed[i] = min(speed[i], np.sqrt(speed[i + 1] ** 2 + 2 * COMFORT_BRAKING * SPACING))
    return speed


def path_curvature(curvature: Floats, offset: float) -> Floats:
    """Return the curvature [1/m] of a path `offset` [m] to the right of a line of this
    curvature.
    """
    return curvature / (1 - curvature * offset)


def outer_swept_distance(curvature: float) -> float:
    """Return how far [m] a car's corners reach outwards from its path on a circle.

    The car's centre line is turned against the path by the slip angle, so the front swings out.
    """
    slip = slip_angle(abs(curvature))
    radius = 1 / max(abs(curvature), 1e-6)
    out = CAR_WIDTH / 2 * math.cos(slip) + CAR_LENGTH / 2 * math.sin(slip)
    along = CAR_LENGTH / 2 * math.cos(slip) - CAR_WIDTH / 2 * math.sin(slip)
    return math.hypot(radius + out, along) - radius


def edge_distance(curvature: Floats, offset: float, side: int) -> float:
    """Return the lateral distance [m] of a drivable edge that keeps clear of a car on the path.

    offset: of the path [m, right positive].
    side: +1 for the right edge, -1 for the left. The clearance to the car's corners is
    EDGE_CLEARANCE in the tightest curve.
    """
    tightest = float(np.abs(path_curvature(curvature, offset)).max())
    return side * offset + outer_swept_distance(tightest) + EDGE_CLEARANCE
