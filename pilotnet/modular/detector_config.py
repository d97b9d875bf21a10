"""The settings of TRAIN-DETECTOR and SCORE-DETECTOR, apart from the stages: they are checked without loading PyTorch."""

from dataclasses import dataclass
from typing import Literal

from pilotnet.train_config import require_learnable

TARGETS = ("cars", "pedestrians")


def is_person(target: str) -> bool:
    """Return whether a detector's target is people; ValueError unless it is `cars` or `pedestrians`."""
    if target not in TARGETS:
        raise ValueError(f"target is {target!r}; it must be one of {', '.join(TARGETS)}")
    return target == "pedestrians"


@dataclass(frozen=True)
class DetectorTrainConfig:
    """How to train a detector.

    Args:
        epochs: passes over the pictures
        batch_size: pictures per step
        learning_rate: the highest, after a warm-up
        weight_decay: of AdamW
        every: which pictures are used, every so manieth: neighbours are alike
        device: auto, cpu or cuda
        precision: what the network computes in while it learns: float32, bfloat16, or auto, bfloat16 where the hardware has it
        seed: of the weights and of all draws
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
        split: whose drives; tune on validation, and leave test for the last word
        every: which pictures are used, every so manieth: neighbours are alike
    """

    split: Literal["train", "validation", "test"] = "test"
    every: int = 5

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ValueError(f"every is {self.every}; it must be 1 or more")
