"""The Kalman filter of the lane: position in it, curvature ahead, and cross-section of the road.

State: the car's offset from the lane's centre [m]; its heading error [rad]; curvature [1/m] at the
distances NODES ahead, linear in between; lane width [m]; free width [m] from the right and left
border to the end of the road. The nodes move with the car, so a bend that was measured ahead is
known on arrival. Measurements are lateral positions of lines and edges in each row against their
expected ones, linear in the state's error (see `CurvatureModel.model`).
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from pilotnet.modular.records import Floats
from sim.control.bicycle import slip_angle
from sim.control.path_tracking import recovery_length

NODES = np.array([0.0, 6.0, 12.0, 20.0, 30.0, 45.0])  # [m] ahead
OFFSET = 0
HEADING = 1
CURVATURES = slice(2, 2 + NODES.size)
WIDTH, RIGHT, LEFT = range(2 + NODES.size, 5 + NODES.size)
SECTION = slice(WIDTH, LEFT + 1)
SIZE = LEFT + 1

LATERAL_ACCELERATION = 2.0  # [m/s²] roads are driven with about this in bends,
LATERAL_JERK = 2.0  # [m/s³] and with less than this on the way into them
MIN_CURVATURE_SPEED = 5.0  # [m/s] below this a road's curvature is no longer guessed from the speed
ROAD_BRAKING = 1.0  # [m/s²] deceleration with which cars slow down towards bends
TRANSITION = 15.0  # [m] over which the curvature keeps changing the same way
USUAL = (3.4, 0.5, 4.0)  # width and rooms [m] of a lane before it is seen,
UNUSUAL = (0.35, 0.5, 1.5)  # and how far from that they may be
# [m], [rad] where a drive begins
UNKNOWN_OFFSET = 0.5
UNKNOWN_HEADING = 0.06
DRIFT = np.array(
    [0.002, 0.004, 0.004]
)  # [m] per root metre: how width and rooms change along the road
ITERATIONS = 5
# [m] residuals count a quarter at first, and in the end
COARSE = 0.5
FINE = 0.18
REPEATED = 3.0  # neighbouring rows err together: so many count as one


def road_scales(speed: float) -> tuple[float, float]:
    """Return the typical curvature [1/m] and curvature rate [1/m²] of a road driven at this speed
    [m/s].
    """
    v = max(speed, MIN_CURVATURE_SPEED)
    return min(max(LATERAL_ACCELERATION / v**2, 0.002), 0.08), min(
        max(LATERAL_JERK / v**3, 2e-5), 2.5e-3
    )


def speed_after(speed: float, distance: float) -> float:
    """Return the speed [m/s] at `distance` [m] after braking from `speed` [m/s] with ROAD_BRAKING,
    as towards a bend.

    A car that is slower has braked for another road user or an obstacle, which says nothing about
    the curvature of the road.
    """
    return math.sqrt(max(speed**2 - 2 * ROAD_BRAKING * distance, 0.0))


def smoothness(rate: float) -> Floats:
    """Return the information matrix (nodes, nodes) of similar curvatures at neighbouring nodes; it
    extrapolates bends.
    """
    differences = np.diff(np.eye(NODES.size), axis=0)
    return differences.T @ (differences / (rate**2 * TRANSITION * np.diff(NODES))[:, None])


class CurvatureModel:
    """Effect of the nodes' curvatures on heading and position at the distances `along` (N,) [m], by
    precomputed integrals.
    """

    def __init__(self, along: Floats) -> None:
        step = 0.25
        fine = np.arange(0.0, along.max() + 2 * step, step)
        hats = np.stack([np.interp(fine, NODES, row) for row in np.eye(NODES.size)], axis=1)
        once = np.vstack(
            [np.zeros(NODES.size), np.cumsum((hats[1:] + hats[:-1]) / 2 * step, axis=0)]
        )
        twice = np.vstack(
            [np.zeros(NODES.size), np.cumsum((once[1:] + once[:-1]) / 2 * step, axis=0)]
        )
        self.along = along
        self._fine = fine
        self._turns = once
        self.turned = np.stack([np.interp(along, fine, column) for column in once.T], axis=1)
        self.displaced = np.stack([np.interp(along, fine, column) for column in twice.T], axis=1)

    def model(self, cross: Floats) -> Floats:
        """Return the derivative of a line's lateral position by the state, (N, SIZE); cross: its
        derivatives by width and free widths, (3,).
        """
        ones = np.ones_like(self.along)
        return np.column_stack([-ones, -self.along, self.displaced, np.tile(cross, (ones.size, 1))])

    def slope_model(self) -> Floats:
        """Return the derivative of a line's direction by the state, (N, SIZE)."""
        rest = np.zeros((self.along.size, 3))
        return np.column_stack(
            [np.zeros(self.along.size), -np.ones(self.along.size), self.turned, rest]
        )

    def course(self, mean: Floats) -> Floats:
        """Return the lane's centre: forward, right [m], cosine and sine of its heading relative to
        the car's, (N, 4).
        """
        heading = self._turns @ mean[CURVATURES] - mean[HEADING]
        cos = np.cos(heading)
        sin = np.sin(heading)
        step = self._fine[1]
        forward = np.concatenate([[0.0], np.cumsum((cos[1:] + cos[:-1]) / 2 * step)]) + mean[
            OFFSET
        ] * math.sin(-mean[HEADING])
        right = np.concatenate([[0.0], np.cumsum((sin[1:] + sin[:-1]) / 2 * step)]) - mean[
            OFFSET
        ] * math.cos(mean[HEADING])
        return np.stack(
            [np.interp(self.along, self._fine, values) for values in (forward, right, cos, sin)],
            axis=1,
        )


