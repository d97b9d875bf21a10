"""The ground: what lies at every world point, and the kernel that draws it as a camera sees it.

No map is painted: every pixel's footprint is carried to road coordinates (s, d) and the road's cross profile is averaged over it
exactly, by the difference of its running integral. So lines are crisp near by, fade with distance instead of shimmering, and cost
the same for any number of lanes.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.appearance import GRAIN, PALETTE, Light
from sim.geometry import SPACING, Centreline
from sim.kernels import Eye, inlined, kernel, level_of
from sim.noise import TILE, level_for, noise, noise_at, noise_between
from sim.roads import Marking, Material, RoadPlan
from sim.types import Image

CELL = 8.0  # [m] edge of a cell of the grid that finds the nearest centreline sample
STRIP = 0.02  # [m] between the samples of the cross profile
VERGE = 5.0  # [m] of grass on either side within the cross profile
BUCKET = 12.0  # [m] of road that hold at most one patch
SPAN = 8  # [px] over which road coordinates are interpolated
GRAIN_TEXEL, FIELD_TEXEL = 0.03, 2.0  # [m] texel of the noise for grain and for fields
FARTHEST = 3000.0  # [m]
CLEAREST_HAZE = 0.35  # the share of its own colour that even the farthest ground keeps, so that it meets the trees on the horizon

GRASS = (*PALETTE[Material.GRASS], GRAIN[Material.GRASS])
PAINT = PALETTE[Material.PAINT]

# Channels of the cross profile.
GRAIN_CHANNEL, SURFACE_CHANNEL, DASH_CHANNEL = 3, 4, 5


class Ground(NamedTuple):
    """The ground of a plan as arrays.

    line: (N, 5) centreline samples x, y, cos, sin of the heading, curvature.
    cells: (rows, columns) nearest sample of each CELL, -1 far from the road; origin: world x, y of its corner.
    profile: (M, 5 + D) running integrals over d of red, green, blue, grain, surface (1 on hard ground) and the paint of each of
    D dash patterns; ragged: (M,) [m] by which noise moves d; first: d of the profile's first sample.
    dashes: (D, 2) dash and period [m]. tone: (N,) running integral over s of the surface's brightness.
    patches: (B, 5) s and d limits [m] and brightness. noise, noise_starts: see `sim.noise`.
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
    # Paved edges are straight; the others get ragged away from them.
    paved = d[surface > 0]
    from_paved = (
        np.abs(paved[np.clip(np.searchsorted(paved, d), 0, paved.size - 1)] - d) if paved.size else np.full(d.size, np.inf)
    )
    before = np.abs(paved[np.clip(np.searchsorted(paved, d) - 1, 0, paved.size - 1)] - d) if paved.size else from_paved
    ragged = 0.13 * np.clip(np.minimum(from_paved, before) / 0.5, 0.0, 1.0)
    dashes = np.array([(dash, dash + gap) for dash, gap in patterns]).reshape(-1, 2)
    return float(d[0] - STRIP / 2), profile.astype(np.float32), ragged.astype(np.float32), dashes


def _cover(d: NDArray[np.floating], marking: Marking) -> NDArray[np.float64]:
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
    nearest = np.full((rows, columns), reach**2)
    _fill_cells(cells, nearest, line.x, line.y, low, reach)
    return cells, low


@kernel
def _fill_cells(
    cells: NDArray[np.int32], nearest: NDArray[np.float64], xs: NDArray[np.float64], ys: NDArray[np.float64],
    origin: NDArray[np.float64], reach: float,
) -> None:  # fmt: skip
    rows, columns = cells.shape
    around = int(reach / CELL) + 1
    for i in range(0, xs.size, 2):
        row, column = int((ys[i] - origin[1]) / CELL), int((xs[i] - origin[0]) / CELL)
        for r in range(max(row - around, 0), min(row + around + 1, rows)):
            for c in range(max(column - around, 0), min(column + around + 1, columns)):
                x, y = origin[0] + (c + 0.5) * CELL, origin[1] + (r + 0.5) * CELL
                distance = (x - xs[i]) ** 2 + (y - ys[i]) ** 2
                if distance < nearest[r, c]:
                    nearest[r, c], cells[r, c] = distance, i


