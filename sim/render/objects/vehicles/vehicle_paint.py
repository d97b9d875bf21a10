"""How vehicles are painted: the colour and the finish of every point of their faces, given in the
car's own frame.
"""

import math

from sim.jit import kernel
from sim.render.objects.vehicles.vehicle_shapes import (
    BOTTOM,
    BUS_STYLE,
    FRONT,
    LEFT,
    REAR,
    RIGHT,
    TOP,
    TRUCK_STYLE,
    VAN_STYLE,
    Floats,
)  # fmt: skip

# How a point takes the light: dull, glossy paint, window, lamps, and what throws headlights back.
MATT, PAINT, GLASS, HEADLAMP, TAIL_LAMP, REFLECTOR, LIT_SIGN, LIT_WINDOW = range(8)
Painted = tuple[float, float, float, int]


@kernel
def painted(
    style: int, part: int, role: int, x: float, y: float, z: float, length: float, width: float, height: float,
    wheels: Floats, lamps: Floats, glass: Floats, red: float, green: float, blue: float,
) -> Painted:  # fmt: skip
    """Red, green and blue of a point of a vehicle's face, and its finish."""
    if role == BOTTOM:
        return 0.05, 0.05, 0.05, MATT
    if style == TRUCK_STYLE:
        return _truck(part, role, x, y, z, width, height, wheels, lamps, glass, red, green, blue)
    if style == BUS_STYLE:
        return _bus(role, x, y, z, length, width, height, wheels, lamps, red, green, blue)
    if part == 1:
        return _cabin(style, role, x, y, z, length, width, glass, red, green, blue)
    up = z / glass[0]
    if role in (RIGHT, LEFT):
        return _side(style, x, z, up, length, wheels, red, green, blue)
    if role == FRONT:
        return _front(y, z, up, width, lamps, red, green, blue)
    if role == REAR:
        return _rear(style, y, z, up, width, lamps, red, green, blue)
    return red, green, blue, PAINT


@kernel
def wheel(radius: float, outer: float, across: float, half: float) -> Painted:
    """Tyre and rim at a distance `radius` from an axle [m]; across: distance from the car's middle,
    half: that of the tyre's.
    """
    if across < half - 0.26:
        return 0.03, 0.03, 0.03, MATT
    share = radius / outer
    if across < half - 0.02 or share > 0.66:
        return 0.07, 0.07, 0.075, MATT
    if share < 0.16:
        return 0.25, 0.25, 0.26, MATT
    tone = 0.50 if share > 0.54 or share < 0.30 else 0.36
    return tone, tone, 1.03 * tone, MATT


@kernel
def _arch(x: float, z: float, wheels: Floats) -> Painted:
    """Wheel or wheel arch at a point of a side; green < 0 for neither."""
    outer = wheels[0]
    for i in range(int(wheels[4])):
        away = math.sqrt((x - wheels[1 + i]) ** 2 + (z - outer) ** 2)
        if away < outer:
            return wheel(away, outer, 1.0, 1.0)
        if away < outer * 1.16:
            return 0.02, 0.02, 0.02, MATT
    return 0.0, -1.0, 0.0, MATT


@kernel
def _lamp(y: float, z: float, lamps: Floats, first: int) -> bool:
    """Whether a point of an end lies in the lamps whose place begins at `first`."""
    return (
        abs(abs(y) - lamps[first]) < lamps[first + 2]
        and abs(z - lamps[first + 1]) < lamps[first + 3]
    )


