"""How pedestrians stand and walk: the position of each limb for a phase of the gait, and clothing.

Pedestrian frame: x forward, y right, z up [m], origin on the ground below the hips. A leg's cycle
starts when its heel touches the ground. For six tenths of the cycle the foot stays on the ground,
then it swings forward. The hips are as high as both legs allow.
"""

import colorsys
import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.random import Stream, stream_generator

Floats = NDArray[np.float64]
STRIDE_LENGTH = 1.4  # [m] that two steps cover
STANCE = 0.6  # share of the cycle that a foot is on the ground
FIGURE_HEIGHT = 1.75  # [m] of the figure that the numbers below describe
# [m]
THIGH = 0.43
SHIN = 0.42
UPPER_ARM = 0.27
FOREARM = 0.24
FOOT = 0.20
# [m] the highest above the ground; above the hips
HIP = 0.925
SHOULDER = 0.495
HEAD, HAIR, NECK, CHEST, BELLY, SHOULDERS, EXTRA = range(7)
ARMS = 7
FOREARMS = 9
HANDS = 11
THIGHS = 13
SHINS = 15
FEET = 17
PELVIS = 19
LIMBS = 20
# What each limb is dressed in.
SKIN, HAIRS, JACKET, TROUSERS, SHOES, BAG = range(6)
DRESS = np.array(
    [SKIN, HAIRS, SKIN, JACKET, JACKET, JACKET, BAG]
    + [JACKET] * 4
    + [SKIN] * 2
    + [TROUSERS] * 4
    + [SHOES] * 2
    + [TROUSERS]
)
NO_BAG, BACKPACK, LONG_HAIR = range(3)
SKINS = ((0.87, 0.68, 0.56), (0.80, 0.60, 0.47), (0.62, 0.44, 0.32), (0.40, 0.27, 0.19))
HAIR_COLOURS = (
    (0.10, 0.08, 0.07),
    (0.24, 0.15, 0.09),
    (0.50, 0.36, 0.18),
    (0.55, 0.53, 0.50),
    (0.36, 0.16, 0.09),
)


@lru_cache(maxsize=1024)
def dress_of(ident: int, jacket: tuple[int, int, int]) -> tuple[Floats, float, int]:
    """Colours (6, 3) by what they are on, stoutness (1 is average) and what is carried, the same
    for an ident for ever.
    """
    draws = stream_generator(ident & 0x7FFFFFFF, Stream.PEDESTRIAN_APPEARANCE)
    colours = np.empty((6, 3))
    colours[SKIN] = SKINS[draws.integers(len(SKINS))]
    colours[HAIRS] = HAIR_COLOURS[draws.integers(len(HAIR_COLOURS))]
    colours[JACKET] = np.array(jacket) / 255
    hue, grey = (draws.uniform(0.56, 0.64), 0.45) if draws.random() < 0.6 else (0.1, 0.2)
    colours[TROUSERS] = colorsys.hsv_to_rgb(
        hue, grey * draws.uniform(0.5, 1.0), draws.uniform(0.12, 0.42)
    )
    colours[SHOES] = (0.85, 0.85, 0.84) if draws.random() < 0.3 else (0.10, 0.08, 0.07)
    carried = int(draws.choice([NO_BAG, BACKPACK, LONG_HAIR], p=[0.4, 0.25, 0.35]))
    colours[BAG] = (
        colours[HAIRS] if carried == LONG_HAIR else colorsys.hsv_to_rgb(draws.random(), 0.5, 0.3)
    )
    return colours, float(draws.uniform(0.88, 1.15)), carried


@kernel
def _put(
    limbs: Floats,
    limb: int,
    ax: float,
    ay: float,
    az: float,
    bx: float,
    by: float,
    bz: float,
    a: float,
    b: float,
    flat: float,
) -> None:
    """A limb from one point to another; a, b: half widths there [m]; flat: its depth as a share of
    its width.
    """
    row = limbs[limb]
    row[0] = ax
    row[1] = ay
    row[2] = az
    row[3] = bx
    row[4] = by
    row[5] = bz
    row[6] = a
    row[7] = b
    row[8] = a * flat
    row[9] = b * flat