@inlined
def road_coordinates(ground: Ground, x: float, y: float) -> tuple[bool, float, float, float, float]:
    """Whether a road is near, and then (s, d) [m] of a world point and the cosine and sine of the road's heading there."""
    line, cells, (origin_x, origin_y) = ground.line, ground.cells, ground.origin
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


@kernel
def _overlap(centre: float, width: float, low: float, high: float) -> float:
    """The share of [centre - width / 2, centre + width / 2] that lies in [low, high]."""
    return max(min(centre + width / 2, high) - max(centre - width / 2, low), 0.0) / width


@kernel
def _painted(s: float, dash: float, period: float) -> float:
    """Metres of dashes between 0 and s."""
    whole = math.floor(s / period)
    return whole * dash + min(s - whole * period, dash)


@kernel
def _toned(tone: NDArray[np.float64], s: float) -> float:
    place = min(max(s / SPACING, 0.0), tone.size - 1.001)
    i = int(place)
    return tone[i] + (place - i) * (tone[i + 1] - tone[i])


@kernel
def _mean(profile: NDArray[np.float32], k: int, low: float, high: float, outside: float) -> float:
    """The sum of channel k over [low, high] strips, and over `outside` strips of what lies beyond the profile."""
    i, j = int(low), int(high)
    upper = profile[j, k] + (high - j) * (profile[j + 1, k] - profile[j, k])
    lower = profile[i, k] + (low - i) * (profile[i + 1, k] - profile[i, k])
    return upper - lower + outside * profile[1, k]


@inlined
def road_surface(
    ground: Ground, s: float, d: float, along: float, across: float, grain: float
) -> tuple[float, float, float, float]:
    """Mean red, green, blue and grain of the ground around (s, d) over `along` x `across` metres."""
    profile, ragged, dashes, patches, tone = ground.profile, ground.ragged, ground.dashes, ground.patches, ground.tone
    last = profile.shape[0] - 1.001
    place = (d - ground.first) / STRIP
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


@inlined
def _footprint(
    ground: Ground, eye: Eye, forward: float, slope: float, ray: float, side: float
) -> tuple[bool, float, float, float, float]:
    """Whether a pixel falls near a road, s, d, and how far its parallelogram, ray x side [m], reaches along and across."""
    ray_x, ray_y = eye.cos - slope * eye.sin, eye.sin + slope * eye.cos
    near, s, d, cos, sin = road_coordinates(ground, eye.x + forward * ray_x, eye.y + forward * ray_y)
    ray_along, ray_across = ray * (ray_x * cos + ray_y * sin), ray * (ray_y * cos - ray_x * sin)
    side_along, side_across = side * (eye.cos * sin - eye.sin * cos), side * (eye.cos * cos + eye.sin * sin)
    along = math.sqrt(ray_along * ray_along + side_along * side_along)
    return near, s, d, along, math.sqrt(ray_across * ray_across + side_across * side_across)


@kernel
def draw_ground(image: Image, ground: Ground, light: Light, eye: Eye) -> None:
    """Fill the rows below the horizon."""
    height, width, _ = image.shape
    for row in range(max(int(math.ceil(eye.horizon)), 0), height):
        below = row + 0.5 - eye.horizon
        forward = min(eye.focal * eye.elevation / max(below, 1e-6), FARTHEST)
        ray, side = forward / max(below, 0.5), forward / eye.focal
        blur = max(ray, side) ** 0.75 * side**0.25
        field_level = level_for(blur / FIELD_TEXEL)
        # Road coordinates, fields and haze at both ends of a span, straight lines between them.
        before = _footprint(ground, eye, forward, (0.5 - width / 2) / eye.focal, ray, side)
        field = _field(ground, eye, field_level, forward, (0.5 - width / 2) / eye.focal)
        for first in range(0, width, SPAN):
            slope = (first + SPAN + 0.5 - width / 2) / eye.focal
            after = _footprint(ground, eye, forward, slope, ray, side)
            field_after = _field(ground, eye, field_level, forward, slope)
            clear = math.exp(-forward * math.sqrt(1 + slope * slope) / light.haze_reach)
            _draw_span(
                image, ground, light, eye, row, first, forward, ray, side, blur, before, after, field, field_after,
                max(clear, CLEAREST_HAZE),
            )  # fmt: skip
            before, field = after, field_after


