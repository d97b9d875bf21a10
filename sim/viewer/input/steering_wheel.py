"""A steering wheel and two pedals that a person holds: keys and controllers move them smoothly, a
driver reads where they are.

The law of the keys. The wheel's position p lies between -1 (full lock left) and 1 (right). A held
key turns it at a constant rate, from the middle to full lock in LOCK_TIME; let go, or against the
key, it comes back to the middle in RETURN_TIME from full lock. The commanded curvature is reach(v)
* p * |p| [1/m]: fine about the middle, without a jump or a kink there, and full lock asks for
LATERAL_REACH of lateral acceleration at any speed. So what a key records is a curve, not bang-bang.

The law of a controller: the wheel follows the stick or the real wheel, at a rate of at most full
lock in FOLLOW_TIME; a held key overrules it. Pedals follow keys and controllers alike, at most all
the way in PEDAL_TRAVEL.
"""

from enum import StrEnum

from sim.control.bicycle import MAX_CURVATURE
from sim.control.speed import COMFORT_BRAKING
from sim.types import Control, Observation

# [s] between the middle and full lock
LOCK_TIME = 0.8
RETURN_TIME = 0.6
FOLLOW_TIME = 0.4  # [s] from the middle to full lock, after a stick that is thrown there
LATERAL_REACH = 4.0  # [m/s²] at full lock, as firm as people drive
PEDAL_TRAVEL = 0.3  # [s] a pedal takes down, and up
# [m/s²]
FULL_THROTTLE = 2.5
FULL_BRAKE = 6.0
TOUCH = 0.15  # share of its range that a wheel or pedal must move to count as touched
COASTING = 0.2 * COMFORT_BRAKING  # [m/s²] a car loses without either pedal


STEERING = "steering"
THROTTLE = "throttle"
BRAKE = "brake"


class ControlKey(StrEnum):
    """What a key works."""

    LEFT = "left"
    RIGHT = "right"
    ACCELERATE = "accelerate"
    BRAKE = "brake"


class SteeringWheel:
    """Position of the wheel, -1 to 1 (right positive), and of throttle and brake, 0 to 1.

    A controller has a `steering`, a `throttle` and a `brake`, or some of them.
    touched: whether a person has moved a control since the last `let_go`.
    """

    def __init__(self) -> None:
        self._held: dict[int, ControlKey] = {}
        self._aims: dict[str, float] = {}  # where the controllers' wheel and pedals are
        self._left: dict[str, float] = {}  # and where they were when they were last let go
        self.position = 0.0
        self.throttle = 0.0
        self.brake = 0.0
        self.touched = False

    def press(self, key: int, lever: ControlKey) -> None:
        """A key goes down."""
        self._held[key] = lever
        self.touched = True

    def release(self, key: int) -> None:
        """A key goes up; nothing happens when it was not down."""
        self._held.pop(key, None)

    def aim(self, name: str, share: float, touching: bool = True) -> None:
        """Set the target of a controller's `steering` (-1 to 1), `throttle` or `brake` (0 to 1).

        touching: whether a person moved it, so that it counts as a touch.
        """
        aim = share if name == STEERING else max(share, 0.0)
        self._aims[name], left = aim, self._left.get(name, 0.0)
        if not touching or min(left, 0.0) <= aim <= max(left, 0.0):
            self._left[name] = aim  # on its way back to the centre it does not count as touched
        elif abs(aim - left) > TOUCH:
            self.touched = True

    def lose(self, name: str) -> None:
        """There is no such controller any more."""
        self._aims.pop(name, None)
        self._left.pop(name, None)

    def release_all(self) -> None:
        """Every key goes up and controllers to their rest, as when the window no longer hears of
        them.
        """
        self._held.clear()
        self._aims = dict.fromkeys(self._aims, 0.0)

    def let_go(self) -> None:
        """Hands off: wheel in the middle, pedals up; keys that are down and controllers count again
        when they are moved.
        """
        self._held.clear()
        self._left = dict(self._aims)
        self.position = 0.0
        self.throttle = 0.0
        self.brake = 0.0
        self.touched = False

    def pass_time(self, seconds: float) -> None:
        """Move everything as keys and controllers are held for so long; however the time is cut,
        the end is the same.
        """
        held = set(self._held.values())
        aims = self._aims
        if STEERING in aims and not held & {ControlKey.LEFT, ControlKey.RIGHT}:
            self.position = followed(self.position, aims[STEERING], seconds / FOLLOW_TIME)
        else:
            self.position = turned(
                self.position, (ControlKey.RIGHT in held) - (ControlKey.LEFT in held), seconds
            )
        travel = seconds / PEDAL_TRAVEL
        self.throttle = followed(
            self.throttle, 1.0 if ControlKey.ACCELERATE in held else aims.get(THROTTLE, 0.0), travel
        )
        self.brake = followed(
            self.brake, 1.0 if ControlKey.BRAKE in held else aims.get(BRAKE, 0.0), travel
        )

    def control(self, speed: float) -> Control:
        """The command [1/m, m/s²] at a `speed` [m/s]; the brake wins over the throttle."""
        pedal = (
            -FULL_BRAKE * self.brake
            if self.brake
            else FULL_THROTTLE * self.throttle - COASTING * (1 - self.throttle)
        )
        return Control(reach(speed) * self.position * abs(self.position), pedal)


class HumanDriver:
    """A person as a driver: commands what wheel and pedals hold at the moment of the tick."""

    def __init__(self, wheel: SteeringWheel) -> None:
        self._wheel = wheel

    def reset(self) -> None:
        """Keep wheel and pedals where the hands and feet hold them; `SteeringWheel.let_go` centres
        them before a drive.
        """

    def act(self, observation: Observation) -> Control:
        """What the hands and feet do now."""
        return self._wheel.control(observation.speed)


def reach(speed: float) -> float:
    """The curvature [1/m] of full lock at a `speed` [m/s]: LATERAL_REACH / v², at most what the
    wheels can turn.
    """
    return LATERAL_REACH / max(speed**2, LATERAL_REACH / MAX_CURVATURE)


def turned(position: float, direction: int, seconds: float) -> float:
    """Where a wheel is after `seconds` with a key held towards `direction` (-1, 1), or with none
    (0).
    """
    if position * direction <= 0:
        back = min(seconds, abs(position) * RETURN_TIME)  # first it comes back to the middle
        left = abs(position) - back / RETURN_TIME
        position = left if position > 0 else -left
        seconds -= back
    return min(max(position + direction * seconds / LOCK_TIME, -1.0), 1.0)


def followed(place: float, target: float, travel: float) -> float:
    """Where something is that moves by at most `travel` towards a target."""
    return place + min(max(target - place, -travel), travel)
