"""TRAIN-DETECTOR: a dataset with boxes -> a detector of cars, or of pedestrians, each learned from
its own boxes alone.

The same recipe for both. Validation is on other roads; what a detector is worth is measured by
`pilotnet score-detector`.
"""

import gc
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lightning
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from pilotnet.common.folders import output_folder, plain
from pilotnet.common.provenance import write_provenance
from pilotnet.data.store import Dataset
from pilotnet.modular.detection.detection_data import (
    DetectorSamples,
    LabelledStrips,
    load_pictures,
    varied_light,
)
from pilotnet.modular.detection.detector import DetectorCheckpoint, save_detector
from pilotnet.modular.detection.detector_config import DetectorTrainConfig, is_person
from pilotnet.modular.detection.network import DetectorNetwork
from pilotnet.modular.detection.roi_targets import roi_loss
from pilotnet.modular.detection.targets import Labels, loss
from pilotnet.training.checkpoint import FILE_NAME
from pilotnet.training.trainer import (
    autocast_context,
    fit,
    learning_rate_share,
    require_device,
    seeded_network,
    torch_generator,
)
from pilotnet.training.training_checkpoints import is_finished, remove_checkpoints, training_stage
from sim.random import Stream
from sim.scenario import Split

STAGE = training_stage("train-detector")
LOSSES = (
    "train_loss",
    "val_loss",
    "val_heat",
    "val_box",
    "val_visible",
    "val_distance",
    "val_moved",
    "val_fit",
)
WINDOWED = 0.75  # share of the epochs that learn from windows, the others from whole strips
MOST_FORCEFUL = 10.0  # largest norm of a step's gradient


class DetectorModule(lightning.LightningModule):
    """Strips in, maps of boxes out."""

    def __init__(
        self,
        network: DetectorNetwork,
        train: DetectorSamples,
        validation: DetectorSamples,
        config: DetectorTrainConfig,
    ) -> None:
        super().__init__()
        self.network = network
        self._config = config
        self._train_samples = train
        self._validation_samples = validation

    def training_step(self, batch: LabelledStrips, index: int) -> Tensor:
        """Return the loss of a batch, with photometric augmentation that follows from seed, epoch
        and step.
        """
        generator = self._generator(batch.strips.device, self.current_epoch, index)
        strips = varied_light(_numbers(batch.strips), generator)
        total = torch.stack(list(self._losses(strips, batch.labels, generator).values())).sum()
        self.log("train_loss", total, on_step=False, on_epoch=True, batch_size=len(batch.strips))
        return total

    def validation_step(self, batch: LabelledStrips, index: int) -> None:
        """The parts of the loss on other roads."""
        parts = self._losses(
            _numbers(batch.strips), batch.labels, self._generator(batch.strips.device, index)
        )
        named = {f"val_{name}": part for name, part in parts.items()} | {
            "val_loss": torch.stack(list(parts.values())).sum()
        }
        self.log_dict(named, batch_size=len(batch.strips))

    def _generator(self, device: torch.device, *numbers: int) -> torch.Generator:
        """Return the generator of one step; numbers: epoch and batch, in validation the batch
        alone.
        """
        return torch_generator(
            self._config.seed, Stream.DETECTOR_PROPOSALS, *numbers, device=device
        )

    def _losses(
        self, strips: Tensor, labels: Labels, generator: torch.Generator
    ) -> dict[str, Tensor]:
        with autocast_context(self._config, strips.device):
            maps = self.network(strips)
            return loss(maps, labels) | roi_loss(maps, labels, self.network.roi_head, generator)

    def on_before_optimizer_step(self, optimizer: Any) -> None:  # noqa: ARG002
        """Clip the gradients, which are large for crowded frames."""
        torch.nn.utils.clip_grad_norm_(self.parameters(), MOST_FORCEFUL)

    def configure_optimizers(self) -> Any:
        """Return AdamW with a learning rate that warms up and then falls to 0 by the last step."""
        rate = self._config.learning_rate
        decay = self._config.weight_decay
        optimizer = torch.optim.AdamW(self.parameters(), rate, weight_decay=decay, fused=True)
        steps = int(self.trainer.estimated_stepping_batches)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: learning_rate_share(step, steps)
        )
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def train_dataloader(self) -> DataLoader[LabelledStrips]:
        """This epoch's pictures; called anew for every epoch."""
        self._train_samples.start_epoch(self.current_epoch)
        return self._loader(self._train_samples)

    def val_dataloader(self) -> DataLoader[LabelledStrips]:
        """The same pictures every time."""
        return self._loader(self._validation_samples)

    def _loader(self, samples: DetectorSamples) -> DataLoader[LabelledStrips]:
        # The samples are whole batches in random order already. With a generator of its own, the
        # loader does not change PyTorch's
        # global random state.
        return DataLoader(
            samples,
            self._config.batch_size,
            collate_fn=lambda batch: batch,
            generator=torch.Generator(),
        )


def _numbers(strips: Tensor) -> Tensor:
    """Strips as the network takes them; a view of what is laid out with channels last already."""
    return strips.permute(0, 3, 1, 2).float() / 255


@dataclass(frozen=True)
class DetectorTrainingRun:
    """The inputs of a training in its provenance: the target, path and fingerprint of the dataset,
    and the settings.
    """

    target: str
    data: str
    fingerprint: str
    config: DetectorTrainConfig


def train_detector(
    config: DetectorTrainConfig, target: str, data: Path, out: Path, resume: bool = False
) -> Path:
    """Train the detector of `cars` or `pedestrians` on the dataset `data`, write a folder `out` and
    return its checkpoint's path.

    With `resume` an interrupted training continues after its last finished epoch. Raises ValueError
    for an unknown target, a dataset without boxes, an unusable folder, resuming with other data or
    settings, and when the training diverges.
    """
    is_person(target)
    require_device(config.device)
    dataset = Dataset.open(data).verify()
    run = DetectorTrainingRun(target, str(data), dataset.fingerprint(), config)
    with output_folder(out, STAGE, resume) as folder:
        if not is_finished(STAGE, run, folder):
            write_provenance(folder, STAGE.name, run, config.seed)
            save_detector(folder, _learn(config, target, dataset, folder))
    remove_checkpoints(folder)
    # Lightning's objects refer to each other in circles and hold gigabytes of frames, which the
    # next stage has a use for.
    gc.collect()
    return folder / FILE_NAME


def _learn(
    config: DetectorTrainConfig, target: str, dataset: Dataset, folder: Path
) -> DetectorCheckpoint:
    """Load the data and fit the network, resuming from the newest checkpoint if there is one."""
    person = is_person(target)
    pictures = {
        split: load_pictures(dataset, split, person, config.every)
        for split in (Split.TRAIN, Split.VALIDATION)
    }
    windowed = math.ceil(WINDOWED * config.epochs)
    samples = [
        DetectorSamples(pictures[split], config.seed, split is Split.TRAIN, windowed)
        for split in pictures
    ]
    network = seeded_network(DetectorNetwork, config.seed).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    fit(DetectorModule(network, samples[0], samples[1], config), LOSSES, config, folder)
    settings = {
        "config": plain(asdict(config)),
        "data": str(dataset.root),
        "pictures": len(samples[0]),
        "world": dataset.world,
    }
    return DetectorCheckpoint(network, target, dataset.camera("centre"), settings)
