"""The features of a road's cross-section that the lane finder measures: lines, ruts and edges.

`hypotheses` decides which layout a road has; `finder` measures the features of that layout in every
row.
"""

from dataclasses import dataclass, replace

import numpy as np

from pilotnet.modular.lanes.hypotheses import GAUGE, RoadLayout
from pilotnet.modular.lanes.measurements import FeatureKind
from pilotnet.modular.records import Floats

EDGE_ACCURACY = (0.12, 0.24)  # [m] larger than for lines, because verges are ragged
# [m] standard deviations of one measurement, and of the feature itself about a smooth course.
ACCURACIES = {
    FeatureKind.LINE: (0.03, 0.06),
    FeatureKind.RUT: (0.08, 0.16),
    FeatureKind.LEFT_EDGE: EDGE_ACCURACY,
    FeatureKind.RIGHT_EDGE: EDGE_ACCURACY,
}
# [m] largest distance between a tracked edge and the kerb or verge that it is taken for
SAME_PLACE = 0.5


@dataclass(frozen=True)
class Feature:
    """A line, an edge or a rut of the cross-section.

    cross: derivatives of its lateral offset by the lane's width and by the free widths to the right
    and to the left of the lane.
    aside: constant part of its lateral offset [m].
    """

    kind: FeatureKind
    cross: tuple[float, float, float]
    aside: float = 0.0

    def place(self, section: Floats) -> float:
        """Return the lateral offset from the lane's centre [m]; section: width, right and left free
        width [m], (3,).
        """
        return float(np.dot(self.cross, section)) + self.aside


LEFT_LINE = Feature(FeatureKind.LINE, (-0.5, 0, 0))
RIGHT_LINE = Feature(FeatureKind.LINE, (0.5, 0, 0))
FAR_LEFT_LINE = Feature(FeatureKind.LINE, (-1.5, 0, 0))
FAR_RIGHT_LINE = Feature(FeatureKind.LINE, (1.5, 0, 0))
LEFT_EDGE = Feature(FeatureKind.LEFT_EDGE, (-0.5, 0, -1))
RIGHT_EDGE = Feature(FeatureKind.RIGHT_EDGE, (0.5, 1, 0))
LEFT_RUT = Feature(FeatureKind.RUT, (0, 0, 0), -GAUGE / 2)
RIGHT_RUT = Feature(FeatureKind.RUT, (0, 0, 0), GAUGE / 2)
FEATURES = {
    RoadLayout.MARKED: (
        LEFT_LINE,
        RIGHT_LINE,
        FAR_LEFT_LINE,
        FAR_RIGHT_LINE,
        LEFT_EDGE,
        RIGHT_EDGE,
    ),
    # A middle line may exist that is too faint for the layout to be MARKED.
    RoadLayout.HALVED: (LEFT_LINE, RIGHT_LINE, FAR_LEFT_LINE, LEFT_EDGE, RIGHT_EDGE),
    RoadLayout.TRACK: (FAR_LEFT_LINE, FAR_RIGHT_LINE, LEFT_EDGE, RIGHT_EDGE),
    RoadLayout.RUTTED: (LEFT_RUT, RIGHT_RUT, LEFT_LINE, RIGHT_LINE),
}


def other_edge(edge: Feature, place: float, pavement: tuple[float, float] | None) -> Feature | None:
    """Return the verge beside a tracked kerb, or the kerb beside a tracked verge; None when the
    edge is neither.

    place: lateral offset of the tracked edge [m].
    pavement: lateral offsets of a kerb and of the verge beyond it [m]. Measuring both together
    keeps a faint kerb from being confused with the clearer verge.
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
