"""The settings of EVALUATE-RECORDING; the module does not load PyTorch, so that help is quick."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class RecordingEvaluationConfig:
    """Which drives of a recording to repeat.

    Args:
        split: train, validation or test drives of the recording
        rendered: also drive the same scenarios in the rendered world, for comparison
        workers: processes, 0 for all cores; does not change the scores
    """

    split: Literal["train", "validation", "test"] = "validation"
    rendered: bool = True
    workers: int = 0

    def __post_init__(self) -> None:
        if self.workers < 0:
            raise ValueError(f"workers is {self.workers}; it must be 0 or more")
