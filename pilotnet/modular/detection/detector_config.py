"""The settings of TRAIN-DETECTOR and SCORE-DETECTOR, in a module that does not load PyTorch: help
is quick.
"""

from dataclasses import dataclass
from typing import Literal

from pilotnet.training.train_config import require_learnable
from sim.types import quoted

TARGETS = ("cars", "pedestrians")


def is_person(target: str) -> bool:
    """Return whether a detector's target is people; ValueError unless it is `cars` or
    `pedestrians`.
    """
    if target not in TARGETS:
        raise ValueError(f"target is {quoted(target)}; it must be one of {', '.join(TARGETS)}")
    return target == "pedestrians"


@dataclass(frozen=True)
class DetectorTrainConfig:
    """How to train a detector.

    Args:
        epochs: passes over the pictures
        batch_size: pictures per step
        learning_rate: the highest, after a warm-up
        weight_decay: of AdamW
        every: use every n-th picture, because neighbours are alike
        device: auto, cpu or cuda
        precision: of the network in training: float32, bfloat16, or auto for bfloat16 where the
            hardware has it
        seed: of the first weights and of all random draws
    """

    epochs: int = 12
    batch_size: int = 8
    learning_rate: float = 1.5e-3
    weight_decay: float = 1e-2
    every: int = 4
    device: str = "auto"
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        require_learnable(self)
        if self.every < 1:
            raise ValueError(f"every is {self.every}; it must be 1 or more")


@dataclass(frozen=True)
class DetectorScoreConfig:
    """What a detector is scored on.

    Args:
        split: train, validation or test drives; tune on validation, and use test for final results
            only
        every: use every n-th picture, because neighbours are alike
    """

    split: Literal["train", "validation", "test"] = "test"
    every: int = 5

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ValueError(f"every is {self.every}; it must be 1 or more")