@kernel
def _side(
    style: int,
    x: float,
    z: float,
    up: float,
    length: float,
    wheels: Floats,
    red: float,
    green: float,
    blue: float,
) -> Painted:
    """Wheels in their arches, sill, door seams, handles and a crease of a car's side."""
    arch = _arch(x, z, wheels)
    if arch[1] >= 0.0:
        return arch
    if z < 0.31:
        return 0.07, 0.07, 0.07, MATT
    if style == VAN_STYLE:
        seam = min(abs(x - 0.21 * length), min(abs(x - 0.035 * length), abs(x + 0.17 * length)))
    else:
        seam = min(abs(x - 0.185 * length), min(abs(x + 0.045 * length), abs(x + 0.235 * length)))
    if seam < 0.008 and up < 0.985:
        return 0.25 * red, 0.25 * green, 0.25 * blue, MATT
    if 0.845 < up < 0.885 and (
        0.015 < x / length + 0.035 < 0.055 or 0.015 < x / length + 0.225 < 0.055
    ):
        return 0.10, 0.10, 0.10, MATT
    if 0.36 < z < 0.41 and style == VAN_STYLE:
        return 0.10, 0.10, 0.10, MATT
    return red, green, blue, PAINT


@kernel
def _front(
    y: float,
    z: float,
    up: float,
    width: float,
    lamps: Floats,
    red: float,
    green: float,
    blue: float,
) -> Painted:
    """Headlamps, grille, plate and bumper."""
    out = abs(y) / (width / 2)
    if _lamp(y, z, lamps, 0):
        return 0.93, 0.95, 0.97, HEADLAMP
    if out < 0.50 and 0.58 < up < 0.76:
        bar = 0.55 if up > 0.735 else 0.05
        return bar, bar, bar, MATT
    if out < 0.30 and 0.43 < up < 0.53:
        return 0.90, 0.90, 0.86, REFLECTOR
    if (out < 0.62 and 0.28 < up < 0.40) or up < 0.27:
        return 0.06, 0.06, 0.06, MATT
    return red, green, blue, PAINT


@kernel
def _rear(
    style: int,
    y: float,
    z: float,
    up: float,
    width: float,
    lamps: Floats,
    red: float,
    green: float,
    blue: float,
) -> Painted:
    """Tail lamps, plate, lid and bumper."""
    out = abs(y) / (width / 2)
    if _lamp(y, z, lamps, 4):
        return 0.60, 0.045, 0.04, TAIL_LAMP
    if out < 0.29 and 0.545 < up < 0.665:
        return 0.90, 0.90, 0.84, REFLECTOR
    if up < 0.30:
        return 0.07, 0.07, 0.07, MATT
    if abs(up - 0.47) < 0.012 or (style == VAN_STYLE and out < 0.012):
        return 0.25 * red, 0.25 * green, 0.25 * blue, MATT
    return red, green, blue, PAINT


@kernel
def _cabin(
    style: int, role: int, x: float, y: float, z: float, length: float, width: float, glass: Floats,
    red: float, green: float, blue: float,
) -> Painted:  # fmt: skip
    """Windows, pillars and roof of a car or a van."""
    share = (z - glass[0]) / (glass[5] - glass[0])
    if role == TOP or not 0.05 < share < (0.70 if style == VAN_STYLE else 0.90):
        return red, green, blue, PAINT
    # How far the sides and the ends have come in at this height.
    half = width / 2 * (0.975 - 0.05 * share if style == VAN_STYLE else 0.93 - 0.14 * share)
    front = glass[1] - glass[2] * share
    rear = glass[3] + glass[4] * share
    if role == FRONT:
        return (0.0, 0.0, 0.0, GLASS) if abs(y) < half - 0.05 else (red, green, blue, PAINT)
    if role == REAR:
        if style == VAN_STYLE and abs(y) < 0.05:
            return red, green, blue, PAINT
        return (0.0, 0.0, 0.0, GLASS) if abs(y) < half - 0.09 else (red, green, blue, PAINT)
    if style == VAN_STYLE:
        window = 0.05 * length < x < front - 0.10 and abs(x - 0.215 * length) > 0.03
        return (0.0, 0.0, 0.0, GLASS) if window else (red, green, blue, PAINT)
    if rear + 0.16 < x < front - 0.08 and share < 0.86:
        if abs(x + 0.045 * length) < 0.035 or abs(x + 0.27 * length) < 0.035:
            return 0.05, 0.05, 0.05, MATT
        return 0.0, 0.0, 0.0, GLASS
    return red, green, blue, PAINT


