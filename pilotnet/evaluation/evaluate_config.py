"""The settings of EVALUATE; the module does not load PyTorch, so that help is quick."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pilotnet.data.scenario_selection import ScenarioSelection
from pilotnet.drivers.driver_names import require_folders, split_name
from pilotnet.drivers.driver_table import DRIVER_NAMES, Detectors
from pilotnet.evaluation.faults import Fault
from pilotnet.evaluation.rounds import looks
from sim.control.speed import SpeedControl
from sim.scenario import choice, require_disturbance
from sim.types import quoted

COMPARED_DRIVERS = 2  # by until_decided


@dataclass(frozen=True)
class EvaluateConfig(ScenarioSelection):
    """The drivers to score, and the roads and conditions that they drive.

    Args:
        drivers: expert, pilotnet, modular, straight; modular+PART has the ground truth of a part;
            module:Class is a class of your own
        episodes: roads that every driver drives; with until_decided at most as many
        pedals: shared, by the simulator's speed controller, or driver, by each driver itself
        noise: strength of the steering disturbance [m], 0 for none; the same for every driver
        fault: kind=strength of a fault of camera or actuators, such as yaw=2; empty for none
        until_decided: drive two drivers in rounds until one is shown to be better
        workers: processes, 0 for all cores; does not change the scores
    """

    drivers: tuple[str, ...] = ("expert", "pilotnet", "straight")
    pedals: Literal["shared", "driver"] = "shared"
    noise: float = 0.0
    fault: str = ""
    until_decided: bool = False
    workers: int = 0

    def __post_init__(self) -> None:
        if not self.drivers:
            raise ValueError(
                f"drivers is empty; it must name at least one of {', '.join(DRIVER_NAMES)}"
            )
        for name in self.drivers:
            split_name(name)
            if self.drivers.count(name) > 1:
                raise ValueError(
                    f"drivers contains {quoted(name)} {self.drivers.count(name)} times; "
                    "each driver may occur once"
                )
        if self.until_decided and len(self.drivers) != COMPARED_DRIVERS:
            raise ValueError(
                f"drivers has {len(self.drivers)} names; "
                f"until_decided compares {COMPARED_DRIVERS} drivers"
            )
        if self.workers < 0:
            raise ValueError(f"workers is {self.workers}; it must be 0 or more")
        choice("pedals", self.pedals, SpeedControl)
        require_disturbance("noise", self.noise)
        self.chosen_fault()
        super().__post_init__()

    def chosen_fault(self) -> Fault | None:
        """Return the fault, None for none; ValueError for an unknown kind or wrong strength."""
        return Fault.of(self.fault) if self.fault else None

    def looks(self) -> list[int]:
        """Return the numbers of scenarios after which the drivers may be told apart."""
        return looks(self.episodes) if self.until_decided else [self.episodes]

    def require_folders(self, checkpoints: Sequence[Path], detectors: Detectors | None) -> None:
        """Raise ValueError unless every driver has the folders it needs, and they exist."""
        for name in self.drivers:
            if not checkpoints:
                require_folders(name, None, detectors)
            for checkpoint in checkpoints:
                require_folders(name, checkpoint, detectors)
