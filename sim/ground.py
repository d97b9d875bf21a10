"""The ground: what lies at every world point, and the kernel that draws it as a camera sees it.

No map is painted: every pixel's footprint is carried to road coordinates (s, d) and the road's cross profile is averaged over it exactly, by the
difference of its running integral. So lines are crisp near by, fade with distance instead of shimmering, and cost the same for any number of lanes.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.appearance import GRAIN, PALETTE, Light
from sim.geometry import SPACING, Centreline
from sim.noise import level_for, noise, noise_at
from sim.roads import Marking, Material, RoadPlan
from sim.types import Image

CELL = 8.0  # [m] edge of a cell of the grid that finds the nearest centreline sample
STRIP = 0.02  # [m] between the samples of the cross profile
VERGE = 5.0  # [m] of grass on either side within the cross profile
BUCKET = 12.0  # [m] of road that hold at most one patch
SPAN = 8  # [px] over which road coordinates are interpolated
GRAIN_TEXEL, FIELD_TEXEL = 0.06, 2.0  # [m] texel of the noise for grain and for fields
FARTHEST = 3000.0  # [m]

GRASS = (*PALETTE[Material.GRASS], GRAIN[Material.GRASS])
PAINT = PALETTE[Material.PAINT]

# Channels of the cross profile.
GRAIN_CHANNEL, SURFACE_CHANNEL, DASH_CHANNEL = 3, 4, 5


class Ground(NamedTuple):
    """The ground of a plan as arrays.

    line: (N, 5) centreline samples x, y, cos, sin of the heading, curvature. cells: (rows, columns) nearest sample of each CELL, -1 far from the road;
    origin: world x, y of its corner. profile: (M, 5 + D) running integrals over d of red, green, blue, grain, surface (1 on hard ground) and the paint
    of each of D dash patterns; ragged: (M,) [m] by which noise moves d; first: d of the profile's first sample. dashes: (D, 2) dash and period [m].
    tone: (N,) running integral over s of the surface's brightness. patches: (B, 5) s and d limits [m] and brightness.
    """

    line: NDArray[np.float64]
    cells: NDArray[np.int32]
    origin: NDArray[np.float64]
    profile: NDArray[np.float32]
    ragged: NDArray[np.float32]
    first: float
    dashes: NDArray[np.float64]
    tone: NDArray[np.float64]
    patches: NDArray[np.float64]
    noise: NDArray[np.float32]
    noise_starts: NDArray[np.int64]


def ground_of(plan: RoadPlan, seed: int) -> Ground:
    """The ground of a plan; texture, patches and wear follow from the seed."""
    generator = np.random.default_rng([seed, 4])
    first, profile, ragged, dashes = _cross_profile(plan)
    line = plan.centreline
    reach = -first + CELL
    cells, origin = _nearest_samples(line, reach)
    samples = np.stack([line.x, line.y, np.cos(line.heading), np.sin(line.heading), line.curvature], axis=1)
    tile = noise()
    return Ground(
        line=samples,
        cells=cells,
        origin=origin,
        profile=profile,
        ragged=ragged,
        first=first,
        dashes=dashes,
        tone=_surface_tone(generator, line),
        patches=_patches(generator, plan),
        noise=tile.values,
        noise_starts=tile.starts,
    )


def _cross_profile(plan: RoadPlan) -> tuple[float, NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
    edge = max(max(-band.left, band.right) for band in plan.bands) + VERGE
    d = np.arange(-round(edge / STRIP), round(edge / STRIP)) * STRIP + STRIP / 2
    material = np.full(d.size, int(Material.GRASS))
    for band in plan.bands:
        material[(d > band.left) & (d < band.right)] = int(band.material)
    colours = np.array([PALETTE[m] for m in Material])[material]
    grain = np.array([GRAIN[m] for m in Material])[material]
    surface = (material == Material.ASPHALT).astype(float)
    for lane in plan.lanes:
        # Tyres polish and darken two tracks in every lane.
        tracks = np.exp(-(((np.abs(d - lane.offset) - 0.8) / 0.28) ** 2))
        colours *= 1 - 0.085 * (tracks * surface)[:, None]
    patterns = sorted({(m.dash, m.gap) for m in plan.markings if m.gap > 0})
    dashed = np.zeros((d.size, len(patterns)))
    for marking in plan.markings:
        cover = _cover(d, marking)
        if marking.gap > 0:
            dashed[:, patterns.index((marking.dash, marking.gap))] += cover
        else:
            colours += (np.array(PALETTE[Material.PAINT]) - colours) * cover[:, None]
    columns = np.concatenate([colours, grain[:, None], surface[:, None], dashed], axis=1)
    profile = np.concatenate([np.zeros((1, columns.shape[1])), np.cumsum(columns, axis=0) * STRIP])
    ragged = np.where(surface > 0, 0.0, 0.10)
    dashes = np.array([(dash, dash + gap) for dash, gap in patterns]).reshape(-1, 2)
    return float(d[0] - STRIP / 2), profile.astype(np.float32), ragged.astype(np.float32), dashes


def _cover(d: NDArray[np.float64], marking: Marking) -> NDArray[np.float64]:
    """The share of each profile strip that a marking paints."""
    left, right = marking.offset - marking.width / 2, marking.offset + marking.width / 2
    return np.clip((np.minimum(d + STRIP / 2, right) - np.maximum(d - STRIP / 2, left)) / STRIP, 0.0, 1.0)


def _surface_tone(generator: np.random.Generator, line: Centreline) -> NDArray[np.float64]:
    """Running integral of the surface's brightness along the road: sections laid in different years."""
    tone, i = np.empty(line.x.size), 0
    while i < tone.size:
        length = int(generator.uniform(60.0, 260.0) / SPACING)
        tone[i : i + length] = generator.uniform(0.88, 1.10)
        i += length
    return np.cumsum(tone) * SPACING


