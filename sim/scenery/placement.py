"""Where things stand beside a road: the same plan and seed give the same trees, houses, walls and signs, none on the road."""

import numpy as np

from sim.ground.paving import Ground
from sim.random import Stream, stream_generator
from sim.roads.plan import RoadPlan
from sim.scenery.barriers import barrier_panels, tunnel_panels
from sim.scenery.growth import growth_rows
from sim.scenery.houses import house_rows
from sim.scenery.racing import racing_rows
from sim.scenery.signs import sign_rows
from sim.scenery.site import Site
from sim.scenery.tables import Scenery, chosen, joined


def scenery_of(plan: RoadPlan, ground: Ground, seed: int) -> Scenery:
    """Everything that stands beside the road of a plan."""
    site = Site.of(plan, ground)
    # Each family has its own generator, so that one may change without moving the others; what comes first takes its room first.
    makers = (barrier_panels, house_rows, racing_rows, sign_rows, growth_rows)
    parts = [part for i, maker in enumerate(makers) for part in maker(stream_generator(seed, Stream.SCENERY, i), site)]
    table = joined([*parts, *tunnel_panels(site)])
    return chosen(table, np.argsort(table.station, kind="stable"))
