"""Who else is on the road and how they move: cars that keep their lane and their distance (HighwayEnv's IDM).

Vehicles here know their road coordinates, computed once per step; that replaces HighwayEnv's search over all lanes.
"""

import numpy as np
from highway_env.road.road import LaneIndex, Road
from highway_env.vehicle.behavior import IDMVehicle
from highway_env.vehicle.kinematics import Vehicle

from sim.geometry import Floats
from sim.roads.network import lane_index, network
from sim.roads.plan import RoadPlan
from sim.steering import CAR_LENGTH, CAR_WIDTH
from sim.types import Actor, Kind, Pose

AWAKE = 260.0  # [m] along the road from the ego within which traffic moves
PAINTS = (
    (196, 30, 34),
    (28, 52, 120),
    (232, 232, 230),
    (24, 24, 26),
    (120, 124, 128),
    (178, 182, 186),
    (34, 92, 60),
    (212, 160, 40),
)
Neighbours = tuple[Vehicle | None, Vehicle | None]


class PathVehicle(IDMVehicle):
    """A vehicle of a planned road: `station` and `across` are its road coordinates (s, d) [m], `lane_number` its lane."""

    def __init__(self, road: "PathRoad", lane_number: int, station: float, speed: float) -> None:
        plan = road.plan
        self.plan, self.lane_number = plan, lane_number
        lane = plan.lanes[lane_number]
        pose = plan.centreline.pose_at(station, lane.offset)
        heading = pose.heading if lane.direction > 0 else pose.heading + np.pi
        # HighwayEnv looks the lane up when it is handed the road; here it is known, so the road comes after.
        super().__init__(None, (pose.x, pose.y), heading, speed, lane_index(plan, lane_number), speed, enable_lane_change=False)
        self.road = road
        self.check_collisions = False  # contact is the referee's business, and must not make HighwayEnv's cars skid
        self.lane_index = self.target_lane_index
        self.lane = road.network.get_lane(self.lane_index)
        self.on_state_update()

    def on_state_update(self) -> None:
        """Refresh the road coordinates after a move."""
        self.station, self.across = self.plan.centreline.project(self.position[0], self.position[1])

    def lane_distance_to(self, other: "PathVehicle", lane: object = None) -> float:  # noqa: ARG002
        """Distance [m] along the road, in this vehicle's direction of travel, between the two centres."""
        return (other.station - self.station) * self.plan.lanes[self.lane_number].direction

    @property
    def comfortable_speed(self) -> float:
        """What the road allows here [m/s]."""
        return self.plan.comfortable_speed_at(self.station)

    @property
    def pose(self) -> Pose:
        """Position [m] and heading [rad] of the centre."""
        return Pose(float(self.position[0]), float(self.position[1]), float(self.heading))


class TrafficCar(PathVehicle):
    """A car that drives its lane at `haste` times the comfortable speed and keeps its distance."""

    def __init__(self, road: "PathRoad", lane_number: int, station: float, generator: np.random.Generator, ident: int) -> None:
        self.ident = ident
        self.haste = generator.uniform(0.7, 1.0)
        self.LENGTH, self.WIDTH, self.height = (
            generator.uniform(4.0, 4.8),
            generator.uniform(1.7, 1.9),
            generator.uniform(1.4, 1.65),
        )
        self.colour = PAINTS[generator.integers(len(PAINTS))]
        super().__init__(road, lane_number, station, self.haste * road.plan.comfortable_speed_at(station))

    def act(self, action: object = None) -> None:  # noqa: ARG002
        """Choose steering and acceleration for the next step."""
        self.target_speed = self.haste * self.comfortable_speed
        super().act()

    def actor(self) -> Actor:
        """What the rest of the world sees of this car."""
        braking = bool(self.action["acceleration"] < -1.0)
        return Actor(
            self.ident, Kind.SALOON, self.pose, float(self.speed), self.LENGTH, self.WIDTH, self.height, self.colour, braking
        )


