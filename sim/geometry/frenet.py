"""Frenet coordinates: a sampled centreline with continuous curvature, and the maps between it and
the plane.

Coordinates are (s, d): s the arc length along the line [m], d the lateral offset to the right of it
[m].
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.jit import exact, exact_inlined
from sim.types import Pose

Floats = NDArray[np.float64]
SPACING = 0.5  # [m] between the samples of a centreline


@dataclass(frozen=True)
class Centreline:
    """A curve sampled every SPACING metres: x, y [m], heading [rad], curvature [1/m], each of shape
    (N,).
    """

    x: Floats
    y: Floats
    heading: Floats
    curvature: Floats

    def __post_init__(self) -> None:
        shapes = {self.x.shape, self.y.shape, self.heading.shape, self.curvature.shape}
        if len(shapes) != 1 or self.x.ndim != 1 or self.x.size < 2:
            raise ValueError(
                f"centreline arrays have shapes {shapes}; they must share one shape (N,), N >= 2"
            )

    @classmethod
    def from_curvature(cls, curvature: Floats, start: Pose) -> "Centreline":
        """Integrate curvature samples (N,) [1/m], SPACING apart, from `start`; trapezoids in
        heading and position.
        """
        middle = (curvature[1:] + curvature[:-1]) / 2
        heading = start.heading + SPACING * np.concatenate([[0.0], np.cumsum(middle)])
        chord = (heading[1:] + heading[:-1]) / 2
        # A chord of an arc is shorter than the arc by sinc of half the turned angle; this keeps
        # circles closed.
        step = SPACING * np.sinc(middle * SPACING / 2 / np.pi)
        x = start.x + np.concatenate([[0.0], np.cumsum(step * np.cos(chord))])
        y = start.y + np.concatenate([[0.0], np.cumsum(step * np.sin(chord))])
        return cls(x, y, heading, curvature)

    @property
    def length(self) -> float:
        """Arc length [m]."""
        return SPACING * (self.x.size - 1)

    def curvature_at(self, s: float) -> float:
        """Curvature [1/m] at arc length s, held constant beyond the ends."""
        return _interpolate(self.curvature, s)

    def heading_at(self, s: float) -> float:
        """Heading [rad] at arc length s, held constant beyond the ends."""
        return _interpolate(self.heading, s)

    def pose_at(self, s: float, d: float = 0.0) -> Pose:
        """Return the pose at Frenet coordinates (s, d), heading along the line; the line continues
        straight beyond its ends.
        """
        return Pose(*_position(self.x, self.y, self.heading, s, d), self.heading_at(s))

    def project(self, x: float, y: float) -> tuple[float, float]:
        """Return the Frenet coordinates (s, d) of the closest point on the line, which continues
        straight beyond its ends.
        """
        s, d = project_point(self.x, self.y, self.heading, x, y)
        return s, d


def wrap_angle(angle: float) -> float:
    """The same direction in [-pi, pi)."""
    return (angle + math.pi) % (2 * math.pi) - math.pi


@exact
def _interpolate(values: Floats, s: float) -> float:
    i = min(max(int(s / SPACING), 0), values.size - 2)
    t = min(max(s / SPACING - i, 0.0), 1.0)
    return values[i] + t * (values[i + 1] - values[i])


@exact
def _position(xs: Floats, ys: Floats, headings: Floats, s: float, d: float) -> tuple[float, float]:
    i = min(max(int(s / SPACING), 0), xs.size - 2)
    heading = _interpolate(headings, s)
    cos = math.cos(heading)
    sin = math.sin(heading)
    t = s / SPACING - i
    if 0.0 <= t <= 1.0:
        x = xs[i] + t * (xs[i + 1] - xs[i])
        y = ys[i] + t * (ys[i + 1] - ys[i])
    else:
        end = 0 if t < 0.0 else xs.size - 1
        over = s - end * SPACING
        x = xs[end] + over * cos
        y = ys[end] + over * sin
    return x - d * sin, y + d * cos


@exact
def project_point(
    xs: Floats, ys: Floats, headings: Floats, x: float, y: float
) -> tuple[float, float]:
    """Nearest sample first, then one exact step along its tangent: (s, d) of the point (x, y)."""
    best = 0
    nearest = np.inf
    for i in range(xs.size):
        distance = (xs[i] - x) ** 2 + (ys[i] - y) ** 2
        if distance < nearest:
            best = i
            nearest = distance
    return refine_projection(xs, ys, headings, x, y, best)


@exact_inlined
def refine_projection(
    xs: Floats, ys: Floats, headings: Floats, x: float, y: float, nearest: int
) -> tuple[float, float]:
    """(s, d) of (x, y) from its nearest sample: where the normal, interpolated between samples,
    meets the point.
    """
    heading = headings[nearest]
    along = (x - xs[nearest]) * math.cos(heading) + (y - ys[nearest]) * math.sin(heading)
    inside = (nearest > 0 or along >= 0.0) and (nearest < xs.size - 1 or along <= 0.0)
    if inside:
        # In the frame turned with the road the step is along / (1 - curvature * d); d from the
        # first guess will do.
        neighbour = nearest + 1 if along > 0.0 else nearest - 1
        curvature = (headings[neighbour] - heading) / ((neighbour - nearest) * SPACING)
        across = -(x - xs[nearest]) * math.sin(heading) + (y - ys[nearest]) * math.cos(heading)
        along /= max(1.0 - curvature * across, 0.2)
        s = nearest * SPACING + along
        heading = _interpolate(headings, s)
        foot_x, foot_y = _position(xs, ys, headings, s, 0.0)
        return s, -(x - foot_x) * math.sin(heading) + (y - foot_y) * math.cos(heading)
    across = -(x - xs[nearest]) * math.sin(heading) + (y - ys[nearest]) * math.cos(heading)
    return nearest * SPACING + along, across