@kernel
def _foot(cycle: float, sweep: float, vigour: float) -> tuple[float, float, float, float]:
    """Heel x and z, toe x and z [m] of a foot at `cycle` in [0, 1); sweep: how far it comes before
    and behind the hips [m].
    """
    if cycle < STANCE:
        middle = sweep - 2 * sweep * cycle / STANCE
        lift = 0.0
        late = max(cycle - 0.36, 0.0) / (STANCE - 0.36)
        pitch = 0.85 * late * late - 0.32 * max(1 - cycle / 0.12, 0.0)
    else:
        u = (cycle - STANCE) / (1 - STANCE)
        middle = -sweep + 2 * sweep * u * u * (3 - 2 * u)
        lift = 0.045 * math.sin(math.pi * u)
        pitch = 0.85 * (1 - u) ** 2 - 0.32 * u * u
    pitch *= vigour
    lift *= vigour
    along = FOOT * math.cos(pitch)
    rise = FOOT * math.sin(abs(pitch))
    if pitch > 0.0:  # up on the toes, which stay
        toe = middle + 0.11
        return toe - along, 0.045 + rise + lift, toe, 0.035 + lift
    heel = middle - 0.09
    return heel, 0.045 + lift, heel + along, 0.035 + rise + lift


@kernel
def pose_limbs(
    limbs: Floats, height: float, stout: float, carried: int, speed: float, phase: float
) -> None:
    """Write every limb (LIMBS, 10): its two ends, their half widths, their half depths [m]; phase
    [rad], 2 pi is two steps.
    """
    scale = height / FIGURE_HEIGHT
    vigour = min(max(speed, 0.0) / 0.6, 1.0)
    sweep = 0.5 * STRIDE_LENGTH * STANCE * vigour / scale
    hip = HIP
    for side in range(2):  # right, left
        cycle = phase / (2 * math.pi) + 0.5 * side
        cycle -= math.floor(cycle)
        heel, heel_up, toe, toe_up = _foot(cycle, sweep, vigour)
        across = 0.085 if side == 0 else -0.085
        shin = limbs[SHINS + side]
        _put(
            limbs, FEET + side, heel, across, heel_up, toe, across * 1.25, toe_up, 0.045, 0.035, 1.0
        )
        ankle = heel + 0.045
        ankle_up = heel_up + 0.05
        shin[3] = ankle
        shin[4] = across
        shin[5] = ankle_up
        hip_x = 0.045 * vigour * math.cos(2 * math.pi * cycle)
        reach = THIGH + SHIN - 0.008
        stretch = (ankle - hip_x) ** 2
        hip = min(hip, ankle_up + math.sqrt(max(reach * reach - stretch, 0.1)))
    for side in range(2):
        sign = 1.0 if side == 0 else -1.0
        cycle = phase / (2 * math.pi) + 0.5 * side
        _leg(limbs, side, 0.045 * vigour * math.cos(2 * math.pi * cycle), hip, stout)
        swing = 0.04 - 0.38 * vigour * math.cos(2 * math.pi * cycle)
        _arm(
            limbs,
            side,
            sign,
            swing,
            hip + SHOULDER - 0.065,
            0.16 + 0.20 * vigour + 0.35 * max(swing, 0.0),
            stout,
        )
    lean = 0.02 * vigour
    _put(
        limbs,
        PELVIS,
        0.0,
        0.062,
        hip - 0.01,
        0.0,
        -0.062,
        hip - 0.01,
        0.098 * stout,
        0.098 * stout,
        1.0,
    )
    _put(
        limbs,
        BELLY,
        0.0,
        0.0,
        hip + 0.09,
        0.005,
        0.0,
        hip + 0.17,
        0.165 * stout,
        0.155 * stout,
        0.72,
    )
    _put(
        limbs,
        CHEST,
        0.005,
        0.0,
        hip + 0.16,
        lean,
        0.0,
        hip + 0.34,
        0.158 * stout,
        0.175 * stout,
        0.66,
    )
    up = hip + SHOULDER
    _put(limbs, SHOULDERS, lean, 0.130, up - 0.062, lean, -0.130, up - 0.062, 0.074, 0.074, 1.0)
    _put(limbs, NECK, lean, 0.0, up, lean + 0.015, 0.0, up + 0.10, 0.055, 0.052, 1.0)
    _put(
        limbs,
        HEAD,
        lean + 0.040,
        0.0,
        up + 0.135,
        lean + 0.030,
        0.0,
        up + 0.225,
        0.068,
        0.087,
        1.12,
    )
    _put(
        limbs,
        HAIR,
        lean - 0.005,
        0.0,
        up + 0.200,
        lean + 0.012,
        0.0,
        up + 0.236,
        0.094,
        0.094,
        1.08,
    )
    if carried == BACKPACK:
        _put(
            limbs,
            EXTRA,
            lean - 0.15,
            0.0,
            up - 0.34,
            lean - 0.14,
            0.0,
            up - 0.12,
            0.135,
            0.12,
            0.65,
        )
    elif carried == LONG_HAIR:
        _put(
            limbs,
            EXTRA,
            lean - 0.075,
            0.0,
            up - 0.03,
            lean - 0.035,
            0.0,
            up + 0.17,
            0.075,
            0.095,
            0.60,
        )
    else:
        _put(limbs, EXTRA, 0.0, 0.0, hip, 0.0, 0.0, hip, 0.01, 0.01, 1.0)
    for i in range(LIMBS):
        for j in range(10):
            limbs[i, j] *= scale