def _patches(generator: np.random.Generator, plan: RoadPlan) -> NDArray[np.float64]:
    """At most one mended patch per bucket of road, within one lane and within the bucket."""
    patches = np.zeros((int(plan.centreline.length / BUCKET) + 1, 5))
    patches[:, 4] = 1.0
    for i in np.flatnonzero(generator.random(len(patches)) < 0.16):
        lane = plan.lanes[generator.integers(len(plan.lanes))]
        length, width = generator.uniform(1.0, BUCKET - 2.0), generator.uniform(0.7, lane.width - 0.4)
        s = i * BUCKET + generator.uniform(0.5, BUCKET - 0.5 - length)
        d = lane.offset + generator.uniform(-0.5, 0.5) * (lane.width - 0.3 - width)
        patches[i] = s, s + length, d - width / 2, d + width / 2, generator.uniform(0.80, 0.93)
    return patches


def _nearest_samples(line: Centreline, reach: float) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """For each cell whose centre lies within `reach` [m] of the line, the nearest sample."""
    low = np.array([line.x.min(), line.y.min()]) - reach - CELL
    high = np.array([line.x.max(), line.y.max()]) + reach + CELL
    columns, rows = np.ceil((high - low) / CELL).astype(int)
    cells = np.full((rows, columns), -1, np.int32)
    _fill_cells(cells, line.x, line.y, low, reach)
    return cells, low


@njit(cache=True)
def _fill_cells(
    cells: NDArray[np.int32], xs: NDArray[np.float64], ys: NDArray[np.float64], origin: NDArray[np.float64], reach: float
) -> None:
    rows, columns = cells.shape
    nearest = np.full((rows, columns), reach * reach)
    around = int(reach / CELL) + 1
    for i in range(0, xs.size, 2):
        row, column = int((ys[i] - origin[1]) / CELL), int((xs[i] - origin[0]) / CELL)
        for r in range(max(row - around, 0), min(row + around + 1, rows)):
            for c in range(max(column - around, 0), min(column + around + 1, columns)):
                x, y = origin[0] + (c + 0.5) * CELL, origin[1] + (r + 0.5) * CELL
                distance = (x - xs[i]) ** 2 + (y - ys[i]) ** 2
                if distance < nearest[r, c]:
                    nearest[r, c], cells[r, c] = distance, i


@njit(cache=True, fastmath=True)
def road_coordinates(
    line: NDArray[np.float64], cells: NDArray[np.int32], origin_x: float, origin_y: float, x: float, y: float
) -> tuple[bool, float, float, float, float]:
    """Whether a road is near, and then (s, d) [m] of a world point and the cosine and sine of the road's heading there."""
    column, row = int((x - origin_x) / CELL), int((y - origin_y) / CELL)
    rows, columns = cells.shape
    if x < origin_x or y < origin_y or row >= rows or column >= columns:
        return False, 0.0, 0.0, 1.0, 0.0
    i = cells[row, column]
    if i < 0:
        return False, 0.0, 0.0, 1.0, 0.0
    along = across = 0.0
    for _ in range(3):
        dx, dy = x - line[i, 0], y - line[i, 1]
        cos, sin, curvature = line[i, 2], line[i, 3], line[i, 4]
        along, across = dx * cos + dy * sin, dy * cos - dx * sin
        along /= max(1.0 - curvature * across, 0.2)
        step = int(round(along / SPACING))
        if step == 0:
            break
        i = min(max(i + step, 0), line.shape[0] - 1)
    if abs(along) < SPACING:  # within the line; it goes on straight beyond its ends
        across -= 0.5 * curvature * along * along
        cos, sin = cos - curvature * along * sin, sin + curvature * along * cos
    return True, i * SPACING + along, across, cos, sin


