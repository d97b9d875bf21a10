"""How a car is painted: the colour of every point of its faces, given in the car's own frame."""

import math

from sim.kernels import kernel

# Planes of the body and of the cabin, in the order of `cars._planes`; the body goes on with its bonnet and its boot lid.
FRONT, REAR, RIGHT, LEFT, BOTTOM, TOP, BONNET, BOOT = range(8)
WHEEL_RADIUS, HUB, AXLE = 0.32, 0.20, 0.30  # [m], [m], share of the length from the centre
SHOULDER = 0.60  # height of the shoulder line as a share of the car's
Painted = tuple[float, float, float, float]


@kernel
def body_colour(
    face: int, x: float, y: float, z: float, length: float, width: float, height: float,
    red: float, green: float, blue: float, braking: bool,
) -> Painted:  # fmt: skip
    """Red, green and blue of the body at a point of one of its faces, and how much light shines from it."""
    out, up = abs(y) / (width / 2), z / (SHOULDER * height)
    if face in (RIGHT, LEFT):
        return _side_colour(x, z, up, length, red, green, blue)
    if x > 0.42 * length and face not in (TOP, BONNET):
        return _front_colour(out, up, red, green, blue)
    if x < -0.42 * length and face not in (TOP, BOOT):
        return _rear_colour(out, up, red, green, blue, braking)
    return red, green, blue, 0.0


@kernel
def wheel_tone(radius: float) -> float:
    """Grey of a wheel at a distance from its axle [m]."""
    return 0.40 if radius < HUB else 0.09


@kernel
def _side_colour(x: float, z: float, up: float, length: float, red: float, green: float, blue: float) -> Painted:
    """Wheels in their arches, sill and door seams."""
    for axle in (-AXLE * length, AXLE * length):
        from_axle = math.sqrt((x - axle) ** 2 + (z - WHEEL_RADIUS) ** 2)
        if from_axle < WHEEL_RADIUS + 0.06:
            tone = wheel_tone(from_axle) if from_axle < WHEEL_RADIUS else 0.03
            return tone, tone, tone, 0.0
    seam = min(abs(x - 0.20 * length), min(abs(x + 0.03 * length), abs(x + 0.24 * length)))
    if z < 0.31 or (seam < 0.012 and up < 0.97):
        return 0.10, 0.10, 0.10, 0.0
    return red, green, blue, 0.0


@kernel
def _front_colour(out: float, up: float, red: float, green: float, blue: float) -> Painted:
    """Headlamps, grille, plate and bumper; out, up: shares of half the width and of the shoulder's height."""
    if out > 0.58 and 0.58 < up < 0.76:
        return 0.95, 0.95, 0.90, 0.35
    if out < 0.54 and 0.52 < up < 0.72:
        return 0.08, 0.08, 0.09, 0.0
    if out < 0.30 and 0.36 < up < 0.47:
        return 0.90, 0.90, 0.86, 0.0
    if up < 0.36:
        return 0.12, 0.12, 0.12, 0.0
    return red, green, blue, 0.0


@kernel
def _rear_colour(out: float, up: float, red: float, green: float, blue: float, braking: bool) -> Painted:
    """Tail lamps, plate and bumper; out, up: shares of half the width and of the shoulder's height."""
    if out > 0.62 and 0.62 < up < 0.90:
        return (1.0, 0.13, 0.08, 0.75) if braking else (0.62, 0.05, 0.05, 0.05)
    if out < 0.32 and 0.50 < up < 0.62:
        return 0.90, 0.90, 0.84, 0.0
    if up < 0.36:
        return 0.12, 0.12, 0.12, 0.0
    return red, green, blue, 0.0


@kernel
def is_glass(face: int, x: float, y: float, z: float, length: float, width: float, height: float) -> bool:
    """Whether a point of the cabin is window rather than pillar, frame or roof."""
    share = (z / height - SHOULDER) / (1 - SHOULDER)
    if face == TOP or not 0.06 < share < 0.88:
        return False
    half = width / 2 * (0.93 - 0.20 * share)
    if face in (FRONT, REAR):
        return abs(y) < half - 0.07
    front, rear = length * (0.21 - 0.17 * share), length * (-0.47 + 0.13 * share)
    return rear + 0.20 < x < front - 0.10 and abs(x + 0.03 * length) > 0.045