@kernel
def _leg(limbs: Floats, side: int, hip_x: float, hip: float, stout: float) -> None:
    """Thigh and shin from the hip to the ankle, which is known; the knee bends forward."""
    shin = limbs[SHINS + side]
    ankle = shin[3]
    across = shin[4]
    ankle_up = shin[5]
    dx = ankle - hip_x
    dz = ankle_up - hip
    away = math.sqrt(dx * dx + dz * dz)
    along = min((away * away + THIGH * THIGH - SHIN * SHIN) / (2 * away), THIGH)
    out = math.sqrt(max(THIGH * THIGH - along * along, 0.0))
    knee_x = hip_x + (along * dx - out * dz) / away
    knee_up = hip + (along * dz + out * dx) / away
    _put(
        limbs,
        THIGHS + side,
        hip_x,
        across,
        hip - 0.02,
        knee_x,
        across,
        knee_up,
        0.088 * stout,
        0.058,
        1.0,
    )
    _put(limbs, SHINS + side, knee_x, across, knee_up, ankle, across, ankle_up, 0.058, 0.044, 1.0)


@kernel
def _arm(
    limbs: Floats, side: int, sign: float, swing: float, up: float, bend: float, stout: float
) -> None:
    """Upper arm, forearm and hand; swing: angle forward [rad], bend: of the elbow [rad]."""
    across = sign * (0.155 + 0.03 * stout)
    elbow_x = UPPER_ARM * math.sin(swing)
    elbow_up = up - UPPER_ARM * math.cos(swing)
    hand_x = elbow_x + FOREARM * math.sin(swing + bend)
    hand_up = elbow_up - FOREARM * math.cos(swing + bend)
    _put(
        limbs,
        ARMS + side,
        0.01,
        across,
        up,
        elbow_x,
        across + sign * 0.03,
        elbow_up,
        0.058,
        0.048,
        1.0,
    )
    _put(
        limbs,
        FOREARMS + side,
        elbow_x,
        across + sign * 0.03,
        elbow_up,
        hand_x,
        across + sign * 0.02,
        hand_up,
        0.047,
        0.038,
        1.0,
    )
    tip_x = hand_x + 0.08 * math.sin(swing + bend)
    tip_up = hand_up - 0.08 * math.cos(swing + bend)
    _put(
        limbs,
        HANDS + side,
        hand_x,
        across + sign * 0.02,
        hand_up,
        tip_x,
        across + sign * 0.01,
        tip_up,
        0.034,
        0.030,
        1.0,
    )
