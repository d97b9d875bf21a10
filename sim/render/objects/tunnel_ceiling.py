"""The ceilings of tunnels: the ground's technique turned upside down, a level plane in road
coordinates.
"""

import math

from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer, Label, level_of, write_truth
from sim.render.ground.footprint import overlap
from sim.render.ground.paving import Ground
from sim.render.ground.surface import road_coordinates
from sim.render.lighting.light import Light
from sim.render.noise import Grain, grain_between, level_for
from sim.render.objects.filters import pulse

STRUCTURE = int(Label.STRUCTURE)
CEILING_RANGE = 600.0  # [m]
CEILING_SPAN = 8  # [px] over which road coordinates are interpolated
BEYOND = 0.5  # [m] by which the ceiling lies over the walls, so that no gap shows between them
# [m]
LAMP_LENGTH = 1.6
LAMP_WIDTH = 0.28
ROWS_APART = 0.42  # of the tube's half width: how far from its middle the two rows of lamps hang
JOINT_SPACING = 6.0  # [m] between joints


@kernel
def draw_ceiling(
    canvas: FrameBuffer, ground: Ground, grain: Grain, left: float, right: float, start: float, finish: float, height: float,
    lamps: float, light: Light, outside: Light, clear: float, eye: Eye,
) -> None:  # fmt: skip
    """Fill the pixels above the horizon whose rays meet the ceiling of one tunnel first (see
    `Tunnel` for its measures).

    From outside it begins half a pixel before its tunnel, behind the lintel, so that nothing shows
    through between the two; the air before the tunnel lets `clear` of its light through.
    """
    near, here, _, _, _ = road_coordinates(ground, eye.x, eye.y)
    rise = height - eye.elevation
    longest = min(finish - here + 30.0, CEILING_RANGE) if near else CEILING_RANGE
    shortest = max(0.5 * (start - here), 0.0) if near else 0.0
    for row in range(canvas.first, min(int(math.floor(eye.horizon)), canvas.last)):
        above = eye.horizon - row - 0.5
        if above <= 0.0:
            continue
        forward = eye.focal * rise / above
        if forward > longest or forward < shortest:
            continue
        before = forward / above / 2 * (here < start)
        after = forward / above / 2 * (here > finish)
        _draw_row(
            canvas,
            ground,
            grain,
            left,
            right,
            start,
            finish,
            before,
            after,
            lamps,
            light,
            outside,
            clear,
            eye,
            row,
            forward,
        )


@kernel
def _place(ground: Ground, eye: Eye, forward: float, slope: float) -> tuple[bool, float, float]:
    """Whether a pixel's ray meets the ceiling's plane near a road, and road coordinates there."""
    x = eye.x + forward * (eye.cos - slope * eye.sin)
    y = eye.y + forward * (eye.sin + slope * eye.cos)
    near, s, d, _, _ = road_coordinates(ground, x, y)
    return near, s, d


@kernel
def _draw_row(
    canvas: FrameBuffer, ground: Ground, grain: Grain, left: float, right: float, start: float, finish: float, before_it: float,
    after_it: float, lamps: float, light: Light, outside: Light, clear: float, eye: Eye, row: int, forward: float,
) -> None:  # fmt: skip
    """One row of a ceiling `forward` [m] away; road coordinates are straight lines over CEILING_SPAN
    pixels.

    before_it, after_it: metres by which it reaches out of the tunnel's ends.
    """
    columns = canvas.image.shape[1]
    ray = forward / (eye.horizon - row - 0.5)
    side = forward / eye.focal
    far = 1 - math.exp(-forward / light.haze_reach)
    haze_red = far * clear * light.haze_red + (1 - clear) * outside.haze_red
    haze_green = far * clear * light.haze_green + (1 - clear) * outside.haze_green
    haze_blue = far * clear * light.haze_blue + (1 - clear) * outside.haze_blue
    image = canvas.image
    before = _place(ground, eye, forward, (0.5 - columns / 2) / eye.focal)
    for first in range(0, columns, CEILING_SPAN):
        after = _place(ground, eye, forward, (first + CEILING_SPAN + 0.5 - columns / 2) / eye.focal)
        smooth = (
            before[0]
            and after[0]
            and abs(after[1] - before[1]) + abs(after[2] - before[2]) < 3 * CEILING_SPAN * side
        )
        step_s = (after[1] - before[1]) / CEILING_SPAN
        step_d = (after[2] - before[2]) / CEILING_SPAN
        for n in range(min(CEILING_SPAN, columns - first)):
            near = before[0]
            s = before[1] + n * step_s
            d = before[2] + n * step_d
            if not smooth:
                near, s, d = _place(
                    ground, eye, forward, (first + n + 0.5 - columns / 2) / eye.focal
                )
            if (
                near
                and start - before_it <= s <= finish + after_it
                and left - BEYOND <= d <= right + BEYOND
            ):
                tone, shine = _ceiling(
                    grain,
                    s - start,
                    d,
                    max(ray, side),
                    side,
                    (left + right) / 2,
                    (right - left) / 2,
                    lamps,
                )
                tone, shine = 0.8 * (1 - far) * clear * tone, clear * shine
                column = first + n
                image[row, column, 0] = level_of(tone * light.sky_red + 1.25 * shine + haze_red)
                image[row, column, 1] = level_of(tone * light.sky_green + 1.16 * shine + haze_green)
                image[row, column, 2] = level_of(tone * light.sky_blue + 0.98 * shine + haze_blue)
                # What hangs out lies behind the lintel all the same.
                write_truth(
                    canvas, row, column, forward + 3 * max(start - s, s - finish, 0.0), STRUCTURE, 0
                )
        before = after


@kernel
def _ceiling(
    grain: Grain,
    s: float,
    d: float,
    along: float,
    across: float,
    middle: float,
    half: float,
    lamps: float,
) -> tuple[float, float]:
    """How bright the concrete of the ceiling is, and how much of a footprint is a shining lamp."""
    d -= middle
    row = overlap(
        abs(d), across, ROWS_APART * half - LAMP_WIDTH / 2, ROWS_APART * half + LAMP_WIDTH / 2
    )
    lamp = pulse(s + LAMP_LENGTH / 2, along, lamps, LAMP_LENGTH) * row
    # Concrete is brighter beside the lamps, and cut by joints.
    beside = math.exp(-(((abs(d) - ROWS_APART * half) / 0.9) ** 2))
    fade = min(lamps / max(along, 1e-3) / 3, 1.0)
    near = 0.5 + 0.5 * math.cos(2 * math.pi * s / lamps) * fade
    stain = 0.08 * grain_between(
        grain.corners, grain.starts, level_for(max(across, 0.3 * along) / 0.05), s / 0.05, d / 0.05
    )
    joint = 0.28 * pulse(s, along, JOINT_SPACING, 0.10)
    return (0.46 + 0.22 * beside * near + 0.6 * stain) * (1 - joint), lamp
