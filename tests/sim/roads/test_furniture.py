"""Stretches, bends and barriers along a road."""

import numpy as np

from sim.roads.furniture import bends, free_stretches, rails_in_bends, stretches
from sim.roads.plan import Wall


def test_bends_stretches_and_gaps_of_a_mask() -> None:
    mask = np.zeros(100, bool)
    mask[20:41] = mask[60:63] = True
    assert stretches(mask, least=5.0) == [(10.0, 20.0)]
    assert bends(np.where(mask, -0.02, 0.0), 100.0, 5.0, margin=1.0) == [(9.0, 21.0, -1)]
    assert free_stretches(50.0, [(30.0, 35.0), (10.0, 20.0), (15.0, 26.0)], 5.0) == [
        (0.0, 10.0),
        (35.0, 50.0),
    ]


def test_guard_rails_stand_on_the_outside_of_bends() -> None:
    curvature = np.zeros(400)
    curvature[100:200] = 1 / 100  # a right bend from 50 to 99.5 m: its outside is on the left
    rail = next(iter(rails_in_bends(np.random.default_rng(0), curvature, 5.0, share=1.0)))
    assert rail.kind is Wall.RAIL
    assert rail.offset == -5.0
    assert (rail.start, rail.finish) == (40.0, 109.5)
