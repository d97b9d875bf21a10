"""Memory of the road's cross-section: what was measured at each lateral offset over the last
metres.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pilotnet.modular.lanes.birds_eye_view import OFFSETS, STEP, VIEW_COLUMNS, Floats32
from pilotnet.modular.lanes.edges import edges_in
from pilotnet.modular.lanes.evidence import LaneEvidence
from pilotnet.modular.lanes.hypotheses import LEAST_RUT, MeasuredLine, SectionMeasurement, lines_in
from pilotnet.modular.records import Floats
from sim.jit import kernel

MEMORY = 15.0  # [m] of way after which half of what was seen is forgotten
READ_AHEAD = 30.0  # [m] up to which the cross-section is read
# share of the way along which paint must have been seen where a line is looked for
LEAST_PAINT = 0.1
BEYOND_EDGE = 0.1  # [m] by which a line may lie beyond the road's edge
RIM = 0.6  # [m] around a line within which there is no kerb
SPARSE = 0.03  # share of the best seen offset's sight below which an offset counts as unseen
SAME_EDGE = 0.4  # [m] within which an edge is the one of the last time
# [m] of way on which a kerb was seen before its verge, to be believed while the verge alone is
KNOWN_KERB = 8.0
KEPT_KERB = 25.0
# [m] travelled with a kerb in sight before its verge, after which both are measured together
PAIRED_KERB = 3.0


@dataclass
class Kerb:
    """A kerb in front of a verge: their lateral offsets [m], the distance over which both were
    seen, and the distance since then [m].
    """

    place: float
    verge: float
    known: float = 0.0
    unseen: float = 0.0

    @property
    def is_believed(self) -> bool:
        """Return whether the kerb is assumed to be there although it is not seen now."""
        return self.known > KNOWN_KERB and self.unseen < KEPT_KERB

    @property
    def is_paired(self) -> bool:
        """Return whether kerb and verge are measured together."""
        return self.known > PAIRED_KERB and self.unseen < KEPT_KERB


class Kerbs:
    """Memory of the kerbs on both sides: a wet kerb is seen now and then, its verge always."""

    def __init__(self) -> None:
        self._kerbs: list[Kerb | None] = [None, None]
        self._way = 0.0

    @property
    def pavements(self) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
        """Return the lateral offsets of kerb and verge [m], left and right; None where no kerb was
        seen for PAIRED_KERB metres.
        """
        left, right = (
            (kerb.place, kerb.verge) if kerb and kerb.is_paired else None for kerb in self._kerbs
        )
        return left, right

    def pass_by(self, way: float) -> None:
        """Advance by a distance [m]."""
        self._way += way

    def shift(self, right: float) -> None:
        """Move the origin to the right by a distance [m]."""
        for kerb in self._kerbs:
            if kerb:
                kerb.place, kerb.verge = kerb.place - right, kerb.verge - right

    def complete(self, *sides: tuple[float, ...]) -> list[tuple[float, ...]]:
        """Return the edges seen on both sides, from the centre outwards, completed with remembered
        kerbs.
        """
        completed = [self._complete(side, edges) for side, edges in enumerate(sides)]
        self._way = 0.0
        return completed

    def _complete(self, side: int, edges: tuple[float, ...]) -> tuple[float, ...]:
        kerb = self._kerbs[side]
        seen = len(edges) == 2
        if kerb is not None:
            kerb.unseen += self._way
        if seen and kerb is not None and abs(edges[0] - kerb.place) < SAME_EDGE:
            (kerb.place, kerb.verge), kerb.known, kerb.unseen = edges, kerb.known + self._way, 0.0
        elif seen and not (kerb is not None and kerb.is_believed):
            self._kerbs[side] = Kerb(*edges)
        elif kerb is not None and edges and abs(edges[-1] - kerb.verge) < SAME_EDGE:
            kerb.place = kerb.place + edges[-1] - kerb.verge
            kerb.verge = edges[-1]
            if kerb.is_believed:
                return tuple(sorted((*edges, kerb.place), key=abs))
        return edges


class CrossSection:
    """Markings, off-road ground, visibility and ruts, summed along the lane for each lateral
    offset.
    """

    def __init__(self, along: Floats) -> None:
        self._along = along
        self._weights = np.gradient(along) * (along < READ_AHEAD)
        self._kerbs = Kerbs()
        self._know(np.zeros((4, VIEW_COLUMNS)))

    def remember(self, evidence: LaneEvidence, way: float) -> None:
        """Add the present measurement, `way` metres after the last one."""
        self._kerbs.pass_by(way)
        self._know(
            self._profile * 0.5 ** (way / MEMORY)
            + self._profile_along(evidence) * max(way, 0.1) / MEMORY
        )

    def restart(self, evidence: LaneEvidence, lean: float = 0.0) -> None:
        """Keep only the present measurement, along a lane turned to the right by `lean` [rad]."""
        self._kerbs = Kerbs()
        self._know(self._profile_along(evidence, lean))

    def shift(self, right: float) -> None:
        """Move the origin to the right by a distance [m]."""
        self._kerbs.shift(right)
        self._know(np.roll(self._profile, -round(right / STEP), axis=1))

    def clarity(self, section: SectionMeasurement) -> float:
        """Return how sharp the outer edges of a hypothesis are, 0 to 1 each; they are sharp where
        they run along the lane.
        """
        off_road_likelihood = self._shares[1]
        apart = round(0.3 / STEP)
        places = [
            int(np.searchsorted(OFFSETS, edge))
            for edge in section.left_edges[-1:] + section.right_edges[-1:]
        ]
        steps = [
            abs(
                off_road_likelihood[min(at + apart, VIEW_COLUMNS - 1)]
                - off_road_likelihood[max(at - apart, 0)]
            )
            for at in places
        ]
        return float(sum(steps))

    @property
    def pavements(self) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
        """Return the lateral offsets of the kerb and of the verge behind it [m], left and right;
        None where unknown.
        """
        return self._kerbs.pavements

    def is_painted(self, offset: float) -> bool:
        """Return whether a line was seen near a lateral offset [m]."""
        return self._is_marked(self._shares[0], offset)

    def is_worn(self, offset: float) -> bool:
        """Return whether a rut was seen near a lateral offset [m]."""
        return self._is_marked(self._shares[3], offset)

    @staticmethod
    def _is_marked(shares: Floats, offset: float) -> bool:
        return bool(shares[np.abs(OFFSETS - offset) < 0.35].max(initial=0.0) > LEAST_PAINT)

    def read(self) -> SectionMeasurement:
        """Return the lines and edges of the road; lines beyond the edges are dropped, and so are
        kerbs at a line.
        """
        marking_likelihood, off_road_likelihood, seen, ruts = self._shares
        left, right = edges_in(off_road_likelihood, seen)
        low = left[-1] - BEYOND_EDGE if left else -np.inf
        high = right[-1] + BEYOND_EDGE if right else np.inf
        lines = tuple(line for line in lines_in(marking_likelihood) if low < line.offset < high)
        left, right = (_apart_from(lines, edges[:-1]) + edges[-1:] for edges in (left, right))
        return SectionMeasurement(lines, left, right, lines_in(ruts, LEAST_RUT))

    def with_known_kerbs(self, section: SectionMeasurement) -> SectionMeasurement:
        """Return the measured section, completed with kerbs that were seen earlier; call it once
        per frame.
        """
        left, right = self._kerbs.complete(section.left_edges, section.right_edges)
        return replace(section, left_edges=left, right_edges=right)

    def _profile_along(self, evidence: LaneEvidence, lean: float = 0.0) -> Floats:
        """Sum markings, off-road ground, visibility and ruts along a line turned to the right by
        `lean` [rad], (4, VIEW_COLUMNS).
        """
        total = np.zeros((4, VIEW_COLUMNS))
        _add_up(
            evidence.marking_likelihood,
            evidence.off_road_likelihood,
            evidence.seen,
            self._weights,
            np.rint(lean * self._along / STEP),
            total,
        )
        return total

    def _know(self, profile: Floats) -> None:
        """Keep a profile, and from it the shares of markings and off-road ground, the visibility (1
        is best) and the share of ruts, (VIEW_COLUMNS,) each.
        """
        self._profile = profile
        marking_likelihood, off_road_likelihood, seen, ruts = profile
        known = np.maximum(seen, 1e-6)
        most = max(float(seen.max()), 1e-6)
        enough = seen > SPARSE * most
        self._shares = (
            np.where(enough, marking_likelihood / known, 0.0),
            off_road_likelihood / known,
            seen / most,
            np.where(enough, ruts / known, 0.0),
        )


def _apart_from(lines: Sequence[MeasuredLine], places: Sequence[float]) -> tuple[float, ...]:
    """Return the lateral offsets at which there is neither a line nor its blurred border."""
    return tuple(place for place in places if all(abs(line.offset - place) > RIM for line in lines))


@kernel
def _add_up(
    marking_likelihood: Floats32,
    off_road_likelihood: Floats32,
    seen: NDArray[np.bool_],
    weights: Floats,
    shifts: Floats,
    total: Floats,
) -> None:
    """Sum the rows, each shifted left by a number of columns, into markings, off-road ground,
    visibility and ruts, (4, columns).
    """
    columns = marking_likelihood.shape[1]
    for i in range(weights.size):
        if weights[i] == 0.0:
            continue
        shift = int(shifts[i])
        for j in range(max(-shift, 0), min(columns - shift, columns)):
            total[0, j] += weights[i] * max(marking_likelihood[i, j + shift], np.float32(0))
            total[3, j] -= weights[i] * min(marking_likelihood[i, j + shift], np.float32(0))
            total[1, j] += weights[i] * off_road_likelihood[i, j + shift]
            total[2, j] += weights[i] * seen[i, j + shift]
