"""The features of a road's cross-section that the lane finder measures: lines, ruts and edges, and how each moves with the road.

`lane_layout` decides which layout a road has; the features of that layout are what `lanes` looks for in every row.
"""

from dataclasses import dataclass, replace

import numpy as np

from pilotnet.modular.lane_layout import GAUGE, Layout
from pilotnet.modular.lane_rows import Trait
from pilotnet.modular.records import Floats

EDGE = 0.12, 0.24
# [m] standard deviation of one measurement, and how far such a thing strays from a smooth course: verges are ragged.
ACCURACIES = {Trait.LINE: (0.03, 0.06), Trait.RUT: (0.08, 0.16), Trait.LEFT_EDGE: EDGE, Trait.RIGHT_EDGE: EDGE}
SAME_PLACE = 0.5  # [m] between a tracked edge and the kerb or verge that it is


@dataclass(frozen=True)
class Feature:
    """A line, an edge or a rut of the cross-section: how it moves with width, right and left room, and what it is aside [m]."""

    trait: Trait
    cross: tuple[float, float, float]
    aside: float = 0.0

    def place(self, section: Floats) -> float:
        """Its offset from the lane's centre [m]; section: width, right and left room [m], (3,)."""
        return float(np.dot(self.cross, section)) + self.aside


LEFT_LINE = Feature(Trait.LINE, (-0.5, 0, 0))
RIGHT_LINE = Feature(Trait.LINE, (0.5, 0, 0))
FAR_LEFT_LINE = Feature(Trait.LINE, (-1.5, 0, 0))
FAR_RIGHT_LINE = Feature(Trait.LINE, (1.5, 0, 0))
LEFT_EDGE = Feature(Trait.LEFT_EDGE, (-0.5, 0, -1))
RIGHT_EDGE = Feature(Trait.RIGHT_EDGE, (0.5, 1, 0))
LEFT_RUT = Feature(Trait.RUT, (0, 0, 0), -GAUGE / 2)
RIGHT_RUT = Feature(Trait.RUT, (0, 0, 0), GAUGE / 2)
FEATURES = {
    Layout.MARKED: (LEFT_LINE, RIGHT_LINE, FAR_LEFT_LINE, FAR_RIGHT_LINE, LEFT_EDGE, RIGHT_EDGE),
    # The line in the middle may be there, and too faint to be read.
    Layout.HALVED: (LEFT_LINE, RIGHT_LINE, FAR_LEFT_LINE, LEFT_EDGE, RIGHT_EDGE),
    Layout.TRACK: (FAR_LEFT_LINE, FAR_RIGHT_LINE, LEFT_EDGE, RIGHT_EDGE),
    Layout.RUTTED: (LEFT_RUT, RIGHT_RUT, LEFT_LINE, RIGHT_LINE),
}


def other_edge(edge: Feature, place: float, pavement: tuple[float, float] | None) -> Feature | None:
    """Return the verge that moves with a tracked kerb, or the kerb that moves with a tracked verge.

    place: offset of the tracked edge [m]; pavement: offsets of a kerb and of the verge beyond it [m]. None where the tracked
    edge is neither of the two. A faint kerb alone is easily lost to the clearer verge; the two together are not.
    """
    if pavement is None:
        return None
    kerb, verge = pavement
    aside = verge - kerb
    if abs(place - kerb) <= min(SAME_PLACE, abs(place - verge)):
        return replace(edge, aside=aside)
    if abs(place - verge) < SAME_PLACE:
        return replace(edge, aside=-aside)
    return None