@njit(cache=True, fastmath=True, inline="always")
def _overlap(centre: float, width: float, low: float, high: float) -> float:
    """The share of [centre - width / 2, centre + width / 2] that lies in [low, high]."""
    return max(min(centre + width / 2, high) - max(centre - width / 2, low), 0.0) / width


@njit(cache=True, fastmath=True, inline="always")
def _painted(s: float, dash: float, period: float) -> float:
    """Metres of dashes between 0 and s."""
    whole = math.floor(s / period)
    return whole * dash + min(s - whole * period, dash)


@njit(cache=True, fastmath=True, inline="always")
def _toned(tone: NDArray[np.float64], s: float) -> float:
    place = min(max(s / SPACING, 0.0), tone.size - 1.001)
    i = int(place)
    return tone[i] + (place - i) * (tone[i + 1] - tone[i])


@njit(cache=True, fastmath=True, inline="always")
def _mean(profile: NDArray[np.float32], k: int, low: float, high: float, outside: float) -> float:
    """The sum of channel k over [low, high] strips, and over `outside` strips of what lies beyond the profile."""
    i, j = int(low), int(high)
    upper = profile[j, k] + (high - j) * (profile[j + 1, k] - profile[j, k])
    lower = profile[i, k] + (low - i) * (profile[i + 1, k] - profile[i, k])
    return upper - lower + outside * profile[1, k]


@njit(cache=True, fastmath=True)
def road_surface(
    profile: NDArray[np.float32], ragged: NDArray[np.float32], first: float, dashes: NDArray[np.float64],
    tone: NDArray[np.float64], patches: NDArray[np.float64],
    s: float, d: float, along: float, across: float, grain: float,
) -> tuple[float, float, float, float]:  # fmt: skip
    """Mean red, green, blue and grain of the ground around (s, d) over `along` x `across` metres."""
    last = profile.shape[0] - 1.001
    place = (d - first) / STRIP
    if 0.0 <= place < last:
        place += ragged[int(place)] * grain / STRIP
    half = max(across / STRIP, 1.0) / 2
    low, high = min(max(place - half, 0.0), last), min(max(place + half, 0.0), last)
    outside, share = 2 * half - (high - low), 1 / (2 * half * STRIP)
    red = _mean(profile, 0, low, high, outside) * share
    green = _mean(profile, 1, low, high, outside) * share
    blue = _mean(profile, 2, low, high, outside) * share
    rough = _mean(profile, GRAIN_CHANNEL, low, high, outside) * share
    hard = _mean(profile, SURFACE_CHANNEL, low, high, outside) * share
    if hard > 0.01:
        bright = (_toned(tone, s + along / 2) - _toned(tone, s - along / 2)) / along
        bucket = min(max(int(s / BUCKET), 0), patches.shape[0] - 1)
        if patches[bucket, 4] < 1.0:
            cover = _overlap(s, along, patches[bucket, 0], patches[bucket, 1])
            cover *= _overlap(d, across, patches[bucket, 2], patches[bucket, 3])
            bright *= 1 - (1 - patches[bucket, 4]) * cover
        bright = 1 + (bright - 1) * hard
        red, green, blue = red * bright, green * bright, blue * bright
        for k in range(dashes.shape[0]):
            across_cover = _mean(profile, DASH_CHANNEL + k, low, high, outside) * share
            if across_cover > 0.002:
                dash, period = dashes[k, 0], dashes[k, 1]
                painted = _painted(s + along / 2, dash, period) - _painted(s - along / 2, dash, period)
                cover = across_cover * painted / along
                red += (PAINT[0] - red) * cover
                green += (PAINT[1] - green) * cover
                blue += (PAINT[2] - blue) * cover
    return red, green, blue, rough


@njit(cache=True, fastmath=True)
def _footprint(
    line: NDArray[np.float64], cells: NDArray[np.int32], origin_x: float, origin_y: float,
    x: float, y: float, ray_x: float, ray_y: float, side_x: float, side_y: float,
) -> tuple[bool, float, float, float, float]:  # fmt: skip
    """Whether a road is near (x, y), and then s, d and how far the pixel's parallelogram (ray, side) [m] reaches along and across the road."""
    near, s, d, cos, sin = road_coordinates(line, cells, origin_x, origin_y, x, y)
    along = math.sqrt((ray_x * cos + ray_y * sin) ** 2 + (side_x * cos + side_y * sin) ** 2)
    across = math.sqrt((ray_y * cos - ray_x * sin) ** 2 + (side_y * cos - side_x * sin) ** 2)
    return near, s, d, along, across