@dataclass(frozen=True)
class Measurements:
    """M measured positions of lines and edges against their expected ones.

    residual: [m], (M,).
    clear: clarity in [0, 1], (M,).
    spread: standard deviation [m], (M,).
    stray: typical deviation of this kind of feature from a smooth course [m], (M,).
    model: derivative of the position by the state, (M, SIZE).
    """

    residual: Floats
    clear: Floats
    spread: Floats
    stray: Floats
    model: Floats


def _fits(seen: Measurements, change: Floats, scale: float) -> Floats:
    """Return how well measurements agree with a change of the state, (M,) in [0, 1]: a quarter at
    `scale` [m].
    """
    return 1 / (1 + (seen.residual - seen.model @ change) ** 2 / (scale**2 + seen.stray**2)) ** 2


class LaneFilter:
    """Mean (SIZE,) and covariance (SIZE, SIZE) of the state."""

    def __init__(self, speed: float, curvature: float) -> None:
        bend, rate = road_scales(speed)
        self._smoothness = smoothness(rate)
        self.mean = np.zeros(SIZE)
        self.mean[CURVATURES] = curvature
        self.mean[SECTION] = USUAL
        self.covariance = np.diag(
            np.square([UNKNOWN_OFFSET, UNKNOWN_HEADING, *np.zeros(NODES.size), *UNUSUAL])
        )
        self.covariance[CURVATURES, CURVATURES] = bend**2 + rate**2 * TRANSITION * np.minimum.outer(
            NODES, NODES
        )
        self.covariance[CURVATURES, CURVATURES] += np.eye(NODES.size) * 1e-10

    def predict(
        self, speed: float, curvature: float, duration: float, road_speed: float | None = None
    ) -> None:
        """Move the car along an arc of `curvature` [1/m] at `speed` [m/s] for `duration` [s].

        road_speed: speed [m/s] that limits the road's curvature; None for the car's own speed.
        """
        ds = speed * duration
        rate = road_scales(speed if road_speed is None else road_speed)[1]
        self._smoothness = smoothness(rate)
        offset, heading, bend = self.mean[:3]
        turned = heading + (curvature - bend) * ds / 2 + slip_angle(curvature)
        along = ds * math.cos(turned) / max(1 - bend * offset, 0.3)
        step = np.eye(SIZE)
        step[OFFSET, HEADING] = ds
        step[OFFSET, 2] = -(ds**2) / 2
        step[HEADING, 2] = -along
        step[CURVATURES, CURVATURES] = np.stack(
            [np.interp(NODES + along, NODES, row) for row in np.eye(NODES.size)], axis=1
        )
        moved = step @ self.mean
        moved[OFFSET] = offset + ds * math.sin(turned)
        moved[HEADING] = heading + curvature * ds - bend * along
        self.mean = moved
        self.covariance = step @ self.covariance @ step.T + self._noise(speed, rate, ds)

    @staticmethod
    def _noise(speed: float, rate: float, ds: float) -> Floats:
        # The wheels hold the command within what a driver needs to come back from 0.3 m beside the
        # path.
        steering = 6 * 0.3 / recovery_length(speed) ** 2
        bends = np.full(NODES.size, rate**2 * TRANSITION / 4 * ds)
        bends[-1] = rate**2 * TRANSITION * ds  # what comes into sight
        sides = [(0.01 * ds) ** 2 + 1e-6, (steering * ds) ** 2 + 1e-8]
        return np.diag(np.concatenate([sides, bends, DRIFT**2 * ds]))

    def update(self, seen: Measurements) -> Floats:
        """Correct the state by robust least squares; return the final weights of the measurements,
        (M,) in [0, 1].
        """
        smooth = np.zeros((SIZE, SIZE))
        smooth[CURVATURES, CURVATURES] = self._smoothness
        prior = np.linalg.inv(self.covariance) + smooth
        pull = -smooth @ self.mean
        model = seen.model
        information = prior
        change: Floats = np.zeros(SIZE)
        for i in range(ITERATIONS):
            weight = seen.clear
            # the first time all count alike, for the lane may have bent away from where it was
            # expected
            if i:
                scale = COARSE * (FINE / COARSE) ** ((i - 1) / (ITERATIONS - 2))
                weight = weight * _fits(seen, change, scale)
            gain = model.T * (weight / seen.spread**2 / REPEATED)
            information = prior + gain @ model
            change = np.asarray(
                np.linalg.solve(information, gain @ seen.residual + pull), np.float64
            )
        self.mean = self.mean + change
        covariance = np.linalg.inv(information)
        self.covariance = (covariance + covariance.T) / 2
        return _fits(seen, change, FINE)

    def spread(self, model: Floats) -> Floats:
        """Return the standard deviation [m] of expected line positions, (M,)."""
        return np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", model, self.covariance, model), 0.0))

    def fix(self, index: int, value: float, spread: float) -> None:
        """Set one quantity of the state anew, independent of the others."""
        self.mean[index] = value
        self.covariance[index] = self.covariance[:, index] = 0.0
        self.covariance[index, index] = spread**2

    def bound(self) -> None:
        """Keep the state among lanes that exist."""
        low = np.full(SIZE, -0.12)
        high = np.full(SIZE, 0.12)
        low[[OFFSET, HEADING, WIDTH, RIGHT, LEFT]] = -8.0, -1.2, 2.2, 0.0, 0.0
        high[[OFFSET, HEADING, WIDTH, RIGHT, LEFT]] = 8.0, 1.2, 4.6, 15.0, 15.0
        np.clip(self.mean, low, high, out=self.mean)

    def clothoid(self, reach: float) -> tuple[float, float]:
        """Return curvature [1/m] and curvature rate [1/m²] of the clothoid closest to the lane up
        to `reach` [m].
        """
        curvature, rate = _clothoid_fit(round(reach)) @ self.mean[CURVATURES]
        return float(curvature), float(rate)


@cache
def _clothoid_fit(reach: int) -> Floats:
    """Return the matrix (2, nodes) from the nodes' curvatures to the closest clothoid up to `reach`
    [m].
    """
    s = np.linspace(0.0, reach, 12)[1:]
    shape = np.column_stack([s / 2, s**2 / 6])
    return np.asarray(
        np.linalg.pinv(shape) @ (CurvatureModel(s).displaced / s[:, None]), np.float64
    )
