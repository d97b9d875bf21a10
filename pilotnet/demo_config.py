"""The settings of the demo: those of its stages, checked before the first of them is loaded."""

from dataclasses import dataclass, field

from pilotnet.evaluate_config import EvaluateConfig
from pilotnet.modular.detector_config import DetectorTrainConfig
from pilotnet.record_config import RecordConfig
from pilotnet.train_config import TrainConfig


@dataclass(frozen=True)
class DemoConfig:
    """The settings of the stages; `configs/demo.yaml` holds what the demo sets differently.

    detect: of both detectors.
    """

    record: RecordConfig = field(default_factory=RecordConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    detect: DetectorTrainConfig = field(default_factory=DetectorTrainConfig)
    evaluate: EvaluateConfig = field(default_factory=EvaluateConfig)