@kernel
def _stripes(a: float, b: float) -> Painted:
    """Red and white slanting marks."""
    phase = (a + b) / 0.28
    if phase - math.floor(phase) < 0.5:
        return 0.75, 0.06, 0.05, REFLECTOR
    return 0.92, 0.92, 0.90, REFLECTOR


@kernel
def _truck(
    part: int, role: int, x: float, y: float, z: float, width: float, height: float,
    wheels: Floats, lamps: Floats, glass: Floats, red: float, green: float, blue: float,
) -> Painted:  # fmt: skip
    """A truck's cab, its box with the rear doors, its chassis."""
    if part == 0:
        return _truck_cab(role, x, y, z, width, wheels, lamps, glass, red, green, blue)
    out = abs(y) / (width / 2)
    if part == 1:
        return _truck_box(role, x, y, z, out, height, red, green, blue)
    if role in (RIGHT, LEFT):
        arch = _arch(x, z, wheels)
        if arch[1] >= 0.0:
            return arch
        return (
            (0.30, 0.30, 0.31, MATT)
            if 0.70 < z < 0.98 and x > wheels[2] + 0.8
            else (0.08, 0.08, 0.08, MATT)
        )
    if role == REAR:
        if _lamp(y, z, lamps, 4):
            return 0.60, 0.045, 0.04, TAIL_LAMP
        if out < 0.22 and 0.76 < z < 0.90:
            return 0.90, 0.90, 0.84, REFLECTOR
    return 0.09, 0.09, 0.09, MATT


@kernel
def _truck_cab(
    role: int, x: float, y: float, z: float, width: float, wheels: Floats, lamps: Floats, glass: Floats,
    red: float, green: float, blue: float,
) -> Painted:  # fmt: skip
    out = abs(y) / (width / 2)
    share = (z - glass[0]) / (glass[5] - glass[0])
    if role in (RIGHT, LEFT):
        arch = _arch(x, z, wheels)
        if arch[1] >= 0.0:
            return arch
        if 0.05 < share < 0.66 and glass[3] + 0.65 < x < glass[1] - 0.16:
            return 0.0, 0.0, 0.0, GLASS
        if abs(x - glass[3] - 0.52) < 0.010 or z < 0.55:
            return 0.08, 0.08, 0.08, MATT
    if role == FRONT:
        if _lamp(y, z, lamps, 0):
            return 0.93, 0.95, 0.97, HEADLAMP
        if 0.02 < share < 0.70 and out < 0.90:
            return 0.0, 0.0, 0.0, GLASS
        if (out < 0.62 and -0.46 < share < -0.08 and math.floor(z * 12.5) % 2 == 0) or z < 0.58:
            return 0.06, 0.06, 0.06, MATT
        if out < 0.20 and 0.60 < z < 0.73:
            return 0.90, 0.90, 0.86, REFLECTOR
    return red, green, blue, PAINT


@kernel
def _truck_box(
    role: int,
    x: float,
    y: float,
    z: float,
    out: float,
    height: float,
    red: float,
    green: float,
    blue: float,
) -> Painted:
    """The box: light, with a band in the truck's colour; behind it doors with their rods, seam and
    markings.
    """
    if role == REAR:
        if z < 1.19 or (out > 0.93 and z < 1.9):
            return _stripes(y if y > 0.0 else -y, z)
        if out < 0.012 or abs(out - 0.965) < 0.010 or z > height - 0.05:
            return 0.25, 0.25, 0.25, MATT
        if abs(out - 0.36) < 0.014 or abs(out - 0.72) < 0.014:
            return 0.45, 0.45, 0.46, MATT
        return 0.80, 0.80, 0.79, MATT
    if role in (RIGHT, LEFT):
        if z < 1.17:
            return 0.35, 0.35, 0.36, MATT
        low = 1.05 + 0.30 * (height - 1.05)
        high = 1.05 + 0.62 * (height - 1.05)
        if low < z < high:
            return red, green, blue, MATT
        ripple = 0.78 + 0.025 * math.sin(2 * math.pi * x / 0.55)
        return ripple, ripple, 0.98 * ripple, MATT
    return 0.78, 0.78, 0.77, MATT


