"""Where things stand beside a road: the same plan and seed give the same trees, houses, walls and
signs, none on the road.
"""

import numpy as np

from sim.random import Stream, stream_generator
from sim.render.ground.paving import Ground
from sim.render.objects.object_tables import Scenery, chosen, joined
from sim.render.objects.roadside.barriers import barrier_panels, tunnel_panels
from sim.render.objects.roadside.free_ground import FreeGround
from sim.render.objects.roadside.houses import house_rows
from sim.render.objects.roadside.racetrack_buildings import racing_rows
from sim.render.objects.roadside.signs import sign_rows
from sim.render.objects.roadside.vegetation import vegetation_rows
from sim.roads.plan import RoadPlan


def scenery_of(plan: RoadPlan, ground: Ground, seed: int) -> Scenery:
    """Everything that stands beside the road of a plan."""
    site = FreeGround.of(plan, ground)
    # Each family has its own generator, so that one may change without moving the others; what
    # comes first takes its room first.
    makers = (barrier_panels, house_rows, racing_rows, sign_rows, vegetation_rows)
    parts = [
        part
        for i, maker in enumerate(makers)
        for part in maker(stream_generator(seed, Stream.SCENERY, i), site)
    ]
    table = joined([*parts, *tunnel_panels(site)])
    return chosen(table, np.argsort(table.station, kind="stable"))