@njit(cache=True, fastmath=True)
def draw_ground(
    image: Image, ground: Ground, light: Light, focal: float, horizon: float, elevation: float,
    x: float, y: float, cos: float, sin: float,
) -> None:  # fmt: skip
    """Fill the rows below the horizon, seen from world (x, y), `elevation` [m] up, looking along (cos, sin)."""
    height, width, _ = image.shape
    line, cells, origin_x, origin_y = ground.line, ground.cells, ground.origin[0], ground.origin[1]
    profile, ragged, table_first, dashes = ground.profile, ground.ragged, ground.first, ground.dashes
    tone, patches, values, starts = ground.tone, ground.patches, ground.noise, ground.noise_starts
    haze_red, haze_green, haze_blue = light.haze_red, light.haze_green, light.haze_blue
    grass_red, grass_green, grass_blue, grass_grain = GRASS
    for row in range(max(int(math.ceil(horizon)), 0), height):
        below = row + 0.5 - horizon
        forward = min(focal * elevation / max(below, 1e-6), FARTHEST)
        ray, side = forward / max(below, 0.5), forward / focal
        blur = max(ray, side) ** 0.75 * side**0.25
        grain_level, field_level = level_for(blur / GRAIN_TEXEL), level_for(blur / FIELD_TEXEL)
        near_before, s, d, along, across = False, 0.0, 0.0, 0.0, 0.0
        for first in range(0, width, SPAN):
            # Road coordinates at both ends of a span, straight lines between them; where that fails, every pixel has its own.
            if first == 0:
                slope = (0.5 - width / 2) / focal
                near_before, s, d, along, across = _footprint(
                    line, cells, origin_x, origin_y, x + forward * (cos - slope * sin), y + forward * (sin + slope * cos),
                    ray * (cos - slope * sin), ray * (sin + slope * cos), -side * sin, side * cos,
                )  # fmt: skip
            slope = (first + SPAN + 0.5 - width / 2) / focal
            end = _footprint(
                line, cells, origin_x, origin_y, x + forward * (cos - slope * sin), y + forward * (sin + slope * cos),
                ray * (cos - slope * sin), ray * (sin + slope * cos), -side * sin, side * cos,
            )  # fmt: skip
            reach = 2.0 * SPAN * side
            smooth = end[0] == near_before and abs(end[1] - s) < reach and abs(end[2] - d) < reach
            haze = 1 - math.exp(-forward * math.sqrt(1 + slope * slope) / light.haze_reach)
            for column in range(first, min(first + SPAN, width)):
                slope = (column + 0.5 - width / 2) / focal
                here_x, here_y = x + forward * (cos - slope * sin), y + forward * (sin + slope * cos)
                if smooth:
                    t = (column - first) / SPAN
                    near = near_before
                    here_s, here_d = s + t * (end[1] - s), d + t * (end[2] - d)
                    here_along, here_across = along + t * (end[3] - along), across + t * (end[4] - across)
                else:
                    near, here_s, here_d, here_along, here_across = _footprint(
                        line, cells, origin_x, origin_y, here_x, here_y, ray * (cos - slope * sin), ray * (sin + slope * cos),
                        -side * sin, side * cos,
                    )  # fmt: skip
                grain = _noise_between(values, starts, grain_level, here_x / GRAIN_TEXEL, here_y / GRAIN_TEXEL)
                field = _noise_between(values, starts, field_level, here_y / FIELD_TEXEL, here_x / FIELD_TEXEL)
                red, green, blue, rough = grass_red, grass_green, grass_blue, grass_grain
                if near:
                    red, green, blue, rough = road_surface(
                        profile, ragged, table_first, dashes, tone, patches, here_s, here_d, here_along, here_across, grain
                    )
                shade = 1 + rough * (grain + 0.3 * field)
                meadow = 0.35 * rough * field
                _put(image, row, column, red * (shade + meadow), green * shade, blue * (shade - meadow), haze, light)
            near_before, s, d, along, across = end


@njit(cache=True, fastmath=True, inline="always")
def _noise_between(
    values: NDArray[np.float32], starts: NDArray[np.int64], level: float, u: float, v: float
) -> float:
    """Noise blended between the two levels around a fractional one, so that no row shows where they change."""
    low = int(level)
    t = level - low
    fine = noise_at(values, starts[low], low, u, v)
    coarse = noise_at(values, starts[low + 1], low + 1, u, v)
    return fine + t * (coarse - fine)


@njit(cache=True, fastmath=True, inline="always")
def _put(
    image: Image, row: int, column: int, red: float, green: float, blue: float, haze: float, light: Light
) -> None:
    image[row, column, 0] = np.uint8(min(max(red + (light.haze_red - red) * haze, 0.0), 1.0) * 255 + 0.5)
    image[row, column, 1] = np.uint8(min(max(green + (light.haze_green - green) * haze, 0.0), 1.0) * 255 + 0.5)
    image[row, column, 2] = np.uint8(min(max(blue + (light.haze_blue - blue) * haze, 0.0), 1.0) * 255 + 0.5)
