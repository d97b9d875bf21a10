"""The lane finder: classical computer vision and a Kalman filter, without a network.

Each frame is one cycle: move the lane with the car, resample the ground ahead along it, compute
likelihoods of markings and edges, choose the best hypothesis for the cross-section, measure its
lines and edges in every row, and correct the filter. `LaneEstimate.confidence` falls where nothing
is measured, while the lane is coasting.
"""

import math

import numpy as np

from pilotnet.modular.lanes.birds_eye_view import (
    HALF_WIDTH,
    LAST_ROW,
    VIEW_COLUMNS,
    birds_eye_view,
    occlusion_mask,
    stations,
)
from pilotnet.modular.lanes.confidence import LaneConfidence
from pilotnet.modular.lanes.cross_section import CrossSection
from pilotnet.modular.lanes.evidence import LaneEvidence
from pilotnet.modular.lanes.features import (
    ACCURACIES,
    FEATURES,
    LEFT_EDGE,
    LEFT_LINE,
    RIGHT_EDGE,
    Feature,
    other_edge,
)
from pilotnet.modular.lanes.hypotheses import (
    MARGIN,
    LaneHypothesis,
    RoadLayout,
    SectionMeasurement,
    best_hypothesis,
)
from pilotnet.modular.lanes.lane_filter import (
    CURVATURES,
    HEADING,
    LEFT,
    NODES,
    OFFSET,
    RIGHT,
    SECTION,
    SIZE,
    WIDTH,
    CurvatureModel,
    LaneFilter,
    Measurements,
    road_scales,
    speed_after,
)
from pilotnet.modular.lanes.measurements import FeatureKind, measure_rows, viterbi_course
from pilotnet.modular.records import Floats, LaneEstimate
from sim.control.bicycle import slip_angle
from sim.geometry.camera import Camera
from sim.geometry.frenet import SPACING
from sim.types import Image, require_image

# [s] of way ahead that is measured, and at least [m]
FORESIGHT = 2.5
LEAST_FORESIGHT = 20.0
FITTED = (
    1.3,
    12.0,
    40.0,
)  # [s] of way ahead that the clothoid runs along, at least and at most [m]
COURSE = np.arange(0.0, LAST_ROW, SPACING)  # [m] ahead where an estimate tells the curvature
WINDOW = 0.35  # [m] from the lane's course within which a line or an edge is measured
FAR_SPREAD = 0.01  # [m] more of the first per metre ahead
EQUAL_SPREAD = 0.1  # [m] by which the lanes of a road without a line in its middle differ
PERSUADED = 5  # frames in a row that another reading of the cross-section must be the better one
# [m] of centre and of width between readings that cannot both be right
CENTRE_DIFFERENCE = 0.35
WIDTH_DIFFERENCE = 0.6
# [m] between the edge in the cross-section and the one tracked, from which on the track is given up
MISPLACED = 0.7
TWO_WAY_LIMIT = 25.0  # [m/s] highest speed on roads with oncoming traffic
# only roads faster than this [m/s] have a shoulder wider than this [m]: one-way roads
FAST = 17.0
HARD_SHOULDER = 1.3
BAY = 1.3  # [m] of room beyond a line, on slower roads, from which on it is for parking
# grey levels between the darkest and the brightest ground below which a frame shows nothing
CONTRAST = 12
RETRY = 3  # frames between two searches for a lost lane
SEARCHED_BENDS = (
    0.0,
    -0.4,
    0.4,
    -0.7,
    0.7,
    -1.0,
    1.0,
    -1.3,
    1.3,
)  # in a first look, of what the speed suggests
SEARCHED_TURNS = np.linspace(-0.15, 0.15, 7)  # [rad] out of the usual heading
CLEAR_EDGE = 2.5  # what an edge that is one all along the way speaks for a bend and a heading
# [rad] how far from that it may be; the usual heading's share of the slip angle
UNUSUAL_TURN = 0.1
ACROSS = 0.75
UNEQUAL = 1.0  # [m] of difference up to which both lanes are taken to be equally wide
LONG = 50.0  # [m] over which the width of the lane so far is remembered
NOBODY = np.zeros((0, 3))  # hides nothing


