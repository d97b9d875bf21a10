"""Free stretches along a road: what is occupied already, and what must not be blocked."""

from dataclasses import dataclass, field

from sim.roads.plan import RoadPlan

THICKNESS = 0.12  # [m] half of what a barrier takes


@dataclass(frozen=True)
class OccupiedStretch:
    """Ground from station `start` to `finish` and from d = `left` to `right` [m]."""

    start: float
    finish: float
    left: float
    right: float

    def near(self, other: "OccupiedStretch", along: float, lateral_offset: float) -> bool:
        """Whether the two come closer than `along` and at once than `lateral_offset` [m]."""
        return (
            self.start - along < other.finish
            and other.start < self.finish + along
            and self.left - lateral_offset < other.right
            and other.left < self.right + lateral_offset
        )


@dataclass
class FreeStations:
    """What stands on and along one road: walls, tunnel walls, street mouths; parked cars are added
    as they come.
    """

    solid: list[OccupiedStretch] = field(default_factory=list)

    @classmethod
    def of(cls, plan: RoadPlan) -> "FreeStations":
        """The footprints of what the plan itself puts along the road: barriers and tunnel walls."""
        solid = [
            OccupiedStretch(b.start, b.finish, b.offset - THICKNESS, b.offset + THICKNESS)
            for b in plan.barriers
        ]
        for tube in plan.tunnels:
            walls = (tube.left, tube.right)
            solid += [
                OccupiedStretch(tube.start - 10, tube.finish + 10, wall - 3.0, wall + 3.0)
                for wall in walls
            ]
        return cls(solid)

    def is_free(self, place: OccupiedStretch, along: float, lateral_offset: float) -> bool:
        """Whether nothing stands closer to `place` than both distances [m]."""
        return not any(place.near(other, along, lateral_offset) for other in self.solid)


def at_street(plan: RoadPlan, start: float, finish: float, side: int, margin: float) -> bool:
    """Whether a street on this side (+1 right, -1 left) opens within `margin` [m] of the stretch."""
    for street in plan.streets:
        half = street.width / 2 + margin
        if (
            street.side in (0, side)
            and start < street.station + half
            and street.station - half < finish
        ):
            return True
    return False


def at_zebra(plan: RoadPlan, start: float, finish: float, margin: float) -> bool:
    """Whether a zebra lies within `margin` [m] of the stretch."""
    return any(
        start < zebra.station + zebra.length + margin and zebra.station - margin < finish
        for zebra in plan.zebras
    )


def last_station(plan: RoadPlan, behind_finish: float) -> float:
    """The station [m] so far behind the finish, or where the road ends."""
    return min(plan.finish + behind_finish, plan.centreline.length - 5.0)


def expected_count(per_kilometre: float, start: float, finish: float) -> float:
    """How many things so dense stand between two stations [m]."""
    return per_kilometre * max(finish - start, 0.0) / 1000


class NoRoomError(ValueError):
    """A road has no space for any object of a kind; `name`: the scenario's field that asks for it."""

    def __init__(self, name: str, density: float) -> None:
        super().__init__(
            f"{name} is {density} per km; on this road there is room for none, so it must be 0"
        )
        self.name = name


def require_placed(name: str, density: float, expected: float, placed: int) -> None:
    """Raise NoRoomError when at least one was to be expected and none could be placed."""
    if expected >= 1 and not placed:
        raise NoRoomError(name, density)
