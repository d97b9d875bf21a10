"""The settings of TRAIN, in a module that does not load PyTorch: help and wrong values are quick."""

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.control.path_tracking import MIN_RECOVERY_LENGTH, recovery_length
from sim.random import require_seed
from sim.types import quoted

LIMIT = 3.0  # [standard deviations] to which the draws of shift and rotation are clipped
# [m] recovery length at which rotations have the standard deviation of the settings
ROTATION_LENGTH = 30.0
LARGEST_ROTATION = math.radians(
    12.0
)  # [rad] views then lose seven degrees at each side, see `Viewpoint`


def require_learnable(config: Any) -> None:
    """Raise ValueError unless the settings that PilotNet's and the detectors' trainings share are
    valid.
    """
    for name in ("epochs", "batch_size"):
        if getattr(config, name) < 1:
            raise ValueError(f"{name} is {getattr(config, name)}; it must be 1 or more")
    require_seed("seed", config.seed)
    if not 0 < config.learning_rate < math.inf:
        raise ValueError(f"learning_rate is {config.learning_rate}; it must be above 0 and finite")
    if not 0 <= config.weight_decay < math.inf:
        raise ValueError(f"weight_decay is {config.weight_decay}; it must be 0 or more and finite")
    if config.device not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device is {quoted(config.device)}; it must be auto, cpu or cuda")
    if config.precision not in ("auto", "float32", "bfloat16"):
        raise ValueError(
            f"precision is {quoted(config.precision)}; it must be auto, float32 or bfloat16"
        )


@dataclass(frozen=True)
class Augmentation:
    """How training views are moved off the recorded path, and how they are drawn.

    Args:
        shift: standard deviation of the sideways shift [m]
        rotation: standard deviation of the rotation [degrees] at 15 m/s; it grows as speed falls,
            and shrinks as speed rises
        side_cameras: start from the nearest of the three cameras rather than always from the centre
            one
        balance: 0 draws frames as they were driven, 1 draws straights and all bends alike
        light: standard deviation of the changes of brightness, contrast and colour, as shares
    """

    shift: float = 0.5
    rotation: float = 2.0
    side_cameras: bool = True
    balance: float = 0.5
    light: float = 0.25

    def __post_init__(self) -> None:
        for name, limit in (("shift", 2.0), ("rotation", 15.0), ("balance", 1.0), ("light", 1.0)):
            value = getattr(self, name)
            if not 0 <= value <= limit:
                raise ValueError(f"{name} is {value}; it must lie between 0 and {limit:g}")

    @property
    def largest_rotation(self) -> float:
        """The largest rotation drawn [rad]."""
        return min(
            LIMIT * math.radians(self.rotation) * ROTATION_LENGTH / MIN_RECOVERY_LENGTH,
            LARGEST_ROTATION,
        )

    def rotations(
        self, normals: NDArray[np.float64], speed: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Rotations [rad] for cars at `speed` [m/s], from normals, (N,) each.

        A car that returns to its path from a lateral error e over the recovery length L has a
        heading error of e sqrt(6) / L. That is 5 degrees in a hairpin bend and 1 degree on a
        highway, so rotations must depend on speed to cover tight bends.
        """
        turned = normals * math.radians(self.rotation) * ROTATION_LENGTH / recovery_length(speed)
        return np.clip(turned, -self.largest_rotation, self.largest_rotation)


@dataclass(frozen=True)
class TrainConfig:
    """How to train.

    Args:
        epochs: passes; in each, as many views are drawn as there are recorded moments
        batch_size: views per step
        learning_rate: the highest, after a warm-up
        weight_decay: of AdamW
        device: auto, cpu or cuda
        precision: of the network in training: float32, bfloat16, or auto for bfloat16 where the
            hardware has it
        seed: of the first weights and of all random draws
        speed: learn a second output, the speed to drive, which `evaluate --speed-control driver`
            needs
        augmentation: how views are moved off the recorded path
    """

    epochs: int = 12
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    device: str = "auto"
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    seed: int = 0
    speed: bool = False
    augmentation: Augmentation = field(default_factory=Augmentation)

    def __post_init__(self) -> None:
        require_learnable(self)
