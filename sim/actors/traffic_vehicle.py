"""The ego vehicle, moved by HighwayEnv's bicycle model, and traffic, which follows its lane by the
Intelligent Driver Model.

Traffic follows its lane exactly and controls its speed only: HighwayEnv's lane-keeping controller
cuts corners in hairpins.
"""

import math

import numpy as np
from highway_env.vehicle.kinematics import Vehicle

from sim.actors.obstacle_shift import LateralShift
from sim.actors.vehicle_kinds import VehicleDimensions, keeping_right
from sim.control.bicycle import CAR_LENGTH, CAR_WIDTH
from sim.geometry.frenet import SPACING, Floats
from sim.roads.plan import RoadPlan
from sim.types import Actor, Pose

BRAKE_LIGHTS = -0.8  # [m/s²]
# The parameters of HighwayEnv's IDM. They are its own, but not read from it: some of its
# environments change them globally.
# [m/s²]
ACC_MAX = 6.0
COMFORT_ACC_MAX = 3.0
COMFORT_ACC_MIN = -5.0
# [m], [s], exponent, [m]
DISTANCE_WANTED = 10.0
TIME_WANTED = 1.5
DELTA = 4.0
STANDARD_LENGTH = 5.0
_IDM_SPEED_TERM = 2 * math.sqrt(-COMFORT_ACC_MAX * COMFORT_ACC_MIN)


def idm_acceleration(
    speed: float, desired_speed: float, gap: float = math.inf, lead_speed: float = 0.0
) -> float:
    """HighwayEnv's Intelligent Driver Model [m/s²]: towards `desired_speed` [m/s], keeping off a
    bumper `gap` metres ahead.

    In plain floats, because IDMVehicle.acceleration works on arrays of two numbers and takes fifty
    times as long. HighwayEnv measures between the centres of cars of its standard length.
    """
    acceleration = COMFORT_ACC_MAX * (1 - (max(speed, 0.0) / max(desired_speed, 0.01)) ** DELTA)
    if gap < math.inf:
        desired = (
            DISTANCE_WANTED + speed * TIME_WANTED + speed * (speed - lead_speed) / _IDM_SPEED_TERM
        )
        acceleration -= (
            COMFORT_ACC_MAX * (max(desired, 0.0) / max(gap + STANDARD_LENGTH, 0.01)) ** 2
        )
    return min(max(acceleration, -ACC_MAX), ACC_MAX)


class TrafficVehicle:
    """A car that drives its lane at `speed_factor` times the comfortable speed and keeps its
    distance.

    `station` and `lateral_offset` are its road coordinates (s, d) [m], which `position` and
    `heading` follow; `travel_direction` is +1 along the line, -1 against it.
    """

    def __init__(
        self,
        plan: RoadPlan,
        lane_number: int,
        station: float,
        shape: VehicleDimensions,
        speed_factor: float,
        ident: int,
    ) -> None:
        self.plan = plan
        self.lane_number = lane_number
        self.station = station
        self.ident = ident
        self.speed_factor = speed_factor
        self.shape = shape
        self.LENGTH = shape.length
        self.WIDTH = shape.width
        lane = plan.lanes[lane_number]
        self.travel_direction = lane.direction
        self.own_lane = lane
        self.shift = LateralShift(0.0, 0.0, 0.0)
        self.lateral_offset = lane.offset
        self.speed = speed_factor * plan.comfortable_speed_at(station)
        self.throttle = 0.0
        self.two_way = any(other.direction != self.travel_direction for other in plan.lanes)
        self.move(0.0)
        self.place()

    def place(self) -> None:
        """Bring position and heading into line with the road coordinates."""
        pose = self.plan.centreline.pose_at(self.station, self.lateral_offset)
        self.position = np.array((pose.x, pose.y))
        self.heading = (
            pose.heading
            + math.atan(self.shift.d_prime)
            + (0.0 if self.travel_direction > 0 else math.pi)
        )

    @property
    def desired_speed(self) -> float:
        """The speed [m/s] it would drive here on a free road."""
        samples = self.plan.speed
        return self.speed_factor * float(
            samples[min(max(int(self.station / SPACING), 0), samples.size - 1)]
        )

    def front(self) -> float:
        """Station [m] of the front bumper."""
        return self.station + self.travel_direction * self.LENGTH / 2

    def move(self, dt: float) -> None:
        """Move on for `dt` [s] with the present acceleration."""
        speed = max(self.speed + self.throttle * dt, 0.0)
        curvature = self.plan.centreline.curvature_at(self.station)
        aside = (
            self.travel_direction * keeping_right(curvature, self.own_lane.width, self.WIDTH)
            if self.two_way
            else 0.0
        )
        self.lateral_offset = self.own_lane.offset + aside + self.shift.displacement
        along = (
            self.travel_direction
            * (self.speed + speed)
            / 2
            * dt
            / max(1 - curvature * self.lateral_offset, 0.2)
        )
        self.station += along
        self.speed = speed

    def actor(self) -> Actor:
        """Return the vehicle as an Actor."""
        kind, length, width, height, colour = self.shape
        pose = Pose(float(self.position[0]), float(self.position[1]), self.heading)
        braking = self.throttle < BRAKE_LIGHTS or self.speed < 0.1
        return Actor(self.ident, kind, pose, self.speed, length, width, height, colour, braking)


class EgoVehicle(Vehicle):
    """The ego vehicle, which a driver's commands steer."""

    LENGTH = CAR_LENGTH
    WIDTH = CAR_WIDTH
    travel_direction = 1

    def __init__(self, plan: RoadPlan, station: float) -> None:
        self.plan = plan
        super().__init__(None, (0.0, 0.0), 0.0, plan.comfortable_speed_at(station))
        self.place(plan.centreline.pose_at(station, plan.path_offset))

    def on_state_update(self) -> None:
        """Refresh the road coordinates after a move."""
        self.station, self.lateral_offset = self.plan.centreline.project(
            self.position[0], self.position[1]
        )

    def place(self, pose: Pose) -> None:
        """Put the car somewhere, at its present speed."""
        self.position = np.array([pose.x, pose.y])
        self.heading = pose.heading
        self.on_state_update()

    def front(self) -> float:
        """Station [m] of the front bumper."""
        return self.station + self.LENGTH / 2

    def corners_across(self) -> list[float]:
        """Distances d [m] of the four ground corners."""
        return [self.plan.centreline.project(x, y)[1] for x, y in self.corners()]

    def corners(self) -> Floats:
        """The four ground corners, (4, 2) [m]."""
        cos = math.cos(self.heading)
        sin = math.sin(self.heading)
        (x, y), f, r = self.position, self.LENGTH / 2, self.WIDTH / 2
        points = ((f, r), (f, -r), (-f, -r), (-f, r))
        return np.array([(x + cos * a - sin * b, y + sin * a + cos * b) for a, b in points])

    @property
    def pose(self) -> Pose:
        """Position [m] and heading [rad] of the centre."""
        return Pose(float(self.position[0]), float(self.position[1]), float(self.heading))
