"""A scenario come alive: HighwayEnv's road with the ego and the traffic on it, stepped, and read out as plain geometry."""

import math

import numpy as np

from sim.actors import EgoCar, PathRoad, TrafficCar, traffic
from sim.geometry import SPACING, wrap_angle
from sim.roads.kinds import COMFORT_BRAKING, plan_road
from sim.roads.plan import RoadPlan
from sim.scenario import Scenario
from sim.steering import MAX_CURVATURE, MAX_CURVATURE_RATE, slip_angle, steering_angle
from sim.types import Actor, Control, EgoState, Pose, rectangle_corners

PHYSICS_STEP = 0.05  # [s] at most
MAX_ACCELERATION, MAX_BRAKING = 3.0, 8.0  # [m/s²]
PEDAL_TIME = 0.6  # [s] the shared pedals close a speed difference in about this time


class World:
    """One scenario at one moment. Everything in it follows from the scenario and the commands given so far."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.plan: RoadPlan = plan_road(scenario)
        generator = np.random.default_rng([scenario.seed, 1])
        self._road = PathRoad(self.plan, generator)
        self._road.asleep = traffic(self._road, scenario.traffic, generator, clear=self.plan.start)
        self._ego = EgoCar(self._road, self.plan.path, self.plan.start, self.plan.comfortable_speed_at(self.plan.start))
        self._road.vehicles.append(self._ego)
        self._curvature, self._acceleration = 0.0, 0.0
        self.put_back()
        self._road.wake_and_sleep(self._ego.station)

    @property
    def finished(self) -> bool:
        """Whether the ego has passed the end of the drive."""
        return self._ego.station >= self.plan.finish

    def ego_state(self) -> EgoState:
        """The ego's pose, motion and place relative to its path."""
        ego, line = self._ego, self.plan.centreline
        return EgoState(
            pose=ego.pose,
            speed=float(ego.speed),
            acceleration=self._acceleration,
            curvature=self._curvature,
            station=ego.station,
            offset=ego.across - self.plan.path_offset,
            heading_error=wrap_angle(ego.heading - line.heading_at(ego.station)),
            path_curvature=self.path_curvature_at(ego.station),
        )

    def ego_corners(self) -> np.ndarray:
        """The ego's four ground corners, (4, 2) [m]."""
        return rectangle_corners(self._ego.pose, self._ego.LENGTH, self._ego.WIDTH)

    def actors(self) -> list[Actor]:
        """The other cars near the ego."""
        return [vehicle.actor() for vehicle in self._road.vehicles if isinstance(vehicle, TrafficCar)]

    def path_curvature_at(self, station: float) -> float:
        """Curvature [1/m] of the ego's path beside a station [m] of the reference line."""
        curvature = self.plan.centreline.curvature_at(station)
        return curvature / (1 - curvature * self.plan.path_offset)

    def lead(self) -> tuple[float, float] | None:
        """Bumper-to-bumper gap [m] to the car ahead in the ego's lane and its speed [m/s], or None."""
        front, _ = self._road.neighbour_vehicles(self._ego, margin=0.0)
        if front is None:
            return None
        return self._ego.lane_distance_to(front) - (front.LENGTH + self._ego.LENGTH) / 2, float(front.speed)

    def time_to_collision(self) -> float:
        """Seconds until the ego would touch the car ahead at present speeds; inf when it is not closing in."""
        lead = self.lead()
        if lead is None or self._ego.speed <= lead[1]:
            return math.inf
        return max(lead[0], 0.0) / (self._ego.speed - lead[1])

    def shared_pedals(self) -> float:
        """The acceleration [m/s²] of the one speed controller that drives every stack alike: curve speed, following distance."""
        ego = self._ego
        ego.target_speed = ego.comfortable_speed
        ahead = self.plan.comfortable_speed_at(ego.station + ego.speed * PEDAL_TIME)
        pace = (ahead - ego.speed) / PEDAL_TIME
        front, _ = self._road.neighbour_vehicles(ego, margin=0.0)
        follow = ego.acceleration(ego, front) if front is not None else pace
        return float(np.clip(min(pace, follow), -MAX_BRAKING, COMFORT_BRAKING))

    def step(self, control: Control, duration: float) -> None:
        """Hold a command for `duration` [s]; the front wheels turn towards it at a limited rate."""
        substeps = max(1, math.ceil(duration / PHYSICS_STEP - 1e-9))
        dt = duration / substeps
        wanted = np.clip(control.curvature, -MAX_CURVATURE, MAX_CURVATURE)
        self._acceleration = float(np.clip(control.acceleration, -MAX_BRAKING, MAX_ACCELERATION))
        for _ in range(substeps):
            change = np.clip(wanted - self._curvature, -MAX_CURVATURE_RATE * dt, MAX_CURVATURE_RATE * dt)
            self._curvature = float(self._curvature + change)
            acceleration = max(self._acceleration, -self._ego.speed / dt)  # brakes stop a car, they do not reverse it
            self._road.act()
            self._ego.act({"steering": steering_angle(self._curvature), "acceleration": acceleration})
            self._road.step(dt)
        self._road.wake_and_sleep(self._ego.station)

    def put_back(self, clearance: float = 0.0) -> None:
        """Set the ego on its path, wheels and motion along it, at most at the comfortable speed.

        With a clearance [m] it goes back along the path until every car is at least that far away.
        """
        station = self._ego.station
        while clearance and self._occupied(station, clearance) and station > clearance:
            station -= SPACING
        self._curvature = self.path_curvature_at(station)
        on_path = self.plan.centreline.pose_at(station, self.plan.path_offset)
        self._ego.place(Pose(on_path.x, on_path.y, on_path.heading - slip_angle(self._curvature)))
        self._ego.speed = min(self._ego.speed, self._ego.comfortable_speed)

    def _occupied(self, station: float, clearance: float) -> bool:
        place = self.plan.centreline.pose_at(station, self.plan.path_offset)
        reach = clearance + self._ego.LENGTH
        return any(math.hypot(car.pose.x - place.x, car.pose.y - place.y) < reach for car in self.actors())
