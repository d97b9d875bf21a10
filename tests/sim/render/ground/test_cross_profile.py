"""The cross profile of a road."""

import numpy as np
import pytest

from sim.render.ground.cross_profile import cross_profile
from sim.render.ground.profile import PROFILE_STEP
from sim.render.lighting.palette import PALETTE
from sim.roads.kinds import plan_road
from sim.scenario import RoadKind, Scenario


def test_without_bands_of_other_width_the_profile_is_symmetric() -> None:
    plan = plan_road(Scenario(RoadKind.RURAL_UNMARKED, 3, length=400.0))
    first, profile, ragged, patterns = cross_profile(plan)
    density = np.diff(profile, axis=0)
    assert first == pytest.approx(-(len(density) * PROFILE_STEP) / 2)
    np.testing.assert_allclose(density, density[::-1], atol=1e-4)
    assert ragged.shape == (len(density),)
    assert patterns.shape == (0, 3)


def test_the_profile_of_a_band_is_its_colour() -> None:
    plan = plan_road(Scenario(RoadKind.UNPAVED, 3, length=400.0))
    _, profile, _, _ = cross_profile(plan)
    outer = np.diff(profile, axis=0)[10, :3] / PROFILE_STEP
    assert outer == pytest.approx(PALETTE[plan.beyond], abs=1e-3)
