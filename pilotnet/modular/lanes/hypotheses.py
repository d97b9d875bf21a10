"""The road's cross-section: from evidence summed along the lane to an assignment of lines.

It uses prior knowledge: traffic drives on the right, and lanes are 2.4 to 4.4 m wide. A road
without a centre line has one lane each way. A road three lanes wide without lines is a racetrack.
In snow, vehicles drive in the ruts in the middle of a lane.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations

import numpy as np
from scipy.ndimage import maximum_filter1d

from pilotnet.modular.lanes.birds_eye_view import OFFSETS, STEP
from pilotnet.modular.records import Floats

# [m]
USUAL_WIDTH = 3.4
WIDTH_SPREAD = 0.35
TRACK_WIDTH = 4.0  # [m]
# [m] by which a road's lanes seldom change their width, and what speaks at most against it
WIDENING = 0.4
RECONSTRUCTED = 1.2
# [m] lanes
MIN_LANE_WIDTH = 2.4
MAX_LANE_WIDTH = 4.5
TRACK_TOTAL = (9.9, 14.5)  # [m] widths of a track of three lanes
EDGE_WEIGHT = 0.5  # an edge counts like a line that is seen along so much of the way
MARGIN = 0.45  # [m] from a lane's border to the road's edge where no line is painted between them,
# [m] on roads whose lanes are at least so wide; narrower ones reach up to the kerb
SHOULDERED = 3.2
ALONE = 0.5  # what a single line counts for
# [m] between the ruts of one car, and how far from that they may be
GAUGE = 1.6
GAUGE_SPREAD = 0.2
RUTS_WITHIN = 1.2  # [m] of where the lane should be lies the middle of its ruts
NEAR_EDGE = 0.15  # [m] the same where nothing is painted at all
# share of the way along which a line, or a rut, must be seen to be one
LEAST_LINE = 0.12
LEAST_RUT = 0.08
# [m] from a kerb to the verge beyond; a step farther from it need not be a kerb
WIDEST_PAVEMENT = 2.8
# [log likelihood] cost of a racetrack without painted borders: racetracks have both, wet streets
# have none
BARE_TRACK = 2.5
# [m] largest distance from a racetrack's border to the line that is painted along it
BORDER_LINE = 0.6
# a road's edge within a lane speaks against it like a line that is seen along so much of the way
EDGE_INSIDE = 0.3


class RoadLayout(StrEnum):
    """What identifies the ego's lane: its own lines; the road's edge and an unmarked centre; a wide
    track; ruts in snow.
    """

    MARKED = "marked"
    HALVED = "halved"
    TRACK = "track"
    RUTTED = "rutted"


@dataclass(frozen=True)
class MeasuredLine:
    """A painted line at a lateral offset [m], seen along a share of the distance."""

    offset: float
    share: float


@dataclass(frozen=True)
class SectionMeasurement:
    """Measured cross-section: lines and ruts from left to right, and where [m] the road may end on
    either side, a kerb before a verge.
    """

    lines: tuple[MeasuredLine, ...]
    left_edges: tuple[float, ...] = ()
    right_edges: tuple[float, ...] = ()
    ruts: tuple[MeasuredLine, ...] = ()


@dataclass(frozen=True)
class LaneHypothesis:
    """One interpretation of a cross-section: the lane's centre [m] and width [m], and its score
    (relative log likelihood).

    alone: whether it rests on a single line and assumes a lane of usual width.
    bare: whether it is a racetrack without a painted border.
    """

    layout: RoadLayout
    centre: float
    width: float
    score: float
    alone: bool = False
    bare: bool = False


def lines_in(profile: Floats, least: float = LEAST_LINE) -> tuple[MeasuredLine, ...]:
    """Return the lines of a profile: peaks of the share of the distance with paint at each lateral
    offset, (COLUMNS,).
    """
    near = max(round(0.1 / STEP), 1)
    smooth = np.convolve(profile, np.ones(2 * near + 1), "same") / (2 * near + 1) * 1.5
    apart = round(0.5 / STEP)
    found: list[MeasuredLine] = []
    for j in np.flatnonzero((smooth > least) & (smooth >= maximum_filter1d(smooth, 2 * apart + 1))):
        around = slice(max(j - 4, 0), j + 5)
        place = float(np.average(OFFSETS[around], weights=smooth[around]))
        if not found or place - found[-1].offset > 0.5:
            found.append(MeasuredLine(place, float(min(smooth[j], 1.0))))
    return tuple(found)


def lane_hypotheses(section: SectionMeasurement) -> Iterator[tuple[LaneHypothesis, float]]:
    """Return all hypotheses for a section, each with the share along which its borders were seen
    and the usual width of such a lane [m].
    """
    yield from _readings_of_one_line(section)
    yield from _readings_of_ruts(section)
    yield from _readings_of_a_kerb(section)
    lines = [(line.offset, line.share, 0.0) for line in section.lines]
    lefts = lines + [(edge, EDGE_WEIGHT, NEAR_EDGE) for edge in section.left_edges]
    rights = lines + [(edge, EDGE_WEIGHT, NEAR_EDGE) for edge in section.right_edges]
    for left, left_share, left_margin in lefts:
        for right, right_share, right_margin in rights:
            seen = min(2 * left_share, 1.0) + min(2 * right_share, 1.0)
            between = right - left
            if not left_margin:  # a line of the lane's own on its left
                wide = (
                    between
                    if not right_margin
                    else between - min(max(between - SHOULDERED, 0.0), MARGIN)
                )
                if MIN_LANE_WIDTH < wide < MAX_LANE_WIDTH:
                    # An edge is a worse border than a line.
                    evidence = (
                        3.0 * seen if not right_margin else 3.0 * min(2 * left_share, 1.0) + 1.5
                    )
                    yield (
                        LaneHypothesis(RoadLayout.MARKED, left + wide / 2, wide, evidence),
                        USUAL_WIDTH,
                    )
            total = between - left_margin - right_margin
            if 2 * MIN_LANE_WIDTH - 0.2 < total < 2 * MAX_LANE_WIDTH - 0.4:
                yield (
                    LaneHypothesis(
                        RoadLayout.HALVED, right - right_margin - total / 4, total / 2, 1.5 * seen
                    ),
                    USUAL_WIDTH,
                )
            if TRACK_TOTAL[0] < total < TRACK_TOTAL[1]:
                bare = all(
                    abs(line.offset - border) > BORDER_LINE
                    for line in section.lines
                    for border in (left, right)
                )
                yield (
                    LaneHypothesis(
                        RoadLayout.TRACK, (left + right) / 2, total / 3, 1.5 * seen, bare=bare
                    ),
                    TRACK_WIDTH,
                )


def _readings_of_one_line(section: SectionMeasurement) -> Iterator[tuple[LaneHypothesis, float]]:
    """Return hypotheses of a single line that borders a lane of usual width on its left or
    right.
    """
    for line in section.lines:
        for side in (-0.5, 0.5):
            centre = line.offset - side * USUAL_WIDTH
            yield (
                LaneHypothesis(
                    RoadLayout.MARKED, centre, USUAL_WIDTH, ALONE * min(2 * line.share, 1.0), True
                ),
                USUAL_WIDTH,
            )


def _readings_of_a_kerb(section: SectionMeasurement) -> Iterator[tuple[LaneHypothesis, float]]:
    """Return the hypothesis of a kerb before a pavement on the right, with a lane of usual width
    beside it.
    """
    kerb, verge = section.right_edges if len(section.right_edges) == 2 else (0.0, math.inf)
    if verge - kerb < WIDEST_PAVEMENT:
        yield (
            LaneHypothesis(
                RoadLayout.HALVED, kerb - NEAR_EDGE - USUAL_WIDTH / 2, USUAL_WIDTH, ALONE
            ),
            USUAL_WIDTH,
        )


def _readings_of_ruts(section: SectionMeasurement) -> Iterator[tuple[LaneHypothesis, float]]:
    """Return the hypothesis of two ruts at a car's track width, in the middle of a lane of usual
    width.
    """
    for left, right in combinations(section.ruts, 2):
        if abs(right.offset - left.offset - GAUGE) < GAUGE_SPREAD:
            seen = min(2 * left.share, 1.0) + min(2 * right.share, 1.0)
            yield (
                LaneHypothesis(
                    RoadLayout.RUTTED, (left.offset + right.offset) / 2, USUAL_WIDTH, 3.0 * seen
                ),
                USUAL_WIDTH,
            )


def _inside(section: SectionMeasurement, hypothesis: LaneHypothesis) -> float:
    """Return the evidence against a hypothesis: the longest share of a line or edge inside the
    lane.
    """
    lanes_left = 1.5 if hypothesis.layout in (RoadLayout.HALVED, RoadLayout.TRACK) else 0.5
    lanes_right = 1.5 if hypothesis.layout is RoadLayout.TRACK else 0.5
    low = hypothesis.centre - lanes_left * hypothesis.width + 0.6
    high = hypothesis.centre + lanes_right * hypothesis.width - 0.6
    edges = [(edge, EDGE_INSIDE) for edge in section.left_edges + section.right_edges]
    seen = [(line.offset, line.share) for line in section.lines] + edges
    return max((share for offset, share in seen if low < offset < high), default=0.0)


def best_hypothesis(
    section: SectionMeasurement,
    expected: float,
    spread: float,
    width: float | None = None,
    followed: RoadLayout | None = None,
) -> LaneHypothesis | None:
    """Return the most likely reading, None when nothing is in sight that could border a lane.

    expected, spread: expected lateral offset of the lane's centre [m] and its standard deviation
    [m].
    width, followed: width [m] and layout of the lane so far; None before a lane is found.
    """
    scored = [
        replace(
            hypothesis,
            score=hypothesis.score
            - 4 * _inside(section, hypothesis)
            - ((hypothesis.centre - expected) / spread) ** 2 / 2
            - ((hypothesis.width - usual) / WIDTH_SPREAD) ** 2 / 2
            - (
                min(((hypothesis.width - width) / WIDENING) ** 2 / 2, RECONSTRUCTED)
                if width
                else 0.0
            )
            - (BARE_TRACK if hypothesis.bare and followed is not RoadLayout.TRACK else 0.0),
        )
        for hypothesis, usual in lane_hypotheses(section)
        # Two lanes' inner ruts are as far apart as a car's where lanes are narrow.
        if hypothesis.layout is not RoadLayout.RUTTED
        or abs(hypothesis.centre - expected) < RUTS_WITHIN
    ]
    return max(scored, key=lambda hypothesis: hypothesis.score, default=None)
