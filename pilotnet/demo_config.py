"""The settings of the demo and of all its stages, checked before the first stage is loaded."""

from dataclasses import dataclass, field

from pilotnet.data.record_config import RecordConfig
from pilotnet.drivers.driver_names import split_name
from pilotnet.evaluation.evaluate_config import EvaluateConfig
from pilotnet.modular.detection.detector_config import DetectorTrainConfig
from pilotnet.training.train_config import TrainConfig


@dataclass(frozen=True)
class DemoConfig:
    """The settings of the stages; `configs/demo.yaml` holds the demo's own defaults.

    detect: for both detectors.

    Raises ValueError for settings with which a later stage would fail.
    """

    record: RecordConfig = field(default_factory=RecordConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    detect: DetectorTrainConfig = field(default_factory=DetectorTrainConfig)
    evaluate: EvaluateConfig = field(default_factory=EvaluateConfig)

    def __post_init__(self) -> None:
        for name in ("episodes", "validation_episodes"):
            count = getattr(self.record, name)
            if count < 1:
                raise ValueError(
                    f"record.{name} is {count}; it must be 1 or more, because training needs it"
                )
        if not self.record.boxes:
            raise ValueError(
                "record.boxes is False; "
                "it must be true, because the detectors of the driver modular learn from boxes"
            )
        names = [split_name(name)[0] for name in self.evaluate.drivers]
        if self.evaluate.pedals == "driver" and "pilotnet" in names and not self.train.speed:
            raise ValueError(
                "train.speed is False; "
                "with evaluate.pedals driver it must be true, because pilotnet chooses its speed"
            )