class LaneFinder:
    """Tracks the ego's lane from frame to frame."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._along = stations(camera)
        self._widths = self._along / camera.focal
        self._bends = CurvatureModel(self._along)
        crosses = {feature.cross for listed in FEATURES.values() for feature in listed}
        self._models = {cross: self._bends.model(np.array(cross)) for cross in crosses}
        self._strip = np.zeros((self._along.size, VIEW_COLUMNS, 3), np.float32)
        self._hidden = np.zeros((self._along.size, VIEW_COLUMNS), np.bool_)
        self._evidence = LaneEvidence(self._along.size)
        self.reset()

    def reset(self) -> None:
        """Remove all memory of earlier frames."""
        self._filter: LaneFilter | None = None
        self._layout = RoadLayout.MARKED
        self._section = CrossSection(self._along)
        self._trust = LaneConfidence()
        self._last: Image | None = None
        self._shadows = NOBODY
        self._frozen = False
        self._doubt = self._lost = 0
        self._fastest = self._reach = self._road_speed = 0.0
        self._width = 0.0  # [m] of the lane on the way so far

    def find(
        self,
        frame: Image,
        speed: float,
        curvature: float,
        duration: float,
        shadows: Floats = NOBODY,
    ) -> LaneEstimate:
        """Return the lane in the next frame.

        curvature: held by the wheels since the last frame [1/m].
        duration: time since the last frame [s].
        shadows: (N, 3), the ground that road users hide, from `ground_position.occluded_ground`.
        """
        require_image("frame", frame)
        self._shadows = shadows
        sighted = self._is_sighted(frame, speed)
        self._last = frame
        self._fastest = max(self._fastest, speed)
        self._road_speed = max(speed, speed_after(self._road_speed, speed * duration))
        if self._filter is None:
            self._filter = LaneFilter(self._road_speed, curvature)
            if sighted:
                self._search(frame, self._filter)
        else:
            self._filter.predict(speed, curvature, duration, self._road_speed)
        self._lost = self._lost + 1 if self._trust.is_lost else 0
        if sighted and self._lost and self._lost % RETRY == 0:
            self._filter = LaneFilter(self._road_speed, curvature)
            self._search(frame, self._filter)
        self._trust.age(duration, speed * duration)
        if sighted:
            self._look(frame, self._filter, speed, speed * duration)
        self._filter.bound()
        return self._estimate(self._filter, speed)

    def _is_sighted(self, frame: Image, speed: float) -> bool:
        """Return whether the frame shows a scene, and one that differs from the last.

        A moving car never sees the same frame twice. A frozen frame counts as blank until it
        changes, also when the car has stopped because of it.
        """
        unchanged = self._last is not None and np.array_equal(frame, self._last)
        self._frozen = unchanged and (self._frozen or speed > 0.5)
        ground = frame[int(self._camera.horizon) :: 4, ::4]
        return not self._frozen and int(ground.max()) - int(ground.min()) >= CONTRAST

    def _look(self, frame: Image, lane: LaneFilter, speed: float, way: float) -> None:
        """Correct the lane with the frame."""
        self._weigh(frame, lane)
        self._section.remember(self._evidence, way)
        self._read(lane)
        self._width += (
            (lane.mean[WIDTH] - self._width) * min(way / LONG, 1.0)
            if self._width
            else lane.mean[WIDTH]
        )
        seen, along = self._sightings(lane, speed)
        weight = lane.update(seen) * seen.clear
        self._trust.judge(along, weight, seen.clear)
        self._reach = float(along[weight > 0.2].max(initial=0.0))

    def _weigh(self, frame: Image, lane: LaneFilter) -> None:
        course = self._bends.course(lane.mean)
        birds_eye_view(frame, self._camera, course, self._strip)
        self._evidence.weigh(self._strip, self._widths)
        if len(self._shadows):
            occlusion_mask(course, self._shadows, self._hidden)
            self._evidence.forget(self._hidden)

    def _search(self, frame: Image, lane: LaneFilter) -> None:
        """Search for the lane without a prior: the curvature and heading whose cross-section fits a
        lane that a car drives in best.
        """
        bend, _ = road_scales(self._road_speed)
        start = lane.mean.copy()
        best = -math.inf
        spread = math.sqrt(lane.covariance[OFFSET, OFFSET])
        found: tuple[Floats, LaneHypothesis, SectionMeasurement] | None = None
        for k in SEARCHED_BENDS:
            lane.mean[CURVATURES] = start[CURVATURES] + k * bend
            lane.mean[HEADING] = start[HEADING]
            self._weigh(frame, lane)
            # On a circle a car looks out of the bend, but not yet where it has just been put.
            usual = -ACROSS * slip_angle(lane.mean[CURVATURES][0])
            for turned in SEARCHED_TURNS:
                lane.mean[HEADING] = usual + turned
                self._section.restart(self._evidence, -lane.mean[HEADING])
                section = self._section.read()
                hypothesis = best_hypothesis(section, 0.0, spread)
                if hypothesis is None:
                    continue
                score = (
                    hypothesis.score
                    - (turned / UNUSUAL_TURN) ** 2 / 2
                    + CLEAR_EDGE * self._section.clarity(section)
                )
                if score > best:
                    best = score
                    found = (lane.mean.copy(), hypothesis, section)
        self._width = 0.0
        lane.mean = start if found is None else found[0]
        self._weigh(frame, lane)
        self._section.restart(self._evidence)
        if found is not None:
            self._adopt(lane, *found[1:])

    def _read(self, lane: LaneFilter) -> None:
        """Keep the present layout, or change it when another hypothesis scored better for some
        frames.
        """
        section = self._section.read()
        spread = math.sqrt(lane.covariance[OFFSET, OFFSET]) + 0.2
        known = self._section.with_known_kerbs(section)
        best = best_hypothesis(known, 0.0, spread, self._width, self._layout)
        # A line by itself tells too little to give up what is tracked.
        agrees = (
            best is None
            or best.alone
            or (
                best.layout is self._layout
                and abs(best.centre) < CENTRE_DIFFERENCE
                and abs(best.width - lane.mean[WIDTH]) < WIDTH_DIFFERENCE
            )
        )
        self._doubt = 0 if agrees else self._doubt + 1
        if best is not None and self._doubt > PERSUADED:
            self._adopt(lane, best, section)
        for edges, way, room in ((known.right_edges, 1, RIGHT), (known.left_edges, -1, LEFT)):
            seen = [max(way * edge - lane.mean[WIDTH] / 2, 0.05) for edge in edges]
            if seen and min(abs(room_seen - lane.mean[room]) for room_seen in seen) > MISPLACED:
                lane.fix(room, seen[-1], 0.3)

    def _adopt(
        self, lane: LaneFilter, hypothesis: LaneHypothesis, section: SectionMeasurement
    ) -> None:
        """Set the lane to a hypothesis."""
        self._layout = hypothesis.layout
        self._doubt = 0
        centre = hypothesis.centre
        half = hypothesis.width / 2
        lane.mean[CURVATURES] /= np.maximum(1 - lane.mean[CURVATURES] * centre, 0.3)
        lane.fix(OFFSET, lane.mean[OFFSET] - centre, 0.2)
        lane.fix(WIDTH, hypothesis.width, 0.2)
        for edges, way, room in ((section.right_edges, 1, RIGHT), (section.left_edges, -1, LEFT)):
            rooms = [way * (edge - centre) - half for edge in edges]
            if rooms:
                lane.fix(
                    room, max(next((free for free in rooms if free > -MARGIN), 0.0), 0.05), 0.3
                )
        self._section.shift(centre)

    def _sightings(self, lane: LaneFilter, speed: float) -> tuple[Measurements, Floats]:
        """Return the measurements of lines and edges in the rows of the bird's-eye view, and how
        far ahead the rows are [m].
        """
        rows = int(np.searchsorted(self._along, max(FORESIGHT * speed, LEAST_FORESIGHT)))
        along = self._along[:rows]
        ev = self._evidence
        features = self._expected(lane)
        course = self._course(lane, features, rows, road_scales(self._road_speed)[0])
        equal = np.zeros((1, SIZE))  # both lanes of an unmarked road are equally wide
        equal[0, SECTION] = 1.0, 1.0, -1.0
        # Not where the edges that are tracked lie beyond a pavement or a place to park on one side.
        halved = int(
            self._layout is RoadLayout.HALVED and abs(float(equal[0] @ lane.mean)) < UNEQUAL
        )
        rule = np.full(halved, EQUAL_SPREAD)
        parts: list[tuple[Floats, ...]] = [
            (-equal[:halved] @ lane.mean, np.ones(halved), rule, rule, equal[:halved], 0 * rule)
        ]
        for feature, place in features:
            residual, clear = measure_rows(
                ev.marking_likelihood,
                ev.off_road_likelihood,
                ev.seen,
                feature.kind,
                place + course,
                WINDOW,
            )
            spread, stray = (np.full(rows, accuracy) for accuracy in ACCURACIES[feature.kind])
            spread = np.hypot(spread, FAR_SPREAD * along)
            columns = (
                residual + course,
                clear,
                spread,
                stray,
                self._models[feature.cross][:rows],
                along,
            )
            parts.append(tuple(column[clear > 0] for column in columns))
        *seen, ahead = (np.concatenate(column) for column in zip(*parts, strict=True))
        return Measurements(*seen), ahead

    def _expected(self, lane: LaneFilter) -> list[tuple[Feature, float]]:
        """Return the features of the layout that should be visible, and their lateral offsets
        [m].
        """
        features = FEATURES[self._layout]
        sides = zip((LEFT_EDGE, RIGHT_EDGE), self._section.pavements, strict=True)
        # Racetracks and ruts have no pavements.
        beside = sides if self._layout in (RoadLayout.MARKED, RoadLayout.HALVED) else ()
        others = [other_edge(edge, edge.place(lane.mean[SECTION]), known) for edge, known in beside]
        listed = (*features, *(other for other in others if other is not None))
        places = [(feature, feature.place(lane.mean[SECTION])) for feature in listed]
        known = {FeatureKind.LINE: self._section.is_painted, FeatureKind.RUT: self._section.is_worn}
        return [
            (feature, place)
            for feature, place in places
            if abs(place) < HALF_WIDTH - 1.0
            and (feature.kind not in known or known[feature.kind](place))
        ]

    def _course(
        self, lane: LaneFilter, features: list[tuple[Feature, float]], rows: int, bend: float
    ) -> Floats:
        """Return how far right [m] of its expected position the lane runs in each row; the road may
        bend more than the filter predicts.
        """
        ev = self._evidence
        along = self._along[:rows]
        slopes = np.maximum(
            lane.spread(self._bends.slope_model()[:rows]), 0.03 + 0.7 * bend * along
        )
        start = float(lane.spread(self._models[LEFT_LINE.cross][:1])[0]) + 0.1
        listed = np.array([[feature.kind, place] for feature, place in features]).reshape(-1, 2)
        return viterbi_course(
            ev.marking_likelihood, ev.off_road_likelihood, ev.seen, listed, along, start, slopes
        )

    def _estimate(self, lane: LaneFilter, speed: float) -> LaneEstimate:
        mean = lane.mean
        half = float(lane.mean[WIDTH]) / 2
        seconds, least, most = FITTED
        curvature, rate = lane.clothoid(min(max(seconds * speed, least), most))
        fast = self._fastest > FAST
        # On slow roads, what lies beyond a kerb or a line is a place to park.
        right = (
            float(mean[RIGHT])
            if fast or mean[RIGHT] < BAY or self._layout is RoadLayout.TRACK
            else 0.1
        )
        left = float(mean[LEFT])
        if not fast and self._layout is not RoadLayout.TRACK and left - 2 * half > BAY:
            left = 2 * half + 0.1
        return LaneEstimate(
            offset=float(mean[OFFSET]),
            heading_error=float(mean[HEADING]),
            curvature=curvature,
            curvature_rate=rate,
            width=2 * half,
            left_room=half + left,
            right_room=half + right,
            left_oncoming=self._layout is not RoadLayout.TRACK
            and self._fastest < TWO_WAY_LIMIT
            and not (fast and right > HARD_SHOULDER),
            confidence=self._trust.confidence(
                math.sqrt(lane.covariance[OFFSET, OFFSET]), self._doubt
            ),
            reach=self._reach,
            curvatures=np.interp(COURSE, NODES, mean[CURVATURES]),
        )
