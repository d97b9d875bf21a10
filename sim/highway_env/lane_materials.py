"""The materials of a lane network's ground: grass, asphalt, paint and snow."""

from sim.jit import inlined, kernel
from sim.render.lighting.light import Light
from sim.render.lighting.palette import GRAIN, PALETTE
from sim.roads.plan import Material

GRASS_MATERIAL = (*PALETTE[Material.GRASS], GRAIN[Material.GRASS])
ASPHALT_MATERIAL = (*PALETTE[Material.ASPHALT], GRAIN[Material.ASPHALT])
PAINT_MATERIAL = (*PALETTE[Material.PAINT], GRAIN[Material.PAINT])
SNOW_MATERIAL = (0.90, 0.92, 0.95, 0.03)
SNOW_ON_ROAD = 0.6  # share of the snow that stays on the road; chosen
DARK_WHEN_WET = 0.35  # share of its brightness that a wet road loses; chosen


@inlined
def ground_material(
    light: Light, asphalt: float, paint: float
) -> tuple[float, float, float, float]:
    """Return red, green, blue and grain of ground with these shares of asphalt and paint on it."""
    snow = light.snow * (1 + (SNOW_ON_ROAD - 1) * asphalt)
    dry = 1 - DARK_WHEN_WET * light.wet
    return (
        _mixed(
            GRASS_MATERIAL[0],
            ASPHALT_MATERIAL[0] * dry,
            PAINT_MATERIAL[0],
            SNOW_MATERIAL[0],
            asphalt,
            paint,
            snow,
        ),
        _mixed(
            GRASS_MATERIAL[1],
            ASPHALT_MATERIAL[1] * dry,
            PAINT_MATERIAL[1],
            SNOW_MATERIAL[1],
            asphalt,
            paint,
            snow,
        ),
        _mixed(
            GRASS_MATERIAL[2],
            ASPHALT_MATERIAL[2] * dry,
            PAINT_MATERIAL[2],
            SNOW_MATERIAL[2],
            asphalt,
            paint,
            snow,
        ),
        _mixed(
            GRASS_MATERIAL[3],
            ASPHALT_MATERIAL[3],
            PAINT_MATERIAL[3],
            SNOW_MATERIAL[3],
            asphalt,
            paint,
            snow,
        ),
    )


@kernel
def _mixed(
    grass: float,
    asphalt: float,
    paint: float,
    snow: float,
    asphalts: float,
    paints: float,
    snows: float,
) -> float:
    """Blend four materials, each over the one before, with its share."""
    ground = grass + (asphalt - grass) * asphalts
    ground += (paint - ground) * paints
    return ground + (snow - ground) * snows
