"""Cars and people alone on a bare ground, to be drawn and looked at."""

from sim.render.frame_buffer import Eye, FrameBuffer, blank_frame_buffer
from sim.render.lighting.atmosphere import Atmosphere
from sim.render.lighting.light import Light
from sim.render.objects.road_users import draw_road_user, road_users_of
from sim.scenario import RoadKind, Scenario
from sim.types import Actor, Kind, Pose

SIZES = {
    Kind.SALOON: (4.5, 1.8, 1.45),
    Kind.ESTATE: (4.7, 1.8, 1.5),
    Kind.VAN: (5.5, 2.0, 2.4),
    Kind.TRUCK: (9.0, 2.5, 3.5),
    Kind.BUS: (12.0, 2.5, 3.1),
}
EYE = Eye(0.0, 0.0, 1.4, 1.0, 0.0, 350.0, 150.0, 0.0)
DAY = Atmosphere.of(Scenario(RoadKind.RURAL, 0)).light
BACKLIT = DAY._replace(sun_x=0.8, sun_y=0.0, sun_up=0.6)  # the same on both sides of the camera
NIGHT = BACKLIT._replace(
    sun_red=0.0, sun_green=0.0, sun_blue=0.0, sky_red=0.03, sky_green=0.03, sky_blue=0.05, level_red=0.03, level_green=0.03,
    level_blue=0.05, haze_red=0.03, haze_green=0.03, haze_blue=0.05, shadow=0.0, lamp=1.0,
)  # fmt: skip


def car(
    kind: Kind,
    x: float,
    y: float,
    heading: float = 0.0,
    braking: bool = False,
    parked: bool = False,
) -> Actor:
    return Actor(7, kind, Pose(x, y, heading), 10.0, *SIZES[kind], (40, 80, 160), braking, parked)


def person(
    x: float,
    y: float,
    heading: float = 0.0,
    speed: float = 1.4,
    phase: float = 0.0,
    height: float = 1.75,
    ident: int = 9,
) -> Actor:
    return Actor(
        ident,
        Kind.PEDESTRIAN,
        Pose(x, y, heading),
        speed,
        0.3,
        0.5,
        height,
        (180, 60, 50),
        phase=phase,
    )


def drawn(actor: Actor, light: Light = BACKLIT, ground: int = 90) -> FrameBuffer:
    canvas = blank_frame_buffer(360, 640, truth=True)
    canvas.image[:] = ground
    draw_road_user(canvas, road_users_of([actor]), 0, light, EYE)
    return canvas
