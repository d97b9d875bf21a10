"""One driver on one scenario, a tick at a time, with positions interpolated between two ticks."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from sim.drawables import ExplainingDriver, Explanation
from sim.env import DrivingEnv, EnvConfig
from sim.expert import Expert
from sim.geometry.camera import CAMERA_NAMES
from sim.geometry.frenet import wrap_angle
from sim.rollout import rollout
from sim.scenario import Daytime, Scenario, Weather
from sim.types import Actor, Cause, Control, Driver, Observation, Pose, Step
from sim.viewer.input.steering_wheel import SteeringWheel
from sim.viewer.theme import SKY_BLUE, Colour


@dataclass(frozen=True)
class DriverSpec:
    """A driver that can be watched: name, title, colour, and a function that makes it for an
    environment.

    person: whether it is a person at the wheel, from which control cannot be taken.
    """

    name: str
    title: str
    colour: Colour
    make: Callable[[DrivingEnv], Driver]
    person: bool = False


@dataclass(frozen=True)
class DrawnScene:
    """Positions of the ego and all actors at a `time` [s] of the drive."""

    ego: Pose
    actors: tuple[Actor, ...]
    time: float


class RecordingDriver:
    """A driver that also keeps the expert's command and the actors of each tick; a touched wheel
    overrides its command.
    """

    def __init__(self, driver: Driver, env: DrivingEnv, wheel: SteeringWheel | None) -> None:
        self._driver = driver
        self._env = env
        self._expert = Expert(env)
        self._wheel = wheel
        self.actors: tuple[Actor, ...] = ()
        self.reference = Control(0.0)
        self.overruled = False

    def reset(self) -> None:
        """Reset the driver; the expert has no memory."""
        self._driver.reset()

    def act(self, observation: Observation) -> Control:
        """Return the driver's command, and keep the actors and the expert's command of this tick."""
        self.actors = tuple(self._env.world.actors())
        self.reference = self._expert.act(observation)
        control = self._driver.act(
            observation
        )  # also while a person drives, so that its state follows
        self.overruled = self._wheel is not None and self._wheel.touched
        return (
            self._wheel.control(observation.speed)
            if self._wheel is not None and self.overruled
            else control
        )


class Drive:
    """A drive in progress: its last tick, and all earlier ticks without frames.

    step: the last tick.
    reference: the expert's command for it.
    steps, references: those of all ticks so far.
    own_steps: ticks in which the driver was in control, not a person. A touch of `wheel` takes
    control from the driver. `boxes`: whether steps hold ground-truth boxes.
    """

    def __init__(
        self,
        driver_spec: DriverSpec,
        scenario: Scenario,
        env: EnvConfig | None = None,
        wheel: SteeringWheel | None = None,
        boxes: bool = False,
    ) -> None:
        self.driver_spec = driver_spec
        self.scenario = scenario
        self.env = DrivingEnv(env or EnvConfig(cameras=CAMERA_NAMES))
        self.driver = driver_spec.make(self.env)
        self._wheel = wheel
        self._witness = RecordingDriver(
            self.driver, self.env, None if driver_spec.person else wheel
        )
        self._rollout = rollout(self.env, self._witness, scenario, boxes=boxes)
        self.taken_over = False
        self.steps: list[Step] = []
        self.own_steps: list[Step] = []
        self.references: list[Control] = []
        self.counts: dict[Cause, int] = dict.fromkeys(Cause, 0)
        self.advance()

    @property
    def rate(self) -> int:
        """Ticks per second [Hz]."""
        return self.env.rate

    @property
    def done(self) -> bool:
        """Whether the drive is over."""
        return self.step.done

    @property
    def by_person(self) -> bool:
        """Whether a person drove the last tick."""
        return self.driver_spec.person or self.taken_over

    @property
    def command(self) -> Control:
        """What is steered: a person's command as their hands move, between ticks too; a driver's as
        it was at the last tick.
        """
        wheel = self._wheel
        by_hand = wheel is not None and (self.driver_spec.person or wheel.touched)
        return wheel.control(self.step.ego.speed) if wheel and by_hand else self.step.control

    @property
    def by_expert(self) -> bool:
        """Whether the driver is the expert, so that its command and the reference are the same."""
        return isinstance(self.driver, Expert)

    def command_colour(self, apart: bool) -> Colour:
        """Return the colour of the driver's command: the seat's, or another when a person steers
        `apart` from the expert.
        """
        return SKY_BLUE if self.by_expert and apart else self.driver_spec.colour

    @property
    def interventions(self) -> int:
        """How many there were, of every cause."""
        return sum(self.counts.values())

    @property
    def elapsed(self) -> float:
        """Seconds driven, without those in which a person had taken over."""
        return len(self.own_steps) / self.rate

    def advance(self) -> None:
        """Drive the next tick; ValueError when the drive is over."""
        step = next(self._rollout, None)
        if step is None:
            raise ValueError(f"the drive {self.scenario.name} is over; it has no next tick")
        grabbed = self._witness.overruled and not self.taken_over
        self.taken_over = self._witness.overruled
        self._put_back = step.intervention is not None
        if grabbed:
            step = replace(step, intervention=Cause.TAKEOVER)
        self.step = step
        self.reference = self._witness.reference
        self._before = DrawnScene(step.ego.pose, self._witness.actors, step.time)
        self._after = DrawnScene(
            self.env.world.ego_state().pose,
            tuple(self.env.world.actors()),
            step.time + 1 / self.rate,
        )
        self._explanation: Explanation | None = None
        # Without the pictures a long drive fits in memory.
        bare = replace(step, observation=Observation(step.observation.speed), boxes=None)
        self.steps.append(bare)
        self.references.append(self.reference)
        if grabbed or not self.taken_over:
            self.own_steps.append(bare)
            if step.intervention:
                self.counts[step.intervention] += 1

    def explanation(self) -> Explanation:
        """What the last command came from; nothing from drivers that cannot say."""
        if self._explanation is None:
            driver = self.driver
            self._explanation = (
                driver.explain() if isinstance(driver, ExplainingDriver) else Explanation()
            )
        return self._explanation

    def scene(self, share: float) -> DrawnScene:
        """Return all positions at `share` of the last tick, 0 to 1; the car stands still in a tick
        after which it is put back.
        """
        before = self._before
        after = self._after
        ego = before.ego if self._put_back else pose_between(before.ego, after.ego, share)
        later = {actor.ident: actor for actor in after.actors}
        actors = tuple(
            actor_between(actor, later.get(actor.ident, actor), share) for actor in before.actors
        )
        return DrawnScene(ego, actors, before.time + share * (after.time - before.time))

    def change_sky(self, weather: Weather, light: Daytime) -> None:
        """Go on in another weather and light."""
        self.scenario = replace(self.scenario, weather=weather, light=light)
        self.env.change_sky(weather, light)


def pose_between(one: Pose, other: Pose, share: float) -> Pose:
    """The pose at `share` of the way from one to the other."""
    heading = one.heading + share * wrap_angle(other.heading - one.heading)
    return Pose(one.x + share * (other.x - one.x), one.y + share * (other.y - one.y), heading)


def actor_between(one: Actor, other: Actor, share: float) -> Actor:
    """The same actor at `share` of the way between two moments; a gait goes on forwards."""
    phase = one.phase + share * math.remainder(other.phase - one.phase, math.tau)
    return replace(one, pose=pose_between(one.pose, other.pose, share), phase=phase)