class EgoCar(PathVehicle):
    """The car that a driver drives: commands arrive from outside."""

    LENGTH, WIDTH = CAR_LENGTH, CAR_WIDTH

    def act(self, action: dict[str, float] | None = None) -> None:
        """Hold the given steering [rad] and acceleration [m/s²]."""
        Vehicle.act(self, action)

    def place(self, pose: Pose) -> None:
        """Put the car somewhere, at its present speed."""
        self.position = np.array([pose.x, pose.y])
        self.heading = pose.heading
        self.on_state_update()


class PathRoad(Road):
    """HighwayEnv's Road for one plan: neighbours are found by road coordinates, and far traffic sleeps until the ego is near."""

    def __init__(self, plan: RoadPlan, generator: np.random.Generator) -> None:
        super().__init__(network(plan), np_random=generator)
        self.plan = plan
        self.vehicles: list[PathVehicle] = []
        self.asleep: list[TrafficCar] = []

    def neighbour_vehicles(self, vehicle: PathVehicle, lane_index: LaneIndex | None = None, margin: float = 1.0) -> Neighbours:
        """The vehicles directly ahead of and behind `vehicle` whose centre lies within `margin` [m] of its lane."""
        lane = self.plan.lanes[vehicle.lane_number] if lane_index is None else self.network.get_lane(lane_index)
        front, rear, ahead, behind = None, None, np.inf, np.inf
        for other in self.vehicles:
            if other is vehicle or abs(other.across - lane.offset) > lane.width / 2 + margin:
                continue
            distance = vehicle.lane_distance_to(other)
            if 0 <= distance < ahead:
                front, ahead = other, distance
            elif 0 < -distance < behind:
                rear, behind = other, -distance
        return front, rear

    def wake_and_sleep(self, station: float) -> None:
        """Let the traffic around `station` [m] move, and drop what has been left behind for good."""
        near = [car for car in self.asleep if abs(car.station - station) < AWAKE]
        self.asleep = [car for car in self.asleep if abs(car.station - station) >= AWAKE]
        self.vehicles = [v for v in self.vehicles if abs(v.station - station) < 1.5 * AWAKE] + near


def traffic(road: PathRoad, per_kilometre: float, generator: np.random.Generator, clear: float) -> list[TrafficCar]:
    """Cars for every direction, `per_kilometre` each, at random stations at least 30 m apart in a lane.

    The ego's lane stays free for 50 m around station `clear` [m].
    """
    plan = road.plan
    cars: list[TrafficCar] = []
    for direction in (1, -1):
        lanes = [i for i, lane in enumerate(plan.lanes) if lane.direction == direction]
        if not lanes:
            continue
        count = round(per_kilometre * plan.centreline.length / 1000)
        taken: dict[int, list[float]] = {i: [clear] if i == plan.path else [] for i in lanes}
        for station in generator.uniform(0.0, plan.centreline.length, count):
            lane = lanes[generator.integers(len(lanes))]
            if _is_free(station, taken[lane], clear):
                taken[lane].append(station)
                cars.append(TrafficCar(road, lane, station, generator, ident=len(cars) + 1))
    return cars


def _is_free(station: float, taken: list[float], clear: float) -> bool:
    return all(abs(station - other) > (50.0 if other == clear else 30.0) for other in taken)


def rectangle_gap(a: Floats, b: Floats) -> float:
    """Distance [m] between two convex polygons given by corners (N, 2) and (M, 2); 0 when they overlap."""
    if not _separated(a, b) and not _separated(b, a):
        return 0.0
    return float(min(_corner_to_edges(a, b), _corner_to_edges(b, a)))


def _separated(a: Floats, b: Floats) -> bool:
    edges = np.roll(a, -1, axis=0) - a
    normals = np.stack([-edges[:, 1], edges[:, 0]], axis=1)
    over_a, over_b = a @ normals.T, b @ normals.T
    return bool(np.any((over_a.max(0) < over_b.min(0)) | (over_b.max(0) < over_a.min(0))))


def _corner_to_edges(corners: Floats, polygon: Floats) -> float:
    start, edge = polygon, np.roll(polygon, -1, axis=0) - polygon
    to_corner = corners[:, None] - start
    along = np.clip((to_corner * edge).sum(-1) / (edge**2).sum(-1), 0, 1)
    return float(np.linalg.norm(to_corner - along[..., None] * edge, axis=-1).min())
