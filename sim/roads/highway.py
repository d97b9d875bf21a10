"""Highways: two to four lanes each way, a median, hard shoulders, entries, noise barriers."""

from collections.abc import Iterator

import numpy as np

from sim.roads.assembly import assemble
from sim.roads.curves import LEAD_IN, winding_curvature
from sim.roads.furniture import RAIL_HEIGHT
from sim.roads.plan import Band, Barrier, Lane, Marking, Material, RoadPlan, Wall
from sim.scenario import RoadKind

WIDTH = 3.75  # [m] lane; RAA, RQ 31
INNER = 0.8  # [m] paved strip beside the median; RAA has 0.75
OUTER = 2.5  # [m] hard shoulder; RAA, RQ 28 and RQ 36
MEDIAN = 2.0  # [m] half the width of the median; RAA has a total of 4 m
ENTRY_WIDTH = 3.5  # [m] width of an acceleration lane; chosen
TAPER = 40.0  # [m] over which an acceleration lane opens; chosen
SPEED_LIMIT = 30.0  # [m/s]; chosen
VERGE = 1.0  # [m] gravel beyond the hard shoulder; chosen
RAIL_DISTANCE = 2.2  # [m] of a rail from the hard shoulder; chosen
NOISE_BARRIER_DISTANCE = 3.2  # [m] of a noise barrier from the hard shoulder; chosen


def highway(generator: np.random.Generator, total: float, length: float) -> RoadPlan:
    """Return a highway; the ego keeps one of its lanes. Both sides differ in entries and
    barriers.
    """
    count = int(generator.integers(2, 4))
    curvature = winding_curvature(
        generator,
        total,
        radii=(350.0, 1500.0),
        arcs=(120.0, 400.0),
        straights=(20.0, 200.0),
        share=0.8,
    )
    path = int(generator.integers(count))
    count += count == 3 and generator.random() < 0.5
    wear = float(generator.choice([0.0, 0.1, 0.2, 0.35]))
    first = MEDIAN + INNER
    far = first + count * WIDTH
    edge = far + OUTER
    lanes = []
    markings = []
    bands = []
    barriers = []
    for side in (1, -1):
        lanes += [Lane(side * (first + (i + 0.5) * WIDTH), WIDTH, side) for i in range(count)]
        left, right = sorted((side * MEDIAN, side * edge))
        bands.append(Band(left, right, Material.ASPHALT))
        markings += [
            Marking(side * (first + i * WIDTH), 0.15, 6.0, 12.0, wear) for i in range(1, count)
        ]
        markings += [Marking(side * first, 0.2, wear=wear), Marking(side * far, 0.2, wear=wear)]
        for start, finish in _entries(generator, total):
            more_bands, more_markings = _extra_lane(side, far, start, finish, wear)
            bands += more_bands
            markings += more_markings
        barriers += [*_roadside(generator, total, side, edge)]
    concrete = generator.random() < 0.45
    for offset in (0.0,) if concrete else (-0.9, 0.9):
        barriers.append(
            Barrier(
                Wall.CONCRETE if concrete else Wall.RAIL,
                offset,
                0.0,
                total,
                0.9 if concrete else RAIL_HEIGHT,
            )
        )
    return assemble(
        RoadKind.HIGHWAY,
        curvature,
        length,
        lanes=lanes,
        bands=(
            Band(-edge - VERGE, edge + VERGE, Material.GRAVEL),
            Band(-MEDIAN, MEDIAN, Material.CONCRETE if concrete else Material.GRASS),
            *bands,
        ),
        markings=markings,
        path=path,
        drivable=(MEDIAN, edge),
        speed_limit=SPEED_LIMIT,
        barriers=tuple(barriers),
    )


def _extra_lane(
    side: int, far: float, start: float, finish: float, wear: float
) -> tuple[list[Band], list[Marking]]:
    """Return the bands and markings of an acceleration or exit lane outside the outermost lane.

    side: +1 right, -1 left.
    far: lateral distance of the outermost lane's edge [m].
    start, finish: stations of its full width [m]; it opens and closes over TAPER. Block dashes
    separate it.
    """
    edge = far + OUTER
    outside = far + ENTRY_WIDTH + 0.8
    slope = side * ENTRY_WIDTH / TAPER
    out = outside - edge
    bands: list[Band] = []
    markings: list[Marking] = []
    for near, ground, extra in ((edge, Material.GRAVEL, 1.0), (edge, Material.ASPHALT, 0.0)):
        bands.append(_band_across(side, near, outside + extra, ground, start, finish))
        # At both ends the band drifts sideways from below the shoulder and back.
        for begin, shift in ((start - TAPER, -out), (finish, 0.0)):
            drift = side * out / TAPER * (1 if begin < start else -1)
            bands.append(
                _band_across(
                    side,
                    near + shift,
                    near + out + shift + extra,
                    ground,
                    begin,
                    begin + TAPER,
                    drift,
                )
            )
    # The old edge line is covered with asphalt; the new one lies further out.
    bands.append(
        _band_across(side, far - 0.35, far + 0.35, Material.ASPHALT, start - TAPER, finish + TAPER)
    )
    markings.append(
        Marking(side * far, 0.3, 3.0, 3.0, wear, start=start - TAPER, finish=finish + TAPER)
    )
    line = side * (far + ENTRY_WIDTH)
    markings.append(Marking(line, 0.2, wear=wear, start=start, finish=finish))
    markings.append(
        Marking(side * far, 0.2, wear=wear, start=start - TAPER, finish=start, slope=slope)
    )
    markings.append(
        Marking(line, 0.2, wear=wear, start=finish, finish=finish + TAPER, slope=-slope)
    )
    return bands, markings


def _band_across(
    side: int,
    near: float,
    far: float,
    material: Material,
    start: float,
    finish: float,
    slope: float = 0.0,
) -> Band:
    """Return a band between two lateral distances [m] on one side (+1 right, -1 left)."""
    left, right = sorted((side * near, side * far))
    return Band(left, right, material, start, finish, slope)


def _entries(generator: np.random.Generator, total: float) -> list[tuple[float, float]]:
    """Return the (start, finish) stations [m] of acceleration and exit lanes, 500 to 1500 m
    apart.
    """
    lanes = []
    s = LEAD_IN + generator.uniform(100.0, 600.0)
    while s + 320.0 < total:
        finish = s + generator.uniform(180.0, 260.0)
        lanes.append((float(s), float(finish)))
        s = finish + generator.uniform(500.0, 1500.0)
    return lanes


def _roadside(
    generator: np.random.Generator, total: float, side: int, edge: float
) -> Iterator[Barrier]:
    """Yield outer rails and noise barriers in stretches with gaps, clear of acceleration lanes."""
    s = 0.0
    while s < total:
        finish = min(s + generator.uniform(120.0, 500.0), total)
        kind = generator.choice(["none", "rail", "noise"], p=[0.35, 0.45, 0.2])
        if kind == "rail":
            yield Barrier(Wall.RAIL, side * (edge + RAIL_DISTANCE), s, finish, RAIL_HEIGHT)
        if kind == "noise":
            yield Barrier(
                Wall.NOISE,
                side * (edge + NOISE_BARRIER_DISTANCE),
                s,
                finish,
                float(generator.uniform(3.0, 5.0)),
            )
        s = finish + generator.uniform(10.0, 60.0)
