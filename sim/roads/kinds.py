"""Road kinds: a scenario's seed -> the plan of a road.

The curvature is a chain of straights and arcs joined by clothoids, so it is continuous and the heading stays within bounds.
"""

import numpy as np

from sim.geometry import SPACING, Centreline, Floats
from sim.roads.plan import Band, Lane, Marking, Material, RoadPlan
from sim.scenario import RoadKind, Scenario
from sim.types import Pose

LEAD_IN = 60.0  # [m] of road behind the start
RUN_OUT = 400.0  # [m] of road after the finish, so that the picture never shows its end
COMFORT_LATERAL = 2.0  # [m/s²] in curves
COMFORT_BRAKING = 1.5  # [m/s²] before curves


def plan_road(scenario: Scenario) -> RoadPlan:
    """The plan of a scenario's road: same scenario, same plan."""
    generator = np.random.default_rng([scenario.seed, list(RoadKind).index(scenario.road)])
    total = LEAD_IN + scenario.length + RUN_OUT
    return _BUILDERS[scenario.road](generator, total, scenario.length)


def _rural(generator: np.random.Generator, total: float, length: float) -> RoadPlan:
    """One lane each way, 3.2-3.7 m, a dashed line between them, solid lines at the edges, gravel verges."""
    width = generator.uniform(3.2, 3.7)
    shoulder = generator.uniform(0.3, 0.6)
    edge = width + shoulder
    curvature = _winding(generator, total, radii=(70.0, 400.0), arcs=(40.0, 140.0), straights=(10.0, 120.0), share=0.75)
    return _plan(
        RoadKind.RURAL,
        curvature,
        length,
        lanes=(Lane(width / 2, width), Lane(-width / 2, width, -1)),
        bands=(Band(-edge - 1.0, edge + 1.0, Material.GRAVEL), Band(-edge, edge, Material.ASPHALT)),
        markings=(Marking(0.0, 0.14, 3.0, generator.choice([3.0, 6.0])), Marking(-width, 0.14), Marking(width, 0.14)),
        path=0,
        drivable=(-edge, edge),
        speed_limit=22.0,
    )


def _highway(generator: np.random.Generator, total: float, length: float) -> RoadPlan:
    """Two or three lanes of 3.75 m each way, a green median, hard shoulders on the outside; the ego keeps one of the lanes."""
    count = int(generator.integers(2, 4))
    width, inner, outer, median = 3.75, 0.8, 2.5, 2.0
    first = median + inner
    far = first + count * width
    lanes, markings, bands = [], [], []
    for side in (1, -1):
        lanes += [Lane(side * (first + (i + 0.5) * width), width, side) for i in range(count)]
        left, right = sorted((side * median, side * (far + outer)))
        bands.append(Band(left, right, Material.ASPHALT))
        markings += [Marking(side * (first + i * width), 0.15, 6.0, 12.0) for i in range(1, count)]
        markings += [Marking(side * first, 0.2), Marking(side * far, 0.2)]
    curvature = _winding(generator, total, radii=(350.0, 1500.0), arcs=(120.0, 400.0), straights=(20.0, 200.0), share=0.8)
    return _plan(
        RoadKind.HIGHWAY,
        curvature,
        length,
        lanes=tuple(lanes),
        bands=(
            Band(-far - outer - 1.0, far + outer + 1.0, Material.GRAVEL),
            Band(-median, median, Material.GRASS),
            *bands,
        ),
        markings=tuple(markings),
        path=int(generator.integers(count)),
        drivable=(median, far + outer),
        speed_limit=30.0,
    )


_BUILDERS = {RoadKind.RURAL: _rural, RoadKind.HIGHWAY: _highway}


def _plan(
    kind: RoadKind, curvature: Floats, length: float, lanes: tuple[Lane, ...],
    bands: tuple[Band, ...], markings: tuple[Marking, ...], path: int, drivable: tuple[float, float], speed_limit: float,
) -> RoadPlan:  # fmt: skip
    return RoadPlan(
        kind=kind,
        centreline=Centreline.from_curvature(curvature, Pose(0.0, 0.0, 0.0)),
        lanes=lanes,
        bands=bands,
        markings=markings,
        path=path,
        drivable=drivable,
        start=LEAD_IN,
        finish=LEAD_IN + length,
        speed_limit=speed_limit,
        speed=comfortable_speed(curvature, speed_limit),
        carriageway=drivable,
    )


def _winding(
    generator: np.random.Generator, total: float, radii: tuple[float, float], arcs: tuple[float, float],
    straights: tuple[float, float], share: float,
) -> Floats:  # fmt: skip
    """Curvature samples of a random road [1/m]: arcs (of radius drawn evenly in curvature) and straights, joined by clothoids.

    share: how often a piece is an arc. The heading stays within 80 degrees of its first direction, so that the road never meets
    itself: an arc that cannot keep within that bends the other way, and one that would leave it is cut short.
    """
    limit = np.radians(80.0)
    stations, values, heading = [0.0, LEAD_IN], [0.0, 0.0], 0.0
    while stations[-1] < total:
        bent = generator.random() < share
        magnitude = generator.uniform(1 / radii[1], 1 / radii[0]) if bent else 0.0
        piece = generator.uniform(*(arcs if bent else straights))
        target = magnitude * generator.choice([-1, 1])
        if _room(heading, values[-1], target, limit) < 0:
            target = -target
        transition = _transition(values[-1], target)
        if target:
            piece = min(piece, max(_room(heading, values[-1], target, limit), 0.0) / abs(target))
        stations += [stations[-1] + transition, stations[-1] + transition + piece]
        heading += transition * (values[-1] + target) / 2 + target * piece
        values += [target, target]
    samples = np.arange(int(np.ceil(total / SPACING)) + 1) * SPACING
    return np.interp(samples, stations, values)


def _transition(before: float, after: float) -> float:
    """Length [m] of a clothoid that turns the wheel gently: a lateral jerk of about 0.7 m/s³ at the comfortable speed."""
    speed = min(np.sqrt(COMFORT_LATERAL / max(abs(before), abs(after), 1e-4)), 30.0)
    return max(20.0, abs(after - before) * speed**3 / 0.7)


def _room(heading: float, before: float, target: float, limit: float) -> float:
    """How far an arc of curvature `target` may turn [rad] until, with the clothoids at its ends, the heading is at `limit`."""
    entered = heading + _transition(before, target) * (before + target) / 2
    return limit - np.sign(target) * entered - abs(target) * _transition(target, 0.0) / 2


def comfortable_speed(curvature: Floats, limit: float) -> Floats:
    """The highest speed [m/s] at each sample with comfortable lateral acceleration in curves and braking before them."""
    speed = np.minimum(limit, np.sqrt(COMFORT_LATERAL / np.maximum(np.abs(curvature), 1e-6)))
    for i in range(speed.size - 2, -1, -1):
        speed[i] = min(speed[i], np.sqrt(speed[i + 1] ** 2 + 2 * COMFORT_BRAKING * SPACING))
    return speed
