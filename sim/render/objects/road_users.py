"""Cars and people together, as things to draw: one numbering for both, vehicles first."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer
from sim.render.lighting.light import Light
from sim.render.objects.pedestrians.pedestrian_drawing import (
    PedestriansToDraw,
    draw_pedestrian,
    pedestrians_to_draw,
)
from sim.render.objects.pedestrians.pedestrian_shadow import shade_under_pedestrian
from sim.render.objects.shadows import shade_under_car
from sim.render.objects.vehicles.vehicle_drawing import (
    VehiclesToDraw,
    draw_vehicle,
    vehicles_to_draw,
)
from sim.types import Actor


class RoadUsersToDraw(NamedTuple):
    """The actors of a frame; pose: (K, 4) x, y, cos, sin and size: (K, 3) [m] of all, the vehicles
    before the people.
    """

    pose: NDArray[np.float64]
    size: NDArray[np.float64]
    cars: VehiclesToDraw
    people: PedestriansToDraw

    def apart(self) -> "RoadUsersToDraw":
        """The same actors with room of their own to work in, for another thread."""
        people = self.people._replace(
            limbs=self.people.limbs.copy(), spots=self.people.spots.copy()
        )
        return self._replace(cars=self.cars._replace(room=self.cars.room.copy()), people=people)


def in_drawing_order(actors: Sequence[Actor]) -> list[Actor]:
    """The actors as `RoadUsersToDraw` numbers them: the vehicles, then the people."""
    return [actor for actor in actors if not actor.is_person] + [
        actor for actor in actors if actor.is_person
    ]


def road_users_of(actors: Sequence[Actor]) -> RoadUsersToDraw:
    """The actors of a frame as arrays."""
    cars = vehicles_to_draw([actor for actor in actors if not actor.is_person])
    people = pedestrians_to_draw([actor for actor in actors if actor.is_person])
    return RoadUsersToDraw(
        np.concatenate([cars.pose, people.pose]),
        np.concatenate([cars.size, people.size]),
        cars,
        people,
    )


@kernel
def draw_road_user(
    canvas: FrameBuffer, figures: RoadUsersToDraw, k: int, light: Light, eye: Eye
) -> None:
    """Blend actor number `k` over the picture."""
    vehicles = figures.cars.pose.shape[0]
    if k < vehicles:
        draw_vehicle(canvas, figures.cars, k, light, eye)
    else:
        draw_pedestrian(canvas, figures.people, k - vehicles, light, eye)


@kernel
def shade_under_road_user(
    canvas: FrameBuffer, figures: RoadUsersToDraw, k: int, light: Light, eye: Eye
) -> None:
    """Darken the ground by the shadow of actor number `k`."""
    vehicles = figures.cars.pose.shape[0]
    if k < vehicles:
        shade_under_car(canvas, figures.pose[k], figures.size[k], light, eye)
    else:
        shade_under_pedestrian(canvas, figures.people, k - vehicles, light, eye)
