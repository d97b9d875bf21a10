"""A steering wheel and two pedals that a person holds: keys turn them smoothly, and a driver reads where they are.

The law of the keys. The wheel's position p lies between -1 (full lock left) and 1 (right). A held key turns it at a constant
rate, from the middle to full lock in LOCK_TIME; let go, or against the key, it comes back to the middle in RETURN_TIME from full
lock. The commanded curvature is reach(v) * p * |p| [1/m]: fine about the middle, without a jump or a kink there, and full lock
asks for LATERAL_REACH of lateral acceleration at any speed. So what a key records is a curve, not bang-bang.
"""

from enum import StrEnum

from sim.pedals import COMFORT_BRAKING
from sim.steering import MAX_CURVATURE
from sim.types import Control, Observation

LOCK_TIME, RETURN_TIME = 0.8, 0.6  # [s] between the middle and full lock
LATERAL_REACH = 4.0  # [m/s²] at full lock, as firm as people drive
PEDAL_TRAVEL = 0.3  # [s] a pedal takes down, and up
FULL_THROTTLE, FULL_BRAKE = 2.5, 6.0  # [m/s²]
COASTING = 0.2 * COMFORT_BRAKING  # [m/s²] a car loses without either pedal


class Lever(StrEnum):
    """What a key works."""

    LEFT = "left"
    RIGHT = "right"
    ACCELERATE = "accelerate"
    BRAKE = "brake"


class Wheel:
    """Where wheel and pedals are: position -1 to 1 (right positive), throttle and brake 0 to 1.

    touched: whether somebody has laid hands on it since it was last let go.
    """

    def __init__(self) -> None:
        self._held: dict[int, Lever] = {}
        self.position, self.throttle, self.brake = 0.0, 0.0, 0.0
        self.touched = False

    def press(self, key: int, lever: Lever) -> None:
        """A key goes down."""
        self._held[key] = lever
        self.touched = True

    def release(self, key: int) -> None:
        """A key goes up; nothing happens when it was not down."""
        self._held.pop(key, None)

    def release_all(self) -> None:
        """Every key goes up, as when the window no longer hears of them."""
        self._held.clear()

    def let_go(self) -> None:
        """Hands off: wheel in the middle, pedals up; keys that are still down count again when they are pressed anew."""
        self.release_all()
        self.position, self.throttle, self.brake = 0.0, 0.0, 0.0
        self.touched = False

    def pass_time(self, seconds: float) -> None:
        """Move everything as the keys are held for so long; however the time is cut, the end is the same."""
        held = set(self._held.values())
        self.position = turned(self.position, (Lever.RIGHT in held) - (Lever.LEFT in held), seconds)
        travel = seconds / PEDAL_TRAVEL
        self.throttle = clamped(self.throttle + (travel if Lever.ACCELERATE in held else -travel))
        self.brake = clamped(self.brake + (travel if Lever.BRAKE in held else -travel))

    def control(self, speed: float) -> Control:
        """The command [1/m, m/s²] at a `speed` [m/s]; the brake wins over the throttle."""
        pedal = -FULL_BRAKE * self.brake if self.brake else FULL_THROTTLE * self.throttle - COASTING * (1 - self.throttle)
        return Control(reach(speed) * self.position * abs(self.position), pedal)


class HumanDriver:
    """Whoever holds the wheel: commands what it commands at the moment of the tick."""

    def __init__(self, wheel: Wheel) -> None:
        self._wheel = wheel

    def reset(self) -> None:
        """Set out with the wheel in the middle."""
        self._wheel.let_go()

    def act(self, observation: Observation) -> Control:
        """What the hands and feet do now."""
        return self._wheel.control(observation.speed)


def reach(speed: float) -> float:
    """The curvature [1/m] of full lock at a `speed` [m/s]: LATERAL_REACH / v², at most what the wheels can turn."""
    return LATERAL_REACH / max(speed**2, LATERAL_REACH / MAX_CURVATURE)


def turned(position: float, direction: int, seconds: float) -> float:
    """Where a wheel is after `seconds` with a key held towards `direction` (-1, 1), or with none (0)."""
    if position * direction <= 0:
        back = min(seconds, abs(position) * RETURN_TIME)  # first it comes back to the middle
        left = abs(position) - back / RETURN_TIME
        position = left if position > 0 else -left
        seconds -= back
    return min(max(position + direction * seconds / LOCK_TIME, -1.0), 1.0)


def clamped(share: float) -> float:
    """A share between 0 and 1."""
    return min(max(share, 0.0), 1.0)
