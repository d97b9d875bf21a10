"""The image of the ground.

No texture map is painted. Each pixel's footprint is transformed to Frenet coordinates (s, d), and
the ground is averaged over it. Markings are crisp nearby and fade with distance without shimmering;
the cost does not depend on the number of lanes.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.jit import inlined, kernel
from sim.render.frame_buffer import Eye, FrameBuffer
from sim.render.ground.paving import Ground
from sim.render.ground.row_buffer import (
    BLOCK_COLUMNS,
    GRAIN,
    GREEN,
    OFFSET,
    RED,
    STATION,
    RowBuffer,
    blank_row_buffer,
)
from sim.render.ground.row_layout import FAR_OFFSET, FIELD_TEXEL, fill_row
from sim.render.ground.shading import light_open_ground, light_tunnel, write_pixels
from sim.render.ground.weathering import reflectance, tunnel_at
from sim.render.lighting.light import Light
from sim.render.noise import GRAIN_SCALE, TILE, TILES_PER_LEVEL, grain_tile
from sim.render.sky_panorama import TREELINE_DISTANCE

GRAIN_TEXEL = 0.03  # [m] size of a noise texel for the grain of surfaces; chosen
MAX_GROUND_DISTANCE = 3000.0  # [m] rows close to the horizon show this distance; chosen


def draw_ground(canvas: FrameBuffer, ground: Ground, light: Light, tunnel: Light, eye: Eye) -> None:
    """Fill the rows below the horizon.

    light, tunnel: the light in the open and inside tunnels. Wet ground mirrors the rows above the
    horizon, which must be drawn before.
    """
    draw_rows(
        canvas,
        ground,
        light,
        tunnel,
        eye,
        blank_row_buffer(),
        max(math.ceil(eye.horizon), canvas.first),
        canvas.last,
    )


@kernel
def draw_rows(
    canvas: FrameBuffer,
    ground: Ground,
    light: Light,
    tunnel: Light,
    eye: Eye,
    buffer: RowBuffer,
    first_row: int,
    last_row: int,
) -> None:
    """Fill the rows [first_row, last_row), all below the horizon; `buffer` is scratch memory."""
    width = canvas.image.shape[1]
    # Trees on the horizon hide the ground behind them: haze is limited to their distance.
    least = math.exp(-TREELINE_DISTANCE / light.haze_reach)
    for row in range(first_row, last_row):
        below = row + 0.5 - eye.horizon
        forward = min(eye.focal * eye.elevation / max(below, 1e-6), MAX_GROUND_DISTANCE)
        ray = forward / max(below, 0.5)
        side = forward / eye.focal
        blur = max(ray, side) ** 0.75 * side**0.25
        shine = light.wet * reflectance(forward, eye.elevation)
        for first in range(0, width, BLOCK_COLUMNS):
            count = min(BLOCK_COLUMNS, width - first)
            _spread_grain(
                buffer,
                ground.grain.corners,
                ground.grain.starts,
                eye,
                forward,
                first - width / 2,
                blur,
                count,
            )
            fill_row(
                buffer,
                ground,
                light,
                eye,
                forward,
                first - width / 2,
                ray,
                side,
                grain_tile(blur / FIELD_TEXEL),
                least,
                count,
            )
            _shade(canvas, buffer, ground, light, tunnel, eye, row, first, count, forward, shine)


@kernel
def _spread_grain(
    buffer: RowBuffer,
    corners: NDArray[np.int32],
    starts: NDArray[np.int64],
    eye: Eye,
    forward: float,
    left: float,
    blur: float,
    count: int,
) -> None:
    """Write the finest noise of a row's pixels.

    left: first column relative to the image centre.
    blur: size of the footprints [m].
    """
    pixels = buffer.values
    indices = buffer.indices
    tile = grain_tile(blur / GRAIN_TEXEL)
    size = TILE >> (tile // TILES_PER_LEVEL)
    start = np.int32(starts[tile])
    scale = 0.5 ** (tile // TILES_PER_LEVEL) / GRAIN_TEXEL
    slope = (left + 0.5) / eye.focal
    side = forward / eye.focal
    u = (eye.x + forward * (eye.cos - slope * eye.sin)) * scale - 0.5
    v = (eye.y + forward * (eye.sin + slope * eye.cos)) * scale - 0.5
    # The noise is periodic: whole tiles are subtracted, so that coordinates are small and positive.
    step_u = np.float32(-side * eye.sin * scale)
    step_v = np.float32(side * eye.cos * scale)
    u, v = u - math.floor(u / size) * size, v - math.floor(v / size) * size
    from_u = np.float32(u + size * math.ceil(max(-step_u * count, 0.0) / size))
    from_v = np.float32(v + size * math.ceil(max(-step_v * count, 0.0) / size))
    mask = np.int32(size - 1)
    for n in range(count):
        x = from_u + np.float32(n) * step_u
        y = from_v + np.float32(n) * step_v
        i = np.int32(y)
        j = np.int32(x)
        pixels[RED + n] = x - np.float32(j)
        pixels[GREEN + n] = y - np.float32(i)
        indices[n] = start + (i & mask) * (mask + np.int32(1)) + (j & mask)
    unit = np.float32(1 / GRAIN_SCALE)
    for n in range(count):
        four = np.int32(corners[np.uint32(indices[n])])
        t = pixels[RED + n]
        w = pixels[GREEN + n]
        first = np.float32(np.int32(four << 24) >> 24)
        second = np.float32(np.int32(four << 16) >> 24)
        third = np.float32(np.int32(four << 8) >> 24)
        above = first + t * (second - first)
        below = third + t * (np.float32(four >> 24) - third)
        pixels[GRAIN + n] = (above + w * (below - above)) * unit


@kernel
def _shade(
    canvas: FrameBuffer,
    buffer: RowBuffer,
    ground: Ground,
    light: Light,
    tunnel: Light,
    eye: Eye,
    row: int,
    first: int,
    count: int,
    forward: float,
    shine: float,
) -> None:
    """Light and write the pixels of a row from column `first` on, inside and outside tunnels."""
    start = 0
    while start < count:
        tunnel_index = _covered_by(buffer, ground, start)
        end = count
        if ground.tunnels.shape[0] > 0:
            end = start + 1
            while end < count and _covered_by(buffer, ground, end) == tunnel_index:
                end += 1
        if tunnel_index >= 0:
            light_tunnel(buffer, light, tunnel, ground.tunnels, tunnel_index, start, end)
            write_pixels(canvas, buffer, row, first, start, end, forward, -FAR_OFFSET, FAR_OFFSET)
        else:
            light_open_ground(canvas.image, buffer, light, eye, row, first, start, end, shine)
            write_pixels(
                canvas,
                buffer,
                row,
                first,
                start,
                end,
                forward,
                ground.drivable[0],
                ground.drivable[1],
            )
        start = end


@inlined
def _covered_by(buffer: RowBuffer, ground: Ground, n: int) -> int:
    """Return the tunnel that covers pixel n, -1 for none."""
    inside = tunnel_at(ground.tunnels, buffer.values[STATION + n])
    d = buffer.values[OFFSET + n]
    return (
        inside if inside >= 0 and ground.tunnels[inside, 3] < d < ground.tunnels[inside, 4] else -1
    )