@kernel
def _bus(
    role: int, x: float, y: float, z: float, length: float, width: float, height: float, wheels: Floats, lamps: Floats,
    red: float, green: float, blue: float,
) -> Painted:  # fmt: skip
    """A city bus: a row of windows, two doors on the right, the destination over the windscreen."""
    out = abs(y) / (width / 2)
    up = z / height
    if role in (RIGHT, LEFT):
        arch = _arch(x, z, wheels)
        if arch[1] >= 0.0:
            return arch
        return _bus_side(role, x, z, up, length, red, green, blue)
    if role == FRONT:
        return _bus_front(y, z, out, up, lamps, red, green, blue)
    if role == REAR:
        return _bus_rear(y, z, out, up, lamps, red, green, blue)
    return red, green, blue, PAINT


@kernel
def _bus_side(
    role: int, x: float, z: float, up: float, length: float, red: float, green: float, blue: float
) -> Painted:
    doors = min(abs(x - 0.42 * length), abs(x - 0.02 * length))
    if role == RIGHT and doors < 0.62 and up < 0.83:
        if 0.12 < up < 0.80 and 0.04 < doors < 0.54:
            return 0.0, 0.0, 0.0, LIT_WINDOW
        if doors < 0.60:
            return 0.07, 0.07, 0.07, MATT
    if 0.42 < up < 0.81 and abs(x) < 0.485 * length:
        bay = x / (length / 8.0)
        return (
            (0.05, 0.05, 0.05, MATT)
            if abs(bay - math.floor(bay + 0.5)) < 0.03
            else (0.0, 0.0, 0.0, LIT_WINDOW)
        )
    if z < 0.40:
        return 0.09, 0.09, 0.09, MATT
    if 0.30 < up < 0.34:
        return 0.92, 0.92, 0.90, PAINT
    return red, green, blue, PAINT


@kernel
def _bus_front(
    y: float, z: float, out: float, up: float, lamps: Floats, red: float, green: float, blue: float
) -> Painted:
    """Lamps, windscreen, destination and plate."""
    if _lamp(y, z, lamps, 0):
        return 0.93, 0.95, 0.97, HEADLAMP
    if 0.82 < up < 0.92 and out < 0.70:
        return (
            (0.95, 0.60, 0.10, LIT_SIGN)
            if 0.845 < up < 0.895 and math.floor(y * 9.0) % 3 != 0
            else (0.03, 0.03, 0.03, MATT)
        )
    if 0.38 < up < 0.82 and out < 0.93:
        return (0.03, 0.03, 0.03, MATT) if out < 0.008 else (0.0, 0.0, 0.0, GLASS)
    if out < 0.20 and 0.50 < z < 0.63:
        return 0.90, 0.90, 0.86, REFLECTOR
    return (0.09, 0.09, 0.09, MATT) if z < 0.42 else (red, green, blue, PAINT)


@kernel
def _bus_rear(
    y: float, z: float, out: float, up: float, lamps: Floats, red: float, green: float, blue: float
) -> Painted:
    """Lamps, rear window, engine grille and plate."""
    if _lamp(y, z, lamps, 4):
        return 0.60, 0.045, 0.04, TAIL_LAMP
    if 0.56 < up < 0.82 and out < 0.80:
        return 0.0, 0.0, 0.0, GLASS
    if out < 0.55 and 0.22 < up < 0.42 and math.floor(z * 14.0) % 2 == 0:
        return 0.10, 0.10, 0.10, MATT
    if out < 0.20 and 0.50 < z < 0.63:
        return 0.90, 0.90, 0.84, REFLECTOR
    return (0.09, 0.09, 0.09, MATT) if z < 0.42 else (red, green, blue, PAINT)
