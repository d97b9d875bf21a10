"""Write a driver of your own and count its interventions."""

from collections import Counter

from sim import Control, DrivingEnv, Observation, Scenario, rollout


class BrightSide:
    """Steer towards the brighter half of the road ahead."""

    def reset(self) -> None:
        """Nothing to forget."""

    def act(self, observation: Observation) -> Control:
        """Return the curvature command [1/m, right positive] for one frame."""
        rows = observation.centre[80:120].mean(axis=(0, 2))
        difference = float(rows[160:].mean() - rows[:160].mean())
        return Control(curvature=1e-4 * difference)


env = DrivingEnv(cameras=["centre"])
scenario = Scenario("rural", seed=1, length=100.0)
steps = rollout(env, BrightSide(), scenario)
print(Counter(str(step.intervention) for step in steps if step.intervention))