@inlined
def _field(ground: Ground, eye: Eye, level: float, forward: float, slope: float) -> float:
    """Noise the size of fields where a pixel falls."""
    x, y = eye.x + forward * (eye.cos - slope * eye.sin), eye.y + forward * (eye.sin + slope * eye.cos)
    return noise_between(ground.noise, ground.noise_starts, level, y / FIELD_TEXEL, x / FIELD_TEXEL)


@inlined
def _draw_span(
    image: Image, ground: Ground, light: Light, eye: Eye, row: int, first: int, forward: float, ray: float, side: float,
    blur: float, before: tuple[bool, float, float, float, float], after: tuple[bool, float, float, float, float],
    field: float, field_after: float, clear: float,
) -> None:  # fmt: skip
    """Draw SPAN pixels of a row between two footprints; where the road between them is not smooth, every pixel has its own."""
    width, reach = image.shape[1], 2.0 * SPAN * side
    smooth = before[0] == after[0] and abs(after[1] - before[1]) < reach and abs(after[2] - before[2]) < reach
    # The grain is blended between two levels of the noise, so that no row shows where they change.
    level = level_for(blur / GRAIN_TEXEL)
    low = int(level)
    fine, coarse, size, blend = ground.noise_starts[low], ground.noise_starts[low + 1], TILE >> low, level - low
    scale = 1 / (GRAIN_TEXEL * (1 << low))
    start = (first + 0.5 - width / 2) / eye.focal
    u, v = eye.x + forward * (eye.cos - start * eye.sin), eye.y + forward * (eye.sin + start * eye.cos)
    u, v, step_u, step_v = u * scale, v * scale, -side * eye.sin * scale, side * eye.cos * scale
    haze_red, haze_green, haze_blue = (1 - clear) * light.haze_red, (1 - clear) * light.haze_green, (1 - clear) * light.haze_blue
    step_s, step_d = (after[1] - before[1]) / SPAN, (after[2] - before[2]) / SPAN
    step_along, step_across, step_field = (
        (after[3] - before[3]) / SPAN,
        (after[4] - before[4]) / SPAN,
        (field_after - field) / SPAN,
    )
    for n in range(min(SPAN, width - first)):
        near, s, d = before[0], before[1] + n * step_s, before[2] + n * step_d
        along, across = before[3] + n * step_along, before[4] + n * step_across
        if not smooth:
            near, s, d, along, across = _footprint(ground, eye, forward, start + n / eye.focal, ray, side)
        grain = noise_at(ground.noise, fine, size, u + n * step_u, v + n * step_v)
        grain += blend * (noise_at(ground.noise, coarse, size >> 1, 0.5 * (u + n * step_u), 0.5 * (v + n * step_v)) - grain)
        here_field = field + n * step_field
        red, green, blue, rough = GRASS
        if near and abs(d) - across < -ground.first:
            red, green, blue, rough = road_surface(ground, s, d, along, across, grain)
        shade, meadow = 1 + rough * (grain + 0.3 * here_field), 0.35 * rough * here_field
        image[row, first + n, 0] = level_of(red * (shade + meadow) * clear + haze_red)
        image[row, first + n, 1] = level_of(green * shade * clear + haze_green)
        image[row, first + n, 2] = level_of(blue * (shade - meadow) * clear + haze_blue)
